//! Source files -> [`Tree`]: follows `mod` declarations from the root of the crate, as the compiler does.
//!
//! The scan does not see items that macros make; their derives report that they are missing in the findings.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use modelshift_schema::name::AppLabel;
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Attribute, DeriveInput, Item, ItemFn, ItemMacro, ItemMod, Stmt, Visibility};

use self::attributes::{OTHERS, derives, is_ours, path_attribute};
use self::cfg::{Conditions, Verdict};
use self::crate_tree::{Found, Invocation, Place, Presence, Tree};
use self::forms::Read;
use self::modules::{Declared, ModulePath, Use, plain};
use self::parsed::Parsed;
use self::roots::Root;
use crate::config::Build;
use crate::crates::imports::Foreign;
use crate::files::newest;
use crate::resolve::uses::{flatten, visible};
use crate::resolve::{Target, resolve};

/// The package of a scan.
pub(crate) struct Package<'a> {
    /// The folder of `Cargo.toml`.
    pub(crate) folder: &'a Path,
    pub(crate) build: &'a Build,
    /// The label of the default app.
    pub(crate) label: &'a AppLabel,
    /// The exports of its dependencies.
    pub(crate) foreign: &'a Foreign,
    /// True for edition 2015.
    pub(crate) is_2015: bool,
    /// The names of its dependencies.
    pub(crate) crates: &'a BTreeSet<String>,
    /// The name of the crate `modelshift` in its source.
    pub(crate) library: &'a str,
}

/// Reads a crate, from its root file.
pub(crate) fn scan(
    package: &Package<'_>,
    root: &Root,
    conditions: &Conditions<'_>,
    parsed: &mut Parsed,
) -> Tree {
    let tree = Tree {
        crate_name: root.crate_name.clone(),
        foreign: package.foreign.clone(),
        is_2015: package.is_2015,
        crates: package.crates.clone(),
        ..Tree::default()
    };
    let Package { folder, build, label, .. } = *package;
    let (open, unsure) = (Vec::new(), Vec::new());
    let mut scanner = Scanner { folder, build, label, conditions, tree, parsed, open, unsure };
    scanner.file(&root.file, Vec::new(), IsModRs::Yes, &Presence::default());
    scanner.take_unsure(package.library);
    scanner.tree
}

/// Whether the modules declared in a file are beside it, as for `mod.rs`, or in a folder of its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum IsModRs {
    Yes,
    No,
}

/// The module that is read.
struct ModuleContext {
    module: ModulePath,
    /// The file, relative to the folder of `Cargo.toml`.
    file: PathBuf,
    /// The folder to which `#[path]` is relative.
    path_base: PathBuf,
    /// The folder of the modules that are declared here.
    children: PathBuf,
    presence: Presence,
}

struct Scanner<'a> {
    folder: &'a Path,
    build: &'a Build,
    label: &'a AppLabel,
    conditions: &'a Conditions<'a>,
    tree: Tree,
    parsed: &'a mut Parsed,
    /// The files that are being read, to find a file that includes itself; the compiler reports it.
    open: Vec<PathBuf>,
    /// The structs and enums whose derives may be ours under another name; decided when all names are resolved.
    unsure: Vec<Unsure>,
}

/// A struct or an enum with a derive that may be one of ours.
struct Unsure {
    item: DeriveInput,
    file: PathBuf,
    module: ModulePath,
    around: Presence,
}

impl Scanner<'_> {
    /// Takes the structs and enums whose derives turn out to be ours.
    fn take_unsure(&mut self, library: &str) {
        for Unsure { mut item, file, module, around } in std::mem::take(&mut self.unsure) {
            let ours = derives(&item).into_iter().find_map(|path| {
                let Target::Foreign(path) = resolve(&self.tree, &module, &path) else { return None };
                let [krate, name] = <[String; 2]>::try_from(path).ok()?;
                let is_ours = krate == library || krate == "modelshift";
                (is_ours && (name == "Model" || name == "Choices")).then_some(name)
            });
            if let Some(name) = ours {
                let name = syn::Ident::new(&name, Span::call_site());
                item.attrs.push(syn::parse_quote!(#[derive(#name)]));
                self.model(&item, &file, &module, &around);
            }
        }
    }

    fn file(&mut self, path: &Path, module: ModulePath, is_mod_rs: IsModRs, presence: &Presence) {
        let parsed = if self.open.iter().any(|open| open == path) {
            Err("it includes itself".to_owned())
        } else {
            self.read(path)
        };
        // A file that no build is certain to see may be missing.
        let is_certain = presence.is_certain() && presence.elsewhere.is_none();
        if parsed.is_ok() || path.is_file() || (is_certain && !path.exists()) {
            self.tree.files.push(path.to_owned());
        }
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(reason) => {
                if path.exists() {
                    self.parsed.is_incomplete = true;
                } else {
                    self.parsed.absent.insert(path.to_owned());
                }
                // A file that only tools see has no models of the app, nor has a file that some builds do not have.
                if is_certain || (presence.skipped.is_none() && path.is_file()) {
                    self.tree.broken.push((path.to_owned(), reason));
                }
                return;
            }
        };
        let Some(presence) = self.presence(&parsed.attrs, presence) else { return };
        let beside = path.parent().unwrap_or(path).to_owned();
        let children = match is_mod_rs {
            IsModRs::Yes => beside.clone(),
            IsModRs::No => path.with_extension(""),
        };
        let file = path.strip_prefix(self.folder).unwrap_or(path).to_owned();
        let context = ModuleContext { module, file, path_base: beside, children, presence };
        self.open.push(path.to_owned());
        self.items(&parsed.items, &context);
        self.open.pop();
    }

    /// Parses a file, unless it is parsed already.
    ///
    /// # Errors
    /// The reason why it cannot be read.
    fn read(&mut self, path: &Path) -> Result<Rc<syn::File>, String> {
        self.tree.newest = self.tree.newest.max(newest([path]));
        self.parsed.read(path)
    }

    /// Adds the conditions of an item to those around it; none if the item does not exist.
    fn presence(&mut self, attributes: &[Attribute], around: &Presence) -> Option<Presence> {
        let mut presence = around.clone();
        match self.conditions.verdict(attributes) {
            Verdict::On => {}
            Verdict::Off => {
                self.tree.is_conditional = true;
                return None;
            }
            Verdict::Elsewhere(why) => {
                self.tree.is_conditional = true;
                presence.elsewhere = presence.elsewhere.or(Some(why));
            }
            Verdict::ForTools(why) => presence.skipped = presence.skipped.or(Some(why)),
            Verdict::Undecided(why) => presence.undecided = presence.undecided.or(Some(why)),
        }
        Some(presence)
    }

    fn items(&mut self, items: &[Item], context: &ModuleContext) {
        self.tree.modules.entry(context.module.clone()).or_default();
        for item in items {
            self.item(item, context);
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "only a few kinds of items matter; syn adds kinds")]
    fn item(&mut self, item: &Item, context: &ModuleContext) {
        match item {
            Item::Struct(item) => {
                self.declare(&item.attrs, (&item.ident, &item.vis), Declared::Type, context);
                self.model(&item.clone().into(), &context.file, &context.module, &context.presence);
            }
            Item::Enum(item) => {
                self.declare(&item.attrs, (&item.ident, &item.vis), Declared::Type, context);
                self.model(&item.clone().into(), &context.file, &context.module, &context.presence);
            }
            Item::Fn(item) => self.test(item, context),
            Item::Union(item) => {
                self.declare(&item.attrs, (&item.ident, &item.vis), Declared::Type, context);
            }
            Item::Trait(item) => {
                self.declare(&item.attrs, (&item.ident, &item.vis), Declared::Type, context);
            }
            Item::Type(item) => {
                let target = match &*item.ty {
                    syn::Type::Path(path) if path.qself.is_none() => Some(path.path.clone()),
                    _ => None,
                };
                self.declare(&item.attrs, (&item.ident, &item.vis), Declared::Alias(target), context);
            }
            Item::ExternCrate(item) => {
                let Some(presence) = self.presence(&item.attrs, &context.presence) else { return };
                let name = item.rename.as_ref().map_or(&item.ident, |(_, name)| name);
                let krate = (plain(&item.ident), visible(&item.vis, &context.module));
                let module = self.tree.modules.entry(context.module.clone()).or_default();
                if presence.elsewhere.is_none() || !module.crates.contains_key(&plain(name)) {
                    module.crates.insert(plain(name), krate);
                }
            }
            Item::Use(item) => {
                let Some(presence) = self.presence(&item.attrs, &context.presence) else { return };
                let whole = Use {
                    path: Vec::new(),
                    is_absolute: item.leading_colon.is_some(),
                    name: None,
                    visible: visible(&item.vis, &context.module),
                    is_elsewhere: presence.elsewhere.is_some(),
                };
                let module = self.tree.modules.entry(context.module.clone()).or_default();
                flatten(&item.tree, &whole, &mut module.uses);
            }
            Item::Mod(item) => self.module(item, context),
            Item::Macro(item) => self.invocation(item, context),
            _ => {}
        }
    }

    /// Adds a name. The item of this build takes precedence over those of others.
    fn declare(
        &mut self,
        attributes: &[Attribute],
        (ident, visibility): (&syn::Ident, &Visibility),
        declared: Declared,
        context: &ModuleContext,
    ) {
        let Some(presence) = self.presence(attributes, &context.presence) else { return };
        let module = self.tree.modules.entry(context.module.clone()).or_default();
        if presence.elsewhere.is_none() || !module.types.contains_key(&plain(ident)) {
            module.types.insert(plain(ident), (declared, visible(visibility, &context.module)));
        }
    }

    /// Adds the structs inside a test. Only the derive sees those inside other functions.
    fn test(&mut self, item: &ItemFn, context: &ModuleContext) {
        let Some(mut presence) = self.presence(&item.attrs, &context.presence) else { return };
        let mut attributes = item.attrs.iter().filter_map(|attribute| attribute.path().segments.last());
        if attributes.any(|segment| segment.ident == "test") {
            presence.skipped = presence.skipped.or(Some("#[test]".to_owned()));
        }
        if presence.skipped.is_none() {
            return;
        }
        for statement in &item.block.stmts {
            if let Stmt::Item(Item::Struct(item)) = statement {
                self.model(&item.clone().into(), &context.file, &context.module, &presence);
            }
        }
    }

    fn model(&mut self, item: &DeriveInput, file: &Path, module: &[String], around: &Presence) {
        let Some(presence) = self.presence(&item.attrs, around) else { return };
        let Some(Read { item, without_undecided, presence, forms, parts, is_conditional }) =
            forms::read(item, self.conditions, presence)
        else {
            // Other builds may derive what this one does not.
            self.tree.is_conditional |= self.conditions.elsewhere(&item.attrs).iter().any(|it| is_ours(it));
            if derives(item).iter().any(|path| !OTHERS.iter().any(|other| path.is_ident(other))) {
                let (item, file, module) = (item.clone(), file.to_owned(), module.to_vec());
                self.unsure.push(Unsure { item, file, module, around: around.clone() });
            }
            return;
        };
        self.tree.is_conditional |= is_conditional;
        let is_choices = modelshift_syntax::derives_choices(&forms.first().unwrap_or(&item).attrs);
        let found = Found {
            module: module.to_vec(),
            place: Place::new(file, item.ident.span().start()),
            app: self.build.app_of(file, self.label),
            is_abstract: !is_choices && modelshift_syntax::is_abstract(&item.attrs),
            item,
            without_undecided,
            forms,
            parts,
            presence,
        };
        if is_choices { self.tree.choices.push(found) } else { self.tree.models.push(found) }
    }

    fn module(&mut self, item: &ItemMod, context: &ModuleContext) {
        let Some(presence) = self.presence(&item.attrs, &context.presence) else { return };
        let attributes = self.conditions.expand(&item.attrs).unwrap_or_else(|_| item.attrs.clone());
        let path = attributes.iter().find_map(path_attribute).map(|path| context.path_base.join(path));
        let name = plain(&item.ident);
        let child = visible(&item.vis, &context.module);
        let parent = self.tree.modules.entry(context.module.clone()).or_default();
        if presence.elsewhere.is_none() || !parent.children.contains_key(&name) {
            parent.children.insert(name.clone(), child);
        }
        let module: ModulePath = context.module.iter().cloned().chain([name.clone()]).collect();
        if let Some((_, items)) = &item.content {
            let children = path.unwrap_or_else(|| context.children.join(&name));
            let inner = ModuleContext {
                module,
                file: context.file.clone(),
                path_base: children.clone(),
                children,
                presence,
            };
            return self.items(items, &inner);
        }
        if let Some(path) = path {
            return self.file(&path, module, IsModRs::Yes, &presence);
        }
        let beside = context.children.join(format!("{name}.rs"));
        let within = context.children.join(&name).join("mod.rs");
        if !beside.is_file() && within.is_file() {
            self.parsed.absent.insert(beside);
            self.file(&within, module, IsModRs::Yes, &presence);
        } else {
            if !beside.is_file() {
                self.parsed.absent.insert(within);
            }
            self.file(&beside, module, IsModRs::No, &presence);
        }
    }

    fn invocation(&mut self, item: &ItemMacro, context: &ModuleContext) {
        let path: Vec<String> = item.mac.path.segments.iter().map(|segment| plain(&segment.ident)).collect();
        let is_ours = match path.as_slice() {
            [name] => name == "migrations",
            [krate, name] => krate == "modelshift" && name == "migrations",
            _ => false,
        };
        let presence = self.presence(&item.attrs, &context.presence);
        if !is_ours || !presence.is_some_and(|presence| presence.is_certain()) {
            return;
        }
        let label = syn::parse2::<syn::Ident>(item.mac.tokens.clone()).ok();
        self.tree.invocations.push(Invocation {
            app: label.map_or_else(|| self.label.clone(), |label| AppLabel::new(plain(&label))),
            app_of_file: self.build.app_of(&context.file, self.label),
            folder: context.children.clone(),
            place: Place::new(&context.file, item.mac.path.span().start()),
        });
    }
}

pub(crate) mod apps;
pub(crate) mod attributes;
pub(crate) mod cfg;
pub(crate) mod crate_tree;
pub(crate) mod forms;
mod ignored;
pub(crate) mod kept_sources;
pub(crate) mod modules;
pub(crate) mod parsed;
pub(crate) mod roots;
#[cfg(test)]
mod tests;
