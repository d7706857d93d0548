//! A run whose future is dropped half-way, and what the connection is like afterwards.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use crate::support::{Place, blog, seed};

/// Polls a future so many times (waiting a little in between), and drops it.
async fn cut_short(future: impl Future, polls: usize) -> bool {
    let mut future = pin!(future);
    for _ in 0..polls {
        let mut context = Context::from_waker(Waker::noop());
        if future.as_mut().poll(&mut context).is_ready() {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    false
}

#[tokio::test]
async fn a_run_that_is_dropped_leaves_a_whole_migration_or_nothing_and_its_settings_behind() {
    let whole = Place::new();
    whole.migrator(&blog()).await.migrate().await.unwrap();
    let schema = "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name";
    let wanted = whole.texts(schema).await;
    let mut polls = 1;
    loop {
        let place = Place::new();
        let mut migrator = place.migrator(&blog()).await;
        migrator.migrate_to("0001").await.unwrap();
        seed(&place).await;
        let finished = cut_short(migrator.migrate(), polls).await;
        // The same migrator goes on, on the same connection.
        migrator.migrate().await.unwrap();
        assert_eq!(place.texts(schema).await, wanted, "dropped after {polls} polls");
        assert_eq!(place.number("SELECT count(*) FROM blog_post").await, 6);
        let mut connection = migrator.into_sqlite().await.unwrap();
        for (pragma, value) in [("PRAGMA foreign_keys", 1), ("PRAGMA legacy_alter_table", 0)] {
            let set: i64 = sqlx::query_scalar(pragma).fetch_one(&mut connection).await.unwrap();
            assert_eq!(set, value, "{pragma}");
        }
        if finished {
            break;
        }
        polls += 1 + polls / 8;
    }
    assert!(polls > 10, "{polls}");
}

#[tokio::test]
async fn a_run_may_be_a_task_of_its_own() {
    let place = Place::new();
    let mut migrator = place.migrator(&blog()).await;
    let report = tokio::spawn(async move { migrator.migrate().await }).await.unwrap().unwrap();
    assert_eq!(report.done.len(), 4);
}
