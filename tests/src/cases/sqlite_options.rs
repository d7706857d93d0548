//! Options of tables in SQLite, which other databases do not have.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::field::Field;
use modelshift_schema::model::Model;
use modelshift_schema::operation::alter_model_options::Management;
use modelshift_schema::operation::{AlterModelOptions, CreateModel, Operation};
use modelshift_schema::sqlite_options::SqliteOptions;

use super::operations::{add, case};
use super::{Case, alter, id, null, varchar};

const STRICT: SqliteOptions = SqliteOptions { strict: true, without_rowid: false };
const WITHOUT_ROWID: SqliteOptions = SqliteOptions { strict: false, without_rowid: true };

pub(super) fn cases() -> Vec<Case> {
    let key = || Field { primary_key: true, ..varchar("code", 40) };
    let fields = || {
        vec![
            Field::new("weight", ColumnType::F64),
            Field::new("sold", ColumnType::Bool),
            null(Field::new("made", ColumnType::DateTime)),
            null(Field::new("token", ColumnType::Uuid)),
            null(Field::new("facts", ColumnType::Json)),
        ]
    };
    let counted = |sqlite| Model { sqlite, ..Model::new("Part", [vec![id()], fields()].concat()) };
    let coded = |sqlite| Model { sqlite, ..Model::new("Part", [vec![key()], fields()].concat()) };
    let plain = SqliteOptions::default();
    let options = |sqlite| {
        vec![Operation::AlterModelOptions(AlterModelOptions {
            model: "Part".into(),
            comment: None,
            managed: Management::Managed,
            sqlite: Some(sqlite),
        })]
    };
    let of = |name: &str, model: Model, operations: Vec<Operation>| Case {
        name: name.to_owned(),
        models: vec![model],
        operations,
    };
    let both = STRICT.and(WITHOUT_ROWID);
    vec![
        case("create_model_strict", vec![Operation::CreateModel(CreateModel { model: counted(STRICT) })]),
        case("create_model_without_rowid", vec![Operation::CreateModel(CreateModel { model: coded(both) })]),
        of("alter_model_options_strict", counted(plain), options(STRICT)),
        of("alter_model_options_strict_gone", counted(STRICT), options(plain)),
        of("alter_model_options_without_rowid", coded(plain), options(WITHOUT_ROWID)),
        of("alter_model_options_without_rowid_strict", coded(WITHOUT_ROWID), options(STRICT)),
        of("add_field_strict", counted(STRICT), vec![add("Part", null(varchar("note", 80)), None)]),
        of(
            "alter_field_strict",
            coded(both),
            vec![
                alter("Part", Field::new("weight", ColumnType::F64), None),
                alter("Part", null(Field::new("sold", ColumnType::Bool)), None),
            ],
        ),
    ]
}
