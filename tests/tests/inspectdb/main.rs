//! `inspectdb` on databases that something else made: its models are built by a real cargo, adopted by `--fake-initial`, and
//! `check` finds nothing, or exactly what a comment says.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod round_trip;
mod rows;

use modelshift::{Dialect, Migrator};
use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_backend;
use modelshift_tests::place::Place;

use round_trip::{adopted, round_trip};

/// Compares the source with the kept one, without the name of the database. Servers of other versions write their types in
/// other ways.
fn snapshot(name: &str, backend: Backend, source: &str) {
    if Backend::from(backend.dialect()) != backend {
        return;
    }
    let source = source.find("// Their types").map_or(source, |place| &source[place..]);
    let name = format!("{name}.{}", backend.dialect().name());
    insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, source);
    });
}

on_every_backend!(chinook);

/// A shop of music.
async fn chinook(backend: Backend) {
    let schema = match backend.dialect() {
        Dialect::Sqlite => include_str!("schemas/chinook.sqlite.sql"),
        Dialect::Postgres => include_str!("schemas/chinook.postgres.sql"),
        Dialect::Mysql => include_str!("schemas/chinook.mysql.sql"),
    };
    let source = round_trip(backend, schema, &[]).await;
    for words in
        ["pub reports_to: Option<ForeignKey<Employee>>", "ManyToMany<Track>", "pub struct InvoiceLine {"]
    {
        assert!(source.contains(words), "{words}:\n{source}");
    }
}

on_every_backend!(sakila);

/// A rental of films, with what each database alone has.
async fn sakila(backend: Backend) {
    let (schema, differences): (&str, &[&str]) = match backend.dialect() {
        Dialect::Sqlite => (
            include_str!("schemas/sakila.sqlite.sql"),
            &[
                "table `category`: column `parent_id` is `int`, and should be `integer`",
                "table `film`: column `anything` is ``, and should be `blob`",
            ],
        ),
        Dialect::Postgres => (include_str!("schemas/sakila.postgres.sql"), &[]),
        Dialect::Mysql => (include_str!("schemas/sakila.mysql.sql"), &[]),
    };
    let source = round_trip(backend, schema, differences).await;
    snapshot("sakila", backend, &source);
}

on_every_backend!(django);

/// The tables of Django's contrib apps, as Django made them on each database.
async fn django(backend: Backend) {
    let schema = match backend.dialect() {
        Dialect::Sqlite => include_str!("schemas/django.sqlite.sql"),
        Dialect::Postgres => include_str!("schemas/django.postgres.sql"),
        Dialect::Mysql => include_str!("schemas/django.mysql.sql"),
    };
    let source = round_trip(backend, schema, &[]).await;
    for words in ["pub groups: ManyToMany<AuthGroup>", "pub struct AuthPermission {", "pub content_type: "] {
        assert!(source.contains(words), "{words}:\n{source}");
    }
}

on_every_backend!(forge_again);

/// The tables of the example `forge`, which a hundred migrations made, become models again.
async fn forge_again(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(forge::migrations());
    migrator.migrate().await.unwrap();
    migrator.close().await;
    let source = adopted(&place, &[]).await;
    assert!(source.contains("ManyToMany<"), "{source}");
}
