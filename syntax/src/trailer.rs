//! The last line of a written module, by which a text that nobody touched is known again.
//!
//! The checksum is taken over the text with LF line ends, so that a checkout that turns them into CRLF changes nothing.

use modelshift_schema::fingerprint::fingerprint;

/// The number of the format that this version writes.
pub const FORMAT: u32 = 1;

const MARK: &str = "// modelshift ";

/// Gives the text with its trailer, `// modelshift <format> <checksum>`.
pub fn sign(text: &str) -> String {
    let mut text = normalised(text);
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let checksum = checksum(&text);
    format!("{text}{MARK}{FORMAT} {checksum}\n")
}

/// Tells whether the text ends in a trailer that is true of it.
pub fn is_intact(text: &str) -> bool {
    let text = normalised(text);
    split(&text).is_some_and(|(body, trailer)| trailer == format!("{FORMAT} {}", checksum(body)))
}

/// Gives the text without its trailer, true or not.
pub fn without(text: &str) -> String {
    let text = normalised(text);
    split(&text).map(|(body, _)| body.to_owned()).unwrap_or(text)
}

/// Gives the text with LF line ends.
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
        assert!(!is_intact("a\nb\n") && !is_intact("") && !is_intact(&format!("{signed}\n")));
    }
}
