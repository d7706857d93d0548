//! Names of tables and columns -> names in Rust.

/// Words that cannot be names in Rust.
const WORDS: [&str; 52] = [
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do",
    "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

/// Returns a name that Rust accepts for a name of the database: itself, if it can be.
pub(super) fn snake(name: &str) -> String {
    let mut plain: String =
        name.chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '_' }).collect();
    if !plain.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_') {
        plain.insert(0, '_');
    }
    if WORDS.contains(&plain.as_str()) || plain.chars().all(|it| it == '_') {
        plain.push('_');
    }
    plain
}

/// Returns the same name as that of a type: `BlogPost` for `blog_post`.
pub(super) fn camel(name: &str) -> String {
    let pieces = name.split(|it: char| !it.is_ascii_alphanumeric()).filter(|piece| !piece.is_empty());
    let camel: String = pieces
        .flat_map(|piece| {
            let mut letters = piece.chars();
            let first = letters.next().map(|it| it.to_ascii_uppercase());
            first.into_iter().chain(letters)
        })
        .collect();
    if camel.starts_with(|it: char| it.is_ascii_alphabetic()) && !WORDS.contains(&camel.as_str()) {
        camel
    } else {
        format!("N{camel}")
    }
}

/// Returns a text as a literal of Rust.
pub(super) fn literal(text: &str) -> String {
    format!("{text:?}")
}
