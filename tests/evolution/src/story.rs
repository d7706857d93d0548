//! What a project was at each build, as text: a story needs no generator to be told again, and a person can write one.
//!
//! ```text
//! # What it shows.
//!
//! == apps: blog, shop
//!
//! == build
//! -- blog.Author
//! struct Author {
//!     id: i64,
//!     name: String,
//! }
//! -- gone: shop.Item
//! -- answers
//! blog.Author.name: renamed_from = "title"
//! ```
//!
//! A build names the models that came or changed since the one before, each with all that is said about it, and those
//! that went; a struct that others flatten is named as `-- shared blog.Stamped`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use modelshift_schema::answers::{Answer, Answers, Subject};
use modelshift_schema::field::FieldKind;
use modelshift_schema::hints::{ChoiceHints, FieldHints, ModelHints};
use modelshift_schema::model::Model;
use modelshift_schema::name::{AppLabel, MigrationId, ModelKey, ModelName};
use modelshift_schema::operation::{CreateModel, Operation};
use modelshift_syntax::answers::{print_answers, read_answers};
use modelshift_syntax::read_module;

use crate::source;
use crate::sources::{Sources, Written};

const APPS: &str = "== apps: ";
const BUILD: &str = "\n== build\n";
pub(crate) const SHARED: &str = "-- shared ";
const GONE: &str = "-- gone: ";
pub(crate) const ANSWERS: &str = "-- answers";

/// The models at each build, with every question answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// What it shows, in words; lines without a mark before them.
    pub shows: String,
    /// The apps, whether or not they have models.
    pub apps: BTreeSet<AppLabel>,
    /// The models at each build.
    pub builds: Vec<Sources>,
}

impl Story {
    /// Prints the story; it reads back as the same.
    pub fn print(&self) -> String {
        let mut text = String::new();
        // Writing into a `String` cannot fail.
        for line in self.shows.lines() {
            let _ = writeln!(text, "# {line}");
        }
        let _ = writeln!(text, "\n{APPS}{}", joined(&self.apps));
        let mut before = &Sources::default();
        for sources in &self.builds {
            let _ = write!(text, "{BUILD}{}", changes(before, sources));
            before = sources;
        }
        text
    }

    /// Reads a story.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut story = Self::default();
        let mut shows = Vec::new();
        let mut builds = text.split(BUILD);
        let head = builds.next().unwrap_or_default();
        for line in head.lines() {
            if let Some(words) = line.strip_prefix('#') {
                shows.push(words.trim());
            } else if let Some(apps) = line.strip_prefix(APPS) {
                story.apps = apps.split(", ").map(AppLabel::new).collect();
            } else if !line.is_empty() {
                return Err(format!("expected `# …` or `{APPS}…` instead of `{line}`"));
            }
        }
        story.shows = shows.join("\n");
        let mut structs = BTreeMap::new();
        for build in builds {
            for part in format!("\n{}", build.trim()).split("\n-- ").skip(1) {
                read_part(&mut structs, part)?;
            }
            story.builds.push(Sources::of(&structs));
        }
        Ok(story)
    }
}

fn joined<T: std::fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|it| it.to_string()).collect::<Vec<_>>().join(", ")
}

/// Removes what says nothing of a field, speaks of an enum that it does not hold, or is said again; none of these is told apart
/// in a file.
pub(crate) fn tidied(mut sources: Sources) -> Sources {
    let nothing = FieldHints::default();
    sources.settle();
    for source in sources.all_mut() {
        for (name, hints) in &mut source.hints.fields {
            let kind = source.model.field(name).map(|field| &field.kind);
            if !matches!(kind, Some(FieldKind::Column(column_type)) if column_type.choices().is_some()) {
                hints.choices = ChoiceHints::default();
            }
        }
        source.hints.fields.retain(|_, hints| *hints != nothing);
        source.model.remove_repetitions();
    }
    sources
}

/// Spells what became of the models from one build to the next.
fn changes(before: &Sources, after: &Sources) -> String {
    let mut text = String::new();
    let mut answers = Answers::default();
    let (before, after) = (before.all_written(), after.all_written());
    for (key, written) in after.iter().filter(|(key, written)| before.get(*key) != Some(*written)) {
        let mark = if written.is_abstract { SHARED } else { "-- " };
        let _ = write!(text, "{mark}{key}\n{}", source::print_written(key, written, false));
        said(key, &written.own.hints, &mut answers);
    }
    let gone: Vec<&ModelKey> = before.keys().filter(|key| !after.contains_key(*key)).collect();
    if !gone.is_empty() {
        let _ = writeln!(text, "{GONE}{}", joined(gone));
    }
    if !answers.is_empty() {
        let _ = write!(text, "{ANSWERS}\n{}", print_answers(&answers));
    }
    text
}

fn said(key: &ModelKey, hints: &ModelHints, answers: &mut Answers) {
    let ModelHints { renamed_from, moved_from, new, position: _, fields } = hints;
    let origin = moved_from.as_ref().map(ToString::to_string);
    let renamed_from = origin.or_else(|| renamed_from.as_ref().map(ToString::to_string));
    let mut add = |field, answer: Answer| {
        if answer != Answer::default() {
            answers.add(Subject { model: key.clone(), field }, answer);
        }
    };
    add(None, Answer { renamed_from, new: *new, ..Answer::default() });
    for (name, hints) in fields {
        let FieldHints {
            renamed_from,
            new,
            keep_rows,
            keep_values,
            was,
            filled,
            backfill,
            is_shared: _,
            choices,
        } = hints.clone();
        let renamed_from = renamed_from.map(|from| from.to_string());
        add(
            Some(name.clone()),
            Answer { renamed_from, new, keep_rows, keep_values, was, filled, backfill, choices },
        );
    }
}

fn read_part(structs: &mut BTreeMap<ModelKey, Written>, part: &str) -> Result<(), String> {
    let marked = format!("-- {part}");
    let (line, body) = marked.split_once('\n').unwrap_or((&marked, ""));
    if line == ANSWERS {
        let errors = |errors: Vec<_>| joined(errors) + "\n" + body;
        return read_answers(body)
            .map_err(errors)?
            .iter()
            .try_for_each(|(it, answer)| put(structs, it, answer));
    }
    if let Some(gone) = line.strip_prefix(GONE) {
        for name in gone.split(", ") {
            let key: ModelKey = name.parse().map_err(|_| format!("`{name}` is no model"))?;
            structs.remove(&key).ok_or_else(|| format!("`{name}` goes and was not there"))?;
        }
        return Ok(());
    }
    let shared = line.strip_prefix(SHARED);
    let name = shared.unwrap_or(line.trim_start_matches("-- "));
    let key: ModelKey = name.parse().map_err(|_| format!("`{name}` is no model"))?;
    let written = source::read_written(&key, body, shared.is_some())?;
    structs.insert(key, written);
    Ok(())
}

/// Reads a struct as a migration has it, which says at each field what its enum is.
pub(crate) fn read_model(key: &ModelKey, text: &str) -> Result<Model, String> {
    let module = format!("modelshift::migration! {{\nCreateModel {{\n{text}}}\n}}\n");
    let id = MigrationId::new(&key.app, "0002_print");
    let mut read = read_module(&id, &module).map_err(|error| format!("{error}\n{text}"))?.operations;
    match (read.pop(), read.pop()) {
        (Some(Operation::CreateModel(CreateModel { model })), None) if model.name == key.name => Ok(model),
        _ => Err(format!("expected the struct of `{key}`:\n{text}")),
    }
}

fn put(structs: &mut BTreeMap<ModelKey, Written>, subject: &Subject, answer: &Answer) -> Result<(), String> {
    let Subject { model, field } = subject;
    let Some(source) = structs.get_mut(model).map(|written| &mut written.own) else {
        return Err(format!("`{model}` is answered for and not there"));
    };
    let Answer { renamed_from, new, keep_rows, keep_values, was, filled, backfill, choices } = answer.clone();
    if let Some(field) = field {
        let hints = FieldHints {
            renamed_from: renamed_from.map(Into::into),
            new,
            keep_rows,
            keep_values,
            was,
            filled,
            backfill,
            is_shared: false,
            choices,
        };
        source.hints.fields.insert(field.clone(), hints);
    } else {
        let moved_from = renamed_from.as_ref().and_then(|from| from.parse().ok());
        source.hints.renamed_from = renamed_from.filter(|_| moved_from.is_none()).map(ModelName::from);
        (source.hints.moved_from, source.hints.new) = (moved_from, new);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::campaign::told;

    use super::*;

    /// Flattened structs, one of them in another; a prefix that changes; types of the crate's own.
    #[test]
    fn structs_that_others_flatten_stand_in_stories() {
        let text = r#"# Two models flatten a struct, whose note is renamed in both.

== apps: blog, shop

== build
-- blog.Author
struct Author {
    id: i64,
    #[field(flatten, prefix = "old_")]
    stamps: shop::Stamped,
    #[field(unique)]
    #[field(as = "i32")]
    age: Option<Years>,
}
-- shared blog.Named
struct Named {
    #[field(max_length = 40)]
    #[field(as = "String")]
    name: Slug,
}
-- blog.Post
struct Post {
    #[field(flatten)]
    base: shop::Stamped,
    id: i64,
}
-- shared shop.Stamped
#[model(index(fields(day)))]
struct Stamped {
    day: Date,
    #[field(flatten)]
    extra: blog::Named,
    r#type: String,
}

== build
-- blog.Author
struct Author {
    id: i64,
    #[field(flatten, prefix = "x_", renamed_from = "old_")]
    stamps: shop::Stamped,
    age: Option<i32>,
}
-- shared shop.Stamped
#[model(index(fields(day)))]
struct Stamped {
    day: Date,
    #[field(flatten)]
    extra: blog::Named,
    body: String,
}
-- answers
shop.Stamped.body: renamed_from = "type"
"#;
        let story = Story::read(text).unwrap();
        assert_eq!(story.print(), text);
        told(&story).unwrap();
        let [_, last] = story.builds.as_slice() else { panic!("{story:#?}") };
        let names = |key: &str| {
            let fields = &last[&key.parse::<ModelKey>().unwrap()].model.fields;
            fields.iter().map(|field| field.name.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(names("blog.Author"), ["id", "x_day", "x_name", "x_body", "age"]);
        assert_eq!(names("blog.Post"), ["day", "name", "body", "id"]);
    }
}
