//! The checksum that identifies an applied migration.
//!
//! It is computed from the canonical JSON of the operations, so that reformatting a file does not change it (invariant 11).

pub(crate) use modelshift_schema::checksum::checksum;
use modelshift_schema::operation::Operation;

use crate::error::{Error, ErrorKind};

/// Returns the operations as the history stores them.
///
/// # Errors
/// [`ErrorKind::Unwritable`], which no operation of ours can cause.
pub(crate) fn canonical(operations: &[Operation]) -> Result<String, Error> {
    modelshift_schema::checksum::canonical(operations)
        .map_err(|source| ErrorKind::Unwritable { source }.into())
}

#[cfg(test)]
mod tests {
    use modelshift_schema::column_type::ColumnType;
    use modelshift_schema::constraint::Constraint;
    use modelshift_schema::expr::{BinaryOp, Expr};
    use modelshift_schema::field::Field;
    use modelshift_schema::index::{Index, IndexPart};
    use modelshift_schema::model::Model;
    use modelshift_schema::name::ModelKey;
    use modelshift_schema::operation::{CreateModel, RemoveField};
    use modelshift_schema::relation::{ForeignKey, ReferentialAction};

    use super::*;

    /// Invariant 11: histories of every released version must know their migrations again, so that what is not said
    /// must never be written, and what was written once must be written so for ever.
    #[test]
    fn invariant_11_the_canonical_text_is_pinned() {
        let author = ForeignKey {
            on_delete: ReferentialAction::Cascade,
            ..ForeignKey::new(ModelKey::new("blog", "Author"))
        };
        let fields = vec![
            Field { primary_key: true, ..Field::new("id", ColumnType::I64) },
            Field { null: true, unique: true, ..Field::new("slug", ColumnType::Varchar { max_length: 80 }) },
            Field { default: Some(Expr::int(0)), ..Field::new("rating", ColumnType::I16) },
            Field::foreign_key("author", author),
        ];
        let index = Index {
            name: Some("post_rating_idx".into()),
            ..Index::new(vec![IndexPart::descending(Expr::name("rating"))])
        };
        let condition = Expr::binary(BinaryOp::Le, Expr::name("rating"), Expr::int(5));
        let check = Constraint::Check { name: Some("rating_range".into()), condition };
        let model = Model { indexes: vec![index], constraints: vec![check], ..Model::new("Post", fields) };
        let remove = RemoveField { model: "Author".into(), field: "rating".into() };
        let operations = [Operation::CreateModel(CreateModel { model }), Operation::RemoveField(remove)];
        let text = canonical(&operations).unwrap();
        let expected = concat!(
            r#"[{"CreateModel":{"model":{"name":"Post","fields":[{"name":"id","kind":{"Column":"I64"},"primary_key":true},"#,
            r#"{"name":"slug","kind":{"Column":{"Varchar":{"max_length":80}}},"null":true,"unique":true},"#,
            r#"{"name":"rating","kind":{"Column":"I16"},"default":{"Literal":{"Int":0}}},"#,
            r#"{"name":"author","kind":{"ForeignKey":{"to":"blog.Author","on_delete":"Cascade"}},"index":true}]"#,
            r#","indexes":[{"name":"post_rating_idx","parts":[{"value":{"Name":"rating"},"descending":true}]}]"#,
            r#","constraints":[{"Check":{"name":"rating_range","condition":{"Binary":{"op":"Le","left":{"Name":"rating"},"right":{"Literal":{"Int":5}}}}}}]}}},"#,
            r#"{"RemoveField":{"model":"Author","field":"rating"}}]"#,
        );
        assert_eq!(text, expected);
        assert_eq!(checksum(&text), "407a2dcca78c55c002e01d0f3b97620e6de9886b6f314a7d0a420c0f2493fde3");
    }
}
