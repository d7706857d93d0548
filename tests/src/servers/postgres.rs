//! PostgreSQL, of this Debian and 18.

use std::io;
use std::path::Path;

use super::account::Account;
use super::programs::{Newer, installed, newer};
use super::{Server, Settings, folder, succeed, watched};

const NEWER: Newer = Newer { name: "postgres-18", packages: &["postgresql-18", "postgresql-client-18"] };

/// Starts the PostgreSQL of this Debian.
pub(super) fn start_installed(settings: Settings<'_>) -> io::Result<Server> {
    let postgres = installed("postgres", "postgresql")?;
    start(postgres.parent().unwrap_or(&postgres), Account::lowly(false)?, settings)
}

/// Starts PostgreSQL 18.
pub(super) fn start_newer(settings: Settings<'_>) -> io::Result<Server> {
    start(&newer(NEWER)?.join("usr/lib/postgresql/18/bin"), Account::lowly(true)?, settings)
}

fn start(programs: &Path, account: Account, settings: Settings<'_>) -> io::Result<Server> {
    let folder = folder("pg")?;
    account.own(folder.path())?;
    let data = folder.path().join("data");
    let mut initdb = account.command(&programs.join("initdb"));
    initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]);
    succeed(initdb.arg("-D").arg(&data))?;
    let mut server = watched(account, &programs.join("postgres"));
    server.arg("-D").arg(&data).arg("-k").arg(folder.path());
    for setting in ["listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off"] {
        server.args(["-c", setting]);
    }
    for setting in settings {
        server.args(["-c", setting]);
    }
    let (socket, process) = (folder.path().to_owned(), data.join("postmaster.pid"));
    Server::start(folder, socket, process, server)
}
