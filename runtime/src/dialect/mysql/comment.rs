//! Comments, which must be constants: expressions are not allowed.

use super::{is_written_as_bytes, quoted};
use crate::dialect::Unsupported;

/// The most characters of the comment of a column.
pub(super) const MAX_COMMENT: usize = 1024;

/// The most characters of the comment of a table.
pub(super) const MAX_TABLE_COMMENT: usize = 2048;

/// Writes the text of a comment.
///
/// # Errors
/// If the comment is longer than `limit`, or contains characters that cannot be written in a constant.
pub(super) fn comment_text(comment: &str, whose: &str, limit: usize) -> Result<String, Unsupported> {
    // The meaning of a backslash in a constant depends on a setting.
    let (fault, remedy) = if is_written_as_bytes(comment) || comment.contains('\0') {
        ("has a backslash or a NUL character".to_owned(), "write it in other words")
    } else if comment.chars().count() > limit {
        (format!("has more than {limit} characters"), "write a shorter one")
    } else {
        return Ok(quoted(comment));
    };
    Err(Unsupported::new(format!("mysql: the comment of `{whose}` {fault}"), remedy))
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
