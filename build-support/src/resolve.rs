//! Paths in source -> the type of this crate that is meant, through `use`, aliases, re-exports and globs.

use std::collections::BTreeMap;

use modelshift_schema::name::ModelKey;
use modelshift_syntax::{NamedType, Resolver, parse_choices};

use crate::tree::{Declared, ModulePath, Tree, plain};
use crate::untold;

/// The app that stands in a key for a path which leads to no model; no label that is accepted has this form.
pub(crate) const NOWHERE: &str = "?";

/// How many steps a name may take through `use` and aliases; more is a circle.
const MAX_STEPS: usize = 32;

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
    /// Gives the number of the enum that a path in a module leads to.
    pub(crate) fn choices_at(&self, module: &[String], path: &syn::Path) -> Option<usize> {
        let Target::Own(module, name) = resolve(self, module, path) else { return None };
        self.choices.iter().position(|found| found.module == module && found.name() == name)
    }
}

/// Gives what a path in a module leads to.
pub(crate) fn resolve(tree: &Tree, module: &[String], path: &syn::Path) -> Target {
    let names: Vec<String> = path.segments.iter().map(|segment| plain(&segment.ident)).collect();
    if path.leading_colon.is_some() {
        return Target::Foreign(names);
    }
    resolve_names(tree, module, &names)
}

/// Gives what the segments of a path in a module lead to.
pub(crate) fn resolve_names(tree: &Tree, module: &[String], names: &[String]) -> Target {
    Search { tree, steps: MAX_STEPS }.path(module, names)
}

struct Search<'a> {
    tree: &'a Tree,
    steps: usize,
}

impl Search<'_> {
    fn path(&mut self, module: &[String], names: &[String]) -> Target {
        if self.steps == 0 {
            return Target::Unknown;
        }
        self.steps -= 1;
        let Some((first, rest)) = names.split_first() else { return Target::Module(module.to_vec()) };
        let start = match first.as_str() {
            "crate" => Target::Module(Vec::new()),
            "self" => Target::Module(module.to_vec()),
            "super" => match module.split_last() {
                Some((_, parent)) => Target::Module(parent.to_vec()),
                None => Target::Unknown,
            },
            name => {
                let found = self.name(module, name);
                if found == Target::Unknown { Target::Foreign(vec![name.to_owned()]) } else { found }
            }
        };
        self.rest(start, rest)
    }

    fn rest(&mut self, start: Target, rest: &[String]) -> Target {
        let mut target = start;
        for (position, name) in rest.iter().enumerate() {
            target = match target {
                Target::Module(module) if name == "super" => match module.split_last() {
                    Some((_, parent)) => Target::Module(parent.to_vec()),
                    None => Target::Unknown,
                },
                Target::Module(module) => self.name(&module, name),
                Target::Foreign(mut path) => {
                    path.extend(rest[position..].iter().cloned());
                    return Target::Foreign(path);
                }
                Target::Own(..) | Target::Unknown => return Target::Unknown,
            };
        }
        target
    }

    /// Finds a name in a module: declared, imported by name, then imported by `*`.
    fn name(&mut self, module: &[String], name: &str) -> Target {
        let Some(here) = self.tree.modules.get(module) else { return Target::Unknown };
        match here.types.get(name) {
            Some(Declared::Type) => return Target::Own(module.to_vec(), name.to_owned()),
            Some(Declared::Alias(alias)) => return self.alias(module, name, alias.as_ref()),
            None => {}
        }
        let child: ModulePath = module.iter().cloned().chain([name.to_owned()]).collect();
        if self.tree.modules.contains_key(&child) {
            return Target::Module(child);
        }
        if let Some(path) = here.imports.get(name) {
            // `use uuid;` and `use uuid::{self}` name a crate by its own name.
            let is_crate = path.len() == 1 && path[0] == name;
            return if is_crate { Target::Foreign(path.clone()) } else { self.path(module, path) };
        }
        here.globs.iter().find_map(|glob| self.in_glob(module, glob, name)).unwrap_or(Target::Unknown)
    }

    fn in_glob(&mut self, module: &[String], glob: &[String], name: &str) -> Option<Target> {
        if self.steps == 0 {
            return None;
        }
        match self.path(module, glob) {
            Target::Module(from) if from != module => {
                Some(self.name(&from, name)).filter(|found| *found != Target::Unknown)
            }
            Target::Foreign(mut path) => {
                path.push(name.to_owned());
                // A name below it may be a module that leads to what is told of.
                let found = self.tree.foreign.below(&path).next().is_some();
                found.then_some(Target::Foreign(path))
            }
            Target::Module(_) | Target::Own(..) | Target::Unknown => None,
        }
    }

    /// Follows an alias to a type of this crate; an alias of anything else is a type of its own.
    fn alias(&mut self, module: &[String], name: &str, alias: Option<&syn::Path>) -> Target {
        let own = Target::Own(module.to_vec(), name.to_owned());
        let Some(alias) = alias.filter(|alias| alias.leading_colon.is_none()) else { return own };
        let names: Vec<String> = alias.segments.iter().map(|segment| plain(&segment.ident)).collect();
        match self.path(module, &names) {
            found @ Target::Own(..) => found,
            Target::Foreign(path) if self.tree.foreign.knows(&path) => Target::Foreign(path),
            Target::Module(_) | Target::Foreign(_) | Target::Unknown => own,
        }
    }
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
}

impl Resolver for InModule<'_> {
    fn model(&self, path: &syn::Path) -> ModelKey {
        if path.is_ident("Self") {
            return self.own.clone();
        }
        let found = match resolve(self.tree, self.module, path) {
            Target::Own(module, name) => self.declarations.get(&(module, name)).cloned(),
            Target::Foreign(path) => self.tree.foreign.model(&path).cloned(),
            Target::Module(_) | Target::Unknown => None,
        };
        let written = || quote::quote!(#path).to_string().replace(' ', "");
        found.unwrap_or_else(|| ModelKey::new(NOWHERE, written()))
    }

    fn named(&self, path: &syn::Path) -> NamedType {
        if let Target::Foreign(path) = resolve(self.tree, self.module, path) {
            return match self.tree.foreign.choices(&path) {
                Some((_, told)) => NamedType::Choices(told.choices.clone(), told.hints.clone()),
                None => untold::named(&self.tree.foreign, &path),
            };
        }
        match self.tree.choices_at(self.module, path).map(|number| &self.tree.choices[number]) {
            Some(found) if found.presence.is_certain() => match parse_choices(&found.item) {
                Ok(parsed) => NamedType::Choices(parsed.choices, parsed.hints),
                // What is wrong with the enum is told there.
                Err(_) => NamedType::AsWritten,
            },
            Some(_) | None => NamedType::Unknown,
        }
    }
}

#[cfg(test)]
mod tests;
