//! What cargo is to watch: the lines that a build script prints about it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::mode;

/// What a step read, and so what another answer depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Watched {
    /// Files and folders.
    pub(crate) paths: BTreeSet<PathBuf>,
    /// True where the answer may change although no file does, such as when a folder becomes writable.
    pub(crate) is_unsettled: bool,
}

impl Watched {
    /// Adds files and folders.
    pub(crate) fn add<'a>(&mut self, paths: impl IntoIterator<Item = &'a Path>) {
        self.paths.extend(paths.into_iter().map(Path::to_owned));
    }

    /// Gives the lines that tell cargo.
    pub(crate) fn lines(&self, package: &Path) -> Vec<String> {
        let relative = |path: &PathBuf| path.strip_prefix(package).unwrap_or(path).display().to_string();
        let paths = self.paths.iter().map(|path| format!("cargo::rerun-if-changed={}", relative(path)));
        let variables = mode::variables().map(|name| format!("cargo::rerun-if-env-changed={name}"));
        // A file that is never there counts as changed at every build.
        let never = self.is_unsettled.then(|| "cargo::rerun-if-changed=.modelshift-unsettled".to_owned());
        paths.chain(variables).chain(never).collect()
    }
}
