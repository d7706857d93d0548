//! A crate's models as a person writes them, with parts behind features, and edits of them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use modelshift_schema::field::Field;
use modelshift_schema::model::Model;
use modelshift_schema::state::ProjectState;

/// The features of the crate.
pub(crate) const FEATURES: [&str; 2] = ["red", "blue"];

/// Which of the features a build has.
pub(crate) type Build = [bool; 2];

/// Every build that there is; the one with all features first.
pub(crate) const BUILDS: [Build; 4] = [[true, true], [true, false], [false, true], [false, false]];

pub(crate) const CONDITIONS: [&str; 6] = [
    "feature = \"red\"",
    "feature = \"blue\"",
    "not(feature = \"red\")",
    "all(feature = \"red\", feature = \"blue\")",
    "any(feature = \"red\", feature = \"blue\")",
    "all(feature = \"blue\", not(feature = \"red\"))",
];

/// A position in the conditions; none where there is no condition.
pub(crate) type Condition = Option<usize>;

/// Returns whether something is there in a build.
fn holds(condition: Condition, [red, blue]: Build) -> bool {
    match condition {
        None => true,
        Some(0) => red,
        Some(1) => blue,
        Some(2) => !red,
        Some(3) => red && blue,
        Some(4) => red || blue,
        Some(_) => blue && !red,
    }
}

fn cfg(condition: Condition) -> String {
    condition.map_or_else(String::new, |it| format!("#[cfg({})] ", CONDITIONS[it]))
}

/// Returns an attribute, behind a condition where there is one.
fn attribute(condition: Condition, text: &str) -> String {
    condition.map_or_else(|| format!("#[{text}] "), |it| format!("#[cfg_attr({}, {text})] ", CONDITIONS[it]))
}

/// The models, the variants of an enum, and the fields of a struct that models flatten.
#[derive(Clone, Debug, Default)]
pub(crate) struct Source {
    pub(crate) models: Vec<Struct>,
    pub(crate) variants: Vec<Named>,
    pub(crate) part: Vec<Entry>,
    pub(crate) last: usize,
}

/// The names that a thing had, the present one last.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) names: Vec<String>,
    pub(crate) condition: Condition,
}

#[derive(Clone, Debug)]
pub(crate) struct Struct {
    pub(crate) named: Named,
    pub(crate) place: Place,
    pub(crate) fields: Vec<Entry>,
    /// Fields with an index over them, each perhaps behind a condition.
    pub(crate) indexes: Vec<(String, Condition)>,
}

/// How a model comes to stand behind its condition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    Struct,
    Module,
    Derive,
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) named: Named,
    pub(crate) kind: Kind,
    pub(crate) is_null: bool,
    /// Whether a rule of its own stands behind a condition.
    pub(crate) unique: Option<Condition>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Small,
    Large,
    Text,
    Status,
    /// A reference to the model that had this name first.
    Reference(String),
    /// The fields of the struct that models flatten.
    Part,
}

impl Named {
    pub(crate) fn now(&self) -> &str {
        &self.names[self.names.len() - 1]
    }

    pub(crate) fn first(&self) -> &str {
        &self.names[0]
    }

    /// Returns what the source says of the name, as a person does who answers rightly; `is_known` tells what is recorded.
    fn hint(&self, is_known: impl Fn(&str) -> bool) -> Option<String> {
        if is_known(self.now()) {
            return None;
        }
        let earlier = self.names.iter().rev().find(|name| is_known(name));
        Some(earlier.map_or_else(|| "new".to_owned(), |name| format!("renamed_from = {name:?}")))
    }
}

/// Something that stands in the source, by all names that it had.
#[derive(Debug)]
pub(crate) struct Item {
    /// The names of the model.
    pub(crate) model: Vec<String>,
    /// The names of the field; none for the model itself.
    pub(crate) field: Option<Vec<String>>,
    /// Whether the build sees it.
    pub(crate) is_seen: bool,
}

impl Item {
    /// Finds the model in a state.
    pub(crate) fn model_in<'a>(&self, state: &'a ProjectState) -> Option<&'a Model> {
        state.models().map(|(_, it)| &**it).find(|it| self.model.iter().any(|name| *name == it.name.as_str()))
    }

    /// Returns the name that it has in a state.
    pub(crate) fn name_in(&self, state: &ProjectState) -> Option<String> {
        let model = self.model_in(state)?;
        let Some(names) = &self.field else { return Some(model.name.to_string()) };
        let is_it = |field: &&Field| names.iter().any(|name| *name == field.name.as_str());
        model.fields.iter().find(is_it).map(|field| field.name.to_string())
    }

    /// Returns whether a state has it under the name that it has in the source.
    pub(crate) fn is_in(&self, state: &ProjectState) -> bool {
        let model =
            state.models().map(|(_, it)| it).find(|it| it.name.as_str() == self.model[self.model.len() - 1]);
        model.is_some_and(|it| self.field.is_none() || it.field(&self.name().into()).is_some())
    }

    /// Returns the name that it has in the source.
    pub(crate) fn name(&self) -> &str {
        let names = self.field.as_ref().unwrap_or(&self.model);
        &names[names.len() - 1]
    }
}

impl Source {
    /// Returns everything that stands in the source, whichever build sees it.
    pub(crate) fn items(&self, build: Build) -> Vec<Item> {
        let mut items = Vec::new();
        for model in &self.models {
            let is_seen = holds(model.named.condition, build);
            let names = model.named.names.clone();
            items.push(Item { model: names.clone(), field: None, is_seen });
            for (field, outer) in self.fields(model) {
                let is_seen = is_seen && holds(outer, build) && holds(field.condition, build);
                items.push(Item { model: names.clone(), field: Some(field.names.clone()), is_seen });
            }
        }
        items
    }

    /// Returns the fields of a model, those that it flattens included, each with the condition of where it stands.
    fn fields<'a>(&'a self, model: &'a Struct) -> Vec<(&'a Named, Condition)> {
        let mut fields = Vec::new();
        for field in &model.fields {
            if field.kind == Kind::Part {
                fields.extend(self.part.iter().map(|it| (&it.named, field.named.condition)));
            } else {
                fields.push((&field.named, None));
            }
        }
        fields
    }

    /// Returns whether an index or a rule stands behind conditions that no build fulfils at once.
    pub(crate) fn has_unseen_rule(&self) -> bool {
        let is_unseen =
            |conditions: &[Condition]| !BUILDS.iter().any(|it| conditions.iter().all(|one| holds(*one, *it)));
        self.models.iter().any(|model| {
            let whole = model.named.condition;
            let is_rule_unseen = |outer: Condition, field: &Entry| {
                field.unique.is_some_and(|it| is_unseen(&[whole, outer, field.named.condition, it]))
            };
            let is_field_unseen = |field: &Entry| {
                if field.kind == Kind::Part {
                    self.part.iter().any(|it| is_rule_unseen(field.named.condition, it))
                } else {
                    is_rule_unseen(None, field)
                }
            };
            model.indexes.iter().any(|(_, it)| is_unseen(&[whole, *it]))
                || model.fields.iter().any(is_field_unseen)
        })
    }

    /// Returns the source text; `recorded` tells which names need no word any more.
    pub(crate) fn text(&self, recorded: &ProjectState) -> String {
        let mut text = "use modelshift::{Choices, ForeignKey, Model};\n\n".to_owned();
        if !self.variants.is_empty() {
            let variants = self.variants.iter();
            let variants = variants.map(|it| format!("    {}{},\n", cfg(it.condition), it.now()));
            let _ = writeln!(
                text,
                "#[derive(Choices)]\npub enum Status {{\n{}}}\n",
                variants.collect::<String>()
            );
        }
        let flattening =
            self.models.iter().filter(|it| it.fields.iter().any(|field| field.kind == Kind::Part));
        let known: Vec<&Model> = flattening.filter_map(|it| known(&it.named, recorded)).collect();
        let part: String = self.part.iter().map(|it| self.field(it, &known)).collect();
        let _ = writeln!(text, "#[derive(Model)]\n#[model(abstract)]\npub struct Part {{\n{part}}}\n");
        for model in &self.models {
            text.push_str(&self.model(model, recorded));
        }
        text
    }

    fn model(&self, model: &Struct, recorded: &ProjectState) -> String {
        let named = &model.named;
        let condition = named.condition.filter(|_| model.place != Place::Module);
        let derive = if model.place == Place::Derive {
            attribute(condition, "derive(Model)")
        } else {
            format!("{}#[derive(Model)] ", cfg(condition))
        };
        let hint = named.hint(|name| recorded.models().any(|(_, it)| it.name.as_str() == name));
        let hint = hint.map(|hint| format!("#[model({hint})] ")).unwrap_or_default();
        let index = |(field, condition): &(String, Condition)| {
            attribute(*condition, &format!("model(index(fields({field})))"))
        };
        let indexes: String = model.indexes.iter().map(index).collect();
        let known = known(named, recorded).into_iter().collect::<Vec<_>>();
        let fields: String = model.fields.iter().map(|field| self.field(field, &known)).collect();
        let item =
            format!("{derive}{hint}{indexes}\npub struct {} {{\n    id: i64,\n{fields}}}\n", named.now());
        if model.place == Place::Module {
            return format!(
                "{}pub mod {} {{\nuse super::*;\n{item}}}\n\n",
                cfg(named.condition),
                named.first().to_lowercase()
            );
        }
        item + "\n"
    }

    fn field(&self, field: &Entry, known: &[&Model]) -> String {
        let Entry { named, kind, is_null, unique } = field;
        let cfg = cfg(named.condition);
        if *kind == Kind::Part {
            return format!("    {cfg}#[field(flatten)] {}: Part,\n", named.now());
        }
        let is_known = |name: &str| known.iter().any(|it| it.field(&name.into()).is_some());
        let hint = named.hint(is_known).filter(|_| !known.is_empty());
        let hint = hint.map(|hint| format!("#[field({hint})] ")).unwrap_or_default();
        let unique = unique.map(|it| attribute(it, "field(unique)")).unwrap_or_default();
        let (default, bare) = match kind {
            Kind::Small => ("0", "i32".to_owned()),
            Kind::Large => ("0", "i64".to_owned()),
            Kind::Text => ("\"\"", "String".to_owned()),
            Kind::Status => ("", "Status".to_owned()),
            Kind::Part => ("", "Part".to_owned()),
            Kind::Reference(first) => ("", format!("ForeignKey<{}>", self.path(first))),
        };
        let (default, column) = if *is_null {
            (String::new(), format!("Option<{bare}>"))
        } else {
            (format!("#[field(default = {default})] "), bare)
        };
        format!("    {cfg}{hint}{unique}{default}{}: {column},\n", named.now())
    }

    /// Returns the path to a model from any module.
    fn path(&self, first: &str) -> String {
        match self.models.iter().find(|it| it.named.first() == first) {
            Some(it) if it.place == Place::Module => {
                format!("crate::models::{}::{}", first.to_lowercase(), it.named.now())
            }
            Some(it) => format!("crate::models::{}", it.named.now()),
            None => first.to_owned(),
        }
    }

    /// Returns whether rustc would take it in every build: what is named is there.
    pub(crate) fn is_sound(&self) -> bool {
        let first = self.variants.first().is_some_and(|it| it.condition.is_none());
        let is_there = |first: &str, build| {
            self.models.iter().any(|it| it.named.first() == first && holds(it.named.condition, build))
        };
        let is_entry_sound = |entry: &Entry, build| match &entry.kind {
            Kind::Reference(first) => !holds(entry.named.condition, build) || is_there(first, build),
            Kind::Status => first,
            Kind::Small | Kind::Large | Kind::Text | Kind::Part => true,
        };
        let is_model_sound = |model: &Struct, build: Build| {
            let fields = model.fields.iter().filter(|it| holds(it.named.condition, build));
            let seen: BTreeSet<&str> = fields.clone().map(|it| it.named.now()).collect();
            let mut indexes = model.indexes.iter().filter(|(_, condition)| holds(*condition, build));
            let is_flattened_once = model.fields.iter().filter(|it| it.kind == Kind::Part).count() < 2;
            is_flattened_once
                && fields.clone().all(|it| is_entry_sound(it, build))
                && indexes.all(|(field, _)| seen.contains(field.as_str()))
        };
        let seen = |build| self.models.iter().filter(move |it| holds(it.named.condition, build));
        (first || self.variants.is_empty())
            && BUILDS.iter().all(|build| {
                self.part.iter().all(|it| is_entry_sound(it, *build))
                    && seen(*build).all(|model| is_model_sound(model, *build))
            })
    }
}

fn known<'a>(named: &Named, recorded: &'a ProjectState) -> Option<&'a Model> {
    let item = Item { model: named.names.clone(), field: None, is_seen: true };
    item.model_in(recorded)
}
