//! The checksum by which an applied migration is known again.
//!
//! It is taken over the operations in their canonical JSON, so that reformatting a file is harmless (invariant 11).

use modelshift_schema::fingerprint::fingerprint;
use modelshift_schema::operation::Operation;

use crate::error::{Error, ErrorKind};

/// Gives the operations as the history keeps them.
///
/// # Errors
/// [`ErrorKind::Unwritable`], which no operation of ours can cause.
pub(crate) fn canonical(operations: &[Operation]) -> Result<String, Error> {
    serde_json::to_string(operations).map_err(|source| ErrorKind::Unwritable { source }.into())
}

/// Gives the checksum of the canonical text of operations.
pub(crate) fn checksum(canonical: &str) -> String {
    fingerprint(canonical.as_bytes())
}

#[cfg(test)]
mod tests {
    use modelshift_schema::operation::RemoveField;

    use super::*;

    /// Invariant 11: histories of every released version must know their migrations again.
    #[test]
    fn invariant_11_the_canonical_text_is_pinned() {
        let operation =
            Operation::RemoveField(RemoveField { model: "Author".into(), field: "rating".into() });
        let text = canonical(&[operation]).unwrap();
        assert_eq!(text, r#"[{"RemoveField":{"model":"Author","field":"rating"}}]"#);
        assert_eq!(checksum(&text), "8e00d329cc83b8ea72a90a7d34693a7492b99a7e44a4b87a20c08f9acc4d9736");
    }
}
