//! F8: `PgBouncer` between the program and the server.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use modelshift::error::ErrorKind;
use modelshift::{Dialect, Migrator};
use modelshift_tests::backend::Backend;
use modelshift_tests::place::Place;
use modelshift_tests::servers;
use tempfile::TempDir;

use super::survived;
use crate::list::blog;

/// A `PgBouncer` that runs until this is dropped.
struct Bouncer {
    child: Child,
    folder: TempDir,
}

impl Bouncer {
    fn start(place: &Place, mode: &str) -> Self {
        let program = servers::program("pgbouncer", "pgbouncer").unwrap();
        let folder = servers::folder_of_another().unwrap();
        let path = folder.path().display();
        let server = place.server().unwrap().socket().display();
        let settings = format!(
            "[databases]\n* = host={server} user=postgres\n[pgbouncer]\nlisten_port = 6543\nlisten_addr =\n\
             unix_socket_dir = {path}\nauth_type = any\npool_mode = {mode}\n\
             ignore_startup_parameters = extra_float_digits,options\n"
        );
        std::fs::write(folder.path().join("settings.ini"), settings).unwrap();
        let mut command: Command = servers::command_of_another(&program).unwrap();
        command.arg(folder.path().join("settings.ini"));
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let (bouncer, begin) = (Self { child, folder }, Instant::now());
        while !bouncer.folder.path().join(".s.PGSQL.6543").exists() {
            assert!(begin.elapsed() < Duration::from_secs(20), "PgBouncer did not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        bouncer
    }

    fn address(&self, place: &Place) -> String {
        format!("postgres://postgres@localhost:6543/{}?host={}", place.name(), self.folder.path().display())
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        // Its account may be another one, so that the shell of that account ends it.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_of_transactions_is_refused_and_one_of_sessions_is_not() {
    let Some(_ready) = Backend::Postgres.ready() else { return };
    let place = Place::new(Dialect::Postgres).await.unwrap();
    let bouncer = Bouncer::start(&place, "transaction");
    let opened = Migrator::connect(&bouncer.address(&place)).await;
    let error = match opened {
        Ok(migrator) => migrator.with(blog()).migrate().await.unwrap_err(),
        Err(error) => error,
    };
    assert!(matches!(error.kind(), ErrorKind::Open { .. }), "{error}");
    assert!(error.to_string().contains("`pool_mode = session`"), "{error}");
    assert!(
        place
            .rows("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
            .await
            .unwrap()
            .is_empty()
    );
    drop(bouncer);

    let bouncer = Bouncer::start(&place, "session");
    let mut migrator = Migrator::connect(&bouncer.address(&place)).await.unwrap().with(blog());
    assert_eq!(migrator.migrate().await.unwrap().done.len(), 3);
    survived("F8 pooler of transactions", Backend::Postgres, 1);
}
