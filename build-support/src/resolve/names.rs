//! Resolves the names in every module of a crate: declarations, `use` and globs, to a fixed point.
//!
//! A glob is an edge to another module and not a copy of its names, so that thousands of files with `use super::*` cost
//! one edge each. The meaning of a program that the compiler accepts does not depend on the order in which its imports
//! are resolved, so the first result is the only one.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::crates::imports::Foreign;
use crate::resolve::Target;
use crate::scan::modules::{Module, ModulePath, Use, Visible};

/// What the names of a crate are resolved from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Imports<'a> {
    pub(crate) modules: &'a BTreeMap<ModulePath, Module>,
    /// What the crates that this one depends on export.
    pub(crate) foreign: &'a Foreign,
    /// The names of the dependencies.
    pub(crate) crates: &'a BTreeSet<String>,
    /// True in edition 2015, where paths in `use` begin at the root.
    pub(crate) is_2015: bool,
}

/// The names of every module.
#[derive(Debug, Default)]
pub(crate) struct Names {
    scopes: BTreeMap<ModulePath, Scope>,
    /// The modules that declare or import a name.
    holders: HashMap<String, Vec<ModulePath>>,
    /// The names that globs import from other crates.
    foreign: BTreeSet<String>,
    /// True while a glob is not resolved.
    is_open: bool,
    found: RefCell<HashMap<(ModulePath, String), Option<Target>>>,
}

/// The names of one module.
#[derive(Debug, Default)]
struct Scope {
    /// The names that are declared or imported by name; none while an import is not resolved.
    explicit: BTreeMap<String, (Option<Target>, Visible)>,
    /// The modules whose names are imported by `*`.
    globs: BTreeMap<ModulePath, Visible>,
    /// The modules of other crates whose names are imported by `*`.
    foreign_globs: Vec<(Vec<String>, Visible)>,
}

/// The state of a name while imports are resolved.
enum Known {
    Found(Target),
    /// An import that is not resolved yet may import it.
    Pending,
    Missing,
}

impl Names {
    /// Resolves all imports of a crate.
    pub(crate) fn of(imports: Imports<'_>) -> Self {
        let mut linking = Linking { imports, names: Self::declared(imports), open: Vec::new() };
        for (module, here) in imports.modules {
            let certain = here.uses.iter().filter(|it| !it.is_elsewhere && it.name.is_some());
            let certain: BTreeSet<&Option<String>> = certain.map(|it| &it.name).collect();
            let uses = here.uses.iter().filter(|it| !(it.is_elsewhere && certain.contains(&it.name)));
            linking.open.extend(uses.map(|it| (module, it)));
        }
        linking.run();
        linking.names
    }

    /// Returns the item of a name in a module, as it is visible from another one; none if it is not visible there.
    pub(crate) fn get(
        &self,
        foreign: &Foreign,
        module: &[String],
        name: &str,
        from: &[String],
    ) -> Option<Target> {
        let key = (module.to_vec(), name.to_owned());
        let is_own = module == from;
        if let Some(known) = self.found.borrow().get(&key).filter(|_| is_own) {
            return known.clone();
        }
        let found = match self.search(foreign, module, name, from, true) {
            Known::Found(target) => Some(target),
            Known::Pending | Known::Missing => None,
        };
        if is_own {
            self.found.borrow_mut().insert(key, found.clone());
        }
        found
    }

    /// Returns the public names of a module, without those that are imported by `*`.
    pub(crate) fn public(&self, module: &[String]) -> impl Iterator<Item = (&str, &Target)> {
        let scope = self.scopes.get(module).into_iter();
        scope.flat_map(|scope| &scope.explicit).filter_map(|(name, (target, visible))| {
            Some((name.as_str(), target.as_ref().filter(|_| visible.is_none())?))
        })
    }

    /// Returns the modules, of this crate or another, that a module re-exports publicly by `*`.
    pub(crate) fn public_globs(&self, module: &[String]) -> impl Iterator<Item = Target> {
        let scope = self.scopes.get(module).into_iter();
        scope.flat_map(|scope| {
            let own = scope.globs.iter().filter(|(_, visible)| visible.is_none());
            let foreign = scope.foreign_globs.iter().filter(|(_, visible)| visible.is_none());
            let own = own.map(|(module, _)| Target::Module(module.clone()));
            own.chain(foreign.map(|(path, _)| Target::Foreign(path.clone())))
        })
    }

    /// Collects the declared names, and the names of imports.
    fn declared(imports: Imports<'_>) -> Self {
        let mut names = Self::default();
        for (module, here) in imports.modules {
            let mut scope = Scope::default();
            for (name, visible) in &here.children {
                let child = module.iter().chain([name]).cloned().collect();
                scope.explicit.insert(name.clone(), (Some(Target::Module(child)), visible.clone()));
            }
            for (name, (_, visible)) in &here.types {
                let own = Target::Own(module.clone(), name.clone());
                scope.explicit.insert(name.clone(), (Some(own), visible.clone()));
            }
            for (name, (krate, visible)) in &here.crates {
                let target = if krate == "self" {
                    Target::Module(Vec::new())
                } else {
                    Target::Foreign(vec![krate.clone()])
                };
                scope.explicit.entry(name.clone()).or_insert((Some(target), visible.clone()));
            }
            for it in &here.uses {
                match &it.name {
                    Some(name) => {
                        scope.explicit.entry(name.clone()).or_insert_with(|| (None, it.visible.clone()));
                    }
                    None => names.is_open = true,
                }
            }
            for name in scope.explicit.keys() {
                names.holders.entry(name.clone()).or_default().push(module.clone());
            }
            names.scopes.insert(module.clone(), scope);
        }
        names
    }

    /// Finds a name in a module: first among its own names, then along globs.
    ///
    /// A name that a glob imports must be visible to every module on the path, and so to their common parent. All of these
    /// are parents of the module `from`, so that a longer one sees more.
    fn search(
        &self,
        foreign: &Foreign,
        module: &[String],
        name: &str,
        from: &[String],
        is_last: bool,
    ) -> Known {
        let holders = self.holders.get(name).map(Vec::as_slice).unwrap_or_default();
        let mut is_pending = self.is_open && !is_last;
        if holders.is_empty() && !self.foreign.contains(name) {
            return if is_pending { Known::Pending } else { Known::Missing };
        }
        let mut seen: BTreeMap<&[String], usize> = BTreeMap::new();
        let mut open: Vec<(&[String], usize)> = vec![(module, from.len())];
        while let Some((here, viewers)) = open.pop() {
            let Some((here, scope)) = self.scopes.get_key_value(here) else { continue };
            if seen.get(here.as_slice()).is_some_and(|known| *known >= viewers) {
                continue;
            }
            seen.insert(here, viewers);
            let viewer = &from[..viewers];
            match scope.explicit.get(name) {
                Some((Some(target), visible)) if is_seen(visible, viewer) => {
                    return Known::Found(target.clone());
                }
                // A module's own name hides those of its globs, even if it is not visible.
                Some((target, visible)) => {
                    is_pending |= target.is_none() && is_seen(visible, viewer);
                    continue;
                }
                None => {}
            }
            if let Some(whole) = scope.of_other_crates(foreign, name, viewer) {
                return Known::Found(Target::Foreign(whole));
            }
            let common = common(viewer, here);
            let edges = scope.globs.iter().filter(|(_, visible)| is_seen(visible, viewer));
            // A module with the name itself comes first; usually the others are not needed.
            let mut direct =
                holders.iter().filter(|it| scope.globs.get(*it).is_some_and(|it| is_seen(it, viewer)));
            match direct.find(|it| self.holds(it, name, &from[..common])) {
                Some(holder) => open.push((holder, common)),
                None => open.extend(edges.map(|(next, _)| (next.as_slice(), common))),
            }
        }
        if is_pending { Known::Pending } else { Known::Missing }
    }

    /// Returns whether a module itself declares or imports a name, visible from another module.
    fn holds(&self, module: &ModulePath, name: &str, from: &[String]) -> bool {
        let known = self.scopes.get(module).and_then(|scope| scope.explicit.get(name));
        known.is_some_and(|(target, visible)| {
            target.is_some() && visible.as_ref().is_none_or(|parent| from.starts_with(parent))
        })
    }
}

impl Scope {
    /// Returns the path of a name that a glob imports from another crate.
    fn of_other_crates(&self, foreign: &Foreign, name: &str, viewer: &[String]) -> Option<Vec<String>> {
        let seen = self.foreign_globs.iter().filter(|(_, visible)| is_seen(visible, viewer));
        let mut whole =
            seen.map(|(path, _)| -> Vec<String> { path.iter().cloned().chain([name.to_owned()]).collect() });
        // It may be a module with exported items below it.
        whole.find(|whole| foreign.below(whole).next().is_some())
    }
}

/// Returns whether an item with this visibility is visible in a module.
fn is_seen(visible: &Visible, module: &[String]) -> bool {
    visible.as_ref().is_none_or(|parent| module.starts_with(parent))
}

/// Returns the number of equal names at the beginning of two paths.
fn common(one: &[String], other: &[String]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one == other).count()
}

/// The names of a crate while its imports are resolved.
struct Linking<'a> {
    imports: Imports<'a>,
    names: Names,
    open: Vec<(&'a ModulePath, &'a Use)>,
}

impl<'a> Linking<'a> {
    fn run(&mut self) {
        loop {
            while self.resolve(|linking, (module, it)| linking.target(module, it, false)) {}
            // A first name that no import has is a crate; first for globs, which may import the others.
            if self.resolve(
                |linking, (module, it)| {
                    if it.name.is_none() { linking.target(module, it, true) } else { None }
                },
            ) {
                continue;
            }
            if self.resolve(|linking, (module, it)| linking.target(module, it, true)) {
                continue;
            }
            if !self.release() {
                return;
            }
        }
    }

    /// Binds the imports that can be resolved; returns whether there are any.
    fn resolve(&mut self, target: impl Fn(&Self, (&'a ModulePath, &'a Use)) -> Option<Target>) -> bool {
        let found: Vec<Option<Target>> = self.open.iter().map(|it| target(self, *it)).collect();
        let mut rest = Vec::new();
        let mut is_any = false;
        for (it, target) in std::mem::take(&mut self.open).into_iter().zip(found) {
            match target {
                Some(target) => {
                    is_any = true;
                    self.bind(it, target);
                }
                None => rest.push(it),
            }
        }
        self.open = rest;
        self.names.is_open = self.open.iter().any(|(_, it)| it.name.is_none());
        is_any
    }

    fn bind(&mut self, (module, it): (&ModulePath, &Use), target: Target) {
        let Some(scope) = self.names.scopes.get_mut(module) else { return };
        match (&it.name, target) {
            (Some(name), target) => {
                if let Some((known @ None, visible)) = scope.explicit.get_mut(name) {
                    *known = Some(target);
                    visible.clone_from(&it.visible);
                }
            }
            (None, Target::Module(from)) if from != *module => {
                let visible = scope.globs.entry(from).or_insert_with(|| it.visible.clone());
                if visible
                    .as_ref()
                    .is_some_and(|known| it.visible.as_ref().is_none_or(|other| other.len() < known.len()))
                {
                    visible.clone_from(&it.visible);
                }
            }
            (None, Target::Foreign(path)) => {
                let names = self.imports.foreign.below(&path).filter_map(|(rest, _)| rest.split("::").next());
                self.names.foreign.extend(names.map(str::to_owned));
                scope.foreign_globs.push((path, it.visible.clone()));
            }
            // The variants of an enum, or no names.
            (None, Target::Module(_) | Target::Own(..) | Target::Unknown) => {}
        }
    }

    /// Drops imports that are not types (but functions, for example), so that globs may import types of their names;
    /// returns whether there are any.
    fn release(&mut self) -> bool {
        let mut absent: Vec<bool> = self.open.iter().map(|(module, it)| self.is_absent(module, it)).collect();
        if let (false, Some(first)) = (absent.contains(&true), absent.first_mut()) {
            *first = true;
        }
        let (gone, open): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.open).into_iter().zip(&absent).partition(|(_, is_absent)| **is_absent);
        self.open = open.into_iter().map(|(it, _)| it).collect();
        let pending: BTreeSet<(&ModulePath, &Option<String>)> =
            self.open.iter().map(|(module, it)| (*module, &it.name)).collect();
        for ((module, it), _) in &gone {
            let (Some(scope), Some(name)) = (self.names.scopes.get_mut(*module), &it.name) else { continue };
            if pending.contains(&(*module, &it.name)) || !matches!(scope.explicit.get(name), Some((None, _)))
            {
                continue;
            }
            scope.explicit.remove(name);
            if let Some(holders) = self.names.holders.get_mut(name) {
                holders.retain(|holder| holder != *module);
            }
        }
        !gone.is_empty()
    }

    /// Returns whether the module of an import is known, and has no type of that name.
    fn is_absent(&self, module: &[String], it: &Use) -> bool {
        let Some((last, parent)) = it.path.split_last() else { return true };
        let parent = Use { path: parent.to_vec(), name: None, ..it.clone() };
        match self.target(module, &parent, true) {
            Some(Target::Module(inside)) => {
                matches!(self.names.search(self.imports.foreign, &inside, last, module, true), Known::Missing)
            }
            Some(Target::Own(..) | Target::Unknown) => true,
            Some(Target::Foreign(_)) | None => false,
        }
    }

    /// Resolves the path of a `use`; none if that is not possible yet.
    fn target(&self, module: &[String], it: &Use, is_last: bool) -> Option<Target> {
        let (first, rest) = it.path.split_first()?;
        let is_2015 = self.imports.is_2015;
        let start = match first.as_str() {
            "crate" if !it.is_absolute => Target::Module(Vec::new()),
            "self" if !it.is_absolute => Target::Module(module.to_vec()),
            "super" if !it.is_absolute => Target::Module(module.split_last()?.1.to_vec()),
            name if it.is_absolute && !is_2015 => Target::Foreign(vec![name.to_owned()]),
            name => {
                let scope = if is_2015 { &[] } else { module };
                // An import does not resolve to itself.
                let is_itself = scope == module && it.name.as_ref() == Some(first);
                let known = if is_itself {
                    self.beside(module, name, is_last)
                } else {
                    self.names.search(self.imports.foreign, scope, name, module, is_last)
                };
                match known {
                    Known::Found(target) => target,
                    Known::Pending if !self.imports.crates.contains(name) => return None,
                    Known::Missing if !is_last && !self.imports.crates.contains(name) => return None,
                    Known::Pending | Known::Missing => Target::Foreign(vec![name.to_owned()]),
                }
            }
        };
        rest.iter().try_fold(start, |target, name| match target {
            Target::Module(inside) if name == "super" => {
                Some(Target::Module(inside.split_last()?.1.to_vec()))
            }
            Target::Module(inside) => {
                match self.names.search(self.imports.foreign, &inside, name, module, is_last) {
                    Known::Found(target) => Some(target),
                    Known::Pending | Known::Missing => None,
                }
            }
            Target::Foreign(path) => Some(Target::Foreign(path.into_iter().chain([name.clone()]).collect())),
            Target::Own(..) | Target::Unknown => None,
        })
    }

    /// Finds a name in a module, without the imports by name.
    fn beside(&self, module: &[String], name: &str, is_last: bool) -> Known {
        let Some(scope) = self.names.scopes.get(module) else { return Known::Missing };
        if let Some((Some(target), _)) = scope.explicit.get(name) {
            return Known::Found(target.clone());
        }
        let mut is_pending = self.names.is_open && !is_last;
        for from in scope.globs.keys() {
            match self.names.search(self.imports.foreign, from, name, module, is_last) {
                Known::Found(target) => return Known::Found(target),
                Known::Pending => is_pending = true,
                Known::Missing => {}
            }
        }
        if is_pending { Known::Pending } else { Known::Missing }
    }
}
