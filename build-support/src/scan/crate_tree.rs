//! The result of a scan of a crate: its modules with their names, its models, and the places of its migrations.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::time::SystemTime;

use modelshift_schema::name::AppLabel;
use modelshift_syntax::{AsWritten, parse_choices, parse_model};
use proc_macro2::LineColumn;
use syn::DeriveInput;

use crate::crates::imports::Foreign;
use crate::files::slashed;
use crate::resolve::names::{Imports, Names};
use crate::scan::modules::{Module, ModulePath, plain};

/// The result of a scan.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// The name of the crate, as in `CARGO_CRATE_NAME`.
    pub(crate) crate_name: String,
    /// Every file that was read, or would be if it existed.
    pub(crate) files: Vec<PathBuf>,
    /// The modification time of the newest of them, taken before it was read.
    pub(crate) newest: Option<SystemTime>,
    /// True in edition 2015, where paths in `use` begin at the root.
    pub(crate) is_2015: bool,
    /// The names of the dependencies in the manifest.
    pub(crate) crates: BTreeSet<String>,
    /// The resolved names of the modules, after the first use; see [`Tree::names`].
    pub(crate) resolved: OnceCell<Names>,
    /// The positions of models and enums by their names, after the first use.
    pub(crate) by_name: OnceCell<ByName>,
    /// The tree of all builds together, if it differs from that of this build.
    pub(crate) wide: Option<Box<Tree>>,
    /// True if a part is behind a false condition.
    pub(crate) is_conditional: bool,
    /// Every module.
    pub(crate) modules: BTreeMap<ModulePath, Module>,
    /// Every struct or enum that derives `Model`, in the order of the sources.
    pub(crate) models: Vec<Found>,
    /// Every enum that derives `Choices`, in the order of the sources.
    pub(crate) choices: Vec<Found>,
    /// Every `migrations!()`, in the order of the sources.
    pub(crate) invocations: Vec<Invocation>,
    /// The exports of the dependencies.
    pub(crate) foreign: Foreign,
    /// Files that are missing or not Rust, with the reason.
    pub(crate) broken: Vec<(PathBuf, String)>,
}

impl Tree {
    /// Returns the names of the modules; they are resolved once.
    pub(crate) fn names(&self) -> &Names {
        self.resolved.get_or_init(|| {
            let Self { modules, foreign, crates, is_2015, .. } = self;
            Names::of(Imports { modules, foreign, crates, is_2015: *is_2015 })
        })
    }
}

/// The place of an item, as it is shown to a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The file, relative to the folder of `Cargo.toml`, with `/`.
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

/// The result of the conditions on an item and on the modules around it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Presence {
    /// The reason why the item is left out, if only tools see it.
    pub(crate) skipped: Option<String>,
    /// The predicate that cannot be decided.
    pub(crate) undecided: Option<String>,
    /// The false condition of the item; only in the scan of all builds.
    pub(crate) elsewhere: Option<String>,
}

impl Presence {
    /// Returns whether a build is certain to see the item.
    pub(crate) fn is_certain(&self) -> bool {
        self.skipped.is_none() && self.undecided.is_none()
    }
}

/// A struct or enum that derives `Model`.
#[derive(Debug)]
pub(crate) struct Found {
    /// The module that declares it.
    pub(crate) module: ModulePath,
    /// The place of its name.
    pub(crate) place: Place,
    /// The app that it belongs to.
    pub(crate) app: AppLabel,
    /// The item as the derive sees it, with every field that may exist.
    pub(crate) item: DeriveInput,
    /// The item without the fields with undecidable conditions, if there are any.
    pub(crate) without_undecided: Option<DeriveInput>,
    /// The forms of the item in all builds together, the fullest first; only in the scan of all builds.
    pub(crate) forms: Vec<DeriveInput>,
    /// Forms with one conditional attribute each, in case the fullest form contradicts itself.
    pub(crate) parts: Vec<DeriveInput>,
    /// Whether a build sees it.
    pub(crate) presence: Presence,
    /// True for a struct that has no table, and whose fields models embed.
    pub(crate) is_abstract: bool,
}

impl Found {
    /// Returns the name of the model: the declared one, or else that of the struct.
    pub(crate) fn model_name(&self) -> String {
        let form = self.forms.first().unwrap_or(&self.item);
        modelshift_syntax::model_name(&form.attrs).unwrap_or_else(|| self.name())
    }

    /// Returns the name of the struct, without `r#`.
    pub(crate) fn name(&self) -> String {
        plain(&self.item.ident)
    }
}

impl Found {
    /// Returns the forms that can be read: the item as this build sees it or, in the scan of all builds, its forms in all
    /// of them.
    pub(crate) fn readable(&self) -> Vec<&DeriveInput> {
        if self.forms.is_empty() {
            return vec![&self.item];
        }
        let whole: Vec<&DeriveInput> = self.forms.iter().filter(|form| is_readable(form)).collect();
        if whole.len() == self.forms.len() {
            return whole;
        }
        whole.into_iter().chain(self.parts.iter().filter(|part| is_readable(part))).collect()
    }

    /// Returns whether other builds see the item differently; always false outside the scan of all builds.
    pub(crate) fn is_conditional(&self) -> bool {
        self.presence.elsewhere.is_some()
            || self.forms.len() > 1
            || !self.parts.is_empty()
            || self.forms.first().is_some_and(|form| *form != self.item)
    }
}

impl Tree {
    /// Returns the forms of all structs that are declared at a path, each with the struct.
    pub(crate) fn models_at(&self, module: &[String], name: &str) -> Vec<(usize, &DeriveInput)> {
        forms_at(&self.models, self.by_name().models.get(name), module)
    }

    /// Returns the forms of all enums that are declared at a path.
    pub(crate) fn choices_forms(&self, module: &[String], name: &str) -> Vec<(usize, &DeriveInput)> {
        forms_at(&self.choices, self.by_name().choices.get(name), module)
    }

    /// Returns the positions of all models and enums; call it when all are found.
    fn by_name(&self) -> &ByName {
        self.by_name
            .get_or_init(|| ByName { models: positions(&self.models), choices: positions(&self.choices) })
    }
}

fn is_readable(form: &DeriveInput) -> bool {
    match form.data {
        syn::Data::Enum(_) => parse_choices(form).is_ok(),
        syn::Data::Struct(_) | syn::Data::Union(_) => parse_model(form, &AsWritten).is_ok(),
    }
}

/// The positions of structs and of enums, by their names.
#[derive(Debug, Default)]
pub(crate) struct ByName {
    models: HashMap<String, Vec<usize>>,
    choices: HashMap<String, Vec<usize>>,
}

fn positions(all: &[Found]) -> HashMap<String, Vec<usize>> {
    let mut positions: HashMap<String, Vec<usize>> = HashMap::new();
    for (position, found) in all.iter().enumerate() {
        positions.entry(found.name()).or_default().push(position);
    }
    positions
}

/// Returns the forms of those with one name that are declared in a module.
fn forms_at<'a>(
    all: &'a [Found],
    named: Option<&Vec<usize>>,
    module: &[String],
) -> Vec<(usize, &'a DeriveInput)> {
    let found = named.into_iter().flatten().map(|number| (*number, &all[*number]));
    let found = found.filter(|(_, found)| found.module == module);
    found.flat_map(|(number, found)| found.readable().into_iter().map(move |form| (number, form))).collect()
}

/// Returns the form with this number, or else the last one.
pub(crate) fn picked<T>(forms: Vec<T>, pick: usize) -> Option<T> {
    let last = forms.len().checked_sub(1)?;
    forms.into_iter().nth(pick.min(last))
}

/// A `migrations!()`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Invocation {
    /// The app whose migrations it declares.
    pub(crate) app: AppLabel,
    /// The app of the file.
    pub(crate) app_of_file: AppLabel,
    /// The folder of the modules that it declares.
    pub(crate) folder: PathBuf,
    /// Its place.
    pub(crate) place: Place,
}
