//! Rows that change under rules whose check PostgreSQL puts off, and what its indexes can do.

use modelshift::dialect::{Capabilities, Dialect};
use modelshift::plan::Direction;
use modelshift::planner::{PlanFault, plan_migration};
use modelshift_schema::choices::Storage;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::{Constraint, UniqueRule};
use modelshift_schema::expr::Expr;
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::index::{Index, IndexMethod, IndexPart};
use modelshift_schema::migration::Migration;
use modelshift_schema::model::Model;
use modelshift_schema::operation::{AddField, AddIndex, AlterField, CreateExtension, Operation, RenameField};
use modelshift_schema::relation::{Deferrable, ReferentialAction};
use modelshift_schema::state::ProjectState;
use modelshift_tests::cases::{self, Case};
use modelshift_tests::database::{Database, Rejected};

async fn go(database: &mut Database, migration: &Migration, before: &ProjectState) -> Result<(), Rejected> {
    let capabilities = Capabilities::default_for(Dialect::Postgres);
    let plan = plan_migration(migration, Direction::Forward, before, Dialect::Postgres, &capabilities);
    database.run(&plan.expect("the case is planned")).await
}

async fn room(name: &str, case: &Case) -> Database {
    let mut database = Database::fresh(Dialect::Postgres).await.expect("the server starts");
    database.enter(name).await.expect("an empty schema");
    go(&mut database, &case.first(), &ProjectState::default()).await.expect("the tables are made");
    database
}

fn case(models: Vec<Model>, operations: Vec<Operation>) -> Case {
    Case { name: "put_off".to_owned(), models, operations }
}

fn late(null: bool) -> Field {
    let mut field = cases::reference("author", "Author", ReferentialAction::Cascade);
    if let FieldKind::ForeignKey(relation) = &mut field.kind {
        relation.deferrable = Some(Deferrable::Deferred);
    }
    Field { null, ..field }
}

#[tokio::test]
async fn rows_get_values_under_a_reference_that_is_put_off() {
    let note = Model::new("Note", vec![cases::id(), late(true)]);
    let alter = AlterField { backfill: Some(Expr::int(2)), ..AlterField::new("Note", late(false)) };
    let copy = AddField {
        model: "Note".into(),
        field: Field::new("copy", ColumnType::I64),
        backfill: Some(Expr::name("author")),
    };
    let operations = vec![Operation::AlterField(alter), Operation::AddField(copy)];
    let case = case(vec![cases::author(), note], operations);
    let mut database = room("put_off_reference", &case).await;
    database.execute("INSERT INTO blog_author (name) VALUES ('a'), ('b')").await.unwrap();
    database.execute("INSERT INTO blog_note (author_id) VALUES (1), (NULL)").await.unwrap();
    go(&mut database, &case.second(), &case.state()).await.unwrap();
    let rows = database.rows("SELECT author_id, copy FROM blog_note ORDER BY id").await.unwrap();
    assert_eq!(rows, ["1 | 1", "2 | 2"]);
    let deferred = "SELECT condeferred FROM pg_constraint WHERE conname = 'blog_note_author_id_fk'";
    assert_eq!(database.rows(deferred).await.unwrap(), ["t"]);
}

#[tokio::test]
async fn variants_swap_under_a_unique_rule_that_is_put_off() {
    let status = |draft: &str, live: &str| {
        cases::choices("status", Storage::Text, &[("Draft", draft), ("Live", live)])
    };
    let mut task = Model::new("Task", vec![cases::id(), status("draft", "live")]);
    let rule =
        UniqueRule { deferrable: Some(Deferrable::Deferred), ..UniqueRule::over(vec!["status".into()]) };
    task.constraints.push(Constraint::Unique(rule).named("task_status_key"));
    let alter = Operation::AlterField(AlterField::new("Task", status("live", "draft")));
    let case = case(vec![task], vec![alter]);
    let mut database = room("put_off_unique", &case).await;
    database.execute("INSERT INTO blog_task (status) VALUES ('draft'), ('live')").await.unwrap();
    go(&mut database, &case.second(), &case.state()).await.unwrap();
    let rows = database.rows("SELECT status FROM blog_task ORDER BY id").await.unwrap();
    assert_eq!(rows, ["live", "draft"]);
}

fn indexed(field: &str, method: IndexMethod, class: Option<&str>, include: &[&str]) -> Operation {
    let part =
        IndexPart { operator_class: class.map(str::to_owned), ..IndexPart::ascending(Expr::name(field)) };
    let index = Index {
        name: Some("post_special_idx".into()),
        method: Some(method),
        include: include.iter().map(|it| (*it).into()).collect(),
        ..Index::new(vec![part])
    };
    Operation::AddIndex(AddIndex { model: "Post".into(), index })
}

#[tokio::test]
async fn an_spgist_index_includes_fields_and_a_gin_index_takes_integers_of_an_extension() {
    let extension = Operation::CreateExtension(CreateExtension { name: "btree_gin".to_owned() });
    let models = || vec![cases::author(), cases::post()];
    for (name, operations) in [
        ("spgist", vec![indexed("title", IndexMethod::Spgist, None, &["rating"])]),
        ("gin", vec![extension, indexed("rating", IndexMethod::Gin, Some("int2_ops"), &[])]),
    ] {
        let case = case(models(), operations);
        let mut database = room(name, &case).await;
        go(&mut database, &case.second(), &case.state()).await.unwrap();
        let methods = "SELECT amname FROM pg_class c JOIN pg_am a ON a.oid = c.relam \
                       WHERE c.oid = 'post_special_idx'::regclass";
        assert_eq!(database.rows(methods).await.unwrap(), [name]);
    }
}

fn refused(operation: Operation) -> String {
    let case = case(vec![cases::author(), cases::post()], vec![operation]);
    let capabilities = Capabilities::default_for(Dialect::Postgres);
    let plan =
        plan_migration(&case.second(), Direction::Forward, &case.state(), Dialect::Postgres, &capabilities);
    let error = plan.expect_err("the plan is refused");
    assert!(matches!(error.fault, PlanFault::Unsupported(_)), "{error}");
    error.fault.to_string()
}

#[test]
fn what_an_index_cannot_compare_is_told_by_its_type() {
    let told = refused(indexed("rating", IndexMethod::Gin, None, &[]));
    assert!(told.contains("`on(ops(rating, \"int2_ops\"))` of the extension `btree_gin`"), "{told}");
    let told = refused(indexed("rating", IndexMethod::Gist, None, &[]));
    assert!(told.contains("\"gist_int2_ops\"))` of the extension `btree_gist`"), "{told}");
    let told = refused(indexed("title", IndexMethod::Gin, None, &[]));
    assert!(told.contains("`on(ops(title, \"gin_trgm_ops\"))` of the extension `pg_trgm`"), "{told}");
}

#[test]
fn columns_that_each_table_has_are_refused() {
    let rename = |after: &str| Operation::RenameField(RenameField::new("Post", "title", after));
    for name in ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"] {
        let field = cases::null(Field::new(name, ColumnType::I64));
        let told = refused(Operation::AddField(AddField { model: "Post".into(), field, backfill: None }));
        assert!(told.contains(&format!("`#[field(column = \"{name}_value\")]`")), "{told}");
        assert_eq!(refused(rename(name)), told);
    }
}
