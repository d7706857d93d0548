//! Reads `use` and `pub`: the imported names, and their visibility.

use syn::{UseTree, Visibility};

use crate::scan::modules::{Use, Visible, plain};

/// Returns the visibility of an item that is declared in a module.
pub(crate) fn visible(visibility: &Visibility, module: &[String]) -> Visible {
    let path = match visibility {
        Visibility::Public(_) => return None,
        Visibility::Inherited => return Some(module.to_vec()),
        Visibility::Restricted(restricted) => &restricted.path,
    };
    let mut parent = match path.segments.first() {
        Some(first) if first.ident == "self" || first.ident == "super" => module.to_vec(),
        Some(_) | None => Vec::new(),
    };
    for segment in &path.segments {
        if segment.ident == "super" {
            parent.pop();
        } else if segment.ident != "self" && segment.ident != "crate" {
            parent.push(plain(&segment.ident));
        }
    }
    Some(parent)
}

/// Collects the names that one `use` imports.
pub(crate) fn flatten(tree: &UseTree, whole: &Use, uses: &mut Vec<Use>) {
    match tree {
        UseTree::Path(part) => {
            let path = whole.path.iter().cloned().chain([plain(&part.ident)]).collect();
            flatten(&part.tree, &Use { path, ..whole.clone() }, uses);
        }
        UseTree::Name(name) => {
            let path = below(&whole.path, &name.ident);
            let name = path.last().cloned();
            uses.extend(name.map(|name| Use { path, name: Some(name), ..whole.clone() }));
        }
        UseTree::Rename(rename) if rename.rename == "_" => {}
        UseTree::Rename(rename) => {
            let path = if whole.path.is_empty() {
                vec![plain(&rename.ident)]
            } else {
                below(&whole.path, &rename.ident)
            };
            uses.push(Use { path, name: Some(plain(&rename.rename)), ..whole.clone() });
        }
        UseTree::Glob(_) => uses.push(whole.clone()),
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten(tree, whole, uses)),
    }
}

/// Returns the path of a name below another path; `self` is that path itself.
fn below(path: &[String], name: &syn::Ident) -> Vec<String> {
    path.iter().cloned().chain((name != "self").then(|| plain(name))).collect()
}
