//! Databases that are not there, not ours to write, not databases, or held by somebody else.

use std::time::Duration;

use modelshift::Migrator;
use modelshift::error::{Error, ErrorKind};
use modelshift::report::{Event, Report};
use sqlx::Connection;

use crate::support::{Place, blog, initial, migrations};

async fn failure(url: &str) -> Error {
    match Migrator::connect(url).await {
        Ok(migrator) => migrator.with(migrations("blog", &blog())).migrate().await.unwrap_err(),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_file_is_made_by_what_writes_and_by_nothing_else() {
    let place = Place::new();
    let mut migrator = place.migrator(&blog()).await;
    assert_eq!(migrator.status().await.unwrap().unapplied().count(), 4);
    assert_eq!(migrator.check().await.unwrap().unapplied.len(), 4);
    assert!(!place.file().exists());
    migrator.migrate().await.unwrap();
    assert!(place.file().exists());
}

#[tokio::test]
async fn every_form_of_an_address_leads_to_the_file() {
    let place = Place::new();
    let path = place.file().display().to_string();
    for url in [
        format!("sqlite://{path}"),
        format!("sqlite:{path}"),
        path.clone(),
        format!("{}?mode=rw", place.url()),
    ] {
        let mut migrator = Migrator::connect(&url).await.unwrap().with(migrations("blog", &[initial()]));
        migrator.migrate().await.unwrap();
        assert_eq!(place.applied().await, "blog.0001_initial", "{url}");
        assert_eq!(migrator.database(), path, "{url}");
    }
}

#[tokio::test]
async fn a_database_in_memory_lives_on_in_its_connection() {
    for url in ["sqlite::memory:", ":memory:"] {
        let mut migrator = Migrator::connect(url).await.unwrap().with(migrations("blog", &blog()));
        migrator.migrate().await.unwrap();
        assert!(migrator.migrate().await.unwrap().is_empty());
        let mut connection = migrator.into_sqlite().await.unwrap();
        let rows: i64 =
            sqlx::query_scalar("SELECT count(*) FROM blog_post").fetch_one(&mut connection).await.unwrap();
        assert_eq!(rows, 0);
        let enforced: i64 =
            sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(&mut connection).await.unwrap();
        assert_eq!(enforced, 1);
    }
}

#[tokio::test]
async fn places_that_cannot_be_are_named() {
    let place = Place::new();
    let folder = place.folder().display().to_string();
    for (url, words) in [
        (format!("sqlite://{folder}/nowhere/x.db"), "there is no folder `"),
        (format!("sqlite://{folder}"), "it is a folder"),
        (format!("sqlite://{folder}/x.db?mode=rw"), "there is no such file"),
    ] {
        let error = failure(&url).await;
        assert!(matches!(error.kind(), ErrorKind::Open { .. }), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "nothing was made");
}

#[tokio::test]
async fn what_is_no_database_is_not_touched() {
    let place = Place::new();
    let text = "This is a letter, and not a database at all.\n".repeat(40);
    std::fs::write(place.file(), &text).unwrap();
    let error = failure(&place.url()).await;
    assert!(error.to_string().contains("the file is not a SQLite database"), "{error}");
    assert_eq!(std::fs::read_to_string(place.file()).unwrap(), text);
}

#[tokio::test]
async fn a_read_only_file_is_refused_before_any_work() {
    let place = Place::new();
    place.migrator(&[initial()]).await.migrate().await.unwrap();
    let before = std::fs::read(place.file()).unwrap();
    let error = failure(&format!("{}?mode=ro", place.url())).await;
    assert!(matches!(error.kind(), ErrorKind::ReadOnly { .. }), "{error}");
    let mut permissions = std::fs::metadata(place.file()).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(place.file(), permissions).unwrap();
    let error = failure(&place.url()).await;
    assert!(error.to_string().contains("is read-only") && error.to_string().contains("chmod"), "{error}");
    assert_eq!(std::fs::read(place.file()).unwrap(), before);
    let mut migrator = place.migrator(&blog()).await;
    assert_eq!(migrator.status().await.unwrap().unapplied().count(), 3, "reading is allowed");
}

#[tokio::test]
async fn a_locked_database_is_waited_for_and_then_named() {
    let place = Place::new();
    place.migrator(&[initial()]).await.migrate().await.unwrap();
    let mut other = place.connection().await;
    let transaction = other.begin_with("BEGIN EXCLUSIVE").await.unwrap();
    let mut migrator = place.migrator(&blog()).await.lock_timeout(Duration::from_millis(200));
    let error = migrator.migrate().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Locked { .. }), "{error}");
    assert!(
        error.to_string().contains("is locked by another process, and was still so after 0.2 s"),
        "{error}"
    );
    transaction.rollback().await.unwrap();

    // One that only writes lets us read the history, and keeps us from the turn.
    let transaction = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let error = migrator.migrate().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Locked { .. }), "{error}");
    let mut migrator = migrator.lock_timeout(Duration::from_secs(20));
    let (report, ()) = tokio::join!(migrator.migrate(), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        transaction.rollback().await.unwrap();
    });
    assert_eq!(report.unwrap().done.len(), 3);
}

/// SQLite counts in milliseconds up to 2^31, and reads what is beyond as no time at all.
#[tokio::test]
async fn a_long_time_to_wait_is_a_long_time() {
    for seconds in [2_147_484, u64::MAX] {
        let place = Place::new();
        place.migrator(&[initial()]).await.migrate().await.unwrap();
        let mut other = place.connection().await;
        let transaction = other.begin_with("BEGIN EXCLUSIVE").await.unwrap();
        let mut migrator = place.migrator(&blog()).await.lock_timeout(Duration::from_secs(seconds));
        let (report, ()) = tokio::join!(migrator.migrate(), async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            transaction.rollback().await.unwrap();
        });
        assert_eq!(report.unwrap().done.len(), 3, "{seconds}");
    }
}

/// When something is done to the file.
#[derive(Clone, Copy, PartialEq)]
enum When {
    /// As a migration begins.
    Begins,
    /// Right before it is committed.
    Commits,
    /// Right before the one plan of the new database is committed.
    CommitsTogether,
}

/// Does something to the file at the migration `0003_rating_range`, or at the one plan.
async fn disturbed(place: &Place, when: When, disturb: fn(&Place)) -> Error {
    let (folder, file) = (place.folder().to_owned(), place.file());
    assert!(file.starts_with(&folder));
    let borrowed = Place::at(&folder);
    let migrator = place.migrator(&blog()).await;
    let together = when == When::CommitsTogether;
    let migrator = if together { migrator } else { migrator.one_by_one() };
    let mut migrator = migrator.observe(move |event: Event<'_>| {
        let id = match event {
            Event::Commits(plan) if when != When::Begins => &plan.id,
            Event::Begins(plan) if when == When::Begins => &plan.id,
            Event::NewDatabase { .. }
            | Event::Begins(_)
            | Event::Statement { .. }
            | Event::StatementDone { .. }
            | Event::Function { .. }
            | Event::File { .. }
            | Event::FileDone { .. }
            | Event::FunctionDone { .. }
            | Event::BatchDone { .. }
            | Event::Commits(_)
            | Event::Done(_)
            | Event::DoneByOther(_) => return,
        };
        if together || id.name == "0003_rating_range" {
            disturb(&borrowed);
        }
    });
    migrator.migrate().await.unwrap_err()
}

#[tokio::test]
async fn a_file_that_is_deleted_or_replaced_during_the_run_is_told() {
    let delete: fn(&Place) = |place| std::fs::remove_file(place.file()).unwrap();
    let replace: fn(&Place) = |place| {
        let other = place.folder().join("other");
        std::fs::write(&other, "").unwrap();
        std::fs::rename(other, place.file()).unwrap();
    };
    for disturb in [delete, replace] {
        for when in [When::Begins, When::Commits, When::CommitsTogether] {
            let place = Place::new();
            let error = disturbed(&place, when, disturb).await;
            assert!(matches!(error.kind(), ErrorKind::Replaced { .. }), "{error}");
            assert!(error.to_string().contains("was deleted or replaced by another file"), "{error}");
            assert_eq!(*error.report(), Report::default(), "nothing of it is in the database of that name");
            let mut migrator = place.migrator(&blog()).await;
            assert_eq!(migrator.migrate().await.unwrap().done.len(), 4);
        }
    }
}

/// Between two runs a file may go: the database of that name is then another one, or none yet.
#[tokio::test]
async fn a_file_that_is_deleted_between_two_runs_is_another_database() {
    let place = Place::new();
    let mut migrator = place.migrator(&blog()).await;
    migrator.migrate().await.unwrap();
    std::fs::remove_file(place.file()).unwrap();
    assert_eq!(migrator.status().await.unwrap().unapplied().count(), 4);
    assert_eq!(migrator.migrate().await.unwrap().done.len(), 4);
    assert!(migrator.check().await.unwrap().is_empty());
}

#[tokio::test]
async fn servers_that_are_not_there_are_named_without_their_secrets() {
    for url in ["postgres://ann:hunter2@127.0.0.1:1/blog", "mysql://ann:hunter2@127.0.0.1:1/blog"] {
        let error = failure(url).await;
        assert!(matches!(error.kind(), ErrorKind::NoFeature { .. } | ErrorKind::Open { .. }), "{error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
