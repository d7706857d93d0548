//! References by other fields than a primary key of one field (Django's AD-025, OP-071, OP-074, OP-084, SE-060).

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::{Constraint, ReferenceRule};
use modelshift_schema::field::Field;
use modelshift_schema::model::Model;
use modelshift_schema::name::ModelKey;
use modelshift_schema::operation::{
    AddConstraint, AlterConstraint, AlterPrimaryKey, CreateModel, DeleteModel, Operation, RemoveConstraint,
    RenameConstraint, RenameModel,
};
use modelshift_schema::relation::{Deferrable, ForeignKey, ReferentialAction};

use super::operations::{add, case, rename};
use super::{APP, Case, alter, id, null, reference, unique, varchar};

fn to_field(name: &str, to: &str, to_field: &str) -> Field {
    let relation = ForeignKey::new(ModelKey::new(APP, to));
    let on_update = ReferentialAction::Cascade;
    Field::foreign_key(name, ForeignKey { to_field: Some(to_field.into()), on_update, ..relation })
}

fn handle(max_length: u32) -> Field {
    Field { unique: true, ..varchar("handle", max_length) }
}

/// Returns a case of books whose authors go by a handle.
fn by_handle(name: &str, operations: Vec<Operation>) -> Case {
    let author = Model::new("Author", vec![id(), handle(40), null(Field::new("age", ColumnType::I32))]);
    let book = Model::new("Book", vec![id(), to_field("writer", "Author", "handle")]);
    Case { name: name.to_owned(), models: vec![author, book], operations }
}

/// Returns the cases.
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
    let rename_model = |before: &str, after: &str| Operation::RenameModel(RenameModel::new(before, after));
    vec![
        case(
            "add_field_reference_by_field",
            vec![add("Post", null(to_field("editor", "Author", "email")), None)],
        ),
        by_handle(
            "create_model_reference_by_field",
            vec![Operation::CreateModel(CreateModel { model: chapter })],
        ),
        by_handle(
            "alter_field_reference_by_key",
            vec![alter("Book", reference("writer", "Author", ReferentialAction::Cascade), None)],
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

/// Returns an order whose lines go by two fields.
fn line() -> Model {
    Model::new(
        "Line",
        vec![
            Field {
                primary_key: true,
                index: false,
                ..reference("order", "Bill", ReferentialAction::Cascade)
            },
            Field { primary_key: true, ..Field::new("number", ColumnType::I32) },
            varchar("title", 20),
        ],
    )
}

fn to_line(fields: [&str; 2], to_fields: [&str; 2]) -> ReferenceRule {
    let names = |names: [&str; 2]| names.map(Into::into).to_vec();
    ReferenceRule::new(names(fields), ModelKey::new(APP, "Line"), names(to_fields))
}

/// Returns the model that refers to a line, by fields of its own.
fn parcel(rule: Option<ReferenceRule>) -> Model {
    let fields = vec![
        id(),
        null(Field::new("bill_no", ColumnType::I64)),
        null(Field::new("line_no", ColumnType::I32)),
    ];
    let mut parcel = Model::new("Parcel", fields);
    parcel.constraints.extend(rule.map(|rule| Constraint::Reference(rule).named("parcel_of_line")));
    parcel
}

fn with_lines(name: &str, rule: Option<ReferenceRule>, operations: Vec<Operation>) -> Case {
    let bill = Model::new("Bill", vec![id(), varchar("title", 20)]);
    Case { name: name.to_owned(), models: vec![bill, line(), parcel(rule)], operations }
}

fn key_order(fields: &[&str]) -> Operation {
    let order = fields.iter().map(|field| (*field).into()).collect();
    Operation::AlterPrimaryKey(AlterPrimaryKey { model: "Line".into(), order })
}

fn add_rule_of_all() -> Operation {
    let names = |names: [&str; 3]| names.map(Into::into).to_vec();
    let (own, to) = (names(["bill_no", "line_no", "name"]), names(["order", "number", "title"]));
    let rule = ReferenceRule::new(own, ModelKey::new(APP, "Line"), to);
    let constraint = Constraint::Reference(rule).named("parcel_of_line");
    Operation::AddConstraint(AddConstraint { model: "Parcel".into(), constraint })
}

/// Returns the cases of keys that get another order.
pub(super) fn orders_of_keys() -> Vec<Case> {
    vec![
        with_lines(
            "alter_key_order_of_reference",
            Some(to_line(["bill_no", "line_no"], ["order", "number"])),
            vec![key_order(&["number", "order"]), rename("Line", "number", "position")],
        ),
        with_lines(
            "alter_key_order_of_fields",
            None,
            vec![
                key_order(&["number", "order"]),
                alter("Line", Field { primary_key: true, ..varchar("title", 20) }, None),
                add("Parcel", null(varchar("name", 20)), None),
                key_order(&["title", "order", "number"]),
                add_rule_of_all(),
            ],
        ),
    ]
}

/// Returns the cases of references over several fields.
pub(super) fn over_fields() -> Vec<Case> {
    let rule = || to_line(["bill_no", "line_no"], ["order", "number"]);
    let turned = to_line(["line_no", "bill_no"], ["number", "order"]);
    let cascade = ReferenceRule { on_delete: ReferentialAction::Cascade, ..rule() };
    let add_rule = |rule: ReferenceRule| {
        let constraint = Constraint::Reference(rule).named("parcel_of_line");
        Operation::AddConstraint(AddConstraint { model: "Parcel".into(), constraint })
    };
    let remove_rule = || {
        let (model, name) = ("Parcel".into(), "parcel_of_line".into());
        Operation::RemoveConstraint(RemoveConstraint { model, name })
    };
    let rename_model = |before: &str, after: &str| Operation::RenameModel(RenameModel::new(before, after));
    let long = |name: &str| Field::new(name, ColumnType::I64);
    vec![
        with_lines("add_constraint_reference", None, vec![add_rule(cascade)]),
        with_lines("add_constraint_reference_turned", None, vec![add_rule(turned)]),
        with_lines(
            "add_constraint_reference_without_index",
            None,
            vec![add_rule(ReferenceRule { index: false, ..rule() })],
        ),
        with_lines("remove_constraint_reference", Some(rule()), vec![remove_rule()]),
        with_lines(
            "rename_constraint_reference",
            Some(rule()),
            vec![Operation::RenameConstraint(RenameConstraint {
                model: "Parcel".into(),
                before: "parcel_of_line".into(),
                after: "parcel_line".into(),
            })],
        ),
        with_lines(
            "alter_constraint_index",
            Some(rule()),
            vec![Operation::AlterConstraint(AlterConstraint {
                model: "Parcel".into(),
                constraint: Constraint::Reference(ReferenceRule { index: false, ..rule() })
                    .named("parcel_of_line"),
            })],
        ),
        with_lines(
            "alter_constraint_deferrable",
            Some(rule()),
            vec![Operation::AlterConstraint(AlterConstraint {
                model: "Parcel".into(),
                constraint: Constraint::Reference(ReferenceRule {
                    deferrable: Some(Deferrable::Deferred),
                    ..rule()
                })
                .named("parcel_of_line"),
            })],
        ),
        with_lines(
            "rename_both_sides_of_reference",
            Some(rule()),
            vec![
                rename("Line", "number", "position"),
                rename("Line", "order", "bill"),
                rename("Parcel", "line_no", "position"),
                rename_model("Line", "Entry"),
                rename_model("Parcel", "Box"),
            ],
        ),
        with_lines(
            "alter_key_of_reference",
            Some(rule()),
            vec![
                remove_rule(),
                alter("Line", Field { primary_key: true, ..long("number") }, None),
                alter("Parcel", null(long("line_no")), None),
                add_rule(rule()),
            ],
        ),
        with_lines(
            "delete_model_reference",
            Some(rule()),
            vec![
                Operation::DeleteModel(DeleteModel { model: "Parcel".into() }),
                Operation::DeleteModel(DeleteModel { model: "Line".into() }),
            ],
        ),
    ]
}
