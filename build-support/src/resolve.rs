//! Resolves paths in source to types, by the names of every module (`names`) and by type aliases.

use std::collections::{BTreeMap, BTreeSet};

use modelshift_schema::name::ModelKey;
use modelshift_syntax::{NamedType, Resolver, parse_choices};

use crate::crates::unresolved;
use crate::scan::crate_tree::{Tree, picked};
use crate::scan::modules::{Declared, ModulePath, plain};

/// The app in the key of a path that does not resolve to a model; no valid label has this form.
pub(crate) const NOWHERE: &str = "?";

/// The item that a path resolves to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A type that this crate declares.
    Own(ModulePath, String),
    /// A module of this crate.
    Module(ModulePath),
    /// An item of another crate, by its path there.
    Foreign(Vec<String>),
    /// An item that the scan does not see.
    Unknown,
}

impl Tree {
    /// Returns the number of the enum that a path in a module resolves to.
    pub(crate) fn choices_at(&self, module: &[String], path: &syn::Path) -> Option<usize> {
        let Target::Own(module, name) = resolve(self, module, path) else { return None };
        self.choices.iter().position(|found| found.module == module && found.name() == name)
    }
}

/// Returns the item that a path in a module resolves to.
pub(crate) fn resolve(tree: &Tree, module: &[String], path: &syn::Path) -> Target {
    follow(tree, self::path(tree, module, path))
}

/// Returns the item that a path in a module resolves to, without following aliases.
fn path(tree: &Tree, module: &[String], path: &syn::Path) -> Target {
    let names: Vec<String> = path.segments.iter().map(|segment| plain(&segment.ident)).collect();
    match path.leading_colon {
        Some(_) if tree.is_2015 => walk(tree, (&[], module), &names),
        Some(_) => Target::Foreign(names),
        None => walk(tree, (module, module), &names),
    }
}

/// Follows aliases to their types.
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
            // An alias of any other item counts as a type of its own.
            Target::Module(_) | Target::Foreign(_) | Target::Unknown => return target,
        }
    }
}

/// Returns the item of a path that begins in a module, as it is visible from another one.
fn walk(tree: &Tree, (module, from): (&[String], &[String]), names: &[String]) -> Target {
    let Some((first, rest)) = names.split_first() else { return Target::Module(module.to_vec()) };
    let mut target = match first.as_str() {
        "crate" => Target::Module(Vec::new()),
        "self" => Target::Module(module.to_vec()),
        "super" => parent(module),
        name => tree
            .names()
            .get(&tree.foreign, module, name, from)
            .unwrap_or_else(|| Target::Foreign(vec![name.to_owned()])),
    };
    for name in rest {
        target = match target {
            Target::Module(inside) if name == "super" => parent(&inside),
            Target::Module(inside) => {
                tree.names().get(&tree.foreign, &inside, name, from).unwrap_or(Target::Unknown)
            }
            Target::Foreign(path) => Target::Foreign(path.into_iter().chain([name.clone()]).collect()),
            Target::Own(..) | Target::Unknown => return Target::Unknown,
        };
    }
    target
}

fn parent(module: &[String]) -> Target {
    module.split_last().map_or(Target::Unknown, |(_, parent)| Target::Module(parent.to_vec()))
}

/// The models of a crate, by the place of their declaration.
pub(crate) type Declarations = BTreeMap<(ModulePath, String), ModelKey>;

/// Resolves the paths of one model; a path that is not a model becomes a key with the app [`NOWHERE`].
pub(crate) struct InModule<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) declarations: &'a Declarations,
    pub(crate) module: &'a [String],
    /// The meaning of `Self`.
    pub(crate) own: ModelKey,
    /// The number of the form of enums, if they have several.
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
        found.unwrap_or_else(|| ModelKey::new(NOWHERE, quote::quote!(#path).to_string().replace(' ', "")))
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
                    // Errors of the enum are reported there.
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
