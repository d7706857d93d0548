//! Opening: by a URL, or as a pool of the application does.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions};

use super::file::OpenedFile;
use super::{Access, SqliteSession};
use crate::dialect::sqlite::error::session_error;
use crate::dialect::sqlite::rebuild::prepare::AllSaved;
use crate::dialect::{Capabilities, Dialect};
use crate::error::Error;
use crate::session::name::DatabaseName;
use crate::url::DatabaseUrl;

impl SqliteSession {
    /// Checks the path, and opens the database if it exists.
    ///
    /// # Errors
    /// `ErrorKind::Url`, `ErrorKind::Open`, `ErrorKind::Locked`.
    pub(crate) async fn open(url: &DatabaseUrl) -> Result<Self, Error> {
        let text = url.secret();
        let mode = mode_of(text);
        let in_memory =
            mode == Some("memory") || text.starts_with("sqlite::memory:") || text == "sqlite://:memory:";
        let options = SqliteConnectOptions::from_str(text).map_err(|error| url.invalid(&error))?;
        let options =
            if in_memory && mode.is_none() { options.in_memory(true).shared_cache(false) } else { options };
        let file = (!in_memory).then(|| options.get_filename().to_owned());
        let name = file.as_ref().map_or_else(|| url.to_string(), |path| path.display().to_string());
        let access =
            Access { may_create: mode.is_none_or(|mode| mode == "rwc"), read_only: mode == Some("ro") };
        Self::open_with(options.create_if_missing(access.may_create), name, file, access).await
    }

    /// Opens the database of a pool, with a connection of its own.
    ///
    /// # Errors
    /// As [`Self::open`], and `ErrorKind::Open` for a database in memory that only the connection of the pool can see.
    pub(crate) async fn open_like(options: SqliteConnectOptions) -> Result<Self, Error> {
        let name = options.get_filename().to_owned();
        let shown = name.display().to_string();
        if shown.is_empty() || shown == ":memory:" {
            let remedy =
                "call `Migrator::connect(\"sqlite::memory:\")`, and take its connection with `into_sqlite`";
            let why = "it is in memory, where no other connection can see it";
            return Err(DatabaseName::new("sqlite::memory:".to_owned()).open_error(why, remedy));
        }
        // sqlx shares a database in memory under such a name. Whether a file is created, the options themselves say.
        let file = (!shown.starts_with("file:")).then_some(name);
        Self::open_with(options, shown, file, Access { may_create: true, read_only: false }).await
    }

    async fn open_with(
        options: SqliteConnectOptions,
        name: String,
        file: Option<PathBuf>,
        access: Access,
    ) -> Result<Self, Error> {
        let mut session = Self {
            name: DatabaseName::new(name),
            options: options.disable_statement_logging().busy_timeout(crate::session::name::WAIT),
            file,
            access,
            capabilities: Capabilities::default_for(Dialect::Sqlite),
            connection: None,
            opened: None,
            in_transaction: false,
            is_set: false,
            stage_lock: None,
            saved: AllSaved::new(),
            restore: None,
        };
        session.check_place()?;
        session.probe().await?;
        Ok(session)
    }

    /// Takes a connection of the application.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub(crate) async fn take(mut connection: SqliteConnection) -> Result<Self, Error> {
        let name = DatabaseName::new("the database of the connection".to_owned());
        let read = async {
            let file: Option<String> =
                sqlx::query_scalar("SELECT file FROM pragma_database_list WHERE name = 'main'")
                    .fetch_one(&mut connection)
                    .await?;
            let mut restore = Vec::new();
            for pragma in ["busy_timeout", "foreign_keys", "legacy_alter_table"] {
                let value: i64 = sqlx::query_scalar(AssertSqlSafe(format!("PRAGMA {pragma}")))
                    .fetch_one(&mut connection)
                    .await?;
                restore.push(format!("PRAGMA {pragma} = {value}"));
            }
            Ok::<_, sqlx::Error>((file, restore.join("; ")))
        };
        let (file, restore) =
            read.await.map_err(|error| name.error("reading its settings", session_error(error)))?;
        let file = file.filter(|path| !path.is_empty()).map(PathBuf::from);
        let shown = file.as_ref().map_or_else(|| ":memory:".to_owned(), |path| path.display().to_string());
        let mut session = Self {
            name: DatabaseName::new(shown),
            options: SqliteConnectOptions::new(),
            opened: file.as_deref().map(OpenedFile::at),
            file,
            access: Access { may_create: false, read_only: false },
            capabilities: Capabilities::default_for(Dialect::Sqlite),
            connection: Some(connection),
            in_transaction: false,
            is_set: false,
            stage_lock: None,
            saved: AllSaved::new(),
            restore: Some(restore),
        };
        session.probe_version().await?;
        Ok(session)
    }

    /// Checks that the file is there, or that it can be created.
    pub(super) fn check_place(&self) -> Result<(), Error> {
        let Some(path) = &self.file else { return Ok(()) };
        if path.is_dir() {
            return Err(self.name.open_error("it is a folder", "name a file in it"));
        }
        if path.exists() {
            return Ok(());
        }
        if !self.access.may_create {
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
}

/// Returns the value of `mode` in a URL.
fn mode_of(url: &str) -> Option<&str> {
    let (_, query) = url.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix("mode="))
}
