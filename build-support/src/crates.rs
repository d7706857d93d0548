//! Scans the crates of a package that may hold models: as this build sees them, and as all builds see them together.

pub(crate) mod dependencies;
pub(crate) mod exported_types;
pub(crate) mod exporter;
pub(crate) mod exports;
pub(crate) mod imports;
pub(crate) mod manifest;
pub(crate) mod unresolved;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use modelshift_syntax::ident;

use crate::config::Build;
use crate::scan::cfg::Conditions;

use self::imports::Foreign;
use self::manifest::Manifest;
use crate::environment::Environment;
use crate::error::Fault;
use crate::files::slashed;
use crate::migrations::options::RunOptions;
use crate::scan::crate_tree::{Found, Tree};
use crate::scan::kept_sources;
use crate::scan::parsed::Parsed;
use crate::scan::roots::Root;
use crate::scan::{Package, scan};

/// The crates of a package that may hold models.
#[derive(Debug)]
pub(crate) struct Crates {
    trees: Vec<Tree>,
    /// The files of all of them.
    parsed: Parsed,
    /// An empty tree, for a package without such a crate.
    none: Tree,
    /// The name of the crate `modelshift` in the source.
    library: String,
}

impl Crates {
    /// Scans all crates of the package.
    pub(crate) fn scan(
        (folder, name): (&Path, &str),
        manifest: &Manifest,
        roots: &[Root],
        build: &Build,
        foreign: &Foreign,
        (environment, options): (&Environment, &RunOptions),
    ) -> Self {
        let (crates, library) = (manifest.dependencies(), dependencies::library(manifest, folder));
        let package = Package {
            folder,
            build,
            label: &ident::package_label(name),
            foreign,
            is_2015: manifest.is_2015(folder),
            crates: &crates,
            library: &library,
        };
        let conditions = Conditions::new(environment);
        let file = options.kept_parts.as_ref().map(|folder| folder.join(kept_sources::FILE));
        let kept = file.as_deref().map(kept_sources::read).unwrap_or_default();
        let mut parsed = Parsed { kept, ..Parsed::default() };
        let trees = roots.iter().map(|root| whole_tree(&package, root, &conditions, &mut parsed)).collect();
        if let (Some(file), Some(sources)) = (file, parsed.to_keep()) {
            // Without it, the next run parses all of every file.
            let _ = kept_sources::keep(&file, &sources);
        }
        let none = Tree { crate_name: name.replace('-', "_"), ..Tree::default() };
        Self { trees, parsed, none, library }
    }

    /// Returns every tree, including those of all builds together.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Tree> {
        self.trees.iter().chain(self.trees.iter().filter_map(|tree| tree.wide.as_deref()))
    }

    /// Returns the content of every source file, and the files that were looked for and do not exist; none if a file
    /// cannot be read.
    pub(crate) fn sources(self) -> Option<(BTreeMap<PathBuf, String>, BTreeSet<PathBuf>)> {
        let Parsed { files, absent, is_incomplete, kept: _ } = self.parsed;
        let files = files.into_iter().map(|(path, file)| (path, file.text)).collect();
        (!is_incomplete).then_some((files, absent))
    }

    /// Returns the crate that holds the models, and a fault if several do.
    pub(crate) fn chosen(&self, package: &Path) -> (&Tree, Option<Fault>) {
        let with_models: Vec<&Tree> = self.trees.iter().filter(|tree| has_models(tree)).collect();
        // A binary that cannot be read may be the one that has the models.
        let broken = self.trees.iter().find(|tree| !tree.broken.is_empty());
        let tree = with_models.first().copied().or(broken).or(self.trees.first()).unwrap_or(&self.none);
        let roots = with_models.iter().filter_map(|tree| tree.files.first());
        let binaries: Vec<String> =
            roots.map(|file| slashed(file.strip_prefix(package).unwrap_or(file))).collect();
        (tree, (binaries.len() > 1).then_some(Fault::TwoBinaries { binaries }))
    }

    /// Returns an error if the manifest renames `modelshift` and the source does not declare the original name.
    pub(crate) fn renamed(&self, tree: &Tree) -> Option<String> {
        let library = self.library.as_str();
        let is_used = !(tree.models.is_empty() && tree.choices.is_empty() && tree.invocations.is_empty());
        let root = tree.modules.get(&Vec::new());
        let has_name = root.is_some_and(|root| root.crates.contains_key("modelshift"));
        (library != "modelshift" && is_used && !has_name).then(|| {
            format!(
                "Cargo.toml calls the package `modelshift` `{library}`, but generated code and migration files use the name \
                 `modelshift`; write `extern crate {library} as modelshift;` in the root of the crate"
            )
        })
    }
}

fn has_models(tree: &Tree) -> bool {
    let all = tree.models.iter().chain(tree.wide.iter().flat_map(|wide| &wide.models));
    all.into_iter().any(|found| found.presence.skipped.is_none() && !found.is_abstract)
}

/// Scans a crate as this build sees it, and as all builds see it together if that differs.
fn whole_tree(package: &Package<'_>, root: &Root, conditions: &Conditions<'_>, parsed: &mut Parsed) -> Tree {
    let tree = scan(package, root, conditions, parsed);
    let foreign = package.foreign.wide();
    if !tree.is_conditional && foreign.is_none() {
        return tree;
    }
    let of_all = Package { foreign: foreign.as_ref().unwrap_or(package.foreign), ..*package };
    let wide = scan(&of_all, root, &conditions.wide(), parsed);
    let is_more = foreign.is_some()
        || wide.broken.len() > tree.broken.len()
        || wide.models.iter().chain(&wide.choices).any(Found::is_conditional);
    Tree { wide: is_more.then(|| Box::new(wide)), ..tree }
}
