//! Enums and structs with `#[model(abstract)]` as crates tell others of them, so that a field of one crate may be an enum
//! of another, and a model flatten a struct of another.
//!
//! A struct is told by its source, with what every path in it leads to: read again there, it is what it is here.

use std::cell::RefCell;
use std::collections::BTreeMap;

use modelshift_schema::choices::Choices;
use modelshift_schema::hints::ChoiceHints;
use modelshift_schema::name::ModelKey;
use modelshift_syntax::{NamedType, Resolver, parse_choices, parse_model};
use quote::ToTokens;
use serde::{Deserialize, Serialize};

use crate::resolve::{Declarations, InModule, Target, resolve};
use crate::scan::crate_tree::{Found, Tree};

/// An enum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ToldChoices {
    pub(crate) choices: Choices,
    #[serde(default, skip_serializing_if = "ChoiceHints::is_empty")]
    pub(crate) hints: ChoiceHints,
    /// The same enum in other builds, where they see another one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) others: Vec<Self>,
}

impl ToldChoices {
    /// Returns one of several forms; the last one where there are fewer.
    pub(crate) fn form(&self, pick: usize) -> &Self {
        pick.checked_sub(1).and_then(|other| self.others.get(other).or(self.others.last())).unwrap_or(self)
    }
}

/// A struct with `#[model(abstract)]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ToldStruct {
    /// Its name.
    pub(crate) name: String,
    /// The item, without what conditions take away.
    pub(crate) source: String,
    /// The models that paths in it lead to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) models: BTreeMap<String, ModelKey>,
    /// The enums that paths in it lead to, by the names of [`Told`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) choices: BTreeMap<String, String>,
    /// Which of these enums each of its own fields holds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) fields: BTreeMap<String, String>,
    /// The structs that it flattens in turn, by the names of [`Told`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) structs: BTreeMap<String, String>,
    /// The same struct in other builds, where they see another one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) others: Vec<Self>,
}

impl ToldStruct {
    /// Returns one of several forms; the last one where there are fewer.
    pub(crate) fn form(&self, pick: usize) -> &Self {
        pick.checked_sub(1).and_then(|other| self.others.get(other).or(self.others.last())).unwrap_or(self)
    }
}

/// Enums and structs, by the crate and the path where each is declared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) choices: BTreeMap<String, ToldChoices>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) structs: BTreeMap<String, ToldStruct>,
}

impl Told {
    /// Returns whether nothing is told.
    pub(crate) fn is_empty(&self) -> bool {
        self.choices.is_empty() && self.structs.is_empty()
    }

    /// Returns the largest number of forms that one enum or struct has.
    pub(crate) fn width(&self) -> usize {
        let structs = self.structs.values().map(|told| told.others.len());
        self.choices.values().map(|told| told.others.len()).chain(structs).max().unwrap_or_default() + 1
    }

    /// Puts what all builds see together in the place of what one sees.
    pub(crate) fn widened(mut self, wide: &Self) -> Self {
        self.choices.extend(wide.choices.clone());
        self.structs.extend(wide.structs.clone());
        self
    }

    /// Leaves out what is told of in the same way.
    pub(crate) fn without(mut self, other: &Self) -> Self {
        self.choices.retain(|id, told| other.choices.get(id) != Some(told));
        self.structs.retain(|id, told| other.structs.get(id) != Some(told));
        self
    }

    /// Returns the crate whose type a name stands for.
    pub(crate) fn crate_of(id: &str) -> &str {
        id.split("::").next().unwrap_or(id)
    }

    /// Takes an enum over, with its name.
    fn take_choices(&mut self, id: &str, other: &Self) {
        if let Some(told) = other.choices.get(id) {
            self.choices.entry(id.to_owned()).or_insert_with(|| told.clone());
        }
    }

    /// Takes a struct over, with all that it is made of.
    fn take_struct(&mut self, id: &str, other: &Self) {
        let Some(told) = other.structs.get(id).filter(|_| !self.structs.contains_key(id)) else { return };
        self.structs.insert(id.to_owned(), told.clone());
        for told in [told].into_iter().chain(&told.others) {
            told.choices.values().for_each(|inner| self.take_choices(inner, other));
            told.structs.values().for_each(|inner| self.take_struct(inner, other));
        }
    }
}

/// Gathers what a crate tells.
pub(crate) struct Exporter<'a> {
    tree: &'a Tree,
    declarations: &'a Declarations,
    pub(crate) told: Told,
}

impl<'a> Exporter<'a> {
    pub(crate) fn new(tree: &'a Tree, declarations: &'a Declarations) -> Self {
        Self { tree, declarations, told: Told::default() }
    }

    /// Tells of the enum that a target is, and gives its name; none where it is no enum that every build sees.
    pub(crate) fn choices(&mut self, target: &Target) -> Option<String> {
        let id = match target {
            Target::Own(module, name) => {
                let forms = self.tree.choices_forms(module, name);
                let found = known(&self.tree.choices, &forms)?;
                let parsed = forms.iter().filter_map(|(_, form)| parse_choices(form).ok());
                let told =
                    parsed.map(|it| ToldChoices { choices: it.choices, hints: it.hints, others: vec![] });
                let mut told = told.collect::<Vec<_>>().into_iter();
                let (id, first) = (self.id(found), told.next()?);
                self.told.choices.insert(id.clone(), ToldChoices { others: told.collect(), ..first });
                id
            }
            Target::Foreign(path) => {
                let id = self.tree.foreign.choices(path)?.0.to_owned();
                self.told.take_choices(&id, self.tree.foreign.told());
                id
            }
            Target::Module(_) | Target::Unknown => return None,
        };
        Some(id)
    }

    /// Tells of the struct that a target is and of all that it is made of, and gives its name; none where it is none
    /// with `#[model(abstract)]` that every build sees.
    pub(crate) fn shared(&mut self, target: &Target) -> Option<String> {
        let id = match target {
            Target::Own(module, name) => {
                let forms = self.tree.models_at(module, name);
                let found = known(&self.tree.models, &forms).filter(|found| found.is_abstract)?;
                let id = self.id(found);
                if !self.told.structs.contains_key(&id) {
                    // What leads back to itself finds itself.
                    self.told.structs.insert(id.clone(), ToldStruct::default());
                    let told = forms.iter().filter_map(|(_, form)| self.tell(found, form));
                    let mut told = told.collect::<Vec<_>>().into_iter();
                    let Some(first) = told.next() else {
                        self.told.structs.remove(&id);
                        return None;
                    };
                    self.told.structs.insert(id.clone(), ToldStruct { others: told.collect(), ..first });
                }
                id
            }
            Target::Foreign(path) => {
                let id = self.tree.foreign.shared(path)?.to_owned();
                self.told.take_struct(&id, self.tree.foreign.told());
                id
            }
            Target::Module(_) | Target::Unknown => return None,
        };
        Some(id)
    }

    fn id(&self, found: &Found) -> String {
        let names = [&self.tree.crate_name].into_iter().chain(&found.module).cloned();
        names.chain([found.name()]).collect::<Vec<_>>().join("::")
    }

    /// Returns what is told of one form of a struct.
    fn tell(&mut self, found: &Found, form: &syn::DeriveInput) -> Option<ToldStruct> {
        let seen = Seen::default();
        let resolver = InModule {
            tree: self.tree,
            declarations: self.declarations,
            module: &found.module,
            own: crate::models::key(found),
            pick: 0,
        };
        let parsed = parse_model(form, &Noting { resolver, seen: &seen }).ok()?;
        let target = |path: &syn::Path| (text(path), resolve(self.tree, &found.module, path));
        let named: Vec<_> = seen.named.into_inner().iter().map(target).collect();
        let flattened: Vec<_> = parsed.flattened.iter().map(|it| target(&it.shared)).collect();
        let choices: BTreeMap<String, String> =
            named.into_iter().filter_map(|(path, it)| Some((path, self.choices(&it)?))).collect();
        let structs =
            flattened.into_iter().filter_map(|(path, it)| Some((path, self.shared(&it)?))).collect();
        let held = |path: &syn::Path| choices.get(&text(path)).cloned();
        let fields = parsed.named.iter().filter_map(|(field, path)| Some((field.to_string(), held(path)?)));
        let fields = fields.collect();
        Some(ToldStruct {
            name: found.name(),
            source: form.to_token_stream().to_string(),
            models: seen.models.into_inner(),
            choices,
            fields,
            structs,
            others: Vec::new(),
        })
    }
}

/// Returns the type of these forms, where every build sees it.
fn known<'a>(all: &'a [Found], forms: &[(usize, &syn::DeriveInput)]) -> Option<&'a Found> {
    forms.first().map(|(number, _)| &all[*number]).filter(|found| found.presence.is_certain())
}

fn text(path: &syn::Path) -> String {
    path.to_token_stream().to_string()
}

/// The paths that were asked about.
#[derive(Default)]
struct Seen {
    models: RefCell<BTreeMap<String, ModelKey>>,
    named: RefCell<Vec<syn::Path>>,
}

/// Notes which paths are asked about.
struct Noting<'a> {
    resolver: InModule<'a>,
    seen: &'a Seen,
}

impl Resolver for Noting<'_> {
    fn model(&self, path: &syn::Path) -> ModelKey {
        let key = self.resolver.model(path);
        self.seen.models.borrow_mut().insert(text(path), key.clone());
        key
    }

    fn own(&self, name: &str) -> ModelKey {
        self.resolver.own(name)
    }

    fn named(&self, path: &syn::Path) -> NamedType {
        self.seen.named.borrow_mut().push(path.clone());
        self.resolver.named(path)
    }
}

/// Resolves the paths of a struct that another crate tells of.
pub(crate) struct ExportedScope<'a> {
    pub(crate) told: &'a Told,
    pub(crate) shared: &'a ToldStruct,
    /// What `Self` means.
    pub(crate) own: ModelKey,
    /// Which form of enums is meant, where they have several.
    pub(crate) pick: usize,
}

impl Resolver for ExportedScope<'_> {
    fn own(&self, _name: &str) -> ModelKey {
        self.own.clone()
    }

    fn model(&self, path: &syn::Path) -> ModelKey {
        let key = self.shared.models.get(&text(path)).cloned();
        key.unwrap_or_else(|| ModelKey::new(crate::resolve::NOWHERE, text(path).replace(' ', "")))
    }

    fn named(&self, path: &syn::Path) -> NamedType {
        let told = self.shared.choices.get(&text(path)).and_then(|id| self.told.choices.get(id));
        let told = told.map(|told| told.form(self.pick));
        told.map_or(NamedType::Unknown, |it| NamedType::Choices(it.choices.clone(), it.hints.clone()))
    }
}

impl ExportedScope<'_> {
    /// Returns the name of the struct that a path of this one leads to.
    pub(crate) fn shared(&self, path: &syn::Path) -> Option<&str> {
        self.shared.structs.get(&text(path)).map(String::as_str)
    }
}
