//! What a scan finds in a crate: its modules with their names, its models, and where its migrations are declared.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::SystemTime;

use modelshift_schema::name::AppLabel;
use modelshift_syntax::{AsWritten, parse_choices, parse_model};
use proc_macro2::LineColumn;
use syn::DeriveInput;

use crate::crates::imports::Foreign;
use crate::resolve::names::Names;

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
    /// True in edition 2015, where paths in `use` begin at the root.
    pub(crate) is_2015: bool,
    /// The names of the dependencies, as far as the manifest says them.
    pub(crate) crates: BTreeSet<String>,
    /// What the names in the modules mean, once somebody asked; see [`Tree::names`].
    pub(crate) resolved: OnceCell<Names>,
    /// What all builds may see together, where that is more than this one sees.
    pub(crate) wide: Option<Box<Tree>>,
    /// True where something stands behind a false condition.
    pub(crate) is_conditional: bool,
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

/// The module in which, and below which, something is visible; none where it is visible everywhere.
pub(crate) type Visible = Option<ModulePath>;

/// The names that a module declares and imports.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// The types that are declared here.
    pub(crate) types: BTreeMap<String, (Declared, Visible)>,
    /// The modules that are declared here.
    pub(crate) children: BTreeMap<String, Visible>,
    /// What `extern crate` brings in: the crate (or `self`), under the name that it has here.
    pub(crate) crates: BTreeMap<String, (String, Visible)>,
    /// What `use` brings in, in the order of the source.
    pub(crate) uses: Vec<Use>,
}

/// One name that `use` brings in, or all names of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Use {
    /// What stands behind `use`, without a `*`.
    pub(crate) path: Vec<String>,
    /// True where it begins with `::`.
    pub(crate) is_absolute: bool,
    /// The name that it has here; none for `*`, and for `_`.
    pub(crate) name: Option<String>,
    pub(crate) visible: Visible,
    /// True where only other builds see it.
    pub(crate) is_elsewhere: bool,
}

impl Tree {
    /// Returns what the names in the modules mean; they are resolved once.
    pub(crate) fn names(&self) -> &Names {
        self.resolved.get_or_init(|| Names::of(self))
    }
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
    /// The false condition behind which the item stands; only where other builds are looked at.
    pub(crate) elsewhere: Option<String>,
}

impl Presence {
    /// Returns whether a build sees the item for certain.
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
    /// The forms that the item has in all builds together, the fullest first; only where other builds are looked at.
    pub(crate) forms: Vec<DeriveInput>,
    /// Forms with one conditional attribute each, for where the fullest form contradicts itself.
    pub(crate) parts: Vec<DeriveInput>,
    /// Whether a build sees it.
    pub(crate) presence: Presence,
    /// True for a struct that has no table, and whose fields models embed.
    pub(crate) is_abstract: bool,
}

impl Found {
    /// Returns what the model is called: as the struct says, else as the struct.
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
    /// Returns the forms that can be read: the item as this build sees it, or, where other builds are looked at, those that
    /// all of them see together.
    pub(crate) fn readable(&self) -> Vec<&DeriveInput> {
        if self.forms.is_empty() {
            return vec![&self.item];
        }
        let is_enum = matches!(self.item.data, syn::Data::Enum(_));
        let is_read = |form: &&DeriveInput| {
            if is_enum { parse_choices(form).is_ok() } else { parse_model(form, &AsWritten).is_ok() }
        };
        let whole: Vec<&DeriveInput> = self.forms.iter().filter(is_read).collect();
        if whole.len() == self.forms.len() {
            return whole;
        }
        whole.into_iter().chain(self.parts.iter().filter(is_read)).collect()
    }

    /// Returns whether other builds see the item differently; only where these are looked at.
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
        forms_at(&self.models, module, name)
    }

    /// Returns the forms of all enums that are declared at a path.
    pub(crate) fn choices_forms(&self, module: &[String], name: &str) -> Vec<(usize, &DeriveInput)> {
        forms_at(&self.choices, module, name)
    }
}

fn forms_at<'a>(all: &'a [Found], module: &[String], name: &str) -> Vec<(usize, &'a DeriveInput)> {
    let is_it = |(_, found): &(usize, &Found)| found.module == module && found.name() == name;
    let found = all.iter().enumerate().filter(is_it);
    found.flat_map(|(number, found)| found.readable().into_iter().map(move |form| (number, form))).collect()
}

/// Returns one of several forms; the last one where there are fewer.
pub(crate) fn picked<T>(forms: Vec<T>, pick: usize) -> Option<T> {
    let last = forms.len().checked_sub(1)?;
    forms.into_iter().nth(pick.min(last))
}

/// Returns an identifier without `r#`.
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
