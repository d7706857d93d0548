//! References by another field than the primary key (Django's OP-071, OP-074, OP-084, SE-060).

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::field::Field;
use modelshift_schema::model::Model;
use modelshift_schema::name::ModelKey;
use modelshift_schema::operation::{AddConstraint, CreateModel, Operation, RenameModel};
use modelshift_schema::relation::{ForeignKey, ReferentialAction};

use super::operations::{add, case, rename};
use super::{APP, Case, alter, id, null, unique, varchar};

fn to_field(name: &str, to: &str, to_field: &str) -> Field {
    let relation = ForeignKey::new(ModelKey::new(APP, to));
    let on_update = ReferentialAction::Cascade;
    Field::foreign_key(name, ForeignKey { to_field: Some(to_field.into()), on_update, ..relation })
}

fn handle(max_length: u32) -> Field {
    Field { unique: true, ..varchar("handle", max_length) }
}

/// Gives a case of books whose authors go by a handle.
fn by_handle(name: &str, operations: Vec<Operation>) -> Case {
    let author = Model::new("Author", vec![id(), handle(40), null(Field::new("age", ColumnType::I32))]);
    let book = Model::new("Book", vec![id(), to_field("writer", "Author", "handle")]);
    Case { name: name.to_owned(), models: vec![author, book], operations }
}

/// Gives the cases.
pub(super) fn by_field() -> Vec<Case> {
    let chapter = Model::new(
        "Chapter",
        vec![
            id(),
            handle(40),
            null(to_field("next", "Chapter", "handle")),
            to_field("writer", "Author", "handle"),
        ],
    );
    let rename_model = |before: &str, after: &str| {
        Operation::RenameModel(RenameModel { before: before.into(), after: after.into() })
    };
    vec![
        case(
            "add_field_reference_by_field",
            vec![add("Post", null(to_field("editor", "Author", "email")), None)],
        ),
        by_handle(
            "create_model_reference_by_field",
            vec![Operation::CreateModel(CreateModel { model: chapter })],
        ),
        by_handle("alter_target_type", vec![alter("Author", handle(60), None)]),
        by_handle(
            "rename_target",
            vec![
                rename("Author", "handle", "nick"),
                rename_model("Author", "Poet"),
                rename("Book", "writer", "poet"),
            ],
        ),
        by_handle(
            "alter_target_constraint",
            vec![
                Operation::AddConstraint(AddConstraint {
                    model: "Author".into(),
                    constraint: unique("writer_by_handle", &["handle"]),
                }),
                alter("Author", varchar("handle", 40), None),
            ],
        ),
    ]
}
