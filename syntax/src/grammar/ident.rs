//! Identifiers: `r#type` in source is the name `type`, and back.

use modelshift_schema::name::AppLabel;
use modelshift_schema::naming::snake_case;

/// The words that need `r#` to be a name, in any edition. (`self`, `Self`, `super` and `crate` can be no name at all.)
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Returns the name of an identifier, without `r#`.
pub fn name(ident: &syn::Ident) -> String {
    let text = ident.to_string();
    match text.strip_prefix("r#") {
        Some(name) => name.to_owned(),
        None => text,
    }
}

/// Spells a name as an identifier.
pub fn spell(name: &str) -> String {
    if KEYWORDS.binary_search(&name).is_ok() { format!("r#{name}") } else { name.to_owned() }
}

/// Returns the label of the app of a package that names none: the package's name in snake case.
pub fn package_label(package: &str) -> AppLabel {
    AppLabel::new(snake_case(&package.replace(['-', '.'], "_")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_spelled_raw_and_read_back() {
        assert!(KEYWORDS.is_sorted());
        for word in KEYWORDS.into_iter().chain(["title", "union", "größe"]) {
            let ident: syn::Ident = syn::parse_str(&spell(word)).unwrap();
            assert_eq!(name(&ident), word);
        }
    }
}
