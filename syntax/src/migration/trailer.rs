//! The last line of a written module, by which a text that was not edited is recognized.
//!
//! The checksum is that of the text with LF line ends, so that a checkout with CRLF has the same one.
//! Where one build wrote several modules of an app, each but the first names the one before it: they are one draft.

use modelshift_schema::fingerprint::fingerprint;

/// The number of the format that this version writes.
pub const FORMAT: u32 = 1;

const MARK: &str = "// modelshift ";

const CONTINUES: &str = " continues ";

/// Returns the text with its trailer, `// modelshift <format> <checksum>`.
pub fn sign(text: &str) -> String {
    signed(text, "")
}

/// Returns the text with a trailer that says which migration of the app was written together with it, and comes before:
/// `// modelshift <format> <checksum> continues <name>`.
pub fn sign_continuing(text: &str, name: &str) -> String {
    signed(text, &format!("{CONTINUES}{name}"))
}

fn signed(text: &str, continues: &str) -> String {
    let mut text = normalised(text);
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let checksum = checksum(&text);
    format!("{text}{MARK}{FORMAT} {checksum}{continues}\n")
}

/// Returns whether the text ends in a trailer that is true of it.
pub fn is_intact(text: &str) -> bool {
    let text = normalised(text);
    split(&text).is_some_and(|(body, trailer)| {
        trailer.split(CONTINUES).next() == Some(format!("{FORMAT} {}", checksum(body)).as_str())
    })
}

/// Returns the name of the migration that was written together with this one, and comes before it.
pub fn continues(text: &str) -> Option<String> {
    let text = normalised(text);
    let (_, trailer) = split(&text)?;
    trailer.split_once(CONTINUES).map(|(_, name)| name.to_owned())
}

/// Returns the text without its trailer, true or not.
pub fn without(text: &str) -> String {
    let text = normalised(text);
    split(&text).map(|(body, _)| body.to_owned()).unwrap_or(text)
}

/// Returns the text with LF line ends.
pub(crate) fn normalised(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn split(text: &str) -> Option<(&str, &str)> {
    let line = text.strip_suffix('\n')?;
    let start = line.rfind('\n').map_or(0, |end| end + 1);
    let trailer = line[start..].strip_prefix(MARK)?;
    Some((&text[..start], trailer))
}

fn checksum(text: &str) -> String {
    fingerprint(text.as_bytes())[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_text_is_intact_until_a_character_changes() {
        let signed = sign("a\nb\n");
        assert!(is_intact(&signed) && signed.starts_with("a\nb\n// modelshift 1 "));
        assert!(is_intact(&signed.replace('\n', "\r\n")));
        assert_eq!(without(&signed), "a\nb\n");
        assert!(!is_intact(&signed.replace('b', "c")));
        let continuing = sign_continuing("a\nb\n", "0001_initial");
        assert!(is_intact(&continuing) && without(&continuing) == "a\nb\n");
        assert_eq!((continues(&continuing), continues(&signed)), (Some("0001_initial".to_owned()), None));
        assert!(!is_intact("a\nb\n") && !is_intact("") && !is_intact(&format!("{signed}\n")));
    }
}
