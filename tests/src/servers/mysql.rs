//! MySQL 9.

use std::io;

use super::account::Account;
use super::programs::{Newer, newer};
use super::{Server, Settings, folder, option, succeed, watched};

const NEWER: Newer = Newer { name: "mysql-9", packages: &["mysql-server-core", "mysql-client"] };

/// Starts MySQL 9.
pub(super) fn start_newer(settings: Settings<'_>) -> io::Result<Server> {
    let root = newer(NEWER)?;
    let folder = folder("my")?;
    let (program, socket) = (root.join("usr/sbin/mysqld"), folder.path().join("socket"));
    let mut same = vec!["--no-defaults".into(), "--user=root".into()];
    same.push(option("--datadir", &folder.path().join("data")));
    same.push(option("--tmpdir", folder.path()));
    same.push(option("--basedir", &root.join("usr")));
    same.push(option("--lc-messages-dir", &root.join("usr/share/mysql")));
    same.push(option("--plugin-dir", &root.join("usr/lib/mysql/plugin")));
    same.extend(["--secure-file-priv=NULL", "--innodb-redo-log-capacity=33554432"].map(Into::into));
    succeed(Account::Same.command(&program).args(&same).arg("--initialize-insecure"))?;
    let mut server = watched(Account::Same, &program);
    server.args(same).args(["--skip-networking", "--mysqlx=OFF", "--skip-log-bin"]);
    server.args(["--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync", "--sql-mode="]);
    server.args(["--skip-innodb-doublewrite", "--innodb-buffer-pool-size=64M", "--performance-schema=OFF"]);
    server.args(["--innodb-log-writer-threads=OFF", "--innodb-stats-persistent=OFF"]);
    server.arg(option("--socket", &socket)).arg(option("--pid-file", &folder.path().join("pid")));
    server.args(settings.iter().map(|setting| format!("--{setting}")));
    let process = folder.path().join("pid");
    server.arg(option("--pid-file", &process));
    Server::start(folder, socket, process, server)
}
