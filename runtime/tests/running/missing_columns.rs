//! A column that a person dropped is an error wherever a statement of SQLite names it, and no text of that name.

use modelshift::error::ErrorKind;
use modelshift_schema::choices::{Choice, Choices};
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::{Constraint, UniqueRule};
use modelshift_schema::expr::{BinaryOp, Expr, Function, Literal};
use modelshift_schema::field::Field;
use modelshift_schema::generated::{Generated, Storage};
use modelshift_schema::index::{Index, IndexPart};
use modelshift_schema::name::ModelKey;
use modelshift_schema::operation::{AddConstraint, AddField, AddIndex, Operation};
use modelshift_schema::relation::ManyToMany;

use crate::support::{Entry, Place, alter_field, create, id, varchar};

fn first() -> Entry {
    let status = Field { null: true, ..Field::new("status", ColumnType::Text) };
    ("0001_initial", vec![], vec![create("Author", vec![id(), varchar("name"), varchar("nick"), status])])
}

fn index(parts: Vec<IndexPart>, when: Option<Expr>) -> Operation {
    let index = Index { name: Some("blog_author_idx".into()), when, ..Index::new(parts) };
    Operation::AddIndex(AddIndex { model: "Author".into(), index })
}

fn lower() -> Expr {
    Expr::Call { function: Function::Lower, arguments: vec![Expr::name("nick")] }
}

fn statuses() -> Field {
    let variant = Choice { name: "Draft".to_owned(), value: Literal::Text("draft".to_owned()) };
    let choices = Choices { variants: vec![variant], ..Choices::as_written("Status") };
    Field { null: true, ..Field::new("status", ColumnType::Choices(choices)) }
}

/// Returns operations that are done in place, and the column that each reads.
fn readers() -> Vec<(&'static str, Operation)> {
    let condition = || Expr::binary(BinaryOp::Ne, Expr::name("nick"), Expr::text("x"));
    let unique =
        UniqueRule { name: Some("blog_author_uniq".into()), ..UniqueRule::over(vec!["nick".into()]) };
    let unique = Constraint::Unique(unique);
    let computed = Field {
        null: true,
        generated: Some(Generated { expression: lower(), storage: Storage::Virtual }),
        ..Field::new("small", ColumnType::Text)
    };
    let add = |field, backfill| Operation::AddField(AddField { model: "Author".into(), field, backfill });
    let copy = Field { null: true, ..varchar("copy") };
    vec![
        ("nick", index(vec![IndexPart::ascending(Expr::name("nick"))], None)),
        ("nick", index(vec![IndexPart::ascending(lower())], None)),
        ("nick", index(vec![IndexPart::ascending(Expr::name("name"))], Some(condition()))),
        ("nick", Operation::AddConstraint(AddConstraint { model: "Author".into(), constraint: unique })),
        ("nick", alter_field("Author", Field { unique: true, ..varchar("nick") })),
        ("nick", add(computed, None)),
        ("nick", add(copy, Some(lower()))),
        ("status", alter_field("Author", statuses())),
        ("status", alter_field("Author", Field::new("status", ColumnType::Text))),
    ]
}

#[tokio::test]
async fn what_reads_a_missing_column_is_refused_by_the_database() {
    for (column, operation) in readers() {
        let place = Place::new();
        place.migrator(&[first()]).await.migrate().await.unwrap();
        place.run("INSERT INTO blog_author (name, nick) VALUES ('a', 'A')").await;
        place.run(&format!("ALTER TABLE blog_author DROP COLUMN {column}")).await;
        let everything = "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name";
        let before = place.texts(everything).await;
        let entry = ("0002_second", vec!["blog.0001_initial"], vec![operation.clone()]);
        let migrated = place.migrator(&[first(), entry]).await.migrate().await;
        let Err(error) = migrated else { panic!("{operation:?}: {migrated:?}") };
        let told = format!("{error}: {:?}", error.kind());
        let said = [
            format!("no such column: {column}"),
            format!("no such column: blog_author.{column}"),
            format!("has no column `{column}`"),
        ];
        assert!(said.iter().any(|it| told.contains(it)), "{operation:?}: {told}");
        assert_eq!(place.texts(everything).await, before, "{operation:?}");
    }
}

#[tokio::test]
async fn an_index_written_between_double_quotes_is_the_same_index() {
    let place = Place::new();
    let operation = index(vec![IndexPart::ascending(lower())], None);
    let entries = [first(), ("0002_second", vec!["blog.0001_initial"], vec![operation])];
    let mut migrator = place.migrator(&entries).await;
    migrator.migrate().await.unwrap();
    // As an earlier version wrote it.
    place
        .run("DROP INDEX blog_author_idx; CREATE INDEX \"blog_author_idx\" ON \"blog_author\" ((LOWER(\"nick\")))")
        .await;
    assert!(migrator.check().await.unwrap().drift.is_empty());
    let longer = (
        "0003_third",
        vec!["blog.0002_second"],
        vec![alter_field("Author", Field::new("name", ColumnType::Text))],
    );
    let mut migrator = place.migrator(&[entries.to_vec(), vec![longer]].concat()).await;
    migrator.migrate().await.unwrap();
    assert!(migrator.check().await.unwrap().drift.is_empty());
}

#[tokio::test]
async fn a_strict_table_takes_columns_of_every_type() {
    for holds in ColumnType::samples() {
        let place = Place::new();
        place.migrator(&[first()]).await.migrate().await.unwrap();
        place
            .run(
                "DROP TABLE blog_author; CREATE TABLE blog_author (id INTEGER PRIMARY KEY AUTOINCREMENT,
                 name TEXT NOT NULL, nick TEXT NOT NULL, status TEXT) STRICT;
                 INSERT INTO blog_author (name, nick) VALUES ('a', 'A')",
            )
            .await;
        let field = Field { null: true, ..Field::new("more", holds.clone()) };
        let operation = Operation::AddField(AddField { model: "Author".into(), field, backfill: None });
        let entry = ("0002_second", vec!["blog.0001_initial"], vec![operation]);
        match place.migrator(&[first(), entry]).await.migrate().await {
            Ok(_) => assert_eq!(place.number("SELECT count(*) FROM blog_author WHERE more IS NULL").await, 1),
            Err(error) => assert!(matches!(error.kind(), ErrorKind::Plan(_)), "{holds:?}: {error}"),
        }
    }
}

/// Columns of join tables had names without a limit once.
#[tokio::test]
async fn a_join_table_with_a_long_column_of_an_earlier_version_is_told_and_never_guessed() {
    let long = "AnAuthorWhoseNameIsLongerThanWhatPostgresTakesForTheNameOfAColumnOfATable";
    let tags = Field::many_to_many("tags", ManyToMany::new(ModelKey::new("_", "Tag")));
    let models = vec![create("Tag", vec![id()]), create(long, vec![id(), tags])];
    let first: Entry = ("0001_initial", vec![], models);
    let place = Place::new();
    place.migrator(std::slice::from_ref(&first)).await.migrate().await.unwrap();
    let of_join = "FROM sqlite_schema, pragma_table_info(sqlite_schema.name) AS column
                   WHERE sqlite_schema.name LIKE 'blog_an_author%' AND column.name LIKE 'an_author%'";
    let table = place.texts(&format!("SELECT sqlite_schema.name {of_join}")).await;
    let column = place.texts(&format!("SELECT column.name {of_join}")).await;
    assert_eq!(column.len(), 63, "{column}");
    let earlier =
        "an_author_whose_name_is_longer_than_what_postgres_takes_for_the_name_of_a_column_of_a_table_id";
    place.run(&format!("ALTER TABLE {table} RENAME COLUMN {column} TO {earlier}")).await;
    let drift = place.migrator(std::slice::from_ref(&first)).await.check().await.unwrap().drift;
    assert!(drift.iter().any(|it| it.contains(&column)), "{drift:?}");

    let key = Field { primary_key: true, ..Field::new("id", ColumnType::I32) };
    let second = ("0002_second", vec!["blog.0001_initial"], vec![alter_field("Tag", key)]);
    let mut migrator = place.migrator(&[first, second]).await;
    let error = migrator.migrate().await.unwrap_err();
    let ErrorKind::Refused { what, .. } = error.kind() else { panic!("{error:?}") };
    assert_eq!(*what, format!("table `{table}` has no column `{column}`, which the migrations have made"));
    place.run(&format!("ALTER TABLE {table} RENAME COLUMN {earlier} TO {column}")).await;
    migrator.migrate().await.unwrap();
    assert!(migrator.check().await.unwrap().is_empty());
}
