//! Structs with `#[model(abstract)]`: replaces each flattened field by the fields of its struct.

use std::collections::BTreeMap;

use modelshift_schema::name::{FieldName, ModelKey};
use modelshift_schema::question::{Question, Suggestion};
use modelshift_syntax::findings::FoundQuestion;
use modelshift_syntax::{Flattened, ParsedModel, SharedField, parse_model};

use crate::crates::exported_types::{ExportedStruct, ExportedTypes};
use crate::crates::unresolved;
use crate::crates::unresolved::ItemKind;
use crate::models::exported_scope::ExportedScope;
use crate::resolve::{Declarations, InModule, Target, resolve};
use crate::scan::crate_tree::{Found, Tree, picked};

/// Replaces flattened fields by the fields of their structs, at every level.
///
/// `pick` is the number of the form of other structs, if they have several. A struct is identified by its position among
/// the models of the tree, and one of another crate by a number after those; see [`struct_of`].
///
/// # Errors
/// The messages for the struct; none if they are reported elsewhere.
pub(crate) fn embed(
    tree: &Tree,
    declarations: &Declarations,
    own: &ModelKey,
    (number, pick): (usize, usize),
    parsed: &ParsedModel,
) -> Result<ParsedModel, Vec<FoundQuestion>> {
    let mut embedding = Embedding { tree, declarations, own, pick, open: vec![number] };
    let found = &tree.models[number];
    embedding.whole(&EmbeddedStruct::Own(found, &found.item), parsed).map_err(|error| match error {
        EmbedError::Messages(exported) => exported,
        EmbedError::Circle(_) => Vec::new(),
    })
}

/// The reason why the fields of a struct are not known.
enum EmbedError {
    /// These messages belong to the struct.
    Messages(Vec<FoundQuestion>),
    /// The struct flattens one that is being read.
    Circle(usize),
}

struct Embedding<'a> {
    tree: &'a Tree,
    declarations: &'a Declarations,
    /// The model that gets the fields: the meaning of `Self` in all of them.
    own: &'a ModelKey,
    /// The number of the form of structs and enums, if they have several.
    pick: usize,
    /// The structs that are being read, each flattened by the one before it.
    open: Vec<usize>,
}

impl<'a> Embedding<'a> {
    fn whole(&mut self, place: &EmbeddedStruct<'_>, parsed: &ParsedModel) -> Result<ParsedModel, EmbedError> {
        if parsed.flattened.is_empty() {
            return Ok(parsed.clone());
        }
        let mut others = BTreeMap::new();
        let mut exported = None;
        for flattened in &parsed.flattened {
            match self.other(place, flattened) {
                Ok(other) => {
                    others.insert(flattened.field.clone(), other);
                }
                Err(EmbedError::Messages(more)) => exported.get_or_insert_with(Vec::new).extend(more),
                Err(EmbedError::Circle(number)) if self.open == [number] => {
                    let message = format!(
                        "{}, which leads back to `{}`, and a struct cannot hold itself\nremove one of the flattened \
                         fields",
                        subject(place, flattened),
                        place.name()
                    );
                    exported.get_or_insert_with(Vec::new).push(mistake(flattened, message));
                }
                Err(EmbedError::Circle(number)) => return Err(EmbedError::Circle(number)),
            }
        }
        match exported {
            Some(exported) => Err(EmbedError::Messages(exported)),
            None => parsed.embedding(&others).map_err(|error| {
                EmbedError::Messages(error.into_iter().map(|error| at_its_place(&error)).collect())
            }),
        }
    }

    fn other(
        &mut self,
        place: &EmbeddedStruct<'_>,
        flattened: &Flattened,
    ) -> Result<(usize, ParsedModel), EmbedError> {
        let (number, other) = self.find(place, flattened)?;
        if self.open.contains(&number) {
            return Err(EmbedError::Circle(number));
        }
        let parsed = self.parse(&other).map_err(|reason| unreadable(place, flattened, &other, &reason))?;
        self.open.push(number);
        let whole = self.whole(&other, &parsed);
        self.open.pop();
        match (whole, &other) {
            (Ok(whole), _) => Ok((number, whole)),
            // Errors of a struct of this crate are reported there.
            (Err(EmbedError::Messages(_)), EmbeddedStruct::Own(..)) => Err(EmbedError::Messages(Vec::new())),
            (Err(EmbedError::Messages(exported)), EmbeddedStruct::Foreign(_)) => {
                let reasons: Vec<String> = exported.into_iter().map(|exported| exported.message).collect();
                Err(unreadable(place, flattened, &other, &reasons.join("; ")))
            }
            (Err(circle @ EmbedError::Circle(_)), _) => Err(circle),
        }
    }

    /// Reads the struct of a flattened field.
    ///
    /// # Errors
    /// The errors in its source.
    fn parse(&self, other: &EmbeddedStruct<'_>) -> Result<ParsedModel, String> {
        match other {
            EmbeddedStruct::Own(found, form) => {
                let (tree, declarations) = (self.tree, self.declarations);
                let (module, own, pick) = (found.module.as_slice(), self.own.clone(), self.pick);
                let resolver = InModule { tree, declarations, module, own, pick };
                parse_model(form, &resolver).map_err(|error| mistakes(&error))
            }
            EmbeddedStruct::Foreign(resolver) => {
                let item = syn::parse_str(&resolver.shared.source).map_err(|error| mistakes(&error))?;
                let parsed = parse_model(&item, resolver).map_err(|error| mistakes(&error))?;
                match parsed.problems.first() {
                    None => Ok(parsed),
                    Some((_, problem)) => Err(problem.clone()),
                }
            }
        }
    }

    fn find(
        &self,
        place: &EmbeddedStruct<'_>,
        flattened: &Flattened,
    ) -> Result<(usize, EmbeddedStruct<'a>), EmbedError> {
        let subject = subject(place, flattened);
        let found = match place {
            EmbeddedStruct::Foreign(inside) => {
                return self
                    .exported(inside.shared(&flattened.shared))
                    .ok_or_else(|| exported(flattened, subject));
            }
            EmbeddedStruct::Own(found, _) => found,
        };
        let form = match resolve(self.tree, &found.module, &flattened.shared) {
            Target::Own(module, name) => picked(self.tree.models_at(&module, &name), self.pick),
            Target::Foreign(path) if path.len() > 1 => {
                return self.exported(self.tree.foreign.shared(&path)).ok_or_else(|| {
                    let why = match self.tree.foreign.model(&path) {
                        Some(key) => is_a_model(key.name.as_str()),
                        None => unresolved::remedy(&self.tree.foreign, &path, ItemKind::Shared),
                    };
                    exported(flattened, format!("{subject}, {why}"))
                });
            }
            Target::Foreign(_) | Target::Module(_) | Target::Unknown => None,
        };
        let Some((number, form)) = form else {
            let message = format!(
                "{subject}, and the build step sees no struct of that name\nit must derive `Model` with \
                 `#[model(abstract)]`, in a file of this crate that `mod` declarations lead to, and not come from a \
                 macro"
            );
            return Err(exported(flattened, message));
        };
        let other = &self.tree.models[number];
        if !other.is_abstract {
            return Err(exported(flattened, format!("{subject}, {}", is_a_model(&other.name()))));
        }
        if !other.presence.is_certain() && found.presence.is_certain() {
            let message = format!(
                "{subject}, and not every build sees that struct\nremove its condition, or put it on both"
            );
            return Err(exported(flattened, message));
        }
        Ok((number, EmbeddedStruct::Own(other, form)))
    }

    /// Returns the struct of another crate with this name.
    fn exported(&self, id: Option<&str>) -> Option<(usize, EmbeddedStruct<'a>)> {
        let (number, shared) = self.tree.foreign.numbered(id?)?;
        let (shared, own, pick) = (shared.form(self.pick), self.own.clone(), self.pick);
        let resolver = ExportedScope { exported: self.tree.foreign.exported(), shared, own, pick };
        Some((self.tree.models.len() + number, EmbeddedStruct::Foreign(resolver)))
    }
}

/// A struct whose fields are embedded.
enum EmbeddedStruct<'a> {
    /// A struct of this crate, in one form.
    Own(&'a Found, &'a syn::DeriveInput),
    /// A struct that another crate exports.
    Foreign(ExportedScope<'a>),
}

impl EmbeddedStruct<'_> {
    fn name(&self) -> String {
        match self {
            Self::Own(found, _) => found.name(),
            Self::Foreign(resolver) => resolver.shared.name.clone(),
        }
    }
}

/// Returns the crate and the name of an exported struct, with the struct; none if the number is not that of a struct of
/// another crate.
pub(crate) fn struct_of(tree: &Tree, number: usize) -> Option<(ModelKey, &ExportedStruct)> {
    let (id, exported) = tree.foreign.name_of(number.checked_sub(tree.models.len())?)?;
    Some((ModelKey::new(ExportedTypes::crate_of(id), exported.name.as_str()), exported))
}

fn is_a_model(name: &str) -> String {
    format!(
        "which is a model with a table of its own\nwrite `#[model(abstract)]` on it if it should only be embedded, \
         or refer to it by a `ForeignKey<{name}>`"
    )
}

fn subject(place: &EmbeddedStruct<'_>, flattened: &Flattened) -> String {
    format!("`{}.{}` flattens `{}`", place.name(), flattened.field, flattened.written())
}

/// Reports that a struct cannot be read: at the struct itself if it is of this crate, or else at the flattened field.
fn unreadable(
    place: &EmbeddedStruct<'_>,
    flattened: &Flattened,
    other: &EmbeddedStruct<'_>,
    reason: &str,
) -> EmbedError {
    if matches!(other, EmbeddedStruct::Own(..)) {
        return EmbedError::Messages(Vec::new());
    }
    let message = format!(
        "{}, and this version of `modelshift-build` cannot read the export of that struct: {reason}\n         use one version of `modelshift-build` in both crates",
        subject(place, flattened)
    );
    EmbedError::Messages(vec![FoundQuestion::new(Some(flattened.field.to_string()), message)])
}

/// Returns all error messages, in one line.
fn mistakes(error: &syn::Error) -> String {
    error.clone().into_iter().map(|error| error.to_string().replace('\n', " ")).collect::<Vec<_>>().join("; ")
}

fn exported(flattened: &Flattened, message: String) -> EmbedError {
    EmbedError::Messages(vec![mistake(flattened, message)])
}

fn mistake(flattened: &Flattened, message: String) -> FoundQuestion {
    let question = FoundQuestion::new(Some(flattened.field.to_string()), message);
    FoundQuestion { is_about_type: true, ..question }
}

/// Returns an error with its place in the file of the struct.
fn at_its_place(error: &syn::Error) -> FoundQuestion {
    let start = error.span().start();
    FoundQuestion { at: Some((start.line, start.column + 1)), ..FoundQuestion::new(None, error.to_string()) }
}

/// A question about a field that several models embed from one struct, asked once at the struct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SharedQuestion {
    /// The question, as if the struct were a model.
    question: Question,
    /// The models that have the field.
    models: Vec<String>,
    /// The flattened field at which it is asked, if the struct is of another crate.
    place: Option<FieldName>,
    /// The prefix of names with which the struct is flattened.
    prefix: String,
    /// Removed names without this prefix.
    outside: Vec<FieldName>,
}

impl SharedQuestion {
    /// Converts a question about a model's field into one about the field of its struct.
    pub(crate) fn new(question: &Question, origin: &SharedField, owner: ModelKey, is_exported: bool) -> Self {
        let prefix = &origin.prefix;
        let kind =
            question.kind.with_names(|name| Some(name.strip_prefix(prefix).unwrap_or(name).to_owned()));
        let candidates = question.kind.mentioned().candidates;
        let outside =
            candidates.into_iter().filter(|it| !it.starts_with(prefix)).map(FieldName::new).collect();
        let models = vec![question.model.name.to_string()];
        let place = is_exported.then(|| origin.place.clone());
        let question = Question { model: owner, field: Some(origin.name.clone()), kind };
        Self { question, models, place, prefix: origin.prefix.clone(), outside }
    }

    /// Takes over the models of another question if it asks the same; returns whether it does.
    pub(crate) fn join(&mut self, other: &Self) -> bool {
        let is_same = self.question == other.question
            && self.outside == other.outside
            && (self.prefix == other.prefix || self.outside.is_empty());
        if is_same {
            self.models.extend(
                other.models.iter().filter(|it| !self.models.contains(it)).cloned().collect::<Vec<_>>(),
            );
        }
        is_same
    }

    /// Returns the question as the struct reports it.
    pub(crate) fn found(&self) -> FoundQuestion {
        let quoted: Vec<String> = self.models.iter().map(|model| format!("`{model}`")).collect();
        let word = if quoted.len() == 1 { "model" } else { "models" };
        let there = match &self.place {
            Some(_) => format!("; the crate `{}` has it, {ELSEWHERE}", self.question.model.app),
            None => String::new(),
        };
        let line = format!("it is a field of the {word} {}{there}", quoted.join(", "));
        let suggestions: Vec<Suggestion> =
            self.question.suggestions().into_iter().map(|it| self.with_prefix(it)).collect();
        let message = with_line(&self.question.message_with(&suggestions), &line);
        let place = self.place.as_ref().or(self.question.field.as_ref());
        FoundQuestion::new(place.map(ToString::to_string), message).coded(self.question.code())
    }
}

impl SharedQuestion {
    /// Adds the place of the prefix to a suggestion, if the removed name does not have this prefix.
    fn with_prefix(&self, suggestion: Suggestion) -> Suggestion {
        let mut outside = self.outside.iter();
        let name = outside.find(|name| format!("#[field(renamed_from = \"{name}\")]") == suggestion.text);
        let Some(name) = name else { return suggestion };
        let own = self.question.field.as_ref().map_or("", FieldName::as_str);
        let earlier = name.as_str().strip_suffix(own);
        let flatten = format!(
            "#[field(flatten, prefix = \"{}\", renamed_from = \"{}\")] where it is flattened",
            self.prefix,
            earlier.unwrap_or_default()
        );
        let text = if earlier.is_some() { flatten } else { format!("{} and {flatten}", suggestion.text) };
        Suggestion { text, ..suggestion }
    }
}

/// The place to answer a question about an item of another crate.
pub(crate) const ELSEWHERE: &str = "so write there, or answer `cargo modelshift makemigrations`";

/// Inserts a line after the first line of a message.
pub(crate) fn with_line(message: &str, line: &str) -> String {
    let (summary, answers) = message.split_once('\n').unwrap_or((message, ""));
    format!("{summary}\n{line}\n{answers}")
}
