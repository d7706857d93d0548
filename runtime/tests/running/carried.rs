//! What a person made on a table of SQLite lives through its rebuild, or the migration is refused.

use modelshift::error::ErrorKind;
use modelshift_schema::choices::{Choice, Choices};
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::{Expr, Literal};
use modelshift_schema::field::Field;
use modelshift_schema::name::ModelKey;
use modelshift_schema::operation::{AddField, Operation};
use modelshift_schema::relation::ManyToMany;

use crate::support::{
    Entry, Place, add_field, alter_field, create, id, initial, rating_range, remove_field, run_sql, seed,
    varchar,
};

fn second(operations: Vec<Operation>) -> Entry {
    ("0002_second", vec!["blog.0001_initial"], operations)
}

/// Rebuilds the table of authors.
fn longer() -> Entry {
    second(vec![alter_field("Author", Field::new("name", ColumnType::Text))])
}

async fn place(first: &Entry, by_hand: &str) -> Place {
    let place = Place::new();
    place.migrator(std::slice::from_ref(first)).await.migrate().await.unwrap();
    place.run(by_hand).await;
    place
}

async fn seeded(by_hand: &str) -> Place {
    let place = place(&initial(), "").await;
    seed(&place).await;
    place.run(by_hand).await;
    place
}

/// Replaces the table of authors by another with the same rows.
async fn made_by_hand(definition: &str, columns: &str) -> Place {
    seeded(&format!(
        "PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON; CREATE TABLE by_hand {definition};
         INSERT INTO by_hand ({columns}) SELECT {columns} FROM blog_author;
         DROP TABLE blog_author; ALTER TABLE by_hand RENAME TO blog_author"
    ))
    .await
}

async fn definition(place: &Place) -> String {
    place.texts("SELECT sql FROM sqlite_schema WHERE name = 'blog_author'").await
}

/// Runs a migration that is refused, and returns what was found and what to do.
async fn refusal(place: &Place, entry: Entry) -> (String, String) {
    let everything = "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name";
    let before = place.texts(everything).await;
    let error = place.migrator(&[initial(), entry]).await.migrate().await.unwrap_err();
    let ErrorKind::Refused { what, remedy, .. } = error.kind() else { panic!("{error:?}") };
    assert_eq!(place.texts(everything).await, before);
    assert_eq!(place.number("SELECT count(*) FROM blog_author").await, 3);
    (what.clone(), remedy.clone())
}

#[tokio::test]
async fn columns_that_no_migration_made_keep_their_values_and_rules() {
    let place = seeded(
        "ALTER TABLE blog_author ADD COLUMN nick TEXT COLLATE NOCASE DEFAULT 'none' CHECK (nick <> '');
         ALTER TABLE blog_author ADD COLUMN shout AS (upper(nick));
         ALTER TABLE blog_author ADD COLUMN boss REFERENCES blog_author (id) ON DELETE SET NULL;
         UPDATE blog_author SET nick = 'n' || id, boss = 1 WHERE id <> 7",
    )
    .await;
    let mut migrator = place.migrator(&[initial(), longer()]).await;
    migrator.migrate().await.unwrap();
    let rows = "SELECT name || nick || shout || coalesce(boss, '-') FROM blog_author ORDER BY id";
    assert_eq!(place.texts(rows).await, "Annn1N11 Bobn2N21 CidnoneNONE-");
    let text = definition(&place).await;
    for clause in ["\"name\" text NOT NULL", "nick TEXT COLLATE NOCASE DEFAULT 'none' CHECK (nick <> '')"] {
        assert!(text.contains(clause), "{clause}: {text}");
    }
    place.run("PRAGMA foreign_keys = ON; DELETE FROM blog_author WHERE id = 1").await;
    assert_eq!(place.number("SELECT count(*) FROM blog_author WHERE boss IS NULL").await, 2);
    migrator.migrate_to("0001").await.unwrap();
    assert_eq!(place.texts("SELECT nick || shout FROM blog_author ORDER BY id").await, "n2N2 noneNONE");
}

#[tokio::test]
async fn a_column_of_a_migrations_own_sql_is_kept_in_the_same_and_in_later_migrations() {
    let sql = "ALTER TABLE blog_author ADD COLUMN extra; UPDATE blog_author SET extra = name";
    let longer = alter_field("Author", Field::new("name", ColumnType::Text));
    let rating =
        add_field("Author", Field { default: Some(Expr::int(0)), ..Field::new("rating", ColumnType::I32) });
    let place = seeded("").await;
    let third = (rating_range().0, vec!["blog.0002_second"], rating_range().2);
    let entries = [initial(), second(vec![run_sql(sql, None), longer, rating]), third];
    place.migrator(&entries).await.migrate().await.unwrap();
    assert_eq!(place.texts("SELECT extra FROM blog_author ORDER BY id").await, "Ann Bob Cid");
}

#[tokio::test]
async fn a_join_table_keeps_its_columns() {
    let tags = Field::many_to_many("tags", ManyToMany::new(ModelKey::new("_", "Tag")));
    let models = vec![create("Tag", vec![id()]), create("Note", vec![id(), tags])];
    let first: Entry = ("0001_initial", vec![], models);
    let place = place(
        &first,
        "INSERT INTO blog_tag (id) VALUES (4); INSERT INTO blog_note (id) VALUES (5);
         ALTER TABLE blog_note_tags ADD COLUMN since TEXT;
         INSERT INTO blog_note_tags (note_id, tag_id, since) VALUES (5, 4, 'today')",
    )
    .await;
    let key = Field { primary_key: true, ..Field::new("id", ColumnType::I32) };
    place.migrator(&[first, second(vec![alter_field("Tag", key)])]).await.migrate().await.unwrap();
    assert_eq!(place.texts("SELECT note_id || tag_id || since FROM blog_note_tags").await, "54today");
}

#[tokio::test]
async fn what_another_tool_made_of_a_known_column_stays() {
    let definition_by_hand = "(id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE NOT NULL DEFAULT 'x'
        UNIQUE ON CONFLICT IGNORE, CONSTRAINT no_z CHECK (name NOT LIKE 'z%'))";
    let place = made_by_hand(definition_by_hand, "id, name").await;
    let rating = Field { default: Some(Expr::int(0)), index: true, ..Field::new("rating", ColumnType::I32) };
    let age = AddField {
        model: "Author".into(),
        field: Field::new("age", ColumnType::I16),
        backfill: Some(Expr::int(30)),
    };
    let entry = second(vec![add_field("Author", rating), Operation::AddField(age)]);
    place.migrator(&[initial(), entry]).await.migrate().await.unwrap();
    let text = definition(&place).await;
    for clause in [
        "\"id\" integer PRIMARY KEY,",
        "\"name\" TEXT COLLATE NOCASE NOT NULL DEFAULT 'x' UNIQUE ON CONFLICT IGNORE",
        "CONSTRAINT no_z CHECK (name NOT LIKE 'z%')",
        "\"age\" smallint NOT NULL",
    ] {
        assert!(text.contains(clause), "{clause}: {text}");
    }
    assert_eq!(place.number("SELECT sum(age) FROM blog_author").await, 90);
    assert_eq!(place.number("SELECT count(*) FROM blog_post").await, 6);
}

#[tokio::test]
async fn strict_tables_and_tables_without_row_numbers_stay_so() {
    let nullable = Field { null: true, unique: true, ..varchar("slug") };
    let age = AddField {
        model: "Author".into(),
        field: Field::new("age", ColumnType::I16),
        backfill: Some(Expr::int(30)),
    };
    let operations = vec![Operation::AddField(age), add_field("Author", nullable)];
    for options in ["STRICT", "STRICT, WITHOUT ROWID", "WITHOUT ROWID"] {
        let place = made_by_hand(
            &format!("(id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL) {options}"),
            "id, name",
        )
        .await;
        let mut migrator = place.migrator(&[initial(), second(operations.clone())]).await;
        migrator.migrate().await.unwrap();
        assert!(definition(&place).await.ends_with(options), "{}", definition(&place).await);
        assert_eq!(place.number("SELECT sum(age) FROM blog_author").await, 90);
        migrator.migrate_to("0001").await.unwrap();
        assert!(definition(&place).await.ends_with(options), "{}", definition(&place).await);
        assert_eq!(place.texts("SELECT name FROM blog_author ORDER BY id").await, "Ann Bob Cid");
    }
}

#[tokio::test]
async fn counters_and_statistics_stay() {
    let place = seeded(
        "INSERT INTO blog_author (id, name) VALUES (500, 'gone'); DELETE FROM blog_author WHERE id = 500;
         CREATE INDEX by_hand ON blog_author (name, id); ANALYZE",
    )
    .await;
    let statistics = "SELECT tbl || coalesce(idx, '-') || stat FROM sqlite_stat1 ORDER BY 1";
    let before = place.texts(statistics).await;
    assert!(before.contains("blog_authorby_hand3 1 1"), "{before}");
    place.migrator(&[initial(), longer()]).await.migrate().await.unwrap();
    assert_eq!(place.texts(statistics).await, before);
    assert_eq!(place.number("SELECT seq FROM sqlite_sequence WHERE name = 'blog_author'").await, 500);
}

#[tokio::test]
async fn a_column_that_is_missing_stops_the_migration() {
    let place = place(&initial(), "").await;
    let no_name = "INSERT INTO blog_author (id, name) VALUES (1, 'a'), (2, 'b'), (7, 'c');
                   ALTER TABLE blog_author DROP COLUMN name";
    place.run(no_name).await;
    let (what, remedy) = refusal(&place, longer()).await;
    assert_eq!(what, "table `blog_author` has no column `name`, which the migrations have made");
    assert!(remedy.starts_with("add the column again"), "{remedy}");

    // SQLite takes a name between double quotes for a text where there is no such column.
    let copy = AddField {
        model: "Author".into(),
        field: Field { null: true, ..varchar("copy") },
        backfill: Some(Expr::name("name")),
    };
    let entry = second(vec![Operation::AddField(copy)]);
    let error = place.migrator(&[initial(), entry]).await.migrate().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Statement { .. }), "{error:?}");
}

#[tokio::test]
async fn a_column_that_is_there_already_and_not_known_stops_the_migration() {
    let place = seeded("ALTER TABLE blog_author ADD COLUMN Age TEXT DEFAULT 'old'").await;
    let age = AddField {
        model: "Author".into(),
        field: Field::new("age", ColumnType::I16),
        backfill: Some(Expr::int(30)),
    };
    let (what, _) = refusal(&place, second(vec![Operation::AddField(age)])).await;
    assert!(what.contains("has a column `Age` already"), "{what}");
    assert_eq!(place.number("SELECT count(*) FROM blog_author WHERE Age = 'old'").await, 3);
}

#[tokio::test]
async fn what_names_a_dropped_column_stops_the_migration() {
    let first: Entry = (
        "0001_initial",
        vec![],
        vec![
            create("Author", vec![id(), varchar("name"), Field { unique: true, ..varchar("code") }]),
            initial().2.remove(1),
        ],
    );
    let rows = "INSERT INTO blog_author (id, name, code) VALUES (1, 'a', 'x'), (2, 'b', 'y'), (3, 'c', 'z');";
    for by_hand in [
        "CREATE INDEX by_hand ON blog_author (\"name\") WHERE \"code\" <> ''",
        "CREATE VIEW by_hand AS SELECT \"code\", \"a text\" FROM blog_author",
        "CREATE TRIGGER by_hand AFTER DELETE ON blog_post BEGIN SELECT \"code\" FROM blog_author; END",
        "ALTER TABLE blog_author ADD COLUMN more CHECK (more <> \"code\")",
        "ALTER TABLE blog_author ADD COLUMN more AS (lower(code))",
    ] {
        let place = place(&first, &format!("{rows} {by_hand}")).await;
        // SQLite itself looks at names where it drops a column in place, which a change of another field prevents.
        let text = alter_field("Author", Field::new("name", ColumnType::Text));
        let entry = second(vec![text, remove_field("Author", "code")]);
        let migrated = place.migrator(&[first.clone(), entry]).await.migrate().await;
        let Err(error) = migrated else { panic!("{by_hand}: {migrated:?}") };
        let ErrorKind::Refused { what, .. } = error.kind() else { panic!("{by_hand}: {error:?}") };
        assert!(what.contains("`code`"), "{by_hand}: {what}");
        assert_eq!(place.texts("SELECT code FROM blog_author ORDER BY id").await, "x y z");
    }
}

#[tokio::test]
async fn a_text_between_double_quotes_stays_a_text() {
    let place = seeded("CREATE VIEW old AS SELECT name FROM blog_author WHERE name = \"Ann\"").await;
    let view = run_sql("CREATE VIEW new AS SELECT name FROM blog_author WHERE name <> \"Ann\"", None);
    let entry = second([longer().2, vec![view]].concat());
    place.migrator(&[initial(), entry]).await.migrate().await.unwrap();
    assert_eq!(place.texts("SELECT name FROM old").await, "Ann");
    assert_eq!(place.texts("SELECT name FROM new ORDER BY name").await, "Bob Cid");
}

#[tokio::test]
async fn another_key_or_another_kind_of_column_stops_the_migration() {
    let place = made_by_hand("(id INTEGER NOT NULL, name TEXT PRIMARY KEY)", "id, name").await;
    let (what, _) = refusal(&place, longer()).await;
    assert_eq!(what, "the primary key of table `blog_author` is (name), where the migrations have made (id)");

    let place = made_by_hand("(id INTEGER PRIMARY KEY, name BLOB NOT NULL)", "id, name").await;
    let (what, _) = refusal(&place, longer()).await;
    assert!(what.contains("is declared `BLOB`, where the migrations have made it `varchar(100)`"), "{what}");
}

#[tokio::test]
async fn rules_of_the_models_change_beside_rules_of_a_person() {
    let status = |names: &[&str]| {
        let variant =
            |name: &&str| Choice { name: (*name).to_owned(), value: Literal::Text(name.to_lowercase()) };
        let variants = names.iter().map(variant).collect();
        let choices = Choices { variants, ..Choices::as_written("Status") };
        Field::new("status", ColumnType::Choices(choices))
    };
    let first: Entry = ("0001_initial", vec![], vec![create("Task", vec![id(), status(&["Draft"])])]);
    let more = second(vec![alter_field("Task", status(&["Draft", "Done"]))]);
    let by_hand = "ALTER TABLE blog_task ADD COLUMN done_at CHECK (done_at IS NULL OR status = 'done')";
    let place = place(&first, by_hand).await;
    place.migrator(&[first, more]).await.migrate().await.unwrap();
    place.run("INSERT INTO blog_task (status, done_at) VALUES ('done', 'now'), ('draft', NULL)").await;
    let text = place.texts("SELECT sql FROM sqlite_schema WHERE name = 'blog_task'").await;
    assert!(text.contains("CHECK (done_at IS NULL OR status = 'done')"), "{text}");
    assert!(text.contains("IN ('done', 'draft')"), "{text}");
}
