//! `testing::database`: a migrated database for each test, at the same time and after a test that was killed.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use modelshift::testing::{TestDatabase, database_at};
use modelshift::{Dialect, Migrator};
use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_backend;
use modelshift_tests::place::Place;

use crate::list::blog;

/// The variables by which a child is told what to do.
const URL: &str = "MODELSHIFT_TEST_DATABASE_AT";
const STAY: &str = "MODELSHIFT_TEST_STAY";

/// Returns the names of the databases that exist for tests of this place.
async fn made(place: &Place) -> Vec<String> {
    match place.dialect() {
        Dialect::Sqlite => Vec::new(),
        Dialect::Postgres => {
            place.rows("SELECT datname::text FROM pg_database WHERE starts_with(datname::text, 'modelshift_test_')").await
        }
        .unwrap(),
        Dialect::Mysql => {
            place.rows("SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE 'modelshift\\_test\\_%'")
                .await
        }
        .unwrap(),
    }
}

async fn exists(place: &Place, url: &str) -> bool {
    let name = url.split('?').next().unwrap().rsplit('/').next().unwrap();
    match place.dialect() {
        Dialect::Sqlite => std::path::Path::new(url.strip_prefix("sqlite:").unwrap()).exists(),
        Dialect::Postgres | Dialect::Mysql => made(place).await.iter().any(|it| it == name),
    }
}

async fn authors(database: &TestDatabase) -> usize {
    let mut live = modelshift::testing::Live::connect(database.url()).await.unwrap();
    let rows = live.rows("SELECT * FROM blog_author").await.unwrap().len();
    live.close().await;
    rows
}

async fn is_migrated(database: &TestDatabase) {
    let mut migrator = Migrator::connect(database.url()).await.unwrap().with(blog());
    let found = migrator.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
    assert_eq!(migrator.status().await.unwrap().unapplied().count(), 0);
    migrator.close().await;
}

/// Many tests at once get a database each, with all that the migrations left, and the one of the address stays empty.
async fn each_test_has_its_own(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let address = place.address();
    let tests: Vec<_> = (0..6)
        .map(|_| {
            let address = address.clone();
            tokio::spawn(async move { database_at(&address, blog()).await.unwrap() })
        })
        .collect();
    let mut databases = Vec::new();
    for test in tests {
        databases.push(test.await.unwrap());
    }
    let mut urls: Vec<String> = databases.iter().map(|it| it.url().to_owned()).collect();
    urls.sort();
    urls.dedup();
    assert_eq!(urls.len(), 6);
    is_migrated(&databases[0]).await;
    is_migrated(&databases[5]).await;
    let first = authors(&databases[0]).await;
    let mut live = modelshift::testing::Live::connect(databases[0].url()).await.unwrap();
    live.execute("DELETE FROM blog_author").await.unwrap();
    live.close().await;
    assert_eq!((authors(&databases[0]).await, authors(&databases[1]).await), (0, first));

    let mut own = Migrator::connect(&address).await.unwrap();
    assert!(own.introspect().await.unwrap().tables.is_empty());
    own.close().await;

    // Closed or dropped, they go.
    databases.pop().unwrap().close().await.unwrap();
    drop(databases);
    for url in urls {
        assert!(!exists(&place, &url).await, "{url}");
    }
}

on_every_backend!(each_test_has_its_own);

/// What a killed test left behind is removed by the next program, and what another test uses is not.
async fn a_killed_test_leaves_nothing(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let used = database_at(&place.address(), blog()).await.unwrap();
    let mut killed = start(&place, true);
    let left = told(&mut killed);
    assert!(exists(&place, &left).await);
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert!(exists(&place, &left).await, "nobody could remove it");

    let mut next = start(&place, false);
    let url = told(&mut next);
    assert!(next.wait().unwrap().success());
    assert!(!exists(&place, &left).await, "{left}");
    assert!(!exists(&place, &url).await, "{url}");
    assert!(exists(&place, used.url()).await);
    is_migrated(&used).await;
}

on_every_backend!(a_killed_test_leaves_nothing);

/// Starts this very program again, to run [`child`] alone.
fn start(place: &Place, stays: bool) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "testing::child", "--nocapture"]).env(URL, place.address());
    if stays {
        command.env(STAY, "1");
    }
    command.stdout(Stdio::piped()).spawn().unwrap()
}

fn told(child: &mut Child) -> String {
    let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    let mut lines = lines.map(Result::unwrap);
    lines.find_map(|line| line.strip_prefix("made ").map(str::to_owned)).unwrap()
}

/// What the other process does; without an address in the environment it is nobody's child, and there is nothing to do.
#[tokio::test]
async fn child() {
    let Ok(url) = std::env::var(URL) else {
        assert!(std::env::var(STAY).is_err(), "a child that stays needs an address");
        return;
    };
    let database = database_at(&url, blog()).await.unwrap();
    println!("\nmade {}", database.url());
    if std::env::var(STAY).is_ok() {
        // The parent kills us here.
        std::thread::sleep(std::time::Duration::from_mins(1));
    }
}
