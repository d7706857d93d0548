//! Changes a file that a person may save at the same time: the person's text is always kept.
//!
//! A new text is written to a temporary file, which then replaces the file in one step, so that no reader sees a part of
//! it. The file is read again right before that, and the replaced file is read right after it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use modelshift_syntax::trailer;

/// The age at which the temporary file of a killed build is removed; a running build is always faster.
const ABANDONED: Duration = Duration::from_mins(1);

/// How long a replaced file is kept for an editor that has it open.
const GRACE: Duration = Duration::from_millis(2);

/// The reason why a file was not changed.
#[derive(Debug)]
pub(crate) enum Left {
    /// Another process wrote it since it was read.
    Saved,
    /// An error of the system.
    Refused(io::Error),
}

impl From<io::Error> for Left {
    fn from(error: io::Error) -> Self {
        Self::Refused(error)
    }
}

impl std::fmt::Display for Left {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Saved => f.write_str("another file is in its place, or it was saved meanwhile"),
            Self::Refused(error) => error.fmt(f),
        }
    }
}

/// Creates a file that does not exist yet; `stamp` is its modification time.
///
/// # Errors
/// [`Left::Saved`] if it exists with another text.
pub(crate) fn create(file: &Path, text: &str, stamp: Option<SystemTime>) -> Result<(), Left> {
    let beside = Beside::write(file, text, stamp)?;
    match link(&beside.path, file) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            // Another build may have written the same just now.
            let is_same = is_plain(file) && fs::read_to_string(file).is_ok_and(|there| same(&there, text));
            if is_same { Ok(()) } else { Err(Left::Saved) }
        }
        Err(error) => Err(error.into()),
    }
}

/// Replaces the text that was read from a file.
///
/// # Errors
/// [`Left::Saved`] if the file has another text now.
pub(crate) fn replace(file: &Path, known: &str, text: &str, stamp: Option<SystemTime>) -> Result<(), Left> {
    let beside = Beside::write(file, text, stamp)?;
    // A second name for the old file, by which it can be read after it is replaced.
    let old = Beside::of(file, "old.tmp");
    let is_linked = fs::hard_link(file, &old.path).is_ok();
    match read(file)? {
        Some(there) if there == text => return Ok(()),
        Some(there) if there == known && is_plain(file) && (!is_linked || is_same_file(file, &old.path)) => {}
        Some(_) | None => return Err(Left::Saved),
    }
    fs::rename(&beside.path, file)?;
    if is_linked && is_written_late(&old.path, known)? {
        fs::rename(&old.path, file)?;
        return Err(Left::Saved);
    }
    Ok(())
}

/// Removes a file that still has the text that was read from it; does nothing if the file does not exist.
///
/// # Errors
/// [`Left::Saved`] if the file has another text now.
pub(crate) fn remove(file: &Path, known: &str) -> Result<(), Left> {
    let aside = Beside::of(file, "old.tmp");
    match fs::rename(file, &aside.path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        renamed => renamed?,
    }
    if !is_written_late(&aside.path, known)? {
        return Ok(());
    }
    match link(&aside.path, file) {
        // A file that was saved after that is newer.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        linked => linked?,
    }
    Err(Left::Saved)
}

/// Returns whether an editor that had a file open wrote into it after it was replaced.
fn is_written_late(old: &Path, known: &str) -> io::Result<bool> {
    if read(old)?.is_some_and(|text| text != known) {
        return Ok(true);
    }
    // An editor opens a file and writes it in two steps.
    std::thread::sleep(GRACE);
    Ok(read(old)?.is_some_and(|text| text != known))
}

#[cfg(unix)]
fn is_same_file(one: &Path, other: &Path) -> bool {
    node(one) == node(other)
}

/// Returns the device and the number of a file.
#[cfg(unix)]
fn node(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    path.symlink_metadata().map(|about| (about.dev(), about.ino())).ok()
}

/// Always true: the texts are compared before.
#[cfg(not(unix))]
fn is_same_file(_one: &Path, _other: &Path) -> bool {
    true
}

/// Removes the temporary files of killed builds in a folder; a file that cannot be removed does no harm.
pub(crate) fn sweep(folder: &Path) {
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        let path = entry.path();
        if is_leftover(&path) && is_plain(&path) && is_abandoned(&path) {
            let _ = fs::remove_file(path);
        }
    }
}

/// Returns whether a name is that of a temporary file: `.m0002_name.rs.<process>.tmp`, or `….old.tmp`.
pub(crate) fn is_leftover(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let Some((module, rest)) = name.split_once(".rs.") else { return false };
    let process = rest.strip_suffix(".old.tmp").or_else(|| rest.strip_suffix(".tmp"));
    module.starts_with(".m")
        && process.is_some_and(|it| !it.is_empty() && it.chars().all(|digit| digit.is_ascii_digit()))
}

fn is_abandoned(path: &Path) -> bool {
    let is_old = path
        .metadata()
        .and_then(|about| about.modified())
        .is_ok_and(|modified| SystemTime::now().duration_since(modified).is_ok_and(|age| age > ABANDONED));
    // A text that a person wrote is never removed.
    is_old && (!path.to_string_lossy().ends_with(".old.tmp") || read_intact(path))
}

fn read_intact(path: &Path) -> bool {
    fs::read_to_string(path).is_ok_and(|text| trailer::is_intact(&text))
}

/// A temporary file beside another one; it is removed at the end.
struct Beside {
    path: PathBuf,
}

impl Beside {
    fn of(file: &Path, ending: &str) -> Self {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        Self { path: file.with_file_name(format!(".{name}.{}.{ending}", std::process::id())) }
    }

    fn write(file: &Path, text: &str, stamp: Option<SystemTime>) -> io::Result<Self> {
        let beside = Self::of(file, "tmp");
        fs::write(&beside.path, text)?;
        set_back(&beside.path, stamp);
        Ok(beside)
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // After a rename it no longer exists under this name.
        let _ = fs::remove_file(&self.path);
    }
}

/// Renames a file to a name that does not exist yet.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists && to.symlink_metadata().is_err() => {
            // Some file systems have no hard links.
            fs::rename(from, to)
        }
        linked => linked,
    }
}

/// Reads a file; none if it does not exist.
fn read(file: &Path) -> io::Result<Option<String>> {
    match fs::read(file) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_plain(file: &Path) -> bool {
    file.symlink_metadata().is_ok_and(|about| about.is_file())
}

/// Sets the modification time of a file or folder. If the system does not allow that, the next build compiles once more.
pub(crate) fn set_back(path: &Path, stamp: Option<SystemTime>) {
    if let Some(stamp) = stamp {
        let opened = File::options().write(path.is_file()).read(true).open(path);
        let _ = opened.and_then(|file| file.set_modified(stamp));
    }
}

/// Returns whether two texts are equal except for their line endings.
pub(crate) fn same(one: &str, other: &str) -> bool {
    one == other || one.replace("\r\n", "\n") == other.replace("\r\n", "\n")
}

#[cfg(test)]
mod tests;
