//! The examples of the repository, on every database.

use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_backend;
use modelshift_tests::place::Place;

async fn blog_runs_twice(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let first = blog::run(&place.address()).await.unwrap();
    let rows = ["Notes on the Engine by Ada (2026-01-02)", "On Cards by Ada (a draft)", "1 comments"];
    assert_eq!(first[0], "applied blog.0001_initial");
    assert_eq!(first[6..], rows);
    let second = blog::run(&place.address()).await.unwrap();
    assert_eq!(second[0], "nothing to do");
    assert_eq!(second[1..], rows);
}

on_every_backend!(blog_runs_twice);

async fn forge_runs_twice(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let first = forge::run(&place.address()).await.unwrap();
    let second = forge::run(&place.address()).await.unwrap();
    assert_ne!(first[0], "0 migrations applied");
    assert_eq!(second[0], "0 migrations applied");
    assert_eq!(first[1..], second[1..]);
    assert!(first[1].ends_with(" tables, 0 differences"), "{first:?}");
    assert_eq!(first[2..], ["ada/engine: 2 stars, 1 open issues", "bob/cards: 0 stars, 0 open issues"]);
}

on_every_backend!(forge_runs_twice);
