//! Copies of a file, for SQLite, in a folder beside the test program.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use super::migrate;
use super::names::{self, KEPT, Names};
use crate::error::{Error, ErrorKind};
use crate::model::embedded::Migrations;
use crate::url::DatabaseUrl;

/// The folder, beside the test program. Cargo puts that into the folder `target`, which belongs to the project.
const FOLDER: &str = "modelshift-test";
/// The end of the name of the lock of a copy.
const LOCK: &str = ".lock";
/// What SQLite adds to the name of a database for its other files.
const BESIDE: [&str; 4] = ["", "-wal", "-shm", "-journal"];
/// How long to wait before the lock of the folder is tried again.
const GLANCE: Duration = Duration::from_millis(2);

/// Whether this process has removed what was left behind.
static IS_CLEAN: AtomicBool = AtomicBool::new(false);

/// A file that is removed when it is dropped.
#[derive(Debug)]
pub(super) struct CopiedFile {
    path: PathBuf,
    // Dropped after the files are removed, so that nobody takes them for what was left behind.
    _lock: File,
}

impl Drop for CopiedFile {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// Returns a copy of the database to which migrations lead, and its address.
///
/// # Errors
/// If the migrations cannot be applied, or a file cannot be written.
pub(super) async fn copy(migrations: &Migrations, names: &Names) -> Result<(CopiedFile, DatabaseUrl), Error> {
    let folder = folder().map_err(|error| unwritable(Path::new(FOLDER), &error))?;
    copy_in(&folder, migrations, names).await
}

async fn copy_in(
    folder: &Path,
    migrations: &Migrations,
    names: &Names,
) -> Result<(CopiedFile, DatabaseUrl), Error> {
    let _turn = turn(folder).await.map_err(|error| unwritable(folder, &error))?;
    if !IS_CLEAN.swap(true, Ordering::Relaxed) {
        remove_unused(folder).map_err(|error| unwritable(folder, &error))?;
    }
    let template = folder.join(format!("{}.sqlite3", names.template("")));
    if !template.exists() {
        make(folder, &template, migrations, names).await?;
    }
    let path = folder.join(format!("{}.sqlite3", names::copy("")));
    let url = address(&path)?;
    let copied = copied(&template, path).map_err(|error| unwritable(folder, &error))?;
    Ok((copied, url))
}

/// Returns the folder of this program, and makes it.
fn folder() -> io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let folder = program.parent().unwrap_or(Path::new(".")).join(FOLDER);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Waits for the lock of the folder: one test at a time makes files in it, or removes them.
async fn turn(folder: &Path) -> io::Result<File> {
    let file = opened(&folder.join("turn"))?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            // Another test of this thread may hold it, which goes on only while this one waits.
            Err(TryLockError::WouldBlock) => tokio::time::sleep(GLANCE).await,
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// Makes a template, and removes old ones.
async fn make(folder: &Path, template: &Path, migrations: &Migrations, names: &Names) -> Result<(), Error> {
    keep_newest(folder, names).map_err(|error| unwritable(folder, &error))?;
    let new = folder.join(format!("{}new.sqlite3", names.templates("")));
    remove(&new);
    migrate(&address(&new)?, migrations).await?;
    std::fs::rename(&new, template).map_err(|error| unwritable(template, &error))
}

/// Copies a template to a file that bears a lock.
fn copied(template: &Path, path: PathBuf) -> io::Result<CopiedFile> {
    let lock = opened(&lock_of(&path))?;
    lock.try_lock().map_err(io::Error::from)?;
    let copied = CopiedFile { path, _lock: lock };
    std::fs::copy(template, &copied.path)?;
    Ok(copied)
}

/// Removes copies whose process has ended.
fn remove_unused(folder: &Path) -> io::Result<()> {
    for entry in folder.read_dir()? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let Some(database) = name.strip_suffix(LOCK) else { continue };
        if database.starts_with(&names::copies("")) && opened(&entry.path())?.try_lock().is_ok() {
            remove(&folder.join(database));
        }
    }
    Ok(())
}

/// Removes all but the newest templates of the same apps, so that there is room for one.
fn keep_newest(folder: &Path, names: &Names) -> io::Result<()> {
    let mut templates: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in folder.read_dir()? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(|name| name.starts_with(&names.templates(""))) {
            templates.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    templates.sort();
    let old = templates.len().saturating_sub(KEPT - 1);
    templates.iter().take(old).for_each(|(_, path)| remove(path));
    Ok(())
}

fn opened(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).write(true).open(path)
}

fn lock_of(path: &Path) -> PathBuf {
    beside(path, LOCK)
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// Removes a database and its other files; the lock last. What cannot be removed now is removed later.
fn remove(path: &Path) {
    for end in BESIDE.into_iter().chain([LOCK]) {
        let _ = std::fs::remove_file(beside(path, end));
    }
}

fn address(path: &Path) -> Result<DatabaseUrl, Error> {
    match path.to_str() {
        Some(path) => path.parse(),
        None => Err(unwritable(path, &io::Error::other("its path is not valid UTF-8"))),
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Error {
    ErrorKind::Open {
        database: path.display().to_string(),
        why: format!("a database for a test cannot be made there: {error}"),
        remedy: "let the test program write into the folder in which it lies".to_owned(),
    }
    .into()
}
