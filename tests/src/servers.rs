//! Real database servers for tests: each test process starts its own on a folder that goes with it.
//!
//! A server that is missing is installed where that is possible (root, on Debian), else the test fails with the words to
//! install it; nothing is skipped in silence.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use modelshift::dialect::Dialect;
use tempfile::TempDir;

/// Stops the server behind it when its own input ends, which it does however this process dies.
const WATCH: &str = r#""$@" & server=$!; cat >/dev/null; kill -TERM "$server"; wait "$server""#;

/// A server that runs as long as something holds it.
#[derive(Debug)]
pub struct Server {
    watch: Child,
    folder: TempDir,
    socket: PathBuf,
}

impl Server {
    /// Returns the folder of the socket (PostgreSQL), or the socket itself (MariaDB).
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    fn start(folder: TempDir, socket: PathBuf, mut command: Command) -> io::Result<Self> {
        let log = std::fs::File::create(folder.path().join("log"))?;
        let watch = command.stdin(Stdio::piped()).stdout(log.try_clone()?).stderr(log).spawn()?;
        let server = Self { watch, folder, socket };
        let file =
            if server.socket.is_dir() { server.socket.join(".s.PGSQL.5432") } else { server.socket.clone() };
        let begin = Instant::now();
        while !file.exists() {
            if begin.elapsed() > Duration::from_mins(1) {
                let log = std::fs::read_to_string(server.folder.path().join("log")).unwrap_or_default();
                return Err(io::Error::other(format!("the server did not start:\n{log}")));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.watch.stdin.take());
        // What cannot be waited for is gone already.
        let _ = self.watch.wait();
    }
}

/// Returns this process's PostgreSQL, and starts it where none runs.
///
/// # Errors
/// Where it is not installed or does not start.
pub fn postgres() -> io::Result<Arc<Server>> {
    static RUNNING: Mutex<Weak<Server>> = Mutex::new(Weak::new());
    shared(&RUNNING, start_postgres)
}

/// Returns this process's MariaDB, and starts it where none runs.
///
/// # Errors
/// Where it is not installed or does not start.
pub fn mariadb() -> io::Result<Arc<Server>> {
    static RUNNING: Mutex<Weak<Server>> = Mutex::new(Weak::new());
    shared(&RUNNING, start_mariadb)
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
    program(name, || vec!["/usr/bin".to_owned()], package)
}

fn shared(running: &Mutex<Weak<Server>>, start: fn() -> io::Result<Server>) -> io::Result<Arc<Server>> {
    let mut running = running.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(server) = running.upgrade() {
        return Ok(server);
    }
    let server = Arc::new(start()?);
    *running = Arc::downgrade(&server);
    Ok(server)
}

fn start_postgres() -> io::Result<Server> {
    let folder = folder("pg")?;
    let account = Account::lowly()?;
    account.own(folder.path())?;
    let data = folder.path().join("data");
    let mut initdb = account.command(&postgres_program("initdb")?);
    initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]);
    succeed(initdb.arg("-D").arg(&data))?;
    let mut server = account.command(Path::new("sh"));
    server.args(["-c", WATCH, "watch"]).arg(postgres_program("postgres")?).arg("-D").arg(&data);
    server.arg("-k").arg(folder.path());
    for setting in ["listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off"] {
        server.args(["-c", setting]);
    }
    let socket = folder.path().to_owned();
    Server::start(folder, socket, server)
}

fn start_mariadb() -> io::Result<Server> {
    let folder = folder("my")?;
    let account = Account::lowly()?;
    account.own(folder.path())?;
    let data = folder.path().join("data");
    let mut install =
        account.command(&program("mariadb-install-db", || vec!["/usr/bin".to_owned()], "mariadb-server")?);
    install.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
    succeed(install.arg(option("--datadir", &data)))?;
    let socket = folder.path().join("socket");
    let mut server = account.command(Path::new("sh"));
    server.args(["-c", WATCH, "watch"]);
    server.arg(program("mariadbd", || vec!["/usr/sbin".to_owned()], "mariadb-server")?);
    server.args(["--no-defaults", "--skip-networking", "--innodb-flush-log-at-trx-commit=0"]);
    server.args(["--innodb-flush-method=nosync", "--skip-innodb-doublewrite", "--sync-frm=0"]);
    server.args(["--character-set-server=utf8mb4", "--sql-mode="]);
    server.arg(option("--datadir", &data)).arg(option("--socket", &socket));
    server.arg(option("--pid-file", &folder.path().join("pid")));
    Server::start(folder, socket, server)
}

/// Returns a new folder, in memory where there is room.
fn folder(prefix: &str) -> io::Result<TempDir> {
    const NEEDED_KILOBYTES: u64 = 1_000_000;
    let room = Command::new("df").args(["--output=avail", "/dev/shm"]).output();
    let room = room.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let room = room.lines().last().and_then(|line| line.trim().parse::<u64>().ok()).unwrap_or_default();
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    if room >= NEEDED_KILOBYTES { builder.tempdir_in("/dev/shm") } else { builder.tempdir() }
}

fn option(name: &str, path: &Path) -> std::ffi::OsString {
    let mut option = std::ffi::OsString::from(name);
    option.push("=");
    option.push(path);
    option
}

/// Who a server runs as: PostgreSQL refuses to be root.
#[derive(Debug)]
struct Account {
    name: Option<&'static str>,
}

impl Account {
    fn lowly() -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt;
        if std::fs::metadata("/proc/self")?.uid() != 0 {
            return Ok(Self { name: None });
        }
        let accounts = std::fs::read_to_string("/etc/passwd")?;
        let is_there = |name: &&str| accounts.lines().any(|line| line.starts_with(&format!("{name}:")));
        let name = ["postgres", "nobody"].into_iter().find(is_there);
        name.map(|name| Self { name: Some(name) })
            .ok_or_else(|| io::Error::other("there is no account `postgres` or `nobody` to run a server as"))
    }

    fn own(&self, folder: &Path) -> io::Result<()> {
        let Some(name) = self.name else { return Ok(()) };
        succeed(Command::new("chown").arg(name).arg(folder))
    }

    fn command(&self, program: &Path) -> Command {
        let Some(name) = self.name else { return Command::new(program) };
        let mut command = Command::new("runuser");
        command.args(["-u", name, "--"]).arg(program).current_dir("/");
        command
    }
}

fn postgres_program(name: &str) -> io::Result<PathBuf> {
    program(name, postgres_folders, "postgresql")
}

/// The folders bear versions, so that they are there only once something is installed.
fn postgres_folders() -> Vec<String> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<String> =
        versions.map(|version| version.path().join("bin").display().to_string()).collect();
    folders.sort();
    folders.reverse();
    folders.push("/usr/local/bin".to_owned());
    folders
}

/// Finds a program in the given folders or in the path; on a fresh Debian machine, root installs what is missing.
fn program(name: &str, folders: impl Fn() -> Vec<String>, package: &str) -> io::Result<PathBuf> {
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _alone = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(program) = find(name, &folders()) {
        return Ok(program);
    }
    let is_root = Account::lowly()?.name.is_some();
    if is_root && find("apt-get", &["/usr/bin".to_owned()]).is_some() {
        install(package)?;
    }
    find(name, &folders()).ok_or_else(|| {
        io::Error::other(format!(
            "`{name}` is not installed, and this test runs on the real server; run `apt-get install {package}`"
        ))
    })
}

fn find(name: &str, folders: &[String]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = folders.iter().map(PathBuf::from).chain(std::env::split_paths(&path));
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn install(package: &str) -> io::Result<()> {
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.args(["-q", "-y", "-o", "DPkg::Lock::Timeout=300"]).env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    succeed(apt().arg("update"))?;
    succeed(apt().args(["install", "--no-install-recommends", package]))
}

fn succeed(command: &mut Command) -> io::Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(io::Error::other(format!("{command:?} failed:\n{out}{err}")))
}
