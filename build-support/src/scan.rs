//! Source files -> [`Tree`]: follows `mod` declarations from the root of the crate, as the compiler does.
//!
//! What a macro makes is not seen here; the derive tells of it, since it finds itself nowhere in the findings.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use modelshift_schema::name::AppLabel;
use modelshift_syntax::nesting;
use proc_macro2::Span;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, DeriveInput, Item, ItemFn, ItemMacro, ItemMod, Stmt, Token, Visibility};

use self::cfg::{Conditions, Verdict};
use self::crate_tree::{Declared, Found, Invocation, ModulePath, Place, Presence, Tree, Use, plain};
use self::forms::Read;
use self::roots::Root;
use crate::config::Build;
use crate::crates::imports::Foreign;
use crate::migrations::writer;
use crate::resolve::uses::{flatten, visible};
use crate::resolve::{Target, resolve};

/// What a scan is of.
pub(crate) struct Package<'a> {
    /// The folder of `Cargo.toml`.
    pub(crate) folder: &'a Path,
    pub(crate) build: &'a Build,
    /// The label of the app that no folder is configured for.
    pub(crate) label: &'a AppLabel,
    /// What the crates that it depends on tell.
    pub(crate) foreign: &'a Foreign,
    /// True for edition 2015.
    pub(crate) is_2015: bool,
    /// The names of its dependencies.
    pub(crate) crates: &'a BTreeSet<String>,
    /// What its source calls the crate `modelshift`.
    pub(crate) library: &'a str,
}

/// The files that were parsed, so that a second scan need not.
pub(crate) type Parsed = HashMap<PathBuf, Rc<syn::File>>;

/// Reads a crate from its root on.
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
    let mut walk = Walk { folder, build, label, conditions, tree, parsed, open, unsure };
    walk.file(&root.file, Vec::new(), IsModRs::Yes, &Presence::default());
    walk.take_unsure(package.library);
    walk.tree
}

/// Whether the modules declared in a file lie beside it, as for `mod.rs`, or in a folder of its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum IsModRs {
    Yes,
    No,
}

/// Where the walk is.
struct Spot {
    module: ModulePath,
    /// The file that is read, named from the folder of `Cargo.toml`.
    file: PathBuf,
    /// Where `#[path]` begins.
    path_base: PathBuf,
    /// Where the files of modules declared here lie.
    children: PathBuf,
    presence: Presence,
}

struct Walk<'a> {
    folder: &'a Path,
    build: &'a Build,
    label: &'a AppLabel,
    conditions: &'a Conditions<'a>,
    tree: Tree,
    parsed: &'a mut Parsed,
    /// The files that are being read: one that leads to itself is the compiler's to complain about.
    open: Vec<PathBuf>,
    /// The structs and enums whose derives may be ours under another name, which is known once all names are.
    unsure: Vec<Unsure>,
}

/// A struct or an enum with a derive that may be one of ours.
struct Unsure {
    item: DeriveInput,
    file: PathBuf,
    module: ModulePath,
    around: Presence,
}

/// Derives that are none of ours, by which most structs need not be looked at twice.
const OTHERS: [&str; 11] = [
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Deserialize",
    "Eq",
    "Hash",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Serialize",
];

impl Walk<'_> {
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
            Err("it leads to itself".to_owned())
        } else {
            self.read(path)
        };
        // What no build is certain to see may be missing, too.
        if parsed.is_ok() || (presence.is_certain() && presence.elsewhere.is_none()) || path.is_file() {
            self.tree.files.push(path.to_owned());
        }
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(reason) => {
                // What only tools see holds no models of the app, nor does a file that is not there in every build.
                let is_certain = presence.is_certain() && presence.elsewhere.is_none();
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
        let spot = Spot { module, file, path_base: beside, children, presence };
        self.open.push(path.to_owned());
        self.items(&parsed.items, &spot);
        self.open.pop();
    }

    /// Parses a file, unless it is parsed already.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn read(&mut self, path: &Path) -> Result<Rc<syn::File>, String> {
        self.tree.newest = self.tree.newest.max(writer::newest([path]));
        if let Some(parsed) = self.parsed.get(path) {
            return Ok(Rc::clone(parsed));
        }
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        let parsed = Rc::new(nesting::parse_file(&text).map_err(|error| parse_error(&error))?);
        self.parsed.insert(path.to_owned(), Rc::clone(&parsed));
        Ok(parsed)
    }

    /// Adds the conditions of an item to those around it; nothing where the item is not there.
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

    fn items(&mut self, items: &[Item], spot: &Spot) {
        self.tree.modules.entry(spot.module.clone()).or_default();
        for item in items {
            self.item(item, spot);
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "only a few kinds of items matter; syn adds kinds")]
    fn item(&mut self, item: &Item, spot: &Spot) {
        match item {
            Item::Struct(item) => {
                self.declare(&item.attrs, (&item.ident, &item.vis), Declared::Type, spot);
                self.model(&item.clone().into(), &spot.file, &spot.module, &spot.presence);
            }
            Item::Enum(item) => {
                self.declare(&item.attrs, (&item.ident, &item.vis), Declared::Type, spot);
                self.model(&item.clone().into(), &spot.file, &spot.module, &spot.presence);
            }
            Item::Fn(item) => self.test(item, spot),
            Item::Union(item) => {
                self.declare(&item.attrs, (&item.ident, &item.vis), Declared::Type, spot);
            }
            Item::Trait(item) => {
                self.declare(&item.attrs, (&item.ident, &item.vis), Declared::Type, spot);
            }
            Item::Type(item) => {
                let target = match &*item.ty {
                    syn::Type::Path(path) if path.qself.is_none() => Some(path.path.clone()),
                    _ => None,
                };
                self.declare(&item.attrs, (&item.ident, &item.vis), Declared::Alias(target), spot);
            }
            Item::ExternCrate(item) => {
                let Some(presence) = self.presence(&item.attrs, &spot.presence) else { return };
                let name = item.rename.as_ref().map_or(&item.ident, |(_, name)| name);
                let krate = (plain(&item.ident), visible(&item.vis, &spot.module));
                let module = self.tree.modules.entry(spot.module.clone()).or_default();
                if presence.elsewhere.is_none() || !module.crates.contains_key(&plain(name)) {
                    module.crates.insert(plain(name), krate);
                }
            }
            Item::Use(item) => {
                let Some(presence) = self.presence(&item.attrs, &spot.presence) else { return };
                let whole = Use {
                    path: Vec::new(),
                    is_absolute: item.leading_colon.is_some(),
                    name: None,
                    visible: visible(&item.vis, &spot.module),
                    is_elsewhere: presence.elsewhere.is_some(),
                };
                let module = self.tree.modules.entry(spot.module.clone()).or_default();
                flatten(&item.tree, &whole, &mut module.uses);
            }
            Item::Mod(item) => self.module(item, spot),
            Item::Macro(item) => self.invocation(item, spot),
            _ => {}
        }
    }

    /// Notes a name. What this build sees comes before what others see.
    fn declare(
        &mut self,
        attributes: &[Attribute],
        (ident, visibility): (&syn::Ident, &Visibility),
        declared: Declared,
        spot: &Spot,
    ) {
        let Some(presence) = self.presence(attributes, &spot.presence) else { return };
        let module = self.tree.modules.entry(spot.module.clone()).or_default();
        if presence.elsewhere.is_none() || !module.types.contains_key(&plain(ident)) {
            module.types.insert(plain(ident), (declared, visible(visibility, &spot.module)));
        }
    }

    /// Notes the structs that a test has for itself. Those inside other functions are seen by the derive only.
    fn test(&mut self, item: &ItemFn, spot: &Spot) {
        let Some(mut presence) = self.presence(&item.attrs, &spot.presence) else { return };
        let is_test = |attribute: &Attribute| {
            attribute.path().segments.last().is_some_and(|segment| segment.ident == "test")
        };
        if item.attrs.iter().any(is_test) {
            presence.skipped = presence.skipped.or(Some("#[test]".to_owned()));
        }
        if presence.skipped.is_none() {
            return;
        }
        for statement in &item.block.stmts {
            if let Stmt::Item(Item::Struct(item)) = statement {
                self.model(&item.clone().into(), &spot.file, &spot.module, &presence);
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
            let is_other = |path: &syn::Path| OTHERS.iter().any(|other| path.is_ident(other));
            if derives(item).iter().any(|path| !is_other(path)) {
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

    fn module(&mut self, item: &ItemMod, spot: &Spot) {
        let Some(presence) = self.presence(&item.attrs, &spot.presence) else { return };
        let attributes = self.conditions.expand(&item.attrs).unwrap_or_else(|_| item.attrs.clone());
        let path = attributes.iter().find_map(path_attribute).map(|path| spot.path_base.join(path));
        let name = plain(&item.ident);
        let child = visible(&item.vis, &spot.module);
        let parent = self.tree.modules.entry(spot.module.clone()).or_default();
        if presence.elsewhere.is_none() || !parent.children.contains_key(&name) {
            parent.children.insert(name.clone(), child);
        }
        let module: ModulePath = spot.module.iter().cloned().chain([name.clone()]).collect();
        if let Some((_, items)) = &item.content {
            let children = path.unwrap_or_else(|| spot.children.join(&name));
            let inner =
                Spot { module, file: spot.file.clone(), path_base: children.clone(), children, presence };
            return self.items(items, &inner);
        }
        if let Some(path) = path {
            return self.file(&path, module, IsModRs::Yes, &presence);
        }
        let beside = spot.children.join(format!("{name}.rs"));
        let within = spot.children.join(&name).join("mod.rs");
        if !beside.is_file() && within.is_file() {
            self.file(&within, module, IsModRs::Yes, &presence);
        } else {
            self.file(&beside, module, IsModRs::No, &presence);
        }
    }

    fn invocation(&mut self, item: &ItemMacro, spot: &Spot) {
        let path: Vec<String> = item.mac.path.segments.iter().map(|segment| plain(&segment.ident)).collect();
        let is_ours = match path.as_slice() {
            [name] => name == "migrations",
            [krate, name] => krate == "modelshift" && name == "migrations",
            _ => false,
        };
        let presence = self.presence(&item.attrs, &spot.presence);
        if !is_ours || !presence.is_some_and(|presence| presence.is_certain()) {
            return;
        }
        let label = syn::parse2::<syn::Ident>(item.mac.tokens.clone()).ok();
        self.tree.invocations.push(Invocation {
            app: label.map_or_else(|| self.label.clone(), |label| AppLabel::new(plain(&label))),
            app_of_file: self.build.app_of(&spot.file, self.label),
            folder: spot.children.clone(),
            place: Place::new(&spot.file, item.mac.path.span().start()),
        });
    }
}

/// Returns whether attributes derive something of ours.
fn is_ours(attributes: &[Attribute]) -> bool {
    modelshift_syntax::derives_model(attributes) || modelshift_syntax::derives_choices(attributes)
}

/// Lists what an item derives, whatever conditions there are.
fn derives(item: &DeriveInput) -> Vec<syn::Path> {
    let lists = item.attrs.iter().filter(|attribute| attribute.path().is_ident("derive"));
    let parse = |attribute: &Attribute| {
        attribute.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated).ok()
    };
    lists.filter_map(parse).flatten().collect()
}

fn parse_error(error: &syn::Error) -> String {
    let at = error.span().start();
    format!("line {}, column {}: {error}", at.line, at.column + 1)
}

fn path_attribute(attribute: &Attribute) -> Option<String> {
    let value = attribute.meta.require_name_value().ok().filter(|it| it.path.is_ident("path"))?;
    let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &value.value else { return None };
    Some(text.value())
}

pub(crate) mod apps;
pub(crate) mod cfg;
pub(crate) mod crate_tree;
pub(crate) mod forms;
pub(crate) mod roots;
#[cfg(test)]
mod tests;
