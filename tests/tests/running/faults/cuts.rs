//! F3: connections that the server ends.

use std::io::Write as _;

use modelshift::Dialect;
use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_server;
use modelshift_tests::place::Place;

use super::{goes_on, is_all, survived};
use crate::processes::{Order, line, start, whole};

/// Ends all sessions of others in the database.
async fn cut(place: &Place) {
    match place.dialect() {
        Dialect::Sqlite => panic!("SQLite has no sessions"),
        Dialect::Postgres => {
            let ended = place.rows(
                "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity \
                 WHERE datname = current_database() AND pid <> pg_backend_pid()",
            );
            ended.await.unwrap();
        }
        Dialect::Mysql => {
            let query = "SELECT CAST(id AS char(20)) FROM information_schema.processlist \
                         WHERE db = database() AND id <> connection_id()";
            for id in place.rows(query).await.unwrap() {
                // It may have ended by itself.
                let _ = place.execute(&format!("KILL {id}")).await;
            }
        }
    }
}

/// Ends the connection of a process before a statement: the process says so, and a plain run goes on.
async fn connections_cut(backend: Backend) {
    let wanted = whole(backend).await;
    let (step, mut count) = (if is_all() { 1 } else { 5 }, 0);
    for stop in (0..).step_by(step) {
        let place = Place::new(backend).await.unwrap();
        let mut child = start(&place, Order::Pause(stop));
        let told = line(&mut child, &["stopped", "done"]);
        if told.starts_with("done") {
            break;
        }
        cut(&place).await;
        child.stdin.as_mut().unwrap().write_all(b"go\n").unwrap();
        let ended = line(&mut child, &["failed", "done"]);
        assert!(ended.starts_with("failed"), "after {told}: {ended}");
        child.wait().unwrap();
        goes_on(&place, &wanted, &told).await;
        count += 1;
    }
    survived("F3 connection cut before a statement", backend, count);
}

on_every_server!(connections_cut);
