//! Rows of Django's executor, on one database of each dialect.

use std::sync::{Arc, Mutex};

use modelshift::error::ErrorKind;
use modelshift::plan::Direction;
use modelshift::report::Event;
use modelshift::{Dialect, EmbeddedMigration, Migrations, Migrator, Target};
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::field::Field;
use modelshift_schema::name::ModelKey;
use modelshift_schema::operation::{AlterField, Operation};
use modelshift_schema::relation::{ForeignKey, ReferentialAction};
use modelshift_tests::backend::Backend;
use modelshift_tests::place::Place;

use crate::list::{add_text, blog, create, create_plain, migrations, sql};

pub(crate) const BACKENDS: [Backend; 3] = [Backend::Sqlite, Backend::Postgres, Backend::Mariadb];

async fn migrator(place: &Place, apps: impl IntoIterator<Item = Migrations>) -> Migrator {
    let migrator = Migrator::connect(&place.address()).await.unwrap();
    apps.into_iter().fold(migrator, Migrator::with)
}

/// Returns the plan for a target: names, with `+` for what is applied and `-` for what is reverted.
async fn planned(migrator: &mut Migrator, target: &str) -> String {
    let plan = migrator.plan(target).await.unwrap();
    let lines = plan.migrations.iter().map(|it| match it.direction {
        Direction::Forward => format!("+{}", it.id),
        Direction::Backward => format!("-{}", it.id),
    });
    lines.collect::<Vec<_>>().join(" ")
}

async fn tables(migrator: &mut Migrator) -> Vec<String> {
    migrator.introspect().await.unwrap().tables.into_keys().collect()
}

pub(crate) async fn history(place: &Place) -> String {
    place.rows("SELECT id FROM modelshift_history ORDER BY id").await.unwrap().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn ex_001_ex_014_ex_021_ex_024_forwards_and_back_with_events() {
    for backend in BACKENDS {
        let Some(_ready) = backend.ready() else { continue };
        let place = Place::new(backend).await.unwrap();
        // EX-021: nothing to do makes no table of the history.
        let mut nothing = migrator(&place, [Migrations::new("blog", &[])]).await;
        assert!(nothing.migrate().await.unwrap().is_empty());
        assert!(tables(&mut nothing).await.is_empty());
        assert!(place.rows("SELECT id FROM modelshift_history").await.is_err());

        let events = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&events);
        let mut migrator = migrator(&place, [blog()]).await.observe(move |event| match event {
            Event::Begins(plan) => {
                seen.lock().unwrap().push(format!("begins {} {}", plan.id.name, plan.direction));
            }
            Event::Done(plan) => {
                seen.lock().unwrap().push(format!("done {} {}", plan.id.name, plan.direction));
            }
            Event::NewDatabase { .. }
            | Event::Statement { .. }
            | Event::StatementDone { .. }
            | Event::Function { .. }
            | Event::File { .. }
            | Event::FileDone { .. }
            | Event::FunctionDone { .. }
            | Event::BatchDone { .. }
            | Event::Commits(_)
            | Event::DoneByOther(_) => {}
        });
        assert_eq!(planned(&mut migrator, "blog 0002").await, "+blog.0001_step +blog.0002_step");
        migrator.migrate_to("blog 0002").await.unwrap();
        assert_eq!(tables(&mut migrator).await, ["blog_author", "blog_post"]);
        assert_eq!(planned(&mut migrator, "blog 0002").await, "", "EX-024");
        assert_eq!(planned(&mut migrator, "blog zero").await, "-blog.0002_step -blog.0001_step");
        migrator.migrate_to("blog zero").await.unwrap();
        assert!(tables(&mut migrator).await.is_empty());
        let expected = [
            ["begins 0001_step forwards", "done 0001_step forwards"],
            ["begins 0002_step forwards", "done 0002_step forwards"],
            ["begins 0002_step backwards", "done 0002_step backwards"],
            ["begins 0001_step backwards", "done 0001_step backwards"],
        ];
        assert_eq!(*events.lock().unwrap(), expected.concat());
    }
}

/// Two migrations, and one that replaces both.
pub(crate) fn squashed(with_parts: bool) -> Migrations {
    let stored = |operations: &[Operation]| EmbeddedMigration {
        operations: serde_json::to_string(operations).unwrap().leak(),
        ..EmbeddedMigration::EMPTY
    };
    let (author, book) = (create_plain("Author"), create_plain("Book"));
    let first = stored(std::slice::from_ref(&author));
    let second =
        EmbeddedMigration { depends_on: &["blog.0001_initial"], ..stored(std::slice::from_ref(&book)) };
    let whole =
        EmbeddedMigration { replaces: &["blog.0001_initial", "blog.0002_second"], ..stored(&[author, book]) };
    let mut list = vec![("0001_squashed_0002", whole)];
    if with_parts {
        list.extend([("0001_initial", first), ("0002_second", second)]);
    }
    Migrations::new("blog", &list)
}

pub(crate) fn parts() -> Migrations {
    let second: &[&str] = &["blog.0001_initial"];
    migrations(
        "blog",
        vec![
            ("0001_initial", &[], vec![create_plain("Author")]),
            ("0002_second", second, vec![create_plain("Book")]),
        ],
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn ex_002_ex_016_ex_017_a_migration_that_replaces_others() {
    for backend in BACKENDS {
        let Some(_ready) = backend.ready() else { continue };
        let place = Place::new(backend).await.unwrap();
        let mut whole = migrator(&place, [squashed(true)]).await;
        assert_eq!(planned(&mut whole, "").await, "+blog.0001_squashed_0002");
        whole.migrate().await.unwrap();
        assert_eq!(planned(&mut whole, "blog zero").await, "-blog.0001_squashed_0002");
        whole.migrate_to("blog zero").await.unwrap();
        assert!(tables(&mut whole).await.is_empty());

        // EX-016, EX-017: what it replaces is applied, so that nothing runs, and it is recorded.
        migrator(&place, [parts()]).await.migrate().await.unwrap();
        assert!(whole.migrate().await.unwrap().is_empty());
        assert_eq!(history(&place).await, "blog.0001_initial blog.0001_squashed_0002 blog.0002_second");

        // The files of the parts are deleted later, and their rows are pruned when asked.
        assert!(whole.prunable("blog").await.unwrap().is_empty(), "their files are there");
        let mut finished = migrator(&place, [squashed(false)]).await;
        assert_eq!(finished.prunable("blog").await.unwrap().len(), 2);
        assert!(finished.prune("shop").await.is_err(), "there is no such app");
        assert_eq!(finished.prune("blog").await.unwrap().len(), 2);
        assert!(finished.prune("blog").await.unwrap().is_empty());
        assert_eq!(history(&place).await, "blog.0001_squashed_0002");
        assert!(finished.migrate().await.unwrap().is_empty());
        let found = finished.check().await.unwrap();
        assert!(found.is_empty(), "{found:#?}");
        finished.migrate_to(Target::without(["0001_squashed_0002"])).await.unwrap();
        assert!(tables(&mut finished).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ex_004_ex_019_ex_020_a_migration_that_fails() {
    for backend in BACKENDS {
        let Some(_ready) = backend.ready() else { continue };
        let place = Place::new(backend).await.unwrap();
        let operations = [
            create_plain("Publisher"),
            sql("INSERT INTO blog_publisher (label) VALUES ('one')"),
            sql("INSERT INTO nowhere (id) VALUES (1)"),
            create_plain("Book"),
        ];
        let operations = serde_json::to_string(&operations).unwrap().leak();
        let stored = EmbeddedMigration { operations, atomic: false, ..EmbeddedMigration::EMPTY };
        let mut failing = migrator(&place, [Migrations::new("blog", &[("0001_initial", stored)])]).await;
        let error = failing.migrate().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Statement { .. }), "{error}");
        assert_eq!(tables(&mut failing).await, ["blog_publisher"]);
        assert_eq!(place.rows("SELECT label FROM blog_publisher").await.unwrap(), ["one"]);
        assert_eq!(history(&place).await, "", "EX-020");

        // EX-019: where the record cannot be written, nothing of the migration stays.
        if backend.dialect() == Dialect::Mysql {
            continue;
        }
        let place = Place::new(backend).await.unwrap();
        let mut migrator = migrator(&place, [blog()]).await;
        migrator.migrate_to("blog 0001").await.unwrap();
        let before = migrator.introspect().await.unwrap().tables;
        let refusing = match backend.dialect() {
            Dialect::Sqlite => {
                "CREATE TRIGGER refused BEFORE INSERT ON modelshift_history BEGIN SELECT RAISE(ABORT, 'refused'); END"
            }
            Dialect::Postgres | Dialect::Mysql => {
                "CREATE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''refused''; END'; \
                 CREATE TRIGGER refused BEFORE INSERT ON modelshift_history FOR EACH ROW EXECUTE FUNCTION refused()"
            }
        };
        for statement in refusing.split("; CREATE TRIGGER").enumerate().map(|(position, text)| {
            if position == 0 { text.to_owned() } else { format!("CREATE TRIGGER{text}") }
        }) {
            place.execute(&statement).await.unwrap();
        }
        assert!(migrator.migrate_to("blog 0002").await.is_err());
        assert_eq!(migrator.introspect().await.unwrap().tables, before);
        assert_eq!(history(&place).await, "blog.0001_step");
    }
}

/// Three apps that depend on each other.
pub(crate) fn three_apps() -> [Migrations; 3] {
    let a = migrations(
        "a",
        vec![
            ("0001_initial", &[], vec![create_plain("Pony")]),
            ("0002_more", &["a.0001_initial", "b.0001_initial"], vec![add_text("Pony", "more")]),
        ],
    );
    let b = migrations(
        "b",
        vec![
            ("0001_initial", &["a.0001_initial"], vec![create_plain("Stable")]),
            ("0002_more", &["b.0001_initial"], vec![add_text("Stable", "more")]),
        ],
    );
    let c = migrations(
        "c",
        vec![
            ("0001_initial", &["b.0001_initial"], vec![create_plain("Rider")]),
            ("0002_more", &["c.0001_initial", "b.0002_more"], vec![add_text("Rider", "more")]),
        ],
    );
    [a, b, c]
}

#[tokio::test(flavor = "multi_thread")]
async fn ex_006_ex_011_ex_012_ex_022_several_apps() {
    for backend in BACKENDS {
        let Some(_ready) = backend.ready() else { continue };
        let place = Place::new(backend).await.unwrap();
        let mut migrator = migrator(&place, three_apps()).await;
        migrator.migrate_to("b 0002").await.unwrap();
        // EX-011: the rest of one app, with models of others that are there already.
        migrator.migrate_to("a 0002").await.unwrap();
        migrator.migrate_to("c 0002").await.unwrap();
        let found = migrator.check().await.unwrap();
        assert!(found.is_empty(), "{found:#?}");
        // EX-022: what of other apps depends on the target itself stays.
        assert_eq!(planned(&mut migrator, "b 0001").await, "-c.0002_more -b.0002_more");
        assert_eq!(planned(&mut migrator, "a 0001").await, "-a.0002_more");
        // EX-012: all of one app, with what depends on it.
        migrator.migrate_to("c zero").await.unwrap();
        migrator.migrate_to("a 0001").await.unwrap();
        migrator.migrate_to("b zero").await.unwrap();
        assert_eq!(tables(&mut migrator).await, ["a_pony"]);

        // EX-006: all are recorded and not run, so that no plan is left.
        let place = Place::new(backend).await.unwrap();
        let mut migrator = self::migrator(&place, three_apps()).await;
        migrator.fake("").await.unwrap();
        assert_eq!(planned(&mut migrator, "").await, "");
        assert!(migrator.migrate().await.unwrap().is_empty());
        assert!(tables(&mut migrator).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ex_015_a_key_that_a_model_of_another_app_refers_to_gets_another_type() {
    let id = |of_type| Field { primary_key: true, ..Field::new("id", of_type) };
    let people = migrations(
        "people",
        vec![
            ("0001_initial", &[], vec![create("Author", vec![id(ColumnType::I32)])]),
            (
                "0002_wide",
                &["people.0001_initial", "books.0001_initial"],
                vec![Operation::AlterField(AlterField::new("Author", id(ColumnType::I64)))],
            ),
        ],
    );
    let to = ForeignKey {
        on_delete: ReferentialAction::Cascade,
        ..ForeignKey::new(ModelKey::new("people", "Author"))
    };
    let book = create("Book", vec![id(ColumnType::I64), Field::foreign_key("author", to)]);
    let books = migrations("books", vec![("0001_initial", &["people.0001_initial"], vec![book])]);
    for backend in BACKENDS {
        let Some(_ready) = backend.ready() else { continue };
        let place = Place::new(backend).await.unwrap();
        let mut migrator = migrator(&place, [people.clone(), books.clone()]).await;
        migrator.migrate_to("books").await.unwrap();
        place.execute("INSERT INTO people_author (id) VALUES (7)").await.unwrap();
        place.execute("INSERT INTO books_book (id, author_id) VALUES (1, 7)").await.unwrap();
        migrator.migrate().await.unwrap();
        let found = migrator.check().await.unwrap();
        assert!(found.is_empty(), "{found:#?}");
        let rows = place.rows("SELECT CAST(author_id AS char(9)) FROM books_book").await.unwrap();
        assert_eq!(rows.iter().map(|row| row.trim()).collect::<Vec<_>>(), ["7"]);
    }
}
