//! MariaDB, of this Debian and 11.

use std::io;
use std::path::Path;

use super::account::Account;
use super::programs::{Newer, installed, newer};
use super::{Server, Settings, folder, option, succeed, watched};

const NEWER: Newer =
    Newer { name: "mariadb-11", packages: &["mariadb-server", "mariadb-client", "galera-4"] };

/// Starts the MariaDB of this Debian.
pub(super) fn start_installed(settings: Settings<'_>) -> io::Result<Server> {
    installed("mariadbd", "mariadb-server")?;
    start(Path::new("/"), settings)
}

/// Starts MariaDB 11.
pub(super) fn start_newer(settings: Settings<'_>) -> io::Result<Server> {
    start(&newer(NEWER)?, settings)
}

fn start(root: &Path, settings: Settings<'_>) -> io::Result<Server> {
    let folder = folder("my")?;
    let account = if root == Path::new("/") { Account::lowly(false)? } else { Account::Same };
    account.own(folder.path())?;
    let (data, socket) = (folder.path().join("data"), folder.path().join("socket"));
    // Each removes the temporary tables of others from a folder that they share: the installation too.
    let same = [
        option("--basedir", &root.join("usr")),
        option("--datadir", &data),
        option("--tmpdir", folder.path()),
    ];
    let mut install = account.command(&root.join("usr/bin/mariadb-install-db"));
    install.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
    succeed(install.args(&same))?;
    let mut server = watched(account, &root.join("usr/sbin/mariadbd"));
    server.args(["--no-defaults", "--user=root", "--skip-networking", "--innodb-flush-log-at-trx-commit=0"]);
    server.args(["--innodb-flush-method=nosync", "--skip-innodb-doublewrite", "--sync-frm=0"]);
    server.args(["--character-set-server=utf8mb4", "--sql-mode="]).args(&same);
    server.arg(option("--socket", &socket)).arg(option("--pid-file", &folder.path().join("pid")));
    server.args(settings.iter().map(|setting| format!("--{setting}")));
    let process = folder.path().join("pid");
    Server::start(folder, socket, process, server)
}
