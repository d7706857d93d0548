//! What hangs on a table lives through its rebuild: rows, children, counters, indexes, triggers, views.

use modelshift::error::ErrorKind;
use modelshift_schema::choices::{Choice, Choices};
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::{Expr, Literal};
use modelshift_schema::field::Field;
use modelshift_schema::operation::{DeleteModel, Operation};

use crate::support::{
    Entry, Place, alter_field, author_rating, blog, create, id, initial, rating_range, remove_field, seed,
};

const OBJECTS: &str = "
    CREATE INDEX by_hand ON blog_author (name COLLATE NOCASE) WHERE name <> '';
    CREATE VIEW names AS SELECT a.name, count(*) AS posts FROM blog_author a JOIN blog_post p ON p.author_id = a.id
        GROUP BY a.id;
    CREATE TABLE log (text);
    CREATE TRIGGER on_author AFTER UPDATE OF name ON blog_author BEGIN
        INSERT INTO log SELECT 'author ' || NEW.name; END;
    CREATE TRIGGER on_post AFTER INSERT ON blog_post BEGIN
        INSERT INTO log SELECT 'post of ' || name FROM blog_author WHERE id = NEW.author_id; END;
";

async fn place_with_objects() -> Place {
    let place = Place::new();
    place.migrator(&[initial()]).await.migrate().await.unwrap();
    seed(&place).await;
    place.run(OBJECTS).await;
    place
}

#[tokio::test]
async fn a_parent_is_rebuilt_and_nothing_that_hangs_on_it_is_lost() {
    let place = place_with_objects().await;
    place
        .run(
            "INSERT INTO blog_author (id, name) VALUES (500, 'gone'); DELETE FROM blog_author WHERE id = 500",
        )
        .await;
    let mut migrator = place.migrator(&[initial(), author_rating(), rating_range()]).await;
    let plan = migrator.plan("").await.unwrap();
    let rebuilds = plan.migrations[1].statements().filter(|it| it.sql.starts_with("DROP TABLE")).count();
    assert_eq!(rebuilds, 1, "both changes are one rebuild");
    migrator.migrate().await.unwrap();
    assert_eq!(place.number("SELECT count(*) FROM blog_author").await, 3);
    assert_eq!(place.number("SELECT count(*) FROM blog_post").await, 6, "children are intact");
    assert_eq!(place.texts("SELECT name || posts FROM names ORDER BY name").await, "Ann2 Bob2 Cid2");
    place.run("UPDATE blog_author SET name = 'Eve' WHERE id = 7; INSERT INTO blog_post (title, author_id) VALUES ('g', 7)").await;
    assert_eq!(place.texts("SELECT text FROM log").await, "author Eve post of Eve");
    let objects =
        "SELECT name FROM sqlite_schema WHERE name IN ('by_hand', 'blog_author_rating_idx') ORDER BY name";
    assert_eq!(place.texts(objects).await.split(' ').filter(|it| *it == "by_hand").count(), 1);
    place.run("INSERT INTO blog_author (name) VALUES ('next')").await;
    assert_eq!(place.number("SELECT max(id) FROM blog_author").await, 501, "a key is never given out again");
    place.run("DELETE FROM blog_author WHERE id = 1").await;
    assert_eq!(place.number("SELECT count(*) FROM blog_post").await, 5, "references cascade as before");
    assert!(migrator.check().await.unwrap().is_empty());
    migrator.migrate_to("0001").await.unwrap();
    assert_eq!(place.texts("SELECT name || posts FROM names ORDER BY name").await, "Bob2 Eve3");
    assert_eq!(place.number("SELECT count(*) FROM sqlite_schema WHERE name = 'by_hand'").await, 1);
}

#[tokio::test]
async fn what_was_broken_before_is_named_and_stops_nothing() {
    let place = place_with_objects().await;
    place
        .run(
            "PRAGMA foreign_keys = OFF; INSERT INTO blog_post (title, author_id) VALUES ('orphan', 99);
              CREATE VIEW broken AS SELECT nonsense FROM blog_author",
        )
        .await;
    let mut migrator = place.migrator(&[initial(), author_rating(), rating_range()]).await;
    let report = migrator.migrate().await.unwrap();
    assert_eq!(
        report.warnings,
        ["1 rows of table `blog_post` refer to rows of `blog_author` that are not there; they did so before"]
    );
    assert_eq!(place.number("SELECT count(*) FROM blog_post WHERE author_id = 99").await, 1);
}

async fn refusal(place: &Place, entry: Entry) -> String {
    let mut migrator = place.migrator(&[initial(), entry]).await;
    let before = place.texts("SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name").await;
    let error = migrator.migrate().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Refused { .. } | ErrorKind::Statement { .. }), "{error}");
    assert_eq!(place.texts("SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name").await, before);
    assert_eq!(place.applied().await, "blog.0001_initial");
    assert_eq!(place.number("SELECT count(*) FROM blog_post").await, 6);
    // Settings are as they were: the same connection enforces references still.
    let mut connection = migrator.into_sqlite().await.unwrap();
    let enforced: i64 = sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(&mut connection).await.unwrap();
    assert_eq!(enforced, 1);
    let mut told = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        told = format!("{told}: {cause}");
        source = cause.source();
    }
    told
}

fn second(operations: Vec<Operation>) -> Entry {
    ("0002_second", vec!["blog.0001_initial"], operations)
}

#[tokio::test]
async fn what_the_migration_itself_would_break_is_refused() {
    let place = place_with_objects().await;
    let told = refusal(&place, second(vec![remove_field("Author", "name")])).await;
    assert!(told.contains("names") || told.contains("by_hand"), "{told}");

    place.run("DROP INDEX by_hand; DROP VIEW names; DROP TRIGGER on_post").await;
    let unique = Field { unique: true, ..Field::new("name", ColumnType::I64) };
    let told = refusal(&place, second(vec![remove_field("Author", "name"), unique_name(unique)])).await;
    assert!(told.contains("Author") || told.contains("name"), "{told}");
}

fn unique_name(field: Field) -> Operation {
    crate::support::add_field("Author", Field { null: true, name: "other".into(), ..field })
}

#[tokio::test]
async fn a_trigger_of_another_table_that_would_break_is_refused() {
    let place = place_with_objects().await;
    place.run("DROP INDEX by_hand; DROP VIEW names; DROP TRIGGER on_author").await;
    let told = refusal(&place, second(vec![remove_field("Author", "name")])).await;
    assert!(told.contains("blog_post") || told.contains("on_post"), "{told}");
}

#[tokio::test]
async fn rows_that_would_refer_to_nothing_are_refused() {
    let place = place_with_objects().await;
    place.run("DROP VIEW names; DROP TRIGGER on_post; DROP TRIGGER on_author").await;
    // The way of raw SQL past the checks of the models.
    let text = "DELETE FROM blog_author WHERE id = 7";
    let longer = alter_field("Author", Field::new("name", ColumnType::Text));
    let told = refusal(&place, second(vec![longer, crate::support::run_sql(text, None)])).await;
    assert!(told.contains("2 rows of table `blog_post` would refer to rows of `blog_author`"), "{told}");
}

#[tokio::test]
async fn values_that_do_not_fit_a_new_type_are_refused() {
    let place = place_with_objects().await;
    place.run("DROP VIEW names; DROP TRIGGER on_post; DROP TRIGGER on_author; DROP INDEX by_hand").await;
    let number = alter_field("Author", Field::new("name", ColumnType::I32));
    let told = refusal(&place, second(vec![number])).await;
    assert!(told.contains("`name`"), "{told}");
}

#[tokio::test]
async fn tables_come_and_go_with_their_children() {
    let place = place_with_objects().await;
    place.run("DROP VIEW names; DROP TRIGGER on_post; DROP TRIGGER on_author").await;
    let delete = |name: &str| Operation::DeleteModel(DeleteModel { model: name.into() });
    let entry = second(vec![delete("Post"), delete("Author")]);
    let mut migrator = place.migrator(&[initial(), entry]).await;
    migrator.migrate().await.unwrap();
    assert_eq!(place.number("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'blog%'").await, 0);
    migrator.migrate_to("0001").await.unwrap();
    assert!(place.migrator(&[initial()]).await.check().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_value_for_rows_that_exist_is_used_once() {
    let place = Place::new();
    place.migrator(&blog()).await.migrate_to("0001").await.unwrap();
    seed(&place).await;
    let age = Operation::AddField(modelshift_schema::operation::AddField {
        model: "Author".into(),
        field: Field::new("age", ColumnType::I16),
        backfill: Some(Expr::int(30)),
    });
    let mut migrator = place.migrator(&[initial(), second(vec![age])]).await;
    migrator.migrate().await.unwrap();
    assert_eq!(place.number("SELECT sum(age) FROM blog_author").await, 90);
    let default =
        "SELECT count(*) FROM pragma_table_info('blog_author') WHERE name = 'age' AND dflt_value IS NULL";
    assert_eq!(place.number(default).await, 1);
}

#[tokio::test]
async fn views_and_triggers_follow_a_rename_through_a_rebuild() {
    let place = place_with_objects().await;
    let mut all = blog();
    // The rename and a rebuild of the same table in one migration.
    all[3].2.insert(0, alter_field("Author", Field { unique: true, ..Field::new("name", ColumnType::Text) }));
    all[3].2.push(alter_field("Author", Field { null: true, ..Field::new("full_name", ColumnType::Text) }));
    let mut migrator = place.migrator(&all).await;
    migrator.migrate().await.unwrap();
    place
        .run("UPDATE blog_author SET full_name = 'Eve' WHERE id = 7; INSERT INTO blog_post (author_id) VALUES (7)")
        .await;
    assert_eq!(place.texts("SELECT text FROM log").await, "author Eve post of Eve");
    assert_eq!(place.number("SELECT sum(posts) FROM names").await, 7);
    assert_eq!(place.number("SELECT count(*) FROM sqlite_schema WHERE name = 'by_hand'").await, 1);
    assert!(migrator.check().await.unwrap().is_empty());
    migrator.migrate_to("0001").await.unwrap();
    assert_eq!(place.texts("SELECT name FROM blog_author ORDER BY id").await, "Ann Bob Eve");
    assert_eq!(place.number("SELECT sum(posts) FROM names").await, 7);
}

#[tokio::test]
async fn a_variant_that_rows_hold_stops_the_migration_before_anything_changes() {
    let status = |names: &[&str]| {
        let variant =
            |name: &&str| Choice { name: (*name).to_owned(), value: Literal::Text(name.to_lowercase()) };
        let variants = names.iter().map(variant).collect();
        let choices = Choices { variants, ..Choices::as_written("Status") };
        Field::new("status", ColumnType::Choices(choices))
    };
    let first: Entry = ("0001_initial", vec![], vec![create("Task", vec![id(), status(&["Draft", "Old"])])]);
    let fewer = alter_field("Task", status(&["Draft"]));
    let second: Entry = ("0002_alter_task_status", vec!["blog.0001_initial"], vec![fewer]);
    let place = Place::new();
    place.migrator(std::slice::from_ref(&first)).await.migrate().await.unwrap();
    place.run("INSERT INTO blog_task (status) VALUES ('draft'), ('old')").await;
    let mut migrator = place.migrator(&[first, second]).await;
    let error = migrator.migrate().await.unwrap_err();
    let ErrorKind::Refused { what, remedy, .. } = error.kind() else { panic!("{error:?}") };
    assert_eq!(what, "a row of `blog_task` holds in `status` another value than `draft`");
    assert!(
        remedy.contains("SELECT `status` FROM \"blog_task\" WHERE `status` NOT IN ('draft')"),
        "{remedy}"
    );
    assert_eq!(place.texts("SELECT status FROM blog_task ORDER BY id").await, "draft old");
    place.run("UPDATE blog_task SET status = 'draft'").await;
    migrator.migrate().await.unwrap();
    assert!(migrator.check().await.unwrap().is_empty());
    assert_eq!(place.number("SELECT count(*) FROM blog_task").await, 2);
}
