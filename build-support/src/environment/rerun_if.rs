//! The files and variables that cargo watches, as the lines that a build script prints.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::environment::{REQUEST_FILE, directive, mode};

/// The inputs of a run: if one of them changes, cargo runs the script again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Watched {
    /// Files and folders.
    pub(crate) paths: BTreeSet<PathBuf>,
    /// True if the result may change although no file does: something must be corrected or answered, and a command, a
    /// commit or a build of another profile may do that.
    pub(crate) is_unsettled: bool,
    /// True if the result would differ in another mode.
    ///
    /// Otherwise, the variables of the mode are not watched, so that an editor with `MODELSHIFT=check` and a
    /// terminal without it do not rebuild each other's crates.
    pub(crate) depends_on_mode: bool,
}

impl Watched {
    /// Adds files and folders.
    pub(crate) fn add<'a>(&mut self, paths: impl IntoIterator<Item = &'a Path>) {
        self.paths.extend(paths.into_iter().map(Path::to_owned));
    }

    /// Returns the lines for cargo.
    pub(crate) fn lines(&self, package: &Path) -> Vec<String> {
        let paths = self.paths.iter().map(|path| path.strip_prefix(package).unwrap_or(path));
        let paths = paths.map(directive::rerun_if_changed);
        let of_mode = mode::variables().filter(|_| self.depends_on_mode);
        let variables = std::iter::once(REQUEST_FILE).chain(of_mode).map(directive::rerun_if_env_changed);
        // Cargo takes a missing file as changed at every build.
        let never =
            self.is_unsettled.then(|| directive::rerun_if_changed(Path::new(".modelshift-unsettled")));
        paths.chain(variables).chain(never).collect()
    }
}
