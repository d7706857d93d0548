//! What a scan finds in a crate: its modules with their names, its models, and where its migrations are declared.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::SystemTime;

use modelshift_schema::name::AppLabel;
use proc_macro2::LineColumn;
use syn::DeriveInput;

use crate::foreign::Foreign;

/// The names that lead from the crate's root to a module.
pub(crate) type ModulePath = Vec<String>;

/// All that a scan found.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// The name of the crate, as `CARGO_CRATE_NAME` has it.
    pub(crate) crate_name: String,
    /// Every file that was read, or would be if it were there.
    pub(crate) files: Vec<PathBuf>,
    /// The modification time of the newest of them, taken before it was read.
    pub(crate) newest: Option<SystemTime>,
    /// Every module that was seen.
    pub(crate) modules: BTreeMap<ModulePath, Module>,
    /// Every struct or enum that derives `Model`, in the order of the sources.
    pub(crate) models: Vec<Found>,
    /// Every enum that derives `Choices`, in the order of the sources.
    pub(crate) choices: Vec<Found>,
    /// Every `migrations!()`, in the order of the sources.
    pub(crate) invocations: Vec<Invocation>,
    /// What the crates that this one depends on tell of their models.
    pub(crate) foreign: Foreign,
    /// Files that the compiler will complain about, missing or not Rust, and why.
    pub(crate) broken: Vec<(PathBuf, String)>,
}

/// The names that a module declares and imports.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// The types that are declared here.
    pub(crate) types: BTreeMap<String, Declared>,
    /// What `use` brings in, under the name that it has here.
    pub(crate) imports: BTreeMap<String, Vec<String>>,
    /// The modules whose names come in by `*`.
    pub(crate) globs: Vec<Vec<String>>,
    /// The names that `pub use` passes on.
    pub(crate) public: BTreeSet<String>,
    /// The modules whose names `pub use` passes on by `*`.
    pub(crate) public_globs: Vec<Vec<String>>,
}

/// What a name of a type stands for where it is declared.
#[derive(Clone, Debug)]
pub(crate) enum Declared {
    /// A struct, an enum, a union or a trait.
    Type,
    /// `type Name = path;`; nothing for an alias of what is no path.
    Alias(Option<syn::Path>),
}

/// Where something stands, in the way that a person is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The file, named from the folder of `Cargo.toml`, with `/`.
    pub(crate) file: String,
    /// The line, from 1.
    pub(crate) line: usize,
    /// The column, from 1.
    pub(crate) column: usize,
}

impl Place {
    pub(crate) fn new(file: &std::path::Path, at: LineColumn) -> Self {
        Self { file: slashed(file), line: at.line, column: at.column + 1 }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Writes a path with `/` on every system.
pub(crate) fn slashed(path: &std::path::Path) -> String {
    path.display().to_string().replace('\\', "/")
}

/// What the conditions on an item and on the modules around it come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Presence {
    /// Why the item is left out, where only tools see it.
    pub(crate) skipped: Option<String>,
    /// The predicate that nobody can decide here.
    pub(crate) undecided: Option<String>,
}

impl Presence {
    /// Tells whether a build sees the item for certain.
    pub(crate) fn is_certain(&self) -> bool {
        self.skipped.is_none() && self.undecided.is_none()
    }
}

/// A struct or enum that derives `Model`.
#[derive(Debug)]
pub(crate) struct Found {
    /// The module that declares it.
    pub(crate) module: ModulePath,
    /// Where its name stands.
    pub(crate) place: Place,
    /// The app that it belongs to.
    pub(crate) app: AppLabel,
    /// The item as the derive will see it, with every field that may be there.
    pub(crate) item: DeriveInput,
    /// The item without the fields whose conditions nobody can decide; only where there are such fields.
    pub(crate) without_undecided: Option<DeriveInput>,
    /// Whether a build sees it.
    pub(crate) presence: Presence,
    /// True for a struct that has no table, and whose fields models embed.
    pub(crate) is_abstract: bool,
}

impl Found {
    /// Gives the name of the struct, without `r#`.
    pub(crate) fn name(&self) -> String {
        plain(&self.item.ident)
    }
}

/// Gives an identifier without `r#`.
pub(crate) fn plain(ident: &syn::Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map_or(text.clone(), str::to_owned)
}

/// A `migrations!()`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Invocation {
    /// The app whose migrations it declares.
    pub(crate) app: AppLabel,
    /// The app that the file lies in.
    pub(crate) app_of_file: AppLabel,
    /// The folder in which the modules lie that it declares.
    pub(crate) folder: PathBuf,
    /// Where it stands.
    pub(crate) place: Place,
}
