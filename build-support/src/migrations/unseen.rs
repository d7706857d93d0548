//! Finds models in places of the source that the scan does not read: in a macro, in a function, in a file without a `mod`
//! declaration. Such a model is not removed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::scan::crate_tree::{Place, Tree};

/// Finds the place of a model with this name; none if it is removed.
pub(crate) fn find(tree: &Tree, package: &Path, name: &str) -> Option<Place> {
    let mut files: BTreeSet<PathBuf> = tree.files.iter().cloned().collect();
    rust_files(&package.join("src"), &mut files);
    let files = files.into_iter().filter_map(|path| {
        let text = std::fs::read_to_string(&path).ok().filter(|text| depth(text) <= MAX_DEPTH)?;
        let name = path.strip_prefix(package).unwrap_or(&path).to_owned();
        Some((name, text.parse::<TokenStream>().ok()?))
    });
    let files: Vec<(PathBuf, TokenStream)> = files.collect();
    let mut makers = BTreeSet::new();
    for (_, tokens) in &files {
        add_makers(tokens, &mut makers);
    }
    let known = tree.models.iter().chain(&tree.choices).map(|found| &found.place).collect();
    files
        .iter()
        .find_map(|(file, tokens)| Search { name, file, makers: &makers, known: &known }.tokens(tokens))
}

/// The maximum depth of brackets in a file that is searched; no hand-written model is deeper.
const MAX_DEPTH: usize = 2_000;

/// Returns the depth of brackets, including those in strings and comments.
fn depth(text: &str) -> usize {
    let (mut depth, mut most) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        most = most.max(depth);
    }
    most
}

/// Lists the Rust files below a folder; symbolic links are not followed.
fn rust_files(folder: &Path, files: &mut BTreeSet<PathBuf>) {
    let Ok(entries) = folder.read_dir() else { return };
    for entry in entries.flatten() {
        let Ok(kind) = entry.file_type() else { continue };
        let path = entry.path();
        if kind.is_dir() {
            rust_files(&path, files);
        } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "rs") {
            files.insert(path);
        }
    }
}

/// Collects the macros of the crate whose text derives `Model`.
fn add_makers(tokens: &TokenStream, makers: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    for (position, token) in tokens.iter().enumerate() {
        if let [
            TokenTree::Ident(word),
            TokenTree::Punct(_),
            TokenTree::Ident(name),
            TokenTree::Group(body),
            ..,
        ] = &tokens[position..]
            && word == "macro_rules"
            && has_ident(&body.stream(), "derive")
            && has_ident(&body.stream(), "Model")
        {
            makers.insert(name.to_string());
        } else if let TokenTree::Group(group) = token {
            add_makers(&group.stream(), makers);
        }
    }
}

fn has_ident(tokens: &TokenStream, name: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => plain(&ident) == name,
        TokenTree::Group(group) => has_ident(&group.stream(), name),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

fn plain(ident: &proc_macro2::Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map_or(text.clone(), str::to_owned)
}

struct Search<'a> {
    name: &'a str,
    file: &'a Path,
    /// The macros of the crate that make models.
    makers: &'a BTreeSet<String>,
    /// The structs and enums that the scan found.
    known: &'a BTreeSet<&'a Place>,
}

impl Search<'_> {
    fn tokens(&self, tokens: &TokenStream) -> Option<Place> {
        let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let mut attributes: Vec<&Group> = Vec::new();
        for (position, token) in tokens.iter().enumerate() {
            match &tokens[position..] {
                [TokenTree::Punct(mark), TokenTree::Group(group), ..]
                    if mark.as_char() == '#' && group.delimiter() == Delimiter::Bracket =>
                {
                    attributes.push(group);
                }
                [TokenTree::Ident(word), TokenTree::Ident(name), ..] if word == "struct" => {
                    let place = Place::new(self.file, name.span().start());
                    if self.is_it(&plain(name), &attributes) && !self.known.contains(&place) {
                        return Some(place);
                    }
                    attributes.clear();
                }
                [TokenTree::Ident(word), TokenTree::Punct(mark), TokenTree::Group(said), ..]
                    if mark.as_char() == '!'
                        && self.makers.contains(&word.to_string())
                        && has_ident(&said.stream(), self.name) =>
                {
                    return Some(Place::new(self.file, word.span().start()));
                }
                _ => {}
            }
            match token {
                TokenTree::Group(group) => {
                    let inner = self.tokens(&group.stream());
                    if inner.is_some() {
                        return inner;
                    }
                }
                TokenTree::Punct(mark) if mark.as_char() == ';' => attributes.clear(),
                TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
        None
    }

    /// Returns whether a struct of this name with these attributes is the model.
    fn is_it(&self, name: &str, attributes: &[&Group]) -> bool {
        let groups = attributes.iter().map(|group| group.stream());
        if !groups.clone().any(|tokens| has_ident(&tokens, "derive") && has_ident(&tokens, "Model")) {
            return false;
        }
        let written = format!("name = {}", modelshift_syntax::text::quoted(self.name));
        let mut texts = groups.map(|tokens| tokens.to_string());
        name == self.name || texts.any(|text| text.starts_with("model") && text.contains(&written))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("src/deep")).unwrap();
        std::fs::write(folder.path().join("src/deep/lost.rs"), source).unwrap();
        find(&Tree::default(), folder.path(), "Tag").map(|place| place.to_string())
    }

    #[test]
    fn a_model_is_found_where_the_scan_does_not_look() {
        for source in [
            "#[derive(Debug, Model)] pub(crate) struct Tag { id: i64 }",
            "#[derive(modelshift::Model)]\n#[model(name = \"Tag\")] struct Model { id: i64 }",
            "fn f() { if true { #[derive(Model)] struct Tag { id: i64 } } }",
            "cfg_if! { if #[cfg(x)] { #[derive(Model)] struct Tag; } }",
            "const _: () = { #[cfg_attr(x, derive(Model))] struct Tag; };",
            "macro_rules! model { ($n:ident) => { #[derive(Model)] struct $n { id: i64 } } } model!(Tag);",
        ] {
            assert!(found(source).is_some_and(|place| place.starts_with("src/deep/lost.rs:")), "{source}");
        }
    }

    #[test]
    fn what_is_no_model_any_more_is_gone() {
        for source in [
            "struct Tag { id: i64 }",
            "#[derive(Model)] struct Other; #[derive(Debug)] struct Tag;",
            "// #[derive(Model)] struct Tag;\nconst T: &str = \"#[derive(Model)] struct Tag;\";",
            "routes!(Tag); #[derive(Model)] enum Tag {}",
        ] {
            assert_eq!(found(source), None, "{source}");
        }
    }
}
