//! Changes of one file that a person may save at the same time: the person's text always wins.
//!
//! A new text is written beside the file and takes its place in one step, so that nobody reads a part of it. A file is
//! looked at once more right before that, and what was written through the old file is looked at right after it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use modelshift_syntax::trailer;

/// How old a file that is left of a killed build is before it is removed; no build takes so long between two steps here.
const ABANDONED: Duration = Duration::from_mins(1);

/// How long a file that lost its name is kept for an editor that was about to write into it.
const GRACE: Duration = Duration::from_millis(2);

/// Why a file was left as it is.
#[derive(Debug)]
pub(crate) enum Left {
    /// Somebody else wrote it since it was read.
    Saved,
    /// The system refuses.
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

/// Makes a file that is not there yet; `stamp` is its modification time.
///
/// # Errors
/// [`Left::Saved`] where another text is there.
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

/// Puts a text in the place of the one that was read from the file.
///
/// # Errors
/// [`Left::Saved`] where another text is there.
pub(crate) fn replace(file: &Path, known: &str, text: &str, stamp: Option<SystemTime>) -> Result<(), Left> {
    let beside = Beside::write(file, text, stamp)?;
    // A second name for the old file, by which it can still be read when it has lost the first.
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

/// Removes a file whose text is the one that was read from it; a file that is gone already is removed.
///
/// # Errors
/// [`Left::Saved`] where another text is there.
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
        // What was saved after that is newer.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        linked => linked?,
    }
    Err(Left::Saved)
}

/// Returns whether an editor that had a file open wrote into it after it lost its name.
fn is_written_late(old: &Path, known: &str) -> io::Result<bool> {
    let is_other = |there: Option<String>| there.is_some_and(|there| there != known);
    if is_other(read(old)?) {
        return Ok(true);
    }
    // Opening a file to write and making it empty are two steps, too.
    std::thread::sleep(GRACE);
    Ok(is_other(read(old)?))
}

#[cfg(unix)]
fn is_same_file(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let node = |path: &Path| path.symlink_metadata().map(|about| (about.dev(), about.ino())).ok();
    node(one) == node(other)
}

/// The texts were compared already.
#[cfg(not(unix))]
fn is_same_file(_one: &Path, _other: &Path) -> bool {
    true
}

/// Removes what killed builds left beside the modules of a folder; what cannot be removed does no harm.
pub(crate) fn sweep(folder: &Path) {
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        let path = entry.path();
        if is_leftover(&path) && is_plain(&path) && is_abandoned(&path) {
            let _ = fs::remove_file(path);
        }
    }
}

/// Returns whether a name is one of those that are made here: `.m0002_name.rs.<process>.tmp`, or `….old.tmp`.
fn is_leftover(path: &Path) -> bool {
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
    // What a person wrote is never removed, wherever it came to lie.
    let is_ours = |path: &Path| !path.to_string_lossy().ends_with(".old.tmp") || read_intact(path);
    is_old && is_ours(path)
}

fn read_intact(path: &Path) -> bool {
    fs::read_to_string(path).is_ok_and(|text| trailer::is_intact(&text))
}

/// A file beside another one; it is removed at the end.
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
        // What took the place of the file is not there any more.
        let _ = fs::remove_file(&self.path);
    }
}

/// Returns a file a name that nothing else has.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists && to.symlink_metadata().is_err() => {
            // Some systems know one name for each file only.
            fs::rename(from, to)
        }
        linked => linked,
    }
}

/// Reads a file; none where there is none.
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

/// Sets the modification time of a file or folder. Where a system does not allow that, the next build compiles once more,
/// and no harm is done.
pub(crate) fn set_back(path: &Path, stamp: Option<SystemTime>) {
    if let Some(stamp) = stamp {
        let opened = File::options().write(path.is_file()).read(true).open(path);
        let _ = opened.and_then(|file| file.set_modified(stamp));
    }
}

/// Returns whether two texts are the same but for the ends of their lines.
pub(crate) fn same(one: &str, other: &str) -> bool {
    one == other || one.replace("\r\n", "\n") == other.replace("\r\n", "\n")
}

#[cfg(test)]
mod tests;
