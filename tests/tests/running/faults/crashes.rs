//! F4: servers that are killed while migrations run, and started again.

use std::io::Write as _;
use std::sync::Arc;

use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_server;
use modelshift_tests::place::Place;
use modelshift_tests::servers::{self, Settings};

use super::{goes_on, is_all, survived};
use crate::processes::{Order, line, start, whole};

/// What is committed is on the disk: the servers of tests are faster than that otherwise.
fn durable(backend: Backend) -> Settings<'static> {
    match backend {
        Backend::Sqlite => &[],
        Backend::Postgres | Backend::Postgres18 => &["synchronous_commit=on", "fsync=on"],
        Backend::Mariadb | Backend::Mariadb11 | Backend::Mysql9 => &["innodb-flush-log-at-trx-commit=1"],
    }
}

/// Kills the server before a statement, and starts it again: the process says so, and a plain run goes on.
async fn servers_killed(backend: Backend) {
    let wanted = whole(backend).await;
    let server = servers::own(backend, durable(backend)).unwrap().unwrap();
    let (step, mut count) = (if is_all() { 1 } else { 7 }, 0);
    for stop in (3..).step_by(step) {
        let place = Place::on(backend, Some(Arc::clone(&server))).await.unwrap();
        let mut child = start(&place, Order::Pause(stop));
        let told = line(&mut child, &["stopped", "done"]);
        if told.starts_with("done") {
            break;
        }
        server.crash().unwrap();
        child.stdin.as_mut().unwrap().write_all(b"go\n").unwrap();
        let ended = line(&mut child, &["failed", "done"]);
        assert!(ended.starts_with("failed"), "after {told}: {ended}");
        child.wait().unwrap();
        goes_on(&place, &wanted, &told).await;
        count += 1;
    }
    survived("F4 server killed before a statement", backend, count);
}

on_every_server!(servers_killed);
