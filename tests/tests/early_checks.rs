//! Two changes of one table, the later of which rows do not suit: MySQL commits each statement, so that the rows are looked
//! at before the first.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use modelshift::dialect::{Capabilities, Dialect};
use modelshift::plan::Direction;
use modelshift::planner::plan_migration;
use modelshift_schema::choices::{Choice, Choices};
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::{Constraint, UniqueRule};
use modelshift_schema::expr::{BinaryOp, Expr, Literal};
use modelshift_schema::field::Field;
use modelshift_schema::migration::Migration;
use modelshift_schema::model::Model;
use modelshift_schema::name::ModelKey;
use modelshift_schema::operation::{
    AddConstraint, AddField, AlterField, Operation, RenameField, RenameModel,
};
use modelshift_schema::relation::ForeignKey;
use modelshift_schema::state::ProjectState;
use modelshift_tests::cases::{self, Case};
use modelshift_tests::database::{Database, Rejected};

const SHAPE: &str = "SELECT CONCAT(table_name, '.', column_name, ' ', column_type, ' ', is_nullable) \
    FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position";

fn choices(names: &[&str]) -> ColumnType {
    let variant =
        |name: &&str| Choice { name: (*name).to_owned(), value: Literal::Text(name.to_lowercase()) };
    let variants = names.iter().map(variant).collect();
    ColumnType::Choices(Choices { variants, ..Choices::as_written("Mood") })
}

fn alter(model: &str, field: Field) -> Operation {
    Operation::AlterField(AlterField::new(model, field))
}

fn constraint(model: &str, constraint: Constraint) -> Operation {
    Operation::AddConstraint(AddConstraint { model: model.into(), constraint })
}

/// Returns each kind of change that the rows do not suit, of the field `value` of a model by these names.
fn unsuited(model: &str, value: &str) -> Vec<(&'static str, Operation)> {
    let number = Field { null: true, ..Field::new(value, ColumnType::I64) };
    let short = Field { null: true, ..Field::new(value, ColumnType::I16) };
    let condition = Expr::binary(BinaryOp::Lt, Expr::name(value), Expr::int(100));
    vec![
        ("a type", alter(model, short)),
        ("NOT NULL", alter(model, Field::new(value, ColumnType::I64))),
        ("a unique field", alter(model, Field { unique: true, ..number })),
        ("a unique rule", constraint(model, Constraint::Unique(UniqueRule::over(vec![value.into()])))),
        ("a check", constraint(model, Constraint::Check { name: None, condition })),
        (
            "a reference",
            alter(
                model,
                Field {
                    null: true,
                    column: Some("value".into()),
                    ..Field::foreign_key(value, ForeignKey::new(ModelKey::new("blog", "Author")))
                },
            ),
        ),
    ]
}

async fn go(database: &mut Database, migration: &Migration, before: &ProjectState) -> Result<(), Rejected> {
    let capabilities = Capabilities::default_for(Dialect::Mysql);
    let plan = plan_migration(migration, Direction::Forward, before, Dialect::Mysql, &capabilities);
    database.run(&plan.expect("the case is planned")).await
}

async fn check(room: &str, first: Vec<Operation>, kind: &str, later: Operation) {
    let fields = vec![
        cases::id(),
        Field { null: true, ..Field::new("value", ColumnType::I64) },
        Field { null: true, ..Field::new("mood", choices(&["Good", "Bad"])) },
    ];
    let models = vec![cases::author(), Model::new("Note", fields)];
    let operations = [first, vec![later]].concat();
    let case = Case { name: "early".to_owned(), models, operations };
    let mut database = Database::fresh(Dialect::Mysql).await.expect("the server starts");
    database.enter(room).await.expect("an empty schema");
    go(&mut database, &case.first(), &ProjectState::default()).await.expect("the tables are made");
    let rows = "INSERT INTO blog_note (value, mood) VALUES (99999, 'good'), (99999, 'bad'), (NULL, NULL)";
    database.execute(rows).await.unwrap();
    let before = database.rows(SHAPE).await.unwrap();
    let refused = go(&mut database, &case.second(), &case.state()).await;
    assert!(refused.is_err(), "{kind}: {:?}", case.operations);
    assert_eq!(database.rows(SHAPE).await.unwrap(), before, "{kind}: {:?}", case.operations);
}

#[tokio::test]
async fn later_changes_of_a_table_are_checked_before_the_first() {
    let added = Field { null: true, ..Field::new("more", ColumnType::I64) };
    let add = Operation::AddField(AddField { model: "Note".into(), field: added, backfill: None });
    for (kind, later) in unsuited("Note", "value") {
        check("early_checks", vec![add.clone()], kind, later).await;
    }
    let fewer = Field { null: true, ..Field::new("mood", choices(&["Good"])) };
    check("early_checks", vec![add], "a variant that is removed", alter("Note", fewer)).await;
}

#[tokio::test]
async fn later_changes_are_checked_before_a_rename() {
    let field = Operation::RenameField(RenameField::new("Note", "value", "worth"));
    let model = Operation::RenameModel(RenameModel::new("Note", "Remark"));
    for (kind, later) in unsuited("Note", "worth") {
        check("early_renames", vec![field.clone()], kind, later).await;
    }
    for (kind, later) in unsuited("Remark", "value") {
        check("early_renames", vec![model.clone()], kind, later).await;
    }
    let field = Operation::RenameField(RenameField::new("Remark", "value", "worth"));
    for (kind, later) in unsuited("Remark", "worth") {
        check("early_renames", vec![model.clone(), field.clone()], kind, later).await;
    }
}
