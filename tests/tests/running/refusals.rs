//! Servers that cannot be used: each is said before anything is done, with what to do.

use std::error::Error as _;
use std::fmt::Write as _;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use modelshift::{Dialect, Migrator};
use modelshift_tests::backend::Backend;
use modelshift_tests::place::Place;
use modelshift_tests::servers::{self, Server, Settings};

use crate::list::blog;

/// Returns the message of an attempt to migrate, with its causes, as it is printed.
async fn message(url: &str) -> String {
    let migrated = match Migrator::connect(url).await {
        Ok(migrator) => migrator.with(blog()).migrate().await.map(|_| ()),
        Err(error) => Err(error),
    };
    let error = migrated.unwrap_err();
    assert_eq!(error.report().done.len(), 0);
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    assert!(!text.contains("hunter2"), "{text}");
    text
}

/// Holds messages to those that are kept, without what differs from run to run.
fn assert_messages(name: &str, messages: &[(&str, String)], places: &[&str]) {
    let lines = messages.iter().map(|(what, text)| format!("-- {what}\n{text}\n"));
    let mut text = lines.collect::<String>();
    for place in places {
        text = text.replace(place, "$PLACE");
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text);
    });
}

/// Returns an address with another user, database or host.
fn address(server: &Server, scheme: &str, user: &str, database: &str) -> String {
    let socket = server.socket().display();
    let place = if scheme == "postgres" { "host" } else { "socket" };
    format!("{scheme}://{user}@localhost/{database}?{place}={socket}")
}

async fn own(backend: Backend, settings: Settings<'_>) -> (Place, Arc<Server>) {
    let server = servers::own(backend, settings).unwrap().unwrap();
    (Place::on(backend, Some(Arc::clone(&server))).await.unwrap(), server)
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_postgres() {
    let Some(_ready) = Backend::Postgres.ready() else { return };
    let place = Place::new(Dialect::Postgres).await.unwrap();
    let server = place.server().unwrap();
    let name = place.name();
    for sql in [
        format!("CREATE ROLE {name}_reader LOGIN"),
        format!("CREATE ROLE {name}_frozen LOGIN"),
        format!("ALTER ROLE {name}_frozen SET default_transaction_read_only = on"),
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC".to_owned(),
    ] {
        place.execute(&sql).await.unwrap();
    }
    let at = |user: &str, database: &str| address(server, "postgres", user, database);
    let mut messages = vec![
        ("no server", message("postgres://ann:hunter2@127.0.0.1:1/blog").await),
        ("no socket", message("postgres://ann:hunter2@localhost/blog?host=/nowhere").await),
        ("no role", message(&at("nobody:hunter2", name)).await),
        ("no database", message(&at("postgres", "nothing")).await),
        ("no schema", message(&format!("{}&options=-c%20search_path%3Dnope", at("postgres", name))).await),
        ("no right", message(&at(&format!("{name}_reader"), name)).await),
        ("read-only", message(&at(&format!("{name}_frozen"), name)).await),
        ("a wrong option", message(&format!("{}&sslmode=maybe", at("postgres", name))).await),
    ];
    // The account of the server reads it.
    let folder = tempfile::Builder::new().permissions(Permissions::from_mode(0o755)).tempdir().unwrap();
    let rules = folder.path().join("rules");
    std::fs::write(&rules, "local all ann scram-sha-256\nlocal all all trust\n").unwrap();
    let (guarded, own) = own(Backend::Postgres, &[&format!("hba_file={}", rules.display())]).await;
    guarded.execute("CREATE ROLE ann LOGIN PASSWORD 'right'").await.unwrap();
    let url = address(&own, "postgres", "ann:hunter2", guarded.name());
    messages.push(("a wrong password", message(&url).await));
    let folders = [server, &own].map(|server| server.socket().display().to_string());
    let [folder, other] = folders.each_ref().map(String::as_str);
    assert_messages("messages_of_postgres", &messages, &[name, guarded.name(), folder, other]);
}

async fn messages_of(backend: Backend, file: &str, settings: Settings<'_>) {
    let (place, server) = own(backend, settings).await;
    let name = place.name();
    for sql in [
        "CREATE USER ann IDENTIFIED BY 'right'".to_owned(),
        format!("CREATE USER reader; GRANT SELECT ON {name}.* TO reader"),
        format!("CREATE USER writer; GRANT ALL ON {name}.* TO writer"),
    ] {
        place.execute(&sql).await.unwrap();
    }
    let at = |user: &str, database: &str| address(&server, "mysql", user, database);
    let mut messages = vec![
        ("no server", message("mysql://ann:hunter2@127.0.0.1:1/blog").await),
        ("no socket", message("mysql://ann:hunter2@localhost/blog?socket=/nowhere").await),
        ("a wrong password", message(&at("ann:hunter2", name)).await),
        ("no right to the database", message(&at("ann:right", name)).await),
        ("no database", message(&at("root", "nothing")).await),
        ("no database in the address", message(&at("root", "")).await),
        ("no right", message(&at("reader", name)).await),
    ];
    place.execute("SET GLOBAL read_only = 1").await.unwrap();
    messages.push(("read-only", message(&at("writer", name)).await));
    assert_messages(file, &messages, &[name]);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_mariadb() {
    if Backend::Mariadb.ready().is_some() {
        messages_of(Backend::Mariadb, "messages_of_mariadb", &[]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_mysql_9() {
    if Backend::Mysql9.ready().is_some() {
        messages_of(Backend::Mysql9, "messages_of_mysql_9", &[]).await;
    }
}

/// MariaDB reports the version that it is told to.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_too_old_is_named_with_the_oldest_that_works() {
    let Some(_ready) = Backend::Mariadb.ready() else { return };
    let server = servers::own(Backend::Mariadb, &["version=10.4.1-MariaDB"]).unwrap().unwrap();
    let url = address(&server, "mysql", "root", "mysql");
    assert_messages("messages_of_an_old_server", &[("too old", message(&url).await)], &[]);
}
