//! Real database servers for tests: each test process starts its own, in a folder that is removed with it.
//!
//! The servers of this Debian are installed where that is possible (root, on Debian). Newer ones are fetched into the cache
//! of the user. Where a server is missing, its tests say so and are skipped; with `MODELSHIFT_REQUIRE_SERVERS=1` they fail.

mod account;
mod mariadb;
mod mysql;
mod postgres;
mod programs;

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use self::account::Account;
pub use self::programs::client;
use crate::backend::Backend;

/// Stops the server behind it when its own input ends, which it does however this process dies.
const WATCH: &str = r#""$@" & server=$!; cat >/dev/null; kill -TERM "$server"; wait "$server""#;

/// What servers write into their logs once they take connections.
const READY: [&str; 2] = ["ready to accept connections", "ready for connections"];

/// Settings of a server, such as `standard_conforming_strings=off`.
pub type Settings<'a> = &'a [&'a str];

/// A server that runs as long as something holds it.
#[derive(Debug)]
pub struct Server {
    running: Mutex<Running>,
    folder: TempDir,
    socket: PathBuf,
    /// The file with the number of its process.
    process: PathBuf,
}

/// The process of a server, and the command that starts another one.
#[derive(Debug)]
struct Running {
    watch: Child,
    command: Command,
}

impl Running {
    /// Ends the server, if it runs still, and waits for it.
    fn end(&mut self) {
        drop(self.watch.stdin.take());
        // What cannot be waited for is gone already.
        let _ = self.watch.wait();
    }
}

impl Server {
    /// Returns the folder of the socket (PostgreSQL), or the socket itself (MySQL and MariaDB).
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Ends the server as a crash does, and starts it again with what is on the disk.
    ///
    /// # Errors
    /// If it cannot be ended, or does not start again.
    pub fn crash(&self) -> io::Result<()> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let process = std::fs::read_to_string(&self.process)?;
        let process = process.lines().next().unwrap_or_default().trim().to_owned();
        // All processes of a PostgreSQL end at once by this one; others have one process.
        let signal = if self.process.ends_with("postmaster.pid") { "-QUIT" } else { "-KILL" };
        succeed(Command::new("kill").args([signal, &process]))?;
        let begin = Instant::now();
        while Path::new("/proc").join(&process).exists() && begin.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(5));
        }
        running.end();
        let told = std::fs::read(self.folder.path().join("log"))?.len();
        running.watch = running.command.spawn()?;
        drop(running);
        self.wait(told)
    }

    fn start(folder: TempDir, socket: PathBuf, process: PathBuf, mut command: Command) -> io::Result<Self> {
        let log = std::fs::File::options().create(true).append(true).open(folder.path().join("log"))?;
        let watch = command.stdin(Stdio::piped()).stdout(log.try_clone()?).stderr(log).spawn()?;
        let server = Self { running: Mutex::new(Running { watch, command }), folder, socket, process };
        server.wait(0)?;
        Ok(server)
    }

    /// Waits until the server takes connections, by what it has written into its log behind this position.
    fn wait(&self, told: usize) -> io::Result<()> {
        let begin = Instant::now();
        loop {
            let log = std::fs::read(self.folder.path().join("log"))?;
            let log = String::from_utf8_lossy(log.get(told..).unwrap_or_default());
            if READY.iter().any(|words| log.contains(words)) {
                return Ok(());
            }
            if begin.elapsed() > Duration::from_mins(2) {
                return Err(io::Error::other(format!("the server did not start:\n{log}")));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.running.get_mut().unwrap_or_else(PoisonError::into_inner).end();
    }
}

/// Finds a program, and installs its package where that is possible.
///
/// # Errors
/// [`io::ErrorKind::NotFound`] where it is not installed.
pub fn program(name: &str, package: &str) -> io::Result<PathBuf> {
    programs::installed(name, package)
}

/// Returns a new folder of the account that runs what refuses to be root.
///
/// # Errors
/// If it cannot be made.
pub fn folder_of_another() -> io::Result<TempDir> {
    let folder = folder("of")?;
    Account::lowly(false)?.own(folder.path())?;
    Ok(folder)
}

/// Returns a command that runs a program as that account.
///
/// # Errors
/// If there is no such account.
pub fn command_of_another(program: &Path) -> io::Result<Command> {
    Ok(Account::lowly(false)?.command(program))
}

/// The servers of this process that run, by the order of [`Backend`].
static RUNNING: [Mutex<Weak<Server>>; 6] = [const { Mutex::new(Weak::new()) }; 6];

/// Returns this process's server of a backend, and starts it where none runs; `None` for SQLite.
///
/// # Errors
/// [`io::ErrorKind::NotFound`] where it is missing, or it does not start.
pub fn shared(backend: Backend) -> io::Result<Option<Arc<Server>>> {
    let mut running = RUNNING[backend as usize].lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(server) = running.upgrade() {
        return Ok(Some(server));
    }
    let server = own(backend, &[])?;
    *running = server.as_ref().map_or_else(Weak::new, Arc::downgrade);
    Ok(server)
}

/// Starts a server of a backend that nobody else uses; `None` for SQLite.
///
/// # Errors
/// [`io::ErrorKind::NotFound`] where it is missing, or it does not start.
pub fn own(backend: Backend, settings: Settings<'_>) -> io::Result<Option<Arc<Server>>> {
    let server = match backend {
        Backend::Sqlite => return Ok(None),
        Backend::Postgres => postgres::start_installed(settings),
        Backend::Postgres18 => postgres::start_newer(settings),
        Backend::Mariadb => mariadb::start_installed(settings),
        Backend::Mariadb11 => mariadb::start_newer(settings),
        Backend::Mysql9 => mysql::start_newer(settings),
    };
    Ok(Some(Arc::new(server?)))
}

/// Returns a command that runs a server as an account, until this process ends.
fn watched(account: Account, program: &Path) -> Command {
    let mut command = account.command(Path::new("sh"));
    command.args(["-c", WATCH, "watch"]).arg(program);
    command
}

/// Returns a new folder, in memory where there is room.
///
/// # Errors
/// If it cannot be created.
pub fn folder(prefix: &str) -> io::Result<TempDir> {
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

fn succeed(command: &mut Command) -> io::Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(io::Error::other(format!("{command:?} failed:\n{out}{err}")))
}
