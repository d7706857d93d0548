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
use crate::tree::{Found, Tree};

/// An enum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ToldChoices {
    pub(crate) choices: Choices,
    #[serde(default, skip_serializing_if = "ChoiceHints::is_empty")]
    pub(crate) hints: ChoiceHints,
}

/// A struct with `#[model(abstract)]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Gives the crate whose type a name stands for.
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
        told.choices.values().for_each(|inner| self.take_choices(inner, other));
        told.structs.values().for_each(|inner| self.take_struct(inner, other));
    }
}

/// Gathers what a crate tells.
pub(crate) struct Telling<'a> {
    tree: &'a Tree,
    declarations: &'a Declarations,
    pub(crate) told: Told,
}

impl<'a> Telling<'a> {
    pub(crate) fn new(tree: &'a Tree, declarations: &'a Declarations) -> Self {
        Self { tree, declarations, told: Told::default() }
    }

    /// Tells of the enum that a target is, and gives its name; none where it is no enum that every build sees.
    pub(crate) fn choices(&mut self, target: &Target) -> Option<String> {
        let id = match target {
            Target::Own(module, name) => {
                let found = known(&self.tree.choices, module, name)?;
                let parsed = parse_choices(&found.item).ok()?;
                let id = self.id(found);
                let told = ToldChoices { choices: parsed.choices, hints: parsed.hints };
                self.told.choices.insert(id.clone(), told);
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
                let found = known(&self.tree.models, module, name).filter(|found| found.is_abstract)?;
                let id = self.id(found);
                if !self.told.structs.contains_key(&id) {
                    self.tell(found, &id)?;
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

    fn tell(&mut self, found: &Found, id: &str) -> Option<()> {
        let seen = Seen::default();
        let resolver = InModule {
            tree: self.tree,
            declarations: self.declarations,
            module: &found.module,
            own: ModelKey::new(&found.app, found.name()),
        };
        let parsed = parse_model(&found.item, &Noting { resolver, seen: &seen }).ok()?;
        let told = ToldStruct {
            name: found.name(),
            source: found.item.to_token_stream().to_string(),
            models: seen.models.into_inner(),
            choices: BTreeMap::new(),
            fields: BTreeMap::new(),
            structs: BTreeMap::new(),
        };
        // What leads back to itself finds itself.
        self.told.structs.insert(id.to_owned(), told);
        let target = |path: &syn::Path| (text(path), resolve(self.tree, &found.module, path));
        let named: Vec<_> = seen.named.into_inner().iter().map(target).collect();
        let flattened: Vec<_> = parsed.flattened.iter().map(|it| target(&it.shared)).collect();
        let choices: Vec<_> =
            named.into_iter().filter_map(|(path, it)| Some((path, self.choices(&it)?))).collect();
        let structs: Vec<_> =
            flattened.into_iter().filter_map(|(path, it)| Some((path, self.shared(&it)?))).collect();
        let told = self.told.structs.get_mut(id)?;
        told.choices.extend(choices);
        let held = |path: &syn::Path| told.choices.get(&text(path)).cloned();
        let fields = parsed.named.iter().filter_map(|(field, path)| Some((field.to_string(), held(path)?)));
        told.fields = fields.collect();
        told.structs.extend(structs);
        Some(())
    }
}

/// Finds a type that every build sees.
fn known<'a>(all: &'a [Found], module: &[String], name: &str) -> Option<&'a Found> {
    let found = all.iter().find(|found| found.module == module && found.name() == name)?;
    found.presence.is_certain().then_some(found)
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
        if !path.is_ident("Self") {
            self.seen.models.borrow_mut().insert(text(path), key.clone());
        }
        key
    }

    fn named(&self, path: &syn::Path) -> NamedType {
        self.seen.named.borrow_mut().push(path.clone());
        self.resolver.named(path)
    }
}

/// Resolves the paths of a struct that another crate tells of.
pub(crate) struct InTold<'a> {
    pub(crate) told: &'a Told,
    pub(crate) shared: &'a ToldStruct,
    /// What `Self` means.
    pub(crate) own: ModelKey,
}

impl Resolver for InTold<'_> {
    fn model(&self, path: &syn::Path) -> ModelKey {
        if path.is_ident("Self") {
            return self.own.clone();
        }
        let key = self.shared.models.get(&text(path)).cloned();
        key.unwrap_or_else(|| ModelKey::new(crate::resolve::NOWHERE, text(path).replace(' ', "")))
    }

    fn named(&self, path: &syn::Path) -> NamedType {
        let told = self.shared.choices.get(&text(path)).and_then(|id| self.told.choices.get(id));
        told.map_or(NamedType::Unknown, |it| NamedType::Choices(it.choices.clone(), it.hints.clone()))
    }
}

impl InTold<'_> {
    /// Gives the name of the struct that a path of this one leads to.
    pub(crate) fn shared(&self, path: &syn::Path) -> Option<&str> {
        self.shared.structs.get(&text(path)).map(String::as_str)
    }
}
