//! `baseline`: databases that have tables, and no history or a lost one.

use modelshift::Migrator;
use modelshift::error::ErrorKind;
use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_backend;
use modelshift_tests::place::Place;

use crate::commands::{Program, manage};
use crate::list::blog;

async fn compared_and_recorded(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(blog());
    migrator.migrate_to("blog 0002").await.unwrap();
    place.execute("DROP TABLE modelshift_history").await.unwrap();
    let tables = migrator.introspect().await.unwrap();

    // What comes later has not been applied, which the comparison finds.
    let (code, said) = manage(&place, Program::Blog, "baseline --yes");
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("cannot be recorded as applied") && said.contains("column `full_name` is missing"),
        "{said}"
    );
    for words in ["baseline blog 0002 --plan", "baseline blog 0002"] {
        let (code, said) = manage(&place, Program::Blog, words);
        assert_eq!(code, Some(i32::from(!words.ends_with("plan"))), "{said}");
        assert!(
            said.contains("is as these migrations make it:\n  blog.0001_step\n  blog.0002_step\n"),
            "{said}"
        );
    }
    assert_eq!(migrator.status().await.unwrap().unapplied().count(), 3);
    let (code, said) = manage(&place, Program::Blog, "baseline blog 0002 --yes");
    assert_eq!(code, Some(0), "{said}");
    // The SQL of a migration cannot be seen in the tables.
    assert!(said.contains("`blog.0001_step` is recorded as applied by its tables alone"), "{said}");
    assert!(said.contains("2 migrations recorded"), "{said}");
    assert_eq!(migrator.introspect().await.unwrap(), tables);
    assert_eq!(manage(&place, Program::Blog, "baseline blog 0002").1.lines().count(), 1);

    // What is applied is no baseline for an earlier one, and the rest runs.
    let error = migrator.baseline("blog 0001").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotBaseline { .. }), "{error}");
    assert_eq!(migrator.migrate().await.unwrap().done.len(), 1);
    let found = migrator.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
}

on_every_backend!(compared_and_recorded);
