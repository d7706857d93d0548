//! What the history says of each migration: who applied it, when, and how long it took.

use modelshift::{Dialect, Migrator};
use modelshift_tests::backend::Backend;
use modelshift_tests::place::Place;
use modelshift_tests::{on_backends, on_every_backend};

use crate::list::blog;

async fn who_and_how_long(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(blog());
    migrator.migrate_to("blog 0001").await.unwrap();
    let first = migrator.status().await.unwrap().migrations.remove(0);
    let role = match backend.dialect() {
        Dialect::Sqlite => None,
        Dialect::Postgres => Some("postgres".to_owned()),
        Dialect::Mysql => Some("root@localhost".to_owned()),
    };
    assert_eq!(first.applied_by, role);
    assert!(first.milliseconds.is_some());

    // A table of an earlier version lacks the columns until the next migration is recorded.
    for column in ["applied_by", "milliseconds"] {
        place.execute(&format!("ALTER TABLE modelshift_history DROP COLUMN {column}")).await.unwrap();
    }
    let first = migrator.status().await.unwrap().migrations.remove(0);
    assert_eq!((first.applied_by, first.milliseconds), (None, None));
    assert!(first.applied_at.is_some());
    migrator.migrate().await.unwrap();
    let all = migrator.status().await.unwrap().migrations;
    assert_eq!(all[0].applied_by, None);
    assert_eq!(all.last().unwrap().applied_by, role);

    // What is recorded and does not run took no time.
    let last = all.last().unwrap().id.clone();
    migrator.migrate_to(format!("blog {}", all[all.len() - 2].id.name).as_str()).await.unwrap();
    migrator.fake(last.to_string().as_str()).await.unwrap();
    assert_eq!(migrator.status().await.unwrap().migrations.last().unwrap().milliseconds, None);
}

on_every_backend!(who_and_how_long);

/// A trigger of PostgreSQL may take a row away without an error.
async fn a_row_that_is_swallowed(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(blog());
    migrator.migrate_to("blog 0001").await.unwrap();
    let trigger = "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; \
        CREATE TRIGGER swallows BEFORE INSERT ON modelshift_history FOR EACH ROW EXECUTE FUNCTION swallow()";
    place.execute(trigger).await.unwrap();
    let error = migrator.migrate().await.unwrap_err().to_string();
    for words in ["does not hold what was just written to it", "drop the triggers of that table: `swallows`"]
    {
        assert!(error.contains(words), "{words}: {error}");
    }
    let rating = "SELECT CAST(count(*) AS text) FROM information_schema.columns \
        WHERE table_name = 'blog_author' AND column_name = 'rating'";
    assert_eq!(place.rows(rating).await.unwrap(), ["0"]);
    place.execute("DROP TRIGGER swallows ON modelshift_history").await.unwrap();
    migrator.migrate().await.unwrap();
}

on_backends!(a_row_that_is_swallowed: postgres Postgres, postgres_18 Postgres18);
