//! The programs of servers: those of this Debian, and newer ones in the cache of the user.

use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use modelshift::dialect::Dialect;

use super::account::Account;
use super::succeed;

/// A server that this Debian does not have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Newer {
    /// The name of its folder.
    pub(super) name: &'static str,
    /// Its packages.
    pub(super) packages: &'static [&'static str],
}

/// Finds the client of a database: `sqlite3`, `psql` or `mariadb`.
///
/// # Errors
/// Where it is not installed.
pub fn client(dialect: Dialect) -> io::Result<PathBuf> {
    let (name, package) = match dialect {
        Dialect::Sqlite => ("sqlite3", "sqlite3"),
        Dialect::Postgres => ("psql", "postgresql-client"),
        Dialect::Mysql => ("mariadb", "mariadb-client"),
    };
    installed(name, package)
}

/// Returns the folder of a newer server, which holds `usr` and so on; fetches it where it is missing.
///
/// # Errors
/// [`io::ErrorKind::NotFound`] where it cannot be fetched.
pub(super) fn newer(server: Newer) -> io::Result<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cache = cache.or_else(home).ok_or_else(|| io::Error::other("`HOME` is not set"))?;
    let folder = cache.join("modelshift/servers");
    let tree = folder.join(server.name);
    if !tree.is_dir() {
        let mut fetch = Command::new("bash");
        fetch.args(["-c", include_str!("fetch.sh"), "fetch.sh"]).arg(&folder).arg(server.name);
        succeed(fetch.args(server.packages)).map_err(|error| {
            io::Error::new(
                io::ErrorKind::NotFound,
                format!("`{}` cannot be fetched, which needs Debian on x86-64: {error}", server.name),
            )
        })?;
    }
    Ok(tree)
}

/// Finds a program in the folders of Debian or in the path; root on Debian gets what is missing installed.
///
/// # Errors
/// [`io::ErrorKind::NotFound`] where it is not installed.
pub(super) fn installed(name: &str, package: &str) -> io::Result<PathBuf> {
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _alone = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(program) = find(name) {
        return Ok(program);
    }
    if Account::is_root()? && find("apt-get").is_some() {
        succeed(apt().arg("update"))?;
        succeed(apt().args(["install", "--no-install-recommends", package]))?;
    }
    find(name).ok_or_else(|| {
        let words = format!(
            "`{name}` is not installed, and this test runs on the real server; run `apt-get install {package}`"
        );
        io::Error::new(io::ErrorKind::NotFound, words)
    })
}

fn apt() -> Command {
    let mut apt = Command::new("apt-get");
    apt.args(["-q", "-y", "-o", "DPkg::Lock::Timeout=300"]).env("DEBIAN_FRONTEND", "noninteractive");
    apt
}

fn find(name: &str) -> Option<PathBuf> {
    // The folders of PostgreSQL have a version, and exist only once it is installed.
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    folders.extend(["/usr/local/bin", "/usr/bin", "/usr/sbin"].map(PathBuf::from));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = folders.into_iter().chain(std::env::split_paths(&path));
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}
