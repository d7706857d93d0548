//! Fixtures that migrations load at their place.

use std::sync::{Arc, Mutex};

use modelshift::report::Event;
use modelshift::{DataFile, EmbeddedMigration, Migrations, Migrator, Target};
use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_backend;
use modelshift_tests::place::Place;

mod initial {
    modelshift::migration! {
        app = "atlas";

        CreateModel { struct Country { id: i64, #[field(max_length = 40)] name: String } }
        CreateModel {
            struct City {
                id: i64,
                #[field(max_length = 40)]
                name: String,
                country: ForeignKey<Country>,
                twins: ManyToMany<City>,
            }
        }
    }
}

/// Files in the formats of `loaddata`, between other operations.
mod rows {
    modelshift::migration! {
        depends_on = ["atlas.0001_initial"];

        LoadData { file = "countries.json" }
        AddField(Country) { #[field(default = 0)] people: i64 }
        LoadData { file = "2026/more.jsonl.gz" }
        LoadData { file = "italy.yml.xz" }
        RunSql { forward = "UPDATE atlas_country SET people = people + 1", reverse = () }
        LoadData { file = "slovenia.xml" }
    }
}

mod later {
    modelshift::migration! {
        depends_on = ["atlas.0002_rows"];

        RenameField(Country: people -> inhabitants)
    }
}

const INITIAL: (&str, EmbeddedMigration) = ("0001_initial", initial::MIGRATION);

fn atlas() -> Migrations {
    Migrations::new("atlas", &[INITIAL, ("0002_rows", rows::MIGRATION), ("0003_later", later::MIGRATION)])
}

const COUNTRIES: &str = "SELECT concat(id, ' ', name, ' ', people) FROM atlas_country ORDER BY id";

/// A file sees the models as they stand between the operations around it. Its rows stay when it is reverted, and are replaced
/// by their keys when it runs again; counters go on behind them.
async fn a_file_is_loaded_at_its_place(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(atlas());
    let plan = migrator.plan(Target::Latest).await.unwrap();
    let text: String = plan.migrations.iter().map(ToString::to_string).collect();
    let comment =
        "-- (loads the file `countries.json` of the migration, whose rows are not written as SQL)\n";
    assert!(text.contains(comment), "{text}");
    migrator.migrate_to("atlas 0002").await.unwrap();
    let all = ["1 Austria 1", "2 Switzerland 1", "3 Liechtenstein 40001", "4 Italy 59000001", "5 Slovenia 0"];
    assert_eq!(place.rows(COUNTRIES).await.unwrap(), all);
    assert_eq!(place.rows("SELECT to_city_id FROM atlas_city_twins").await.unwrap(), ["21"]);
    place.execute("INSERT INTO atlas_country (name) VALUES ('France')").await.unwrap();
    assert_eq!(place.rows("SELECT max(id) FROM atlas_country").await.unwrap(), ["6"]);
    migrator.migrate().await.unwrap();
    let found = migrator.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");

    migrator.migrate_to("atlas 0001").await.unwrap();
    assert_eq!(place.rows("SELECT name FROM atlas_country WHERE id = 3").await.unwrap(), ["Liechtenstein"]);
    place.execute("UPDATE atlas_country SET name = 'changed' WHERE id IN (2, 6)").await.unwrap();
    migrator.migrate_to("atlas 0002").await.unwrap();
    let again = place.rows(COUNTRIES).await.unwrap();
    assert_eq!(again[1], "2 Switzerland 1");
    assert_eq!(again[5], "6 changed 1");
}

on_every_backend!(a_file_is_loaded_at_its_place);

/// A migration that is faked loads nothing, and one of a new database is not part of its one plan.
async fn a_file_is_loaded_by_no_other_plan(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(atlas());
    migrator.migrate_to("atlas 0001").await.unwrap();
    migrator.fake("atlas 0002").await.unwrap();
    assert!(place.rows("SELECT name FROM atlas_country").await.unwrap().is_empty());

    let place = Place::new(backend).await.unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = Arc::clone(&told);
    let migrator = Migrator::connect(&place.address()).await.unwrap().with(atlas());
    let mut migrator = migrator.observe(move |event: Event<'_>| {
        if let Event::File { file, .. } = event {
            tell.lock().unwrap().push(file.to_owned());
        }
        if let Event::FileDone { file, rows, .. } = event {
            tell.lock().unwrap().push(format!("{file}: {rows}"));
        }
    });
    migrator.migrate().await.unwrap();
    let told = told.lock().unwrap().join(", ");
    assert!(told.starts_with("countries.json, countries.json: 4, 2026/more.jsonl.gz, "), "{told}");
}

on_every_backend!(a_file_is_loaded_by_no_other_plan);

/// A file names rows by the natural keys that the models have at its place.
async fn a_file_uses_the_natural_keys_of_its_place(backend: Backend) {
    let files: &'static [DataFile] = vec![DataFile {
        name: "cities.json",
        content:
            br#"[{"model": "atlas.city", "pk": 1, "fields": {"name": "Bern", "country": ["Switzerland"]}},
            {"model": "atlas.country", "fields": {"name": "Switzerland"}}]"#,
    }]
    .leak();
    let key =
        |fields: &str| format!(r#"{{"AlterNaturalKey": {{"model": "Country", "fields": [{fields}]}}}}"#);
    let load = r#"{"LoadData": {"file": "cities.json"}}"#;
    let migration = |operations: String| {
        let operations: &'static str = operations.leak();
        let rows = EmbeddedMigration {
            depends_on: &["atlas.0001_initial"],
            operations,
            files,
            ..EmbeddedMigration::EMPTY
        };
        Migrations::new("atlas", &[INITIAL, ("0002_rows", rows)])
    };
    let place = Place::new(backend).await.unwrap();
    let without = migration(format!("[{load}, {}]", key("\"name\"")));
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(without);
    let error = migrator.migrate().await.unwrap_err().to_string();
    assert!(error.contains("object 1: `atlas.city.country`"), "{error}");
    let with = migration(format!("[{}, {load}, {}]", key("\"name\""), key("")));
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(with);
    migrator.migrate().await.unwrap();
    let names =
        "SELECT concat(c.name, ' ', k.name) FROM atlas_city c JOIN atlas_country k ON k.id = c.country_id";
    assert_eq!(place.rows(names).await.unwrap(), ["Bern Switzerland"]);
    let found = migrator.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
    migrator.migrate_to("atlas 0001").await.unwrap();
}

on_every_backend!(a_file_uses_the_natural_keys_of_its_place);

/// A migration that creates a table and loads a file.
fn loading(atomic: bool, content: &'static str) -> Migrations {
    let files: &'static [DataFile] = vec![DataFile { name: "bad.json", content: content.as_bytes() }].leak();
    let operations = r#"[
        {"AddField": {"model": "Country", "field": {"name": "people", "kind": {"Column": "I32"}, "null": true}}},
        {"LoadData": {"file": "bad.json"}}]"#;
    let rows = EmbeddedMigration {
        depends_on: &["atlas.0001_initial"],
        operations,
        files,
        atomic,
        ..EmbeddedMigration::EMPTY
    };
    Migrations::new("atlas", &[INITIAL, ("0002_rows", rows)])
}

const GOOD: &str = r#"[{"model": "atlas.country", "pk": 1, "fields": {"name": "Austria", "people": 9}}]"#;

/// What is wrong with a file is told with the migration, the operation, the file and the object, and no row of it is kept.
async fn what_is_wrong_with_a_file_is_told(backend: Backend) {
    let good = r#"{"model": "atlas.country", "pk": 1, "fields": {"name": "Austria"}}"#;
    for (bad, words) in [
        (
            r#"{"model": "atlas.contry", "pk": 2, "fields": {"name": "x"}}"#,
            "object 2: there is no model `atlas.contry`; the nearest are `atlas.country`, `atlas.city`; correct the name; ",
        ),
        (
            r#"{"model": "atlas.country", "pk": 2, "fields": {"nam": "x"}}"#,
            "object 2: `atlas.country` has no field `nam`",
        ),
        (
            r#"{"model": "atlas.country", "pk": 2, "fields": {"name": "x", "people": "many"}}"#,
            "object 2: `atlas.country.people`: `\"many\"` does not fit",
        ),
        (
            r#"{"model": "atlas.country", "pk": 1, "fields": {"name": "x"}}"#,
            "object 2: `atlas.country` with the key 1 stands twice",
        ),
        (
            r#"{"model": "atlas.city", "pk": 1, "fields": {"name": "x", "country": 9}}"#,
            "refers to `atlas.country` `9` (field `country`), and there is no such row",
        ),
        (r#"{"model": "atlas.city""#, "`bad.json`, object 2, line 1, column "),
    ] {
        for atomic in [true, false] {
            let place = Place::new(backend).await.unwrap();
            let bad = format!("[{good}, {bad}]").leak();
            let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(loading(atomic, bad));
            let error = migrator.migrate().await.unwrap_err();
            assert_eq!(error.report().done.len(), 1, "{error}");
            let said = error.to_string();
            assert!(said.contains("migration `atlas.0002_rows` loads `bad.json`: `bad.json`"), "{said}");
            assert!(said.contains(words) && !said.contains("--ignore"), "{said}");
            assert!(place.rows("SELECT name FROM atlas_country").await.unwrap().is_empty(), "{said}");
            let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(loading(atomic, GOOD));
            migrator.migrate().await.unwrap();
            assert_eq!(place.rows("SELECT people FROM atlas_country").await.unwrap(), ["9"]);
        }
    }
}

on_every_backend!(what_is_wrong_with_a_file_is_told);

/// A program without the file is refused before anything runs.
async fn a_program_without_the_file_is_refused(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let rows = EmbeddedMigration { files: &[], ..rows::MIGRATION };
    let migrations = Migrations::new("atlas", &[INITIAL, ("0002_rows", rows)]);
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(migrations);
    let error = migrator.migrate().await.unwrap_err();
    assert!(error.report().done.is_empty());
    assert!(error.to_string().contains("this program has no file `countries.json`"), "{error}");
}

on_every_backend!(a_program_without_the_file_is_refused);
