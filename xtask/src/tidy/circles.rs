//! Circles of modules: a file may use its parents and its children, and otherwise only what does not use it.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::Visit;

use crate::source::{Modules, is_test};

/// Modules with one file for each member of a list; the members name each other, as an operation names its inverse.
const REGISTRIES: [(&str, &str); 1] = [("schema", "operation")];

type Path = Vec<String>;
type Arrows = BTreeMap<Path, BTreeSet<Path>>;

/// Returns one line for each group of modules that use each other in a circle.
pub(super) fn faults(krate: &str, modules: &Modules<'_>) -> Vec<String> {
    let mut arrows = arrows(modules);
    for (_, registry) in REGISTRIES.iter().filter(|(owner, _)| *owner == krate) {
        for (_, used) in arrows.iter_mut().filter(|(path, _)| is_member(path, registry)) {
            used.retain(|path| !is_member(path, registry));
        }
    }
    let mut faults = Vec::new();
    let mut seen: BTreeSet<&Path> = BTreeSet::new();
    for module in arrows.keys() {
        if seen.contains(module) {
            continue;
        }
        let Some(circle) = shortest_circle(module, &arrows) else { continue };
        seen.extend(arrows.keys().filter(|other| {
            circle.contains(*other) || (reaches(module, other, &arrows) && reaches(other, module, &arrows))
        }));
        let names: Vec<String> = circle.iter().map(|path| path.join("::")).collect();
        faults.push(format!("{krate}: modules use each other in a circle: `{}`", names.join("` -> `")));
    }
    faults
}

fn is_member(path: &[String], registry: &str) -> bool {
    path.len() == 2 && path[0] == registry
}

/// Returns which module uses which; parents and children do not count.
fn arrows(modules: &Modules<'_>) -> Arrows {
    let exports: BTreeMap<&Path, BTreeMap<String, Path>> =
        modules.iter().map(|(path, module)| (path, exports(path, module.tree))).collect();
    let mut arrows = Arrows::new();
    for (path, module) in modules {
        let mut paths = Paths { module: path, depth: 0, found: Vec::new() };
        paths.visit_file(module.tree);
        let used = paths.found.iter().map(|used| resolve(used, modules, &exports, 0));
        let others = used.filter(|other| !path.starts_with(other) && !other.starts_with(path));
        arrows.insert(path.clone(), others.collect());
    }
    arrows
}

/// Returns the module in which the item at this path stands, whatever re-exports lead there.
fn resolve(
    path: &[String],
    modules: &Modules<'_>,
    exports: &BTreeMap<&Path, BTreeMap<String, Path>>,
    depth: usize,
) -> Path {
    let mut module = Path::new();
    for (position, name) in path.iter().enumerate() {
        let below: Path = module.iter().chain([name]).cloned().collect();
        if modules.contains_key(&below) {
            module = below;
            continue;
        }
        let Some(target) = exports.get(&module).and_then(|names| names.get(name)) else { break };
        let whole: Path = target.iter().chain(&path[position + 1..]).cloned().collect();
        return if depth < 8 { resolve(&whole, modules, exports, depth + 1) } else { module };
    }
    module
}

/// Returns the names that a module imports, with what they stand for.
fn exports(module: &Path, tree: &syn::File) -> BTreeMap<String, Path> {
    let mut found = BTreeMap::new();
    for item in &tree.items {
        let syn::Item::Use(item) = item else { continue };
        for (path, name) in leaves(&item.tree, &mut Vec::new()) {
            if let Some(path) = absolute(&path, module, 0) {
                found.insert(name, path);
            }
        }
    }
    found
}

/// Returns the paths of a `use`, each with the name that it has afterwards.
fn leaves(tree: &syn::UseTree, before: &mut Path) -> Vec<(Path, String)> {
    match tree {
        syn::UseTree::Path(path) => {
            before.push(path.ident.to_string());
            let found = leaves(&path.tree, before);
            before.pop();
            found
        }
        syn::UseTree::Name(name) if name.ident == "self" => {
            vec![(before.clone(), before.last().cloned().unwrap_or_default())]
        }
        syn::UseTree::Name(name) => vec![(below(before, &name.ident), name.ident.to_string())],
        syn::UseTree::Rename(name) => vec![(below(before, &name.ident), name.rename.to_string())],
        syn::UseTree::Glob(_) => vec![(before.clone(), "*".to_owned())],
        syn::UseTree::Group(group) => group.items.iter().flat_map(|tree| leaves(tree, before)).collect(),
    }
}

fn below(before: &[String], name: &syn::Ident) -> Path {
    before.iter().cloned().chain([name.to_string()]).collect()
}

/// Returns the path from the crate's root; none for what stands in another crate or in a module within the file.
fn absolute(path: &[String], module: &[String], depth: usize) -> Option<Path> {
    let mut base = module.to_vec();
    let mut depth = depth;
    let mut rest = path;
    match rest.first()?.as_str() {
        "crate" => return Some(rest[1..].to_vec()),
        "self" if depth == 0 => rest = &rest[1..],
        "super" => {
            while let Some(("super", after)) =
                rest.split_first().map(|(first, after)| (first.as_str(), after))
            {
                rest = after;
                if depth > 0 {
                    depth -= 1;
                } else {
                    base.pop()?;
                }
            }
        }
        _ => return None,
    }
    (depth == 0).then(|| base.into_iter().chain(rest.iter().cloned()).collect())
}

/// All paths of a file that begin at the crate, at the module or at its parent.
struct Paths<'a> {
    module: &'a Path,
    /// How many modules within the file are around.
    depth: usize,
    found: Vec<Path>,
}

impl<'ast> Visit<'ast> for Paths<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let syn::Item::Mod(module) = item else { return syn::visit::visit_item(self, item) };
        if !is_test(&module.attrs) {
            self.depth += 1;
            syn::visit::visit_item_mod(self, module);
            self.depth -= 1;
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if is_test(&item.attrs) {
            return;
        }
        let paths = leaves(&item.tree, &mut Vec::new());
        self.found.extend(paths.iter().filter_map(|(path, _)| absolute(path, self.module, self.depth)));
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Path = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.found.extend(absolute(&names, self.module, self.depth));
        syn::visit::visit_path(self, path);
    }

    // What a visibility names is no use of it.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}
}

fn reaches(from: &Path, to: &Path, arrows: &Arrows) -> bool {
    path_between(from, to, arrows).is_some()
}

fn shortest_circle(module: &Path, arrows: &Arrows) -> Option<Vec<Path>> {
    path_between(module, module, arrows)
}

/// Returns a shortest way along the arrows, both ends included.
fn path_between(from: &Path, to: &Path, arrows: &Arrows) -> Option<Vec<Path>> {
    let mut ways = vec![vec![from.clone()]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            for next in way.last().and_then(|last| arrows.get(last)).into_iter().flatten() {
                let whole: Vec<Path> = way.iter().chain([next]).cloned().collect();
                if next == to {
                    return Some(whole);
                }
                if seen.insert(next.clone()) {
                    longer.push(whole);
                }
            }
        }
        ways = longer;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::tests::faults_of;

    #[test]
    fn a_circle_is_found_through_a_re_export() {
        let files = [
            ("schema/src/lib.rs", "mod a;\nmod b;\npub use self::b::B;\n"),
            ("schema/src/a.rs", "use crate::B;\npub struct A(B);\n"),
            ("schema/src/b.rs", "pub struct B(Option<Box<super::a::A>>);\n"),
        ];
        assert_eq!(faults_of(&files), ["schema: modules use each other in a circle: `a` -> `b` -> `a`"]);
    }

    #[test]
    fn parents_and_tests_make_no_circle() {
        let files = [
            ("schema/src/lib.rs", "mod a;\nuse self::a::A;\nstruct Root(A);\n"),
            (
                "schema/src/a.rs",
                "mod b;\npub struct A(b::B);\n#[cfg(test)]\nmod tests {\n    use crate::Root;\n}\n",
            ),
            ("schema/src/a/b.rs", "use super::A;\npub struct B(Option<Box<A>>);\n"),
        ];
        assert_eq!(faults_of(&files), Vec::<String>::new());
    }
}
