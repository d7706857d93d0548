//! Fields that join the primary key, and fields that leave it.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::Expr;
use modelshift_schema::field::Field;
use modelshift_schema::model::Model;
use modelshift_schema::operation::Operation;
use modelshift_schema::relation::ReferentialAction;

use super::operations::{add, remove};
use super::{Case, alter, default, id, null, reference, varchar};

fn key(field: Field) -> Field {
    Field { primary_key: true, ..field }
}

/// Returns the cases.
pub(super) fn all() -> Vec<Case> {
    let code = || varchar("code", 2);
    let day = || Field::new("day", ColumnType::I64);
    let country = |name: &str, operations: Vec<Operation>| Case {
        name: name.to_owned(),
        models: vec![Model::new("Country", vec![id(), code()])],
        operations,
    };
    let of_three = vec![
        key(code()),
        key(day()),
        key(default(Field::new("hour", ColumnType::I32), Expr::int(0))),
        varchar("name", 20),
    ];
    let of_log = |name: &str, fields: Vec<Field>, operations: Vec<Operation>| Case {
        name: name.to_owned(),
        models: vec![Model::new("Log", fields)],
        operations,
    };
    let own = null(reference("code", "Log", ReferentialAction::SetNull));
    vec![
        country(
            "alter_field_primary_key",
            vec![
                alter("Country", key(code()), None),
                alter("Country", Field::new("id", ColumnType::I64), None),
            ],
        ),
        country(
            "remove_field_primary_key",
            vec![alter("Country", key(code()), None), remove("Country", "id")],
        ),
        country(
            "alter_field_primary_key_null",
            vec![
                alter("Country", key(code()), None),
                alter("Country", null(Field::new("id", ColumnType::I64)), None),
            ],
        ),
        of_log(
            "alter_field_primary_key_null_type",
            of_three.clone(),
            vec![alter("Log", null(varchar("code", 20)), None)],
        ),
        of_log(
            "alter_field_primary_key_null_reference",
            vec![key(Field::new("code", ColumnType::I64)), key(day())],
            vec![alter("Log", own, None)],
        ),
        of_log(
            "remove_field_primary_key_and_null",
            of_three,
            vec![
                remove("Log", "hour"),
                alter("Log", null(day()), None),
                add("Log", null(varchar("title", 20)), None),
            ],
        ),
    ]
}
