//! Functions of migrations, on every database.

/// Creates a struct as the build script writes it.
macro_rules! row {
    ($app:literal $model:ident { $($field:ident: $holds:ty),* $(,)? }) => {
        #[derive(Clone, Debug, PartialEq)]
        struct $model { $($field: $holds,)* }

        impl modelshift::data::Row for $model {
            const MODEL: (&'static str, &'static str) = ($app, stringify!($model));
            const FIELDS: &'static [&'static str] = &[$(stringify!($field)),*];
            const KEY: &'static [&'static str] = &["id"];
            type Key = i64;

            fn key(&self) -> i64 {
                self.id
            }

            fn from_cells(cells: &mut modelshift::data::Cells<'_>) -> modelshift::data::Result<Self> {
                Ok(Self { $($field: cells.read()?,)* })
            }

            fn to_literals(&self) -> Vec<Option<modelshift::data::Literal>> {
                vec![$(modelshift::data::Stored::to_literal(&self.$field),)*]
            }
        }
    };
}

mod connection;
mod files;
mod long;
mod pets;

use modelshift::fixtures::Load;
use modelshift::{EmbeddedMigration, Migrations, Migrator, Target};
use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_backend;
use modelshift_tests::place::Place;

/// OP-130: a function fills a field from two others, with the models as they stand between two migrations, and another one
/// leads back.
async fn op_130_names_are_combined_and_split(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(people::migrations::all());
    migrator.migrate_to("people 0002").await.unwrap();
    place
        .execute(
            "INSERT INTO people_person (first_name, last_name) VALUES ('Ada', 'King'), ('Grace', 'O''Neil')",
        )
        .await
        .unwrap();
    let report = migrator.migrate().await.unwrap();
    assert_eq!(report.done.len(), 3, "{report}");
    let names = place.rows("SELECT name FROM people_person ORDER BY id").await.unwrap();
    assert_eq!(names, ["Ada King", "Grace O'Neil"]);
    let found = migrator.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
    migrator.migrate_to("people 0002").await.unwrap();
    let names = place.rows("SELECT first_name FROM people_person ORDER BY id").await.unwrap();
    assert_eq!(names, ["Ada", "Grace"]);
    let names = place.rows("SELECT last_name FROM people_person ORDER BY id").await.unwrap();
    assert_eq!(names, ["King", "O'Neil"]);
}

on_every_backend!(op_130_names_are_combined_and_split);

/// The example has its first rows by a migration, and a fixture of each format that refers to them by natural keys.
async fn the_example_loads_a_fixture_of_each_format(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(people::migrations::all());
    migrator.migrate().await.unwrap();
    assert_eq!(
        place.rows("SELECT name FROM people_title ORDER BY id").await.unwrap(),
        ["Doctor", "Professor"]
    );
    let names = ["engineers", "doctors", "professors", "students"].map(str::to_owned).to_vec();
    let app = Some("people".to_owned());
    let loaded = migrator.load(&Load { names, app, ..Load::default() }).await.unwrap();
    assert_eq!((loaded.objects, loaded.files), (4, 4));
    let titles = "SELECT concat(p.name, ', ', t.name) FROM people_person p JOIN people_title t ON t.id = p.title_id ORDER BY p.id";
    let wanted = ["Grace Hopper, Doctor", "Emmy Noether, Professor", "Sofya Kovalevskaya, Doctor"];
    assert_eq!(place.rows(titles).await.unwrap(), wanted);
    let found = migrator.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
}

on_every_backend!(the_example_loads_a_fixture_of_each_format);

/// Values of every type are written and read back, by one row, by many and by conditions, in the transaction of the migration.
async fn rows_are_written_and_read(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(pets::migrations());
    let plan = migrator.plan(Target::Latest).await.unwrap();
    let text: String = plan.migrations.iter().map(ToString::to_string).collect();
    assert!(
        text.contains("-- (runs the function `work` of the migration, which cannot be written as SQL)"),
        "{text}"
    );
    migrator.migrate().await.unwrap();
    assert_eq!(
        place.rows("SELECT name FROM pets_pet WHERE age = 101 AND name = '2099'").await.unwrap(),
        ["2099"]
    );
    let found = migrator.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
    // `reverse = ()` does nothing, and a migration that is faked runs no function.
    migrator.migrate_to("pets 0001").await.unwrap();
    place.execute("DELETE FROM pets_pet_tags").await.unwrap();
    place.execute("DELETE FROM pets_pet").await.unwrap();
    migrator.fake(Target::Latest).await.unwrap();
    assert!(place.rows("SELECT name FROM pets_pet").await.unwrap().is_empty());
}

on_every_backend!(rows_are_written_and_read);

mod initial {
    modelshift::migration! {
        app = "ponies";

        CreateModel { struct Pony { id: i64, pink: i32 } }
    }
}

/// The functions of the next migrations: both insert a row; then the one fails and the other panics, unless a row is there.
mod failing {
    use modelshift::data::{Db, Error, Result};

    pub(super) mod fails {
        modelshift::migration! {
            depends_on = ["ponies.0001_initial"];

            RunRust { forward = fail, reverse = fail }
        }

        use super::fail;
    }

    pub(super) mod panics {
        modelshift::migration! {
            depends_on = ["ponies.0001_initial"];

            RunRust { forward = panic, reverse = () }
        }

        use super::panic;
    }

    pub(super) mod in_parts {
        modelshift::migration! {
            depends_on = ["ponies.0001_initial"];
            atomic = false;

            RunRust { forward = fail }
        }

        use super::fail;
    }

    async fn is_ready(db: &mut Db<'_>) -> Result<bool> {
        Ok(!db.fetch("SELECT pink FROM ponies_pony WHERE pink = 1", &[]).await?.is_empty())
    }

    async fn fail(db: &mut Db<'_>) -> Result {
        db.execute("INSERT INTO ponies_pony (pink) VALUES (7)", &[]).await?;
        if is_ready(db).await? { Ok(()) } else { Err(Error::new("no pony is ready")) }
    }

    #[expect(clippy::panic, reason = "this is what is tested")]
    async fn panic(db: &mut Db<'_>) -> Result {
        db.execute("INSERT INTO ponies_pony (pink) VALUES (7)", &[]).await?;
        if is_ready(db).await? { Ok(()) } else { panic!("boom") }
    }
}

/// OP-132: what a function wrote before it failed is rolled back, unless the migration is `atomic = false`; the next run
/// begins there.
async fn op_132_a_function_that_fails_is_rolled_back(backend: Backend) {
    for (migration, message, is_kept) in [
        (failing::fails::MIGRATION, "its function `fail` failed: no pony is ready", false),
        (failing::panics::MIGRATION, "its function `panic` failed: it panicked: boom", false),
        (failing::in_parts::MIGRATION, "its function `fail` failed: no pony is ready", true),
    ] {
        let place = Place::new(backend).await.unwrap();
        let list: [(&str, EmbeddedMigration); 2] =
            [("0001_initial", initial::MIGRATION), ("0002_work", migration)];
        let migrations = Migrations::new("ponies", &list);
        let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(migrations);
        let error = migrator.migrate().await.unwrap_err();
        assert!(error.to_string().contains("migration `ponies.0002_work`"), "{error}");
        assert!(error.to_string().contains(message), "{error}");
        assert_eq!(error.report().done.len(), 1);
        let kept = place.rows("SELECT 'kept' FROM ponies_pony").await.unwrap().len();
        assert_eq!(kept, usize::from(is_kept), "{error}");
        place.execute("INSERT INTO ponies_pony (pink) VALUES (1)").await.unwrap();
        assert_eq!(migrator.migrate().await.unwrap().done.len(), 1);
        assert_eq!(place.rows("SELECT 'kept' FROM ponies_pony").await.unwrap().len(), 2 + kept);
    }
}

on_every_backend!(op_132_a_function_that_fails_is_rolled_back);

#[test]
fn op_132_a_migration_says_whether_its_function_is_in_its_transaction() {
    let atomic = [failing::fails::MIGRATION, failing::in_parts::MIGRATION].map(|it| it.atomic);
    assert_eq!(atomic, [true, false]);
    // One function is listed once, though it leads there and back.
    let functions = failing::fails::MIGRATION.functions;
    assert_eq!(functions.iter().map(|it| it.name).collect::<Vec<_>>(), ["fail"]);
}
