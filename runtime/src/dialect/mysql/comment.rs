//! Comments, which stand in a definition as plain constants: no expression is allowed there.

use super::{is_written_as_bytes, quoted};
use crate::dialect::Unsupported;

/// The most characters that the comment of a column has.
pub(super) const MAX_COMMENT: usize = 1024;

/// The most characters that the comment of a table has.
pub(super) const MAX_TABLE_COMMENT: usize = 2048;

/// Writes the text of a comment of at most so many characters.
pub(super) fn comment_text(comment: &str, whose: &str, limit: usize) -> Result<String, Unsupported> {
    let refuse = |fault: String, remedy: &str| {
        Err(Unsupported::new(format!("mysql: the comment of `{whose}` {fault}"), remedy.to_owned()))
    };
    // What a backslash means there is a setting's to say.
    if is_written_as_bytes(comment) || comment.contains('\0') {
        return refuse("has a backslash or a NUL character".to_owned(), "write it in other words");
    }
    if comment.chars().count() > limit {
        return refuse(format!("has more than {limit} characters"), "write a shorter one");
    }
    Ok(quoted(comment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_a_plain_constant_or_refused() {
        assert_eq!(comment_text("it's", "name", MAX_COMMENT).unwrap(), "'it''s'");
        let refused = |text: &str| comment_text(text, "name", MAX_COMMENT).unwrap_err().to_string();
        assert!(refused("a\\b").contains("backslash"), "{}", refused("a\\b"));
        assert!(refused(&"x".repeat(1025)).contains("1024"), "{}", refused(&"x".repeat(1025)));
    }
}
