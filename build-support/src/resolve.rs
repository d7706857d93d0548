//! Paths in source -> the type of this crate that is meant, through what `names` found of every module, and aliases.

use std::collections::{BTreeMap, BTreeSet};

use modelshift_schema::name::ModelKey;
use modelshift_syntax::{NamedType, Resolver, parse_choices};

use crate::crates::unresolved;
use crate::scan::crate_tree::{Declared, ModulePath, Tree, picked, plain};

/// The app that stands in a key for a path which leads to no model; no label that is accepted has this form.
pub(crate) const NOWHERE: &str = "?";

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A type that this crate declares.
    Own(ModulePath, String),
    /// A module of this crate.
    Module(ModulePath),
    /// Something of another crate, under its name there.
    Foreign(Vec<String>),
    /// Nothing that a scan sees.
    Unknown,
}

impl Tree {
    /// Returns the number of the enum that a path in a module leads to.
    pub(crate) fn choices_at(&self, module: &[String], path: &syn::Path) -> Option<usize> {
        let Target::Own(module, name) = resolve(self, module, path) else { return None };
        self.choices.iter().position(|found| found.module == module && found.name() == name)
    }
}

/// Returns what a path in a module leads to.
pub(crate) fn resolve(tree: &Tree, module: &[String], path: &syn::Path) -> Target {
    follow(tree, self::path(tree, module, path))
}

/// Returns what a path in a module leads to, an alias being a type.
fn path(tree: &Tree, module: &[String], path: &syn::Path) -> Target {
    let names: Vec<String> = path.segments.iter().map(|segment| plain(&segment.ident)).collect();
    match path.leading_colon {
        Some(_) if tree.is_2015 => lead(tree, (&[], module), &names),
        Some(_) => Target::Foreign(names),
        None => lead(tree, (module, module), &names),
    }
}

/// Follows aliases to what they stand for.
pub(crate) fn follow(tree: &Tree, target: Target) -> Target {
    let mut target = target;
    let mut seen = BTreeSet::new();
    loop {
        let Target::Own(module, name) = &target else { return target };
        let declared = tree.modules.get(module).and_then(|here| here.types.get(name));
        let Some((Declared::Alias(Some(alias)), _)) = declared else { return target };
        if !seen.insert((module.clone(), name.clone())) {
            return target;
        }
        match path(tree, module, alias) {
            found @ Target::Own(..) => target = found,
            Target::Foreign(path) if tree.foreign.knows(&path) => return Target::Foreign(path),
            // An alias of anything else is a type of its own.
            Target::Module(_) | Target::Foreign(_) | Target::Unknown => return target,
        }
    }
}

/// Returns what the segments of a path that begins in a module lead to for those who look from another one.
fn lead(tree: &Tree, (module, from): (&[String], &[String]), names: &[String]) -> Target {
    let parent = |module: &[String]| match module.split_last() {
        Some((_, parent)) => Target::Module(parent.to_vec()),
        None => Target::Unknown,
    };
    let Some((first, rest)) = names.split_first() else { return Target::Module(module.to_vec()) };
    let mut target = match first.as_str() {
        "crate" => Target::Module(Vec::new()),
        "self" => Target::Module(module.to_vec()),
        "super" => parent(module),
        name => tree
            .names()
            .get(tree, module, name, from)
            .unwrap_or_else(|| Target::Foreign(vec![name.to_owned()])),
    };
    for name in rest {
        target = match target {
            Target::Module(inside) if name == "super" => parent(&inside),
            Target::Module(inside) => tree.names().get(tree, &inside, name, from).unwrap_or(Target::Unknown),
            Target::Foreign(path) => Target::Foreign(path.into_iter().chain([name.clone()]).collect()),
            Target::Own(..) | Target::Unknown => return Target::Unknown,
        };
    }
    target
}

/// The models of a crate, by where they are declared.
pub(crate) type Declarations = BTreeMap<(ModulePath, String), ModelKey>;

/// Resolves the paths of one model; one that leads to no model becomes a key with the app [`NOWHERE`].
pub(crate) struct InModule<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) declarations: &'a Declarations,
    pub(crate) module: &'a [String],
    /// What `Self` means.
    pub(crate) own: ModelKey,
    /// Which form of enums is meant, where they have several.
    pub(crate) pick: usize,
}

impl Resolver for InModule<'_> {
    fn own(&self, _name: &str) -> ModelKey {
        self.own.clone()
    }

    fn model(&self, path: &syn::Path) -> ModelKey {
        let found = match resolve(self.tree, self.module, path) {
            Target::Own(module, name) => self.declarations.get(&(module, name)).cloned(),
            Target::Foreign(path) => self.tree.foreign.model(&path).cloned(),
            Target::Module(_) | Target::Unknown => None,
        };
        let written = || quote::quote!(#path).to_string().replace(' ', "");
        found.unwrap_or_else(|| ModelKey::new(NOWHERE, written()))
    }

    fn named(&self, path: &syn::Path) -> NamedType {
        let forms = match resolve(self.tree, self.module, path) {
            Target::Foreign(path) => {
                return match self.tree.foreign.choices(&path) {
                    Some((_, told)) => {
                        let told = told.form(self.pick);
                        NamedType::Choices(told.choices.clone(), told.hints.clone())
                    }
                    None => unresolved::named(&self.tree.foreign, &path),
                };
            }
            Target::Own(module, name) => self.tree.choices_forms(&module, &name),
            Target::Module(_) | Target::Unknown => Vec::new(),
        };
        match picked(forms, self.pick) {
            Some((number, form)) if self.tree.choices[number].presence.is_certain() => {
                match parse_choices(form) {
                    Ok(parsed) => NamedType::Choices(parsed.choices, parsed.hints),
                    // What is wrong with the enum is told there.
                    Err(_) => NamedType::AsWritten,
                }
            }
            Some(_) | None => NamedType::Unknown,
        }
    }
}

#[cfg(test)]
mod compiled;
pub(crate) mod names;
#[cfg(test)]
mod tests;
pub(crate) mod uses;
