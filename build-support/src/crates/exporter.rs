//! Collects the exports of a library: models, enums and structs with `#[model(abstract)]`, each with the paths by which
//! dependents can name it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use modelshift_schema::name::{AppLabel, ModelKey};
use modelshift_syntax::{NamedType, Resolver, parse_choices, parse_model};
use quote::ToTokens;

use crate::crates::exported_types::{ExportedEnum, ExportedStruct, ExportedTypes};
use crate::crates::exports::{Export, Exports, FORMAT};
use crate::environment::directive;
use crate::error::BuildError;
use crate::files;
use crate::models;
use crate::resolve::{Declarations, InModule, Target, follow, resolve};
use crate::scan::apps::App;
use crate::scan::crate_tree::{Found, Tree};
use crate::scan::modules::ModulePath;

/// The key of cargo's metadata that names the file.
const METADATA: &str = "modelshift";

/// The name of the file in `OUT_DIR`.
const FILE: &str = "modelshift-exports.json";

/// How many levels of modules that re-export each other are followed.
const MAX_DEPTH: usize = 8;

impl Exports {
    /// Collects the exports of a library, with those of other builds.
    pub(crate) fn gather(
        package: &str,
        tree: &Tree,
        declarations: &Declarations,
        apps: &BTreeMap<AppLabel, App>,
    ) -> Self {
        let mut exports = Self::of_build(package, tree, declarations, apps);
        if let Some(wide) = &tree.wide {
            let all = Self::of_build(package, wide, &models::declarations(wide), apps);
            exports.elsewhere = all.exported.without(&exports.exported);
        }
        exports
    }

    fn of_build(
        package: &str,
        tree: &Tree,
        declarations: &Declarations,
        apps: &BTreeMap<AppLabel, App>,
    ) -> Self {
        let mut gathering = Gathering {
            tree,
            declarations,
            exporter: Exporter::new(tree, declarations),
            models: BTreeMap::new(),
            choices: BTreeMap::new(),
            shared: BTreeMap::new(),
        };
        gathering.module(&Vec::new(), "", MAX_DEPTH);
        let Gathering { exporter, models, choices, shared, .. } = gathering;
        let own = apps.iter().filter_map(|(label, app)| Some((label.to_string(), app.folder.clone()?)));
        let foreign = tree.foreign.apps().map(|(label, folder)| (label.to_string(), folder.to_owned()));
        Self {
            format: FORMAT,
            package: package.to_owned(),
            crate_name: tree.crate_name.clone(),
            apps: foreign.chain(own).collect(),
            models,
            choices,
            shared,
            exported: exporter.exported,
            elsewhere: ExportedTypes::default(),
        }
    }
}

/// Returns the file of the exports.
pub(crate) fn file(out_dir: &Path) -> PathBuf {
    out_dir.join(FILE)
}

/// Writes the file, and returns the line for cargo that names it; without new exports, the earlier file stays.
///
/// # Errors
/// If the file cannot be written.
pub(crate) fn write(exports: Option<&Exports>, out_dir: &Path) -> Result<Option<String>, BuildError> {
    let file = file(out_dir);
    // A crate without models and without types for models has no exports.
    if let Some(exports) = exports.filter(|exports| !exports.is_empty() || file.is_file()) {
        let text = serde_json::to_string_pretty(exports)
            .map_err(|error| BuildError::io("write", FILE)(error.into()))?;
        files::write(&file, &text)?;
    }
    Ok(file.is_file().then(|| directive::metadata(METADATA, &file)).flatten())
}

/// Visits the names that dependents can write.
struct Gathering<'a> {
    tree: &'a Tree,
    declarations: &'a Declarations,
    exporter: Exporter<'a>,
    models: BTreeMap<String, ModelKey>,
    choices: BTreeMap<String, String>,
    shared: BTreeMap<String, String>,
}

impl Gathering<'_> {
    /// Adds all items that dependents can name below a module; `prefix` is the path of the module.
    fn module(&mut self, module: &ModulePath, prefix: &str, depth: usize) {
        let names = self.tree.names();
        for (name, target) in names.public(module) {
            self.target(follow(self.tree, target.clone()), &joined(prefix, name), depth);
        }
        for glob in names.public_globs(module) {
            self.target(glob, prefix, depth);
        }
    }

    fn target(&mut self, target: Target, path: &str, depth: usize) {
        if let Some(id) = self.exporter.choices(&target) {
            self.choices.entry(path.to_owned()).or_insert(id);
        } else if let Some(id) = self.exporter.shared(&target) {
            self.shared.entry(path.to_owned()).or_insert(id);
        }
        match target {
            Target::Own(module, name) => {
                if let Some(key) = self.declarations.get(&(module, name)) {
                    self.models.entry(path.to_owned()).or_insert_with(|| key.clone());
                }
            }
            Target::Module(_) if depth == 0 => {}
            Target::Module(module) => self.module(&module, path, depth - 1),
            Target::Foreign(there) => {
                for (rest, export) in self.tree.foreign.below(&there) {
                    let whole = if rest.is_empty() { path.to_owned() } else { joined(path, rest) };
                    if let Export::Model(key) = export {
                        self.models.entry(whole).or_insert_with(|| key.clone());
                    } else if !rest.is_empty() {
                        let further = there.iter().cloned().chain(rest.split("::").map(str::to_owned));
                        self.target(Target::Foreign(further.collect()), &whole, depth);
                    }
                }
            }
            Target::Unknown => {}
        }
    }
}

fn joined(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}::{name}") }
}

/// Collects the enums and structs that a crate exports.
pub(crate) struct Exporter<'a> {
    tree: &'a Tree,
    declarations: &'a Declarations,
    pub(crate) exported: ExportedTypes,
}

impl<'a> Exporter<'a> {
    pub(crate) fn new(tree: &'a Tree, declarations: &'a Declarations) -> Self {
        Self { tree, declarations, exported: ExportedTypes::default() }
    }

    /// Exports the enum that a path resolves to, and returns its name; none if it is not an enum, or not in every build.
    pub(crate) fn choices(&mut self, target: &Target) -> Option<String> {
        let id = match target {
            Target::Own(module, name) => {
                let forms = self.tree.choices_forms(module, name);
                let found = known(&self.tree.choices, &forms)?;
                let parsed = forms.iter().filter_map(|(_, form)| parse_choices(form).ok());
                let exported =
                    parsed.map(|it| ExportedEnum { choices: it.choices, hints: it.hints, others: vec![] });
                let mut exported = exported.collect::<Vec<_>>().into_iter();
                let (id, first) = (self.id(found), exported.next()?);
                self.exported
                    .choices
                    .insert(id.clone(), ExportedEnum { others: exported.collect(), ..first });
                id
            }
            Target::Foreign(path) => {
                let id = self.tree.foreign.choices(path)?.0.to_owned();
                self.exported.take_choices(&id, self.tree.foreign.exported());
                id
            }
            Target::Module(_) | Target::Unknown => return None,
        };
        Some(id)
    }

    /// Exports the struct that a path resolves to with all that it uses, and returns its name; none if it is not a struct
    /// with `#[model(abstract)]`, or not in every build.
    pub(crate) fn shared(&mut self, target: &Target) -> Option<String> {
        let id = match target {
            Target::Own(module, name) => {
                let forms = self.tree.models_at(module, name);
                let found = known(&self.tree.models, &forms).filter(|found| found.is_abstract)?;
                let id = self.id(found);
                if !self.exported.structs.contains_key(&id) {
                    // A struct that flattens itself finds this entry.
                    self.exported.structs.insert(id.clone(), ExportedStruct::default());
                    let exported = forms.iter().filter_map(|(_, form)| self.form(found, form));
                    let mut exported = exported.collect::<Vec<_>>().into_iter();
                    let Some(first) = exported.next() else {
                        self.exported.structs.remove(&id);
                        return None;
                    };
                    self.exported
                        .structs
                        .insert(id.clone(), ExportedStruct { others: exported.collect(), ..first });
                }
                id
            }
            Target::Foreign(path) => {
                let id = self.tree.foreign.shared(path)?.to_owned();
                self.exported.take_struct(&id, self.tree.foreign.exported());
                id
            }
            Target::Module(_) | Target::Unknown => return None,
        };
        Some(id)
    }

    fn id(&self, found: &Found) -> String {
        let names = [&self.tree.crate_name].into_iter().chain(&found.module).cloned();
        names.chain([found.name()]).collect::<Vec<_>>().join("::")
    }

    /// Returns one form of a struct for the export.
    fn form(&mut self, found: &Found, form: &syn::DeriveInput) -> Option<ExportedStruct> {
        let seen = Seen::default();
        let resolver = InModule {
            tree: self.tree,
            declarations: self.declarations,
            module: &found.module,
            own: crate::models::key(found),
            pick: 0,
        };
        let parsed = parse_model(form, &Noting { resolver, seen: &seen }).ok()?;
        let mut choices = BTreeMap::new();
        for path in seen.named.into_inner() {
            let target = resolve(self.tree, &found.module, &path);
            choices.extend(self.choices(&target).map(|id| (text(&path), id)));
        }
        let mut structs = BTreeMap::new();
        for path in parsed.flattened.iter().map(|it| &it.shared) {
            let target = resolve(self.tree, &found.module, path);
            structs.extend(self.shared(&target).map(|id| (text(path), id)));
        }
        let fields = parsed.named.iter();
        let fields =
            fields.filter_map(|(field, path)| Some((field.to_string(), choices.get(&text(path))?.clone())));
        let fields = fields.collect();
        Some(ExportedStruct {
            name: found.name(),
            source: form.to_token_stream().to_string(),
            models: seen.models.into_inner(),
            choices,
            fields,
            structs,
            others: Vec::new(),
        })
    }
}

/// Returns the type of these forms, if every build sees it.
fn known<'a>(all: &'a [Found], forms: &[(usize, &syn::DeriveInput)]) -> Option<&'a Found> {
    forms.first().map(|(number, _)| &all[*number]).filter(|found| found.presence.is_certain())
}

fn text(path: &syn::Path) -> String {
    path.to_token_stream().to_string()
}

/// The paths that the grammar resolved.
#[derive(Default)]
struct Seen {
    models: RefCell<BTreeMap<String, ModelKey>>,
    named: RefCell<Vec<syn::Path>>,
}

/// Records which paths the grammar resolves.
struct Noting<'a> {
    resolver: InModule<'a>,
    seen: &'a Seen,
}

impl Resolver for Noting<'_> {
    fn model(&self, path: &syn::Path) -> ModelKey {
        let key = self.resolver.model(path);
        self.seen.models.borrow_mut().insert(text(path), key.clone());
        key
    }

    fn own(&self, name: &str) -> ModelKey {
        self.resolver.own(name)
    }

    fn named(&self, path: &syn::Path) -> NamedType {
        self.seen.named.borrow_mut().push(path.clone());
        self.resolver.named(path)
    }
}
