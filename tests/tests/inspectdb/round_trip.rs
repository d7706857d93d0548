//! A database -> models -> a crate that is built -> its first migration, recorded without running.

use modelshift::inspect::Inspect;
use modelshift::{EmbeddedMigration, Migrations, Migrator};
use modelshift_project::Project;
use modelshift_schema::name::MigrationId;
use modelshift_tests::backend::Backend;
use modelshift_tests::place::Place;

/// Makes a database of a schema, inspects it, builds the models, and adopts the database by their first migration.
///
/// `differences` are parts of the differences that models cannot express: each is in a comment, and stops `--fake-initial`.
pub(crate) async fn round_trip(backend: Backend, schema: &str, differences: &[&str]) -> String {
    let place = made(backend, schema).await;
    adopted(&place, differences).await
}

/// Makes a database of a schema.
pub(crate) async fn made(backend: impl Into<Backend>, schema: &str) -> Place {
    let place = Place::new(backend).await.unwrap();
    if let Some(file) = place.address().strip_prefix("sqlite://") {
        std::fs::File::create(file).unwrap();
    }
    place.execute(schema).await.unwrap();
    place
}

/// Inspects a database, builds the models, and adopts it by their first migration, as [`round_trip`] does.
pub(crate) async fn adopted(place: &Place, differences: &[&str]) -> String {
    adopted_tables(place, &Inspect::default(), differences).await
}

/// Does so with the tables that are asked for.
pub(crate) async fn adopted_tables(place: &Place, wanted: &Inspect, differences: &[&str]) -> String {
    let mut migrator = Migrator::connect(&place.address()).await.unwrap();
    let before = migrator.introspect().await.unwrap();
    let source = migrator.inspect(wanted).await.unwrap();
    assert_eq!(source, migrator.inspect(wanted).await.unwrap(), "the output is deterministic");
    assert_eq!(migrator.introspect().await.unwrap(), before, "nothing is changed");
    formatted(&source);
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(built(&source));
    // With the schemas of the models.
    let before = migrator.introspect().await.unwrap();
    if differences.is_empty() {
        assert!(!source.contains("The model says less or more"), "{source}");
    } else {
        let error = migrator.fake_initial("").await.unwrap_err().to_string();
        let unwrapped = source.replace("\n// ", " ");
        for difference in differences {
            assert!(unwrapped.contains(difference), "{difference}:\n{source}");
            assert!(error.contains(difference), "{difference}:\n{error}");
        }
        assert_eq!(error.matches("\n  - ").count(), differences.len(), "{error}");
        migrator.fake("").await.unwrap();
        assert_eq!(migrator.check().await.unwrap().drift.len(), differences.len());
        return source;
    }
    let report = migrator.fake_initial("").await.unwrap_or_else(|error| panic!("{error}\n{source}"));
    assert!(report.done.iter().all(|done| done.faked), "{report}");
    let found = migrator.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}\n{source}");
    assert_eq!(migrator.introspect().await.unwrap(), before, "the tables are as they were");
    source
}

/// Builds a crate of these models, and returns its first migration.
pub(crate) fn built(source: &str) -> Migrations {
    let project = Project::new(env!("CARGO_TARGET_TMPDIR"), &[]);
    let manifest = project.read("Cargo.toml");
    let types = "[dependencies]\nchrono = \"*\"\nrust_decimal = \"*\"\nserde_json = \"*\"\nuuid = \"*\"\n";
    project.write("Cargo.toml", &manifest.replace("[dependencies]\n", types));
    project.write("src/models.rs", source);
    let run = project.run("cargo", &["check"]);
    assert!(run.success, "{}\n{source}", run.stderr);
    assert!(!run.stderr.contains("warning"), "{}\n{source}", run.stderr);
    let id = MigrationId::new("library", "0001_initial");
    let migration = modelshift_syntax::read_module(&id, &project.newest()).unwrap();
    let operations = serde_json::to_string(&migration.operations).unwrap().leak();
    Migrations::new(
        "library",
        &[("0001_initial", EmbeddedMigration { operations, ..EmbeddedMigration::EMPTY })],
    )
}

/// Requires source that rustfmt leaves as it is.
fn formatted(source: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("models.rs");
    std::fs::write(&file, source).unwrap();
    let output =
        std::process::Command::new("rustfmt").args(["--edition", "2024", "--check"]).arg(&file).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}\n{source}", String::from_utf8_lossy(&output.stdout));
}
