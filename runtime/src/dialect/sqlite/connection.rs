//! The one connection to a SQLite database, its settings, and what its errors mean.
//!
//! The connection is our own and never the application's. A file that is not there yet is made by the first run that
//! writes, and by nothing that only reads.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Sqlite, Transaction};

use super::file::OpenedFile;
use crate::error::{Error, ErrorKind};
use crate::url::DatabaseUrl;

/// How long we wait for another process, when nobody says otherwise.
pub(crate) const WAIT: Duration = Duration::from_secs(10);

/// How long SQLite waits by itself for the write lock, before we look what others have done meanwhile.
const GLANCE: Duration = Duration::from_millis(100);

/// The connection, and what is needed to open it (again).
#[derive(Debug)]
pub(crate) struct Session {
    name: DatabaseName,
    options: SqliteConnectOptions,
    /// The file; none for a database in memory.
    file: Option<PathBuf>,
    /// True where a missing file may be made.
    may_create: bool,
    /// True where the address says so.
    read_only: bool,
    connection: Option<SqliteConnection>,
    /// The file that the connection was opened on.
    opened: Option<OpenedFile>,
}

impl Session {
    /// Looks at the place, and opens the database where it is there.
    ///
    /// # Errors
    /// [`ErrorKind::Url`], [`ErrorKind::Open`], [`ErrorKind::Locked`].
    pub(crate) async fn open(url: &DatabaseUrl) -> Result<Self, Error> {
        let bad = |error: sqlx::Error| ErrorKind::Url { url: url.to_string(), why: error.to_string() };
        let text = url.secret();
        let mode = mode_of(text);
        let in_memory =
            mode == Some("memory") || text.starts_with("sqlite::memory:") || text == "sqlite://:memory:";
        let mut options =
            SqliteConnectOptions::from_str(text).map_err(bad)?.disable_statement_logging().busy_timeout(WAIT);
        if in_memory && mode.is_none() {
            options = options.in_memory(true).shared_cache(false);
        }
        let file = (!in_memory).then(|| options.get_filename().to_owned());
        let name = match &file {
            Some(path) => DatabaseName { text: path.display().to_string(), waits: WAIT },
            None => DatabaseName { text: url.to_string(), waits: WAIT },
        };
        let may_create = mode.is_none_or(|mode| mode == "rwc");
        let read_only = mode == Some("ro");
        let mut session = Self { name, options, file, may_create, read_only, connection: None, opened: None };
        session.check_place()?;
        session.probe().await?;
        Ok(session)
    }

    /// Gives the name of the database for a person.
    pub(crate) fn database(&self) -> &DatabaseName {
        &self.name
    }

    /// Returns the file of the database; none where it is in memory.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Sets how long we wait for another process.
    pub(crate) fn set_wait(&mut self, wait: Duration) {
        self.name.waits = wait;
    }

    /// Returns the connection for reading; none where the file is not there yet.
    ///
    /// A file that was replaced since it was opened is opened again.
    ///
    /// # Errors
    /// [`ErrorKind::Open`], [`ErrorKind::Locked`].
    pub(crate) async fn reading(&mut self) -> Result<Option<&mut SqliteConnection>, Error> {
        if self.opened.as_ref().is_some_and(|file| !file.is_there()) {
            self.discard();
        }
        if self.connection.is_none() && self.file.as_ref().is_some_and(|path| !path.exists()) {
            return Ok(None);
        }
        self.settled().await.map(|(connection, _)| Some(connection))
    }

    /// Returns the connection for writing with the file that it was opened on, and creates the file where it is not there
    /// yet. A database in memory has none.
    ///
    /// # Errors
    /// [`ErrorKind::Open`], [`ErrorKind::Replaced`], [`ErrorKind::ReadOnly`], [`ErrorKind::Locked`].
    pub(crate) async fn writing(&mut self) -> Result<(&mut SqliteConnection, Option<OpenedFile>), Error> {
        if let Some(file) = &self.opened {
            self.name.check_file(file)?;
        }
        self.check_place()?;
        self.check_writable()?;
        self.settled().await
    }

    /// Gives the connection with our settings, whatever an earlier run (cut short, perhaps) left behind.
    async fn settled(&mut self) -> Result<(&mut SqliteConnection, Option<OpenedFile>), Error> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            closed @ None => {
                let options = self.options.clone().create_if_missing(self.may_create);
                let opened = options.connect().await;
                closed.insert(opened.map_err(|error| self.name.trouble("opening it", error))?)
            }
        };
        let settings = format!(
            "PRAGMA busy_timeout = {}; PRAGMA foreign_keys = ON; PRAGMA legacy_alter_table = OFF; \
             SELECT count(*) FROM sqlite_schema",
            milliseconds(self.name.waits)
        );
        let set = sqlx::raw_sql(AssertSqlSafe(settings)).execute(&mut *connection).await;
        set.map_err(|error| self.name.trouble("reading it", error))?;
        if self.opened.is_none() {
            self.opened = self.file.as_deref().map(OpenedFile::at);
        }
        Ok((connection, self.opened.clone()))
    }

    /// Looks whether the file is a database; one that is locked now is looked at when it is needed.
    async fn probe(&mut self) -> Result<(), Error> {
        let waits = std::mem::replace(&mut self.name.waits, Duration::ZERO);
        let probed = self.reading().await.map(|_| ());
        self.name.waits = waits;
        match probed {
            Err(error) if !matches!(error.kind(), ErrorKind::Locked { .. }) => Err(error),
            Err(_) | Ok(()) => Ok(()),
        }
    }

    /// Closes the connection to a file after something that may have left it in a strange state.
    pub(crate) fn discard(&mut self) {
        if self.file.is_some() {
            self.connection = None;
            self.opened = None;
        }
    }

    /// Gives the connection away, with its settings as sqlx makes them.
    pub(crate) async fn into_connection(mut self) -> Result<SqliteConnection, Error> {
        self.writing().await?;
        match self.connection.take() {
            Some(connection) => Ok(connection),
            None => Err(self.name.open_error("it was closed", "connect again")),
        }
    }

    /// Closes the connection and waits until it is closed.
    pub(crate) async fn close(mut self) {
        if let Some(connection) = self.connection.take() {
            // Nothing is under way, so that there is nothing to lose.
            let _ = connection.close().await;
        }
    }

    fn check_place(&self) -> Result<(), Error> {
        let Some(path) = &self.file else { return Ok(()) };
        if path.is_dir() {
            return Err(self.name.open_error("it is a folder", "name a file in it"));
        }
        if path.exists() {
            return Ok(());
        }
        if !self.may_create {
            let remedy = "correct the path, or leave `mode` out of the address, so that the file is made";
            return Err(self.name.open_error("there is no such file", remedy));
        }
        match path.parent() {
            Some(folder) if folder != Path::new("") && !folder.is_dir() => {
                let why = format!("there is no folder `{}`", folder.display());
                Err(self.name.open_error(&why, "make the folder, or correct the path"))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn check_writable(&self) -> Result<(), Error> {
        let marked = |path: &PathBuf| path.metadata().is_ok_and(|data| data.permissions().readonly());
        if self.file.as_ref().is_some_and(marked) {
            return Err(self.name.read_only("the file is marked so; change its permissions (`chmod u+w`)"));
        }
        if self.read_only {
            return Err(self.name.read_only("leave `mode=ro` out of the address"));
        }
        Ok(())
    }
}

/// Gives the value of `mode` in an address.
fn mode_of(url: &str) -> Option<&str> {
    let (_, query) = url.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix("mode="))
}

/// `SQLITE_READONLY_DBMOVED`: SQLite has seen by itself that the name leads to another file now.
const FILE_MOVED: u32 = 1032;

/// Returns a time as SQLite takes it, which reads a larger number as 0.
fn milliseconds(wait: Duration) -> i32 {
    i32::try_from(wait.as_millis()).unwrap_or(i32::MAX)
}

/// Begins a transaction with the write lock; none where another connection holds it for longer than a moment.
///
/// # Errors
/// What the database says.
pub(crate) async fn try_begin<'c>(
    connection: &'c mut SqliteConnection,
    database: &DatabaseName,
) -> Result<Option<Transaction<'c, Sqlite>>, Error> {
    let doing = "taking the write lock";
    database.set_timeout(&mut *connection, GLANCE.min(database.waits)).await?;
    let mut transaction = match connection.begin_with("BEGIN IMMEDIATE").await {
        Ok(transaction) => transaction,
        Err(error) => {
            let error = database.trouble(doing, error);
            return if matches!(error.kind(), ErrorKind::Locked { .. }) { Ok(None) } else { Err(error) };
        }
    };
    database.set_timeout(&mut transaction, database.waits).await?;
    Ok(Some(transaction))
}

/// What a person calls the database, and how long we wait for it: what its errors need.
#[derive(Clone, Debug)]
pub(crate) struct DatabaseName {
    text: String,
    waits: Duration,
}

impl DatabaseName {
    /// Returns the name.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns how long we wait for another process.
    pub(crate) fn waits(&self) -> Duration {
        self.waits
    }

    /// Returns the error of a database that is locked for longer than we wait.
    pub(crate) fn locked(&self) -> Error {
        ErrorKind::Locked { database: self.text.clone(), waited: self.waits }.into()
    }

    /// Checks that the file is still the one that was opened.
    ///
    /// # Errors
    /// [`ErrorKind::Replaced`].
    pub(crate) fn check_file(&self, file: &OpenedFile) -> Result<(), Error> {
        if file.is_there() {
            return Ok(());
        }
        Err(ErrorKind::Replaced { database: self.text.clone() }.into())
    }

    async fn set_timeout(&self, connection: &mut SqliteConnection, wait: Duration) -> Result<(), Error> {
        let set = format!("PRAGMA busy_timeout = {}", milliseconds(wait));
        let set = sqlx::raw_sql(AssertSqlSafe(set)).execute(connection).await;
        set.map(|_| ()).map_err(|error| self.trouble("setting how long to wait", error))
    }

    /// Tells what an error of the driver means, where it is one that we know.
    pub(crate) fn known_trouble(&self, error: &sqlx::Error) -> Option<Error> {
        let code = error.as_database_error()?.code()?.parse::<u32>().ok()?;
        let database = self.text.clone();
        if code == FILE_MOVED {
            return Some(ErrorKind::Replaced { database }.into());
        }
        // The low byte is the primary code; see https://www.sqlite.org/rescode.html
        let kind = match code & 0xff {
            5 | 6 => return Some(self.locked()),
            8 => {
                return Some(self.read_only("make the file and its folder writable for this user"));
            }
            14 => {
                let remedy =
                    "see whether the folder is there, and both it and the file may be written".to_owned();
                ErrorKind::Open { database, why: "the file cannot be opened".to_owned(), remedy }
            }
            11 => {
                let remedy = "restore it from a backup; `PRAGMA integrity_check` tells more".to_owned();
                ErrorKind::Open { database, why: "the file is damaged".to_owned(), remedy }
            }
            26 => {
                let remedy = "correct the path; the file was not touched".to_owned();
                ErrorKind::Open { database, why: "the file is not a SQLite database".to_owned(), remedy }
            }
            _ => return None,
        };
        Some(kind.into())
    }

    /// Makes an error of the driver into one that says what was being done.
    pub(crate) fn trouble(&self, doing: &str, error: sqlx::Error) -> Error {
        self.known_trouble(&error).unwrap_or_else(|| {
            let (database, doing) = (self.text.clone(), doing.to_owned());
            ErrorKind::Database { database, doing, source: plain(error) }.into()
        })
    }

    fn open_error(&self, why: &str, remedy: &str) -> Error {
        let (why, remedy) = (why.to_owned(), remedy.to_owned());
        ErrorKind::Open { database: self.text.clone(), why, remedy }.into()
    }

    fn read_only(&self, remedy: &str) -> Error {
        ErrorKind::ReadOnly { database: self.text.clone(), remedy: remedy.to_owned() }.into()
    }
}

/// Gives what the database itself says, without the driver's words around it.
pub(crate) fn plain(error: sqlx::Error) -> Box<dyn std::error::Error + Send + Sync> {
    match error.as_database_error() {
        Some(inner) => inner.message().to_owned().into(),
        None => Box::new(error),
    }
}
