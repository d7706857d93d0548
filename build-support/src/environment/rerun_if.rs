//! What cargo is to watch: the lines that a build script prints about it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::environment::{directive, mode};
use crate::protocol;

/// What a step read, and so what another answer depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Watched {
    /// Files and folders.
    pub(crate) paths: BTreeSet<PathBuf>,
    /// True where the answer may change although no file does: something is to be corrected or answered, which a command,
    /// a commit or a build of another profile may have done meanwhile.
    pub(crate) is_unsettled: bool,
    /// True where another mode would answer otherwise.
    ///
    /// Where it would not, the variables of the mode are not watched, so that an editor with `MODELSHIFT=check` and a
    /// terminal without it do not rebuild each other's crates.
    pub(crate) depends_on_mode: bool,
}

impl Watched {
    /// Adds files and folders.
    pub(crate) fn add<'a>(&mut self, paths: impl IntoIterator<Item = &'a Path>) {
        self.paths.extend(paths.into_iter().map(Path::to_owned));
    }

    /// Returns the lines that tell cargo.
    pub(crate) fn lines(&self, package: &Path) -> Vec<String> {
        let relative = |path: &PathBuf| path.strip_prefix(package).unwrap_or(path).to_owned();
        let paths = self.paths.iter().map(|path| directive::rerun_if_changed(&relative(path)));
        let of_mode = mode::variables().filter(|_| self.depends_on_mode);
        let variables =
            std::iter::once(protocol::VARIABLE).chain(of_mode).map(directive::rerun_if_env_changed);
        // A file that is never there counts as changed at every build.
        let never =
            self.is_unsettled.then(|| directive::rerun_if_changed(Path::new(".modelshift-unsettled")));
        paths.chain(variables).chain(never).collect()
    }
}
