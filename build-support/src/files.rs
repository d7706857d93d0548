//! Names and modification times of files, and a way to write them in one step.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::error::BuildError;

/// The tolerated difference between the clocks of a machine and of its disk, such as a network drive.
const TOLERANCE: Duration = Duration::from_secs(5);

/// Returns a path with `/` on every system.
pub(crate) fn slashed(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}

/// Returns what identifies this program, on one line; none if it cannot be known.
pub(crate) fn program() -> Option<String> {
    let program = std::env::current_exe().ok()?;
    let about = program.metadata().ok()?;
    Some(format!("{:?}", (env!("CARGO_PKG_VERSION"), about.len(), about.modified().ok()?, program)))
}

/// Returns the modification time of the newest file.
pub(crate) fn newest<'a>(files: impl IntoIterator<Item = &'a Path>) -> Option<SystemTime> {
    files.into_iter().filter_map(|file| file.metadata().and_then(|about| about.modified()).ok()).max()
}

/// Returns whether the modification time of a file is in the future, by the clock of this machine.
pub(crate) fn is_of_future(path: &Path) -> bool {
    path.metadata().and_then(|about| about.modified()).is_ok_and(is_future)
}

/// Returns whether a time is in the future, by the clock of this machine.
pub(crate) fn is_future(time: SystemTime) -> bool {
    time > SystemTime::now() + TOLERANCE
}

/// Writes a file if its text differs: writes another file beside it, and renames that one.
pub(crate) fn write(file: &Path, text: &str) -> Result<(), BuildError> {
    if fs::read_to_string(file).is_ok_and(|before| before == text) {
        return Ok(());
    }
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder).map_err(BuildError::io("make the folder", folder))?;
    let beside = file.with_extension(format!("{}.tmp", std::process::id()));
    fs::write(&beside, text).map_err(BuildError::io("write", &beside))?;
    fs::rename(&beside, file).map_err(BuildError::io("write", file))
}
