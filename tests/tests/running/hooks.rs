//! Functions of the program before and after each migration.

use std::sync::{Arc, Mutex};

use modelshift::Migrator;
use modelshift::error::{ErrorKind, HookOrder};
use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_backend;
use modelshift_tests::place::Place;

use crate::list::blog;

async fn before_and_after(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let calls = Arc::new(Mutex::new(Vec::new()));
    let [before, after] = [Arc::clone(&calls), Arc::clone(&calls)];
    let migrator = Migrator::connect(&place.address()).await.unwrap().with(blog());
    let migrator = migrator.before_each(move |plan| {
        before.lock().unwrap().push(format!("before {} {}", plan.id, plan.direction));
        if plan.id.name == "0003_step" { Err("no backup".into()) } else { Ok(()) }
    });
    let mut migrator = migrator.after_each(move |plan| {
        after.lock().unwrap().push(format!("after {} {}", plan.id, plan.direction));
        Ok(())
    });
    let error = migrator.migrate().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Hook { order: HookOrder::Before, .. }), "{error}");
    assert_eq!(
        error.to_string(),
        "the program stopped the run before migration `blog.0003_step`, so that it is not begun"
    );
    assert_eq!(error.report().done.len(), 2);
    let expected = [
        "before blog.0001_step",
        "after blog.0001_step",
        "before blog.0002_step",
        "after blog.0002_step",
        "before blog.0003_step",
    ];
    let called = std::mem::take(&mut *calls.lock().unwrap());
    assert_eq!(called, expected.map(|it| format!("{it} forwards")));
    migrator.migrate_to("blog 0001").await.unwrap();
    let called = std::mem::take(&mut *calls.lock().unwrap());
    assert_eq!(called, ["before blog.0002_step backwards", "after blog.0002_step backwards"]);

    // A panic of a hook leaves nothing locked, and the next run goes on.
    let mut panics = Migrator::connect(&place.address())
        .await
        .unwrap()
        .with(blog())
        .after_each(|_| panic!("a bug of the program"));
    assert!(tokio::spawn(async move { panics.migrate().await }).await.unwrap_err().is_panic());
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(blog());
    assert_eq!(migrator.migrate().await.unwrap().done.len(), 1);
    let found = migrator.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
}

on_every_backend!(before_and_after);
