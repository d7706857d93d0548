//! What one run compares: a package with its apps, its sources, and what the run may do.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use modelshift_schema::name::AppLabel;

use crate::environment::mode::Permission;
use crate::files::slashed;
use crate::migrations::options::RunOptions;
use crate::models::elsewhere::Elsewhere;
use crate::scan::apps::App;
use crate::scan::crate_tree::Tree;

/// The package that one run compares, and the limits of the run.
pub(crate) struct Workspace<'a> {
    pub(crate) package: &'a Path,
    pub(crate) permission: &'a Permission,
    pub(crate) apps: &'a BTreeMap<AppLabel, App>,
    /// The scanned sources, with the exports of the dependencies.
    pub(crate) tree: &'a Tree,
    /// The models as other builds see them.
    pub(crate) elsewhere: &'a Elsewhere,
    /// The files that were read so far, and the migration folders.
    pub(crate) inputs: &'a BTreeSet<PathBuf>,
    /// The modification time of the newest of the files, taken before it was read.
    pub(crate) read: Option<SystemTime>,
    /// The options of the run.
    pub(crate) options: &'a RunOptions,
}

impl Workspace<'_> {
    /// Returns the path of a file or folder, relative to the folder of the package.
    pub(crate) fn name(&self, path: &Path) -> String {
        slashed(path.strip_prefix(self.package).unwrap_or(path))
    }
}
