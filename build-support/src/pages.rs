//! The form of the texts that are kept between runs: a head of lines, and contents behind it, with a checksum over both.

use std::hash::{DefaultHasher, Hasher as _};

/// Returns a text with this head and these contents.
pub(crate) fn print(magic: &str, head: &str, body: &str) -> String {
    format!("{magic} {} {:016x}\n{head}{body}", head.len(), checksum(head, body))
}

/// Returns the head and the contents of a text; none if it is damaged or begins with something else.
pub(crate) fn parse<'a>(magic: &str, text: &'a str) -> Option<(&'a str, &'a str)> {
    let (first, rest) = text.strip_prefix(magic)?.strip_prefix(' ')?.split_once('\n')?;
    let (length, sum) = first.split_once(' ')?;
    let (head, body) = rest.split_at_checked(length.parse().ok()?)?;
    (sum == format!("{:016x}", checksum(head, body))).then_some((head, body))
}

fn checksum(head: &str, body: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(head.as_bytes());
    hasher.write(body.as_bytes());
    hasher.finish()
}
