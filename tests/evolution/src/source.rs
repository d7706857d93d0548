//! Models -> their structs in source, and whether the grammar takes them: what it refuses, nobody can build.

use std::fmt::Write as _;

use modelshift_schema::answers::Answer;
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::hints::{ModelHints, SourceModel};
use modelshift_schema::migration::Migration;
use modelshift_schema::model::Model;
use modelshift_schema::name::{FieldName, MigrationId, ModelKey};
use modelshift_schema::operation::{CreateModel, Operation};
use modelshift_schema::state::ProjectState;
use modelshift_syntax::answers::spelled;
use modelshift_syntax::resolver::InMigration;
use modelshift_syntax::{ident, parse_struct, print_module};

use crate::project::Sources;
use crate::story;

/// Gives the struct of a model.
pub fn print(key: &ModelKey, model: &Model) -> String {
    let create = Operation::CreateModel(CreateModel { model: model.clone() });
    let id = MigrationId::new(&key.app, "0002_print");
    let text =
        print_module(&Migration::new(id, vec![MigrationId::new(&key.app, "0001_initial")], vec![create]));
    let start = text.find("    CreateModel {\n").map(|start| start + "    CreateModel {\n".len());
    let end = text.rfind("    }\n}\n");
    let inner = start.zip(end).and_then(|(start, end)| text.get(start..end)).unwrap_or(&text);
    // Texts have their line ends escaped, so that blanks at the start of a line are the margin.
    inner.lines().flat_map(|line| [line.strip_prefix(MARGIN).unwrap_or(line), "\n"]).collect()
}

const MARGIN: &str = "        ";

/// Gives the struct of a model with what it says about the edit.
fn print_said(key: &ModelKey, source: &SourceModel) -> String {
    let ModelHints { renamed_from, moved_from, new, fields } = &source.hints;
    let mut text = String::new();
    let say = |text: &mut String, word: &str, answer: &Answer| {
        if *answer != Answer::default() {
            // Writing into a `String` cannot fail.
            let _ = writeln!(text, "#[{word}({})]", spelled(answer));
        }
    };
    let origin = moved_from.as_ref().map(ToString::to_string);
    let renamed_from = origin.or_else(|| renamed_from.as_ref().map(ToString::to_string));
    say(&mut text, "model", &Answer { renamed_from, new: *new, ..Answer::default() });
    for line in print(key, &source.model).lines() {
        let is_line = |name: &FieldName| {
            let rest = line.trim_start().strip_prefix(&ident::spell(name.as_str()));
            rest.is_some_and(|rest| rest.starts_with(": "))
        };
        if let Some((_, hints)) = fields.iter().find(|(name, _)| is_line(name)) {
            let renamed_from = hints.renamed_from.as_ref().map(ToString::to_string);
            let (new, backfill) = (hints.new, hints.backfill.clone());
            say(&mut text, "field", &Answer { renamed_from, new, backfill, ..Answer::default() });
        }
        let _ = writeln!(text, "{line}");
    }
    text
}

/// Reads the struct of a model back.
///
/// # Errors
/// What the grammar refuses, or what reads back as something else.
pub fn read_back(key: &ModelKey, source: &SourceModel) -> Result<(), Refusal> {
    let text = print_said(key, source);
    let faulty = |what: String| Refusal::Faulty(format!("{what}\n{text}"));
    // An enum is known to the source beside the struct only; a migration file says what it is.
    let has_choices = |field: &Field| matches!(&field.kind, FieldKind::Column(it) if it.choices().is_some());
    if source.model.fields.iter().any(has_choices) {
        let read = story::read_model(key, &print(key, &source.model)).map_err(faulty)?;
        if read == source.model {
            return Ok(());
        }
        return Err(faulty(difference("it reads back with", &read, &source.model)));
    }
    let item: syn::ItemStruct =
        syn::parse_str(&text).map_err(|error| faulty(format!("what is printed is no Rust: {error}")))?;
    let parsed = parse_struct(&item, &InMigration::new(key.app.clone()));
    let read = parsed.map_err(|error| Refusal::Refused(error.to_string()))?.source;
    if read == *source {
        return Ok(());
    }
    Err(faulty(difference("what is printed reads back with", &read, source)))
}

/// Tells in which lines two values differ.
pub fn difference<T: std::fmt::Debug>(what: &str, found: &T, expected: &T) -> String {
    let (found, expected) = (format!("{found:#?}"), format!("{expected:#?}"));
    let (found, expected): (Vec<&str>, Vec<&str>) = (found.lines().collect(), expected.lines().collect());
    let start = found.iter().zip(&expected).take_while(|(one, other)| one == other).count();
    let rest = |lines: &[&str]| lines.len().saturating_sub(start);
    let ends = found.iter().rev().zip(expected.iter().rev()).take_while(|(one, other)| one == other).count();
    let end = ends.min(rest(&found)).min(rest(&expected));
    // A few lines before tell where it is.
    let part = |lines: &[&str]| lines[start.saturating_sub(12)..lines.len() - end].join("\n");
    format!("{what}\n{}\ninstead of\n{}", part(&found), part(&expected))
}

/// Why a struct cannot be used.
#[derive(Debug)]
pub enum Refusal {
    /// The grammar refuses it, with these words.
    Refused(String),
    /// What was printed does not read back: a fault.
    Faulty(String),
}

/// Prints the models of source with what they say of edits.
pub fn print_all(sources: &Sources) -> String {
    let mut text = String::new();
    for (key, source) in sources {
        // Writing into a `String` cannot fail.
        let _ = writeln!(text, "// {key}: {:?}\n{}", source.hints, print(key, &source.model));
    }
    text
}

/// Prints the models of a state.
pub fn print_state(state: &ProjectState) -> String {
    let mut text = String::new();
    for (key, model) in state.models() {
        let _ = writeln!(text, "// {key}\n{}", print(key, model));
    }
    text
}
