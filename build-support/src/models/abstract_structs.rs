//! Structs with `#[model(abstract)]`: which one a flattened field means, and its fields in the place of that field.

use std::collections::BTreeMap;

use modelshift_schema::name::{FieldName, ModelKey};
use modelshift_schema::question::{Question, WayOut};
use modelshift_syntax::findings::FoundQuestion;
use modelshift_syntax::{Flattened, ParsedModel, SharedField, parse_model};

use crate::crates::exported_types::{ExportedScope, Told, ToldStruct};
use crate::crates::unresolved;
use crate::crates::unresolved::ItemKind;
use crate::resolve::{Declarations, InModule, Target, resolve};
use crate::scan::crate_tree::{Found, Tree, picked};

/// Puts the fields of other structs in the place of the flattened fields, whatever these structs flatten themselves.
///
/// `pick` is the form of other structs that is meant, where they have several. A struct is known by its position among the models of the tree, and one of another crate by a number behind those;
/// see [`struct_of`].
///
/// # Errors
/// What is to be told at the struct; nothing where somebody else tells it.
pub(crate) fn embed(
    tree: &Tree,
    declarations: &Declarations,
    own: &ModelKey,
    (number, pick): (usize, usize),
    parsed: &ParsedModel,
) -> Result<ParsedModel, Vec<FoundQuestion>> {
    let mut embedding = Embedding { tree, declarations, own, pick, open: vec![number] };
    let found = &tree.models[number];
    embedding.whole(&Spot::Own(found, &found.item), parsed).map_err(|trouble| match trouble {
        Trouble::Told(told) => told,
        Trouble::Circle(_) => Vec::new(),
    })
}

/// Why the fields of a struct are not known.
enum Trouble {
    /// This is to be told at the struct.
    Told(Vec<FoundQuestion>),
    /// The struct leads back to one that is being read.
    Circle(usize),
}

struct Embedding<'a> {
    tree: &'a Tree,
    declarations: &'a Declarations,
    /// The model that the fields become those of: what `Self` means in all of them.
    own: &'a ModelKey,
    /// Which form of structs and enums is meant, where they have several.
    pick: usize,
    /// The structs that are being read, each flattened by the one before it.
    open: Vec<usize>,
}

impl<'a> Embedding<'a> {
    fn whole(&mut self, place: &Spot<'_>, parsed: &ParsedModel) -> Result<ParsedModel, Trouble> {
        if parsed.flattened.is_empty() {
            return Ok(parsed.clone());
        }
        let mut others = BTreeMap::new();
        let mut told = None;
        for flattened in &parsed.flattened {
            match self.other(place, flattened) {
                Ok(other) => {
                    others.insert(flattened.field.clone(), other);
                }
                Err(Trouble::Told(more)) => told.get_or_insert_with(Vec::new).extend(more),
                Err(Trouble::Circle(number)) if self.open == [number] => {
                    let message = format!(
                        "{}, which leads back to `{}`, and a struct cannot hold itself\ntake one of the flattened \
                         fields out",
                        subject(place, flattened),
                        place.name()
                    );
                    told.get_or_insert_with(Vec::new).push(mistake(flattened, message));
                }
                Err(Trouble::Circle(number)) => return Err(Trouble::Circle(number)),
            }
        }
        match told {
            Some(told) => Err(Trouble::Told(told)),
            None => parsed.embedding(&others).map_err(|error| {
                Trouble::Told(error.into_iter().map(|error| at_its_place(&error)).collect())
            }),
        }
    }

    fn other(&mut self, place: &Spot<'_>, flattened: &Flattened) -> Result<(usize, ParsedModel), Trouble> {
        let (number, other) = self.find(place, flattened)?;
        if self.open.contains(&number) {
            return Err(Trouble::Circle(number));
        }
        let parsed = self.parse(&other).map_err(|reason| unreadable(place, flattened, &other, &reason))?;
        self.open.push(number);
        let whole = self.whole(&other, &parsed);
        self.open.pop();
        match (whole, &other) {
            (Ok(whole), _) => Ok((number, whole)),
            // What is wrong with a struct of this crate is told there.
            (Err(Trouble::Told(_)), Spot::Own(..)) => Err(Trouble::Told(Vec::new())),
            (Err(Trouble::Told(told)), Spot::Told(_)) => {
                let reasons: Vec<String> = told.into_iter().map(|told| told.message).collect();
                Err(unreadable(place, flattened, &other, &reasons.join("; ")))
            }
            (Err(circle @ Trouble::Circle(_)), _) => Err(circle),
        }
    }

    /// Reads the struct that a flattened field means.
    ///
    /// # Errors
    /// What is wrong with it.
    fn parse(&self, other: &Spot<'_>) -> Result<ParsedModel, String> {
        match other {
            Spot::Own(found, form) => {
                let (tree, declarations) = (self.tree, self.declarations);
                let (module, own, pick) = (found.module.as_slice(), self.own.clone(), self.pick);
                let resolver = InModule { tree, declarations, module, own, pick };
                parse_model(form, &resolver).map_err(|error| mistakes(&error))
            }
            Spot::Told(resolver) => {
                let item = syn::parse_str(&resolver.shared.source).map_err(|error| mistakes(&error))?;
                let parsed = parse_model(&item, resolver).map_err(|error| mistakes(&error))?;
                match parsed.problems.first() {
                    None => Ok(parsed),
                    Some((_, problem)) => Err(problem.clone()),
                }
            }
        }
    }

    fn find(&self, place: &Spot<'_>, flattened: &Flattened) -> Result<(usize, Spot<'a>), Trouble> {
        let subject = subject(place, flattened);
        let told = |message: String| Trouble::Told(vec![mistake(flattened, message)]);
        let found = match place {
            Spot::Told(inside) => {
                return self.told(inside.shared(&flattened.shared)).ok_or_else(|| told(subject));
            }
            Spot::Own(found, _) => found,
        };
        let form = match resolve(self.tree, &found.module, &flattened.shared) {
            Target::Own(module, name) => picked(self.tree.models_at(&module, &name), self.pick),
            Target::Foreign(path) if path.len() > 1 => {
                return self.told(self.tree.foreign.shared(&path)).ok_or_else(|| {
                    let why = match self.tree.foreign.model(&path) {
                        Some(key) => is_a_model(key.name.as_str()),
                        None => unresolved::remedy(&self.tree.foreign, &path, ItemKind::Shared),
                    };
                    told(format!("{subject}, {why}"))
                });
            }
            Target::Foreign(_) | Target::Module(_) | Target::Unknown => None,
        };
        let Some((number, form)) = form else {
            return Err(told(format!(
                "{subject}, and the build step sees no struct of that name\nit must derive `Model` with \
                 `#[model(abstract)]`, in a file of this crate that `mod` declarations lead to, and not come from a \
                 macro"
            )));
        };
        let other = &self.tree.models[number];
        if !other.is_abstract {
            return Err(told(format!("{subject}, {}", is_a_model(&other.name()))));
        }
        if !other.presence.is_certain() && found.presence.is_certain() {
            return Err(told(format!(
                "{subject}, and not every build sees that struct\ntake its condition away, or put it on both"
            )));
        }
        Ok((number, Spot::Own(other, form)))
    }

    /// Returns the struct of another crate that has this name.
    fn told(&self, id: Option<&str>) -> Option<(usize, Spot<'a>)> {
        let (number, shared) = self.tree.foreign.numbered(id?)?;
        let (shared, own, pick) = (shared.form(self.pick), self.own.clone(), self.pick);
        let resolver = ExportedScope { told: self.tree.foreign.told(), shared, own, pick };
        Some((self.tree.models.len() + number, Spot::Told(resolver)))
    }
}

/// A struct whose fields stand somewhere.
enum Spot<'a> {
    /// It is of this crate, and this is its form.
    Own(&'a Found, &'a syn::DeriveInput),
    /// Another crate tells of it.
    Told(ExportedScope<'a>),
}

impl Spot<'_> {
    fn name(&self) -> String {
        match self {
            Self::Own(found, _) => found.name(),
            Self::Told(resolver) => resolver.shared.name.clone(),
        }
    }
}

/// Returns the crate that a struct is of with its name there, and what is told of it, where its number is that of a struct
/// of another crate.
pub(crate) fn struct_of(tree: &Tree, number: usize) -> Option<(ModelKey, &ToldStruct)> {
    let (id, told) = tree.foreign.name_of(number.checked_sub(tree.models.len())?)?;
    Some((ModelKey::new(Told::crate_of(id), told.name.as_str()), told))
}

fn is_a_model(name: &str) -> String {
    format!(
        "which is a model with a table of its own\nwrite `#[model(abstract)]` on it if it is there for its fields \
         only, or refer to it by a `ForeignKey<{name}>`"
    )
}

fn subject(place: &Spot<'_>, flattened: &Flattened) -> String {
    format!("`{}.{}` flattens `{}`", place.name(), flattened.field, flattened.written())
}

/// Says that a struct cannot be read: at the struct itself where it is of this crate, else where it is flattened.
fn unreadable(place: &Spot<'_>, flattened: &Flattened, other: &Spot<'_>, reason: &str) -> Trouble {
    if matches!(other, Spot::Own(..)) {
        return Trouble::Told(Vec::new());
    }
    let message = format!(
        "{}, and this version of `modelshift-build` cannot read what the crate of that struct tells of it: {reason}\n         use one version of `modelshift-build` in both crates",
        subject(place, flattened)
    );
    Trouble::Told(vec![FoundQuestion::new(Some(flattened.field.to_string()), message)])
}

/// Returns everything that is wrong, in one line.
fn mistakes(error: &syn::Error) -> String {
    error.clone().into_iter().map(|error| error.to_string().replace('\n', " ")).collect::<Vec<_>>().join("; ")
}

fn mistake(flattened: &Flattened, message: String) -> FoundQuestion {
    let question = FoundQuestion::new(Some(flattened.field.to_string()), message);
    FoundQuestion { is_about_type: true, ..question }
}

/// Says where in the file of the struct a mistake stands.
fn at_its_place(error: &syn::Error) -> FoundQuestion {
    let start = error.span().start();
    FoundQuestion { at: Some((start.line, start.column + 1)), ..FoundQuestion::new(None, error.to_string()) }
}

/// A question about a field that several models have from one struct, which is asked there and once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SharedQuestion {
    /// The question, as if the struct were a model.
    question: Question,
    /// The models that have the field.
    models: Vec<String>,
    /// Where the struct is of another crate: the flattened field at which it is asked.
    place: Option<FieldName>,
    /// What the names begin with where the struct is flattened.
    prefix: String,
    /// Names that are gone and did not begin so.
    outside: Vec<FieldName>,
}

impl SharedQuestion {
    /// Turns a question about a model's field into one about the field of the struct that it comes from.
    pub(crate) fn new(question: &Question, origin: &SharedField, owner: ModelKey, is_told: bool) -> Self {
        let prefix = &origin.prefix;
        let kind =
            question.kind.with_names(|name| Some(name.strip_prefix(prefix).unwrap_or(name).to_owned()));
        let candidates = question.kind.mentioned().candidates;
        let outside =
            candidates.into_iter().filter(|it| !it.starts_with(prefix)).map(FieldName::new).collect();
        let models = vec![question.model.name.to_string()];
        let place = is_told.then(|| origin.place.clone());
        let question = Question { model: owner, field: Some(origin.name.clone()), kind };
        Self { question, models, place, prefix: origin.prefix.clone(), outside }
    }

    /// Takes the models of another question over, where it asks the same.
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

    /// Returns what is asked at the struct.
    pub(crate) fn found(&self) -> FoundQuestion {
        let quoted: Vec<String> = self.models.iter().map(|model| format!("`{model}`")).collect();
        let word = if quoted.len() == 1 { "model" } else { "models" };
        let there = match &self.place {
            Some(_) => format!("; the crate `{}` has it, {ELSEWHERE}", self.question.model.app),
            None => String::new(),
        };
        let line = format!("it is a field of the {word} {}{there}", quoted.join(", "));
        let ways = self.question.ways_out().into_iter().map(|way| self.of_prefix(way));
        let message = with_line(&self.question.message_with(ways.collect()), &line);
        let place = self.place.as_ref().or(self.question.field.as_ref());
        FoundQuestion::new(place.map(ToString::to_string), message)
    }
}

impl SharedQuestion {
    /// Says where the prefix is to be told of, where a name that is gone did not begin with it.
    fn of_prefix(&self, way: WayOut) -> WayOut {
        let said = |name: &FieldName| format!("#[field(renamed_from = \"{name}\")]");
        let Some(name) = self.outside.iter().find(|name| said(name) == way.write) else { return way };
        let own = self.question.field.as_ref().map_or("", FieldName::as_str);
        let flatten = |earlier: &str| {
            format!(
                "#[field(flatten, prefix = \"{}\", renamed_from = \"{earlier}\")] where it is flattened",
                self.prefix
            )
        };
        let write = match name.as_str().strip_suffix(own) {
            Some(earlier) => flatten(earlier),
            None => format!("{} and {}", way.write, flatten("")),
        };
        WayOut { write, ..way }
    }
}

/// Where a question about something of another crate is answered.
pub(crate) const ELSEWHERE: &str = "so write there, or answer `cargo modelshift makemigrations`";

/// Puts a line behind the first of a message.
pub(crate) fn with_line(message: &str, line: &str) -> String {
    let (matter, ways) = message.split_once('\n').unwrap_or((message, ""));
    format!("{matter}\n{line}\n{ways}")
}
