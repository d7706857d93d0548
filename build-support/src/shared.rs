//! Structs with `#[model(abstract)]`: which one a flattened field means, and its fields in the place of that field.

use std::collections::BTreeMap;

use modelshift_schema::name::{FieldName, ModelKey};
use modelshift_schema::question::{Question, QuestionKind};
use modelshift_syntax::findings::FoundQuestion;
use modelshift_syntax::{Flattened, ParsedModel, SharedField, parse_model};

use crate::resolve::{Declarations, InModule, Target, resolve};
use crate::tree::{Found, Tree};

/// Puts the fields of other structs in the place of the flattened fields, whatever these structs flatten themselves.
///
/// A struct is known by its position among the models of the tree.
///
/// # Errors
/// What is to be told at the struct; nothing where somebody else tells it.
pub(crate) fn embed(
    tree: &Tree,
    declarations: &Declarations,
    own: &ModelKey,
    number: usize,
    parsed: &ParsedModel,
) -> Result<ParsedModel, Vec<FoundQuestion>> {
    let mut embedding = Embedding { tree, declarations, own, open: vec![number] };
    embedding.whole(&tree.models[number], parsed).map_err(|trouble| match trouble {
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
    /// The structs that are being read, each flattened by the one before it.
    open: Vec<usize>,
}

impl Embedding<'_> {
    fn whole(&mut self, found: &Found, parsed: &ParsedModel) -> Result<ParsedModel, Trouble> {
        if parsed.flattened.is_empty() {
            return Ok(parsed.clone());
        }
        let mut others = BTreeMap::new();
        let mut told = None;
        for flattened in &parsed.flattened {
            match self.other(found, flattened) {
                Ok(other) => {
                    others.insert(flattened.field.clone(), other);
                }
                Err(Trouble::Told(more)) => told.get_or_insert_with(Vec::new).extend(more),
                Err(Trouble::Circle(number)) if self.open == [number] => {
                    let message = format!(
                        "{}, which leads back to `{}`, and a struct cannot hold itself\ntake one of the flattened \
                         fields out",
                        subject(found, flattened),
                        found.name()
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

    fn other(&mut self, found: &Found, flattened: &Flattened) -> Result<(usize, ParsedModel), Trouble> {
        let subject = subject(found, flattened);
        let told = |message: String| Trouble::Told(vec![mistake(flattened, message)]);
        let Some(number) = self.find(found, flattened) else {
            return Err(told(format!(
                "{subject}, and the build step sees no struct of that name\nit must derive `Model` with \
                 `#[model(abstract)]`, in a file of this crate that `mod` declarations lead to, and not come from a \
                 macro"
            )));
        };
        let other = &self.tree.models[number];
        if !other.is_abstract {
            return Err(told(format!(
                "{subject}, which is a model with a table of its own\nwrite `#[model(abstract)]` on it if it is there \
                 for its fields only, or refer to it by a `ForeignKey<{}>`",
                other.name()
            )));
        }
        if !other.presence.is_certain() && found.presence.is_certain() {
            return Err(told(format!(
                "{subject}, and not every build sees that struct\ntake its condition away, or put it on both"
            )));
        }
        if self.open.contains(&number) {
            return Err(Trouble::Circle(number));
        }
        let resolver = InModule {
            tree: self.tree,
            declarations: self.declarations,
            module: &other.module,
            own: self.own.clone(),
        };
        // What is wrong with the other struct is told there.
        let silent = || Trouble::Told(Vec::new());
        let parsed = parse_model(&other.item, &resolver).map_err(|_| silent())?;
        self.open.push(number);
        let whole = self.whole(other, &parsed);
        self.open.pop();
        match whole {
            Ok(whole) => Ok((number, whole)),
            Err(Trouble::Told(_)) => Err(silent()),
            Err(circle @ Trouble::Circle(_)) => Err(circle),
        }
    }

    fn find(&self, found: &Found, flattened: &Flattened) -> Option<usize> {
        let Target::Own(module, name) = resolve(self.tree, &found.module, &flattened.shared) else {
            return None;
        };
        self.tree.models.iter().position(|model| model.module == module && model.name() == name)
    }
}

fn subject(found: &Found, flattened: &Flattened) -> String {
    format!("`{}.{}` flattens `{}`", found.name(), flattened.field, flattened.written())
}

fn mistake(flattened: &Flattened, message: String) -> FoundQuestion {
    FoundQuestion::new(Some(flattened.field.to_string()), message)
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
}

impl SharedQuestion {
    /// Turns a question about a model's field into one about the field of the struct that it comes from.
    pub(crate) fn new(question: &Question, origin: &SharedField, owner: ModelKey) -> Self {
        let kind = match &question.kind {
            QuestionKind::RenamedField { candidates, missing } => {
                let bare = |name: &FieldName| FieldName::new(without(name.as_str(), &origin.prefix));
                QuestionKind::RenamedField {
                    candidates: candidates.iter().map(bare).collect(),
                    missing: missing.clone(),
                }
            }
            QuestionKind::SharedOrigin { from, other } => QuestionKind::SharedOrigin {
                from: without(from, &origin.prefix).to_owned(),
                other: other.clone(),
            },
            kind @ (QuestionKind::NewNotNull(_)
            | QuestionKind::NullToNotNull(_)
            | QuestionKind::ReplacedField
            | QuestionKind::RenamedModel { .. }
            | QuestionKind::UnknownOrigin { .. }
            | QuestionKind::OriginStillThere { .. }
            | QuestionKind::RemovedChoice { .. }) => kind.clone(),
        };
        let models = vec![question.model.name.to_string()];
        Self { question: Question { model: owner, field: Some(origin.name.clone()), kind }, models }
    }

    /// Takes the models of another question over, where it asks the same.
    pub(crate) fn join(&mut self, other: &Self) -> bool {
        let is_same = self.question == other.question;
        if is_same {
            self.models.extend(
                other.models.iter().filter(|it| !self.models.contains(it)).cloned().collect::<Vec<_>>(),
            );
        }
        is_same
    }

    /// Gives what is asked at the struct.
    pub(crate) fn found(&self) -> FoundQuestion {
        let message = self.question.message();
        let (matter, ways) = message.split_once('\n').unwrap_or((&message, ""));
        let quoted: Vec<String> = self.models.iter().map(|model| format!("`{model}`")).collect();
        let word = if quoted.len() == 1 { "model" } else { "models" };
        let message = format!("{matter}\nit is a field of the {word} {}\n{ways}", quoted.join(", "));
        FoundQuestion::new(self.question.field.as_ref().map(ToString::to_string), message)
    }
}

fn without<'a>(name: &'a str, prefix: &str) -> &'a str {
    name.strip_prefix(prefix).unwrap_or(name)
}
