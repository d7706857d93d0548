//! Text as a Rust string literal.

use std::fmt::Write;

/// Spells text as a Rust string, with escapes for what an editor would not show or the compiler refuses.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0' => out.push_str("\\0"),
            hidden if is_hidden(hidden) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(hidden));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// Returns whether a character must not stand in a file as it is: marks of direction are refused by the compiler, the
/// other invisible ones mislead a reader.
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
        )
}

/// Spells text as a Rust string that a person need not read: raw where that will do, which is quicker to make.
pub fn raw(text: &str) -> String {
    let bytes = text.as_bytes();
    if text.is_ascii() && !bytes.contains(&b'#') && !bytes.contains(&b'\r') {
        return ["r#\"", text, "\"#"].concat();
    }
    quoted(text)
}
