//! `--single-transaction`: all migrations of a run, or none.

use modelshift::error::{ErrorKind, Kept};
use modelshift::{Dialect, Migrator};
use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_backend;
use modelshift_tests::place::Place;

use crate::commands::{Program, manage};
use crate::list::{FIRST, add_text, after_the_first, sql};

async fn all_or_none(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let (code, said) = manage(&place, Program::Nicks, "migrate --single-transaction");
    if backend.dialect() == Dialect::Mysql {
        assert_eq!(code, Some(1), "{said}");
        assert!(
            said.contains("cannot be one transaction: `blog.0001_step` runs on MySQL or MariaDB"),
            "{said}"
        );
        let mut migrator = Migrator::connect(&place.address()).await.unwrap();
        assert!(migrator.introspect().await.unwrap().tables.is_empty());
        return;
    }
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("3 migrations done"), "{said}");
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(Program::Nicks.migrations());
    let found = migrator.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");

    // The last of them fails, and nothing of the first is left.
    let place = Place::new(backend).await.unwrap();
    let broken = after_the_first(vec![
        ("0002_fine", FIRST, vec![add_text("Author", "fine")]),
        ("0003_broken", &["blog.0002_fine"], vec![sql("INSERT INTO nowhere (id) VALUES (1)")]),
    ]);
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(broken).in_one_transaction();
    let error = migrator.migrate().await.unwrap_err();
    let ErrorKind::Statement { migration, kept, .. } = error.kind() else { panic!("{error}") };
    assert_eq!((migration.name.as_str(), *kept), ("0003_broken", Kept::NothingOfRun));
    assert!(error.report().done.is_empty(), "{error:?}");
    assert!(migrator.introspect().await.unwrap().tables.is_empty());
}

on_every_backend!(all_or_none);

/// The history of the blog rebuilds tables on SQLite, where references are not enforced meanwhile.
async fn the_whole_blog(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let mut migrator = Migrator::connect(&place.address())
        .await
        .unwrap()
        .with(Program::Blog.migrations())
        .in_one_transaction();
    let outcome = migrator.migrate().await;
    match backend.dialect() {
        Dialect::Postgres => assert_eq!(outcome.unwrap().done.len(), 3),
        Dialect::Sqlite => {
            let error = outcome.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::NotOneTransaction { .. }), "{error}");
            assert!(error.to_string().contains("runs SQL, for which references are enforced"), "{error}");
        }
        Dialect::Mysql => assert!(outcome.is_err()),
    }
}

on_every_backend!(the_whole_blog);
