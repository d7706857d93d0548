//! Source files -> [`Tree`]: follows `mod` declarations from the root of the crate, as the compiler does.
//!
//! What a macro makes is not seen here; the derive tells of it, since it finds itself nowhere in the findings.

use std::path::{Path, PathBuf};

use modelshift_schema::name::AppLabel;
use modelshift_syntax::nesting;
use syn::spanned::Spanned;
use syn::{Attribute, DeriveInput, Item, ItemFn, ItemMacro, ItemMod, Stmt, UseTree, Visibility};

use crate::condition::{Conditions, Verdict};
use crate::config::Build;
use crate::roots::Root;
use crate::tree::{Declared, Found, Invocation, Module, ModulePath, Place, Presence, Tree, plain};
use crate::writer;

/// Reads a crate from its root on.
pub(crate) fn scan(
    folder: &Path,
    root: &Root,
    build: &Build,
    label: &AppLabel,
    conditions: &Conditions<'_>,
) -> Tree {
    let tree = Tree { crate_name: root.crate_name.clone(), ..Tree::default() };
    let mut walk = Walk { folder, build, label, conditions, tree, open: Vec::new() };
    walk.file(&root.file, Vec::new(), IsModRs::Yes, &Presence::default());
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
    /// The files that are being read: one that leads to itself is the compiler's to complain about.
    open: Vec<PathBuf>,
}

impl Walk<'_> {
    fn file(&mut self, path: &Path, module: ModulePath, is_mod_rs: IsModRs, presence: &Presence) {
        let parsed = if self.open.iter().any(|open| open == path) {
            Err("it leads to itself".to_owned())
        } else {
            self.tree.newest = self.tree.newest.max(writer::newest([path]));
            let text = std::fs::read_to_string(path).map_err(|error| error.to_string());
            text.and_then(|text| nesting::parse_file(&text).map_err(|error| parse_error(&error)))
        };
        // What no build is certain to see may be missing, too.
        if parsed.is_ok() || presence.is_certain() {
            self.tree.files.push(path.to_owned());
        }
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(reason) => {
                // What only tools see holds no models of the app, nor does a file that is not there in every build.
                if presence.is_certain() || (presence.skipped.is_none() && path.is_file()) {
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

    /// Adds the conditions of an item to those around it; nothing where the item is not there.
    fn presence(&self, attributes: &[Attribute], around: &Presence) -> Option<Presence> {
        let mut presence = around.clone();
        match self.conditions.verdict(attributes) {
            Verdict::On => {}
            Verdict::Off => return None,
            Verdict::ForTools(why) => presence.skipped = presence.skipped.or(Some(why)),
            Verdict::Undecided(why) => presence.undecided = presence.undecided.or(Some(why)),
        }
        Some(presence)
    }

    fn items(&mut self, items: &[Item], spot: &Spot) {
        self.tree.modules.insert(spot.module.clone(), Module::default());
        for item in items {
            self.item(item, spot);
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "only a few kinds of items matter; syn adds kinds")]
    fn item(&mut self, item: &Item, spot: &Spot) {
        match item {
            Item::Struct(item) => {
                self.declare(&item.attrs, &item.ident, Declared::Type, spot);
                self.model(&item.clone().into(), &spot.file, &spot.module, &spot.presence);
            }
            Item::Enum(item) => {
                self.declare(&item.attrs, &item.ident, Declared::Type, spot);
                self.model(&item.clone().into(), &spot.file, &spot.module, &spot.presence);
            }
            Item::Fn(item) => self.test(item, spot),
            Item::Union(item) => self.declare(&item.attrs, &item.ident, Declared::Type, spot),
            Item::Trait(item) => self.declare(&item.attrs, &item.ident, Declared::Type, spot),
            Item::Type(item) => {
                let target = match &*item.ty {
                    syn::Type::Path(path) if path.qself.is_none() => Some(path.path.clone()),
                    _ => None,
                };
                self.declare(&item.attrs, &item.ident, Declared::Alias(target), spot);
            }
            Item::Use(item) if self.presence(&item.attrs, &Presence::default()).is_some() => {
                let module = self.tree.modules.entry(spot.module.clone()).or_default();
                let mut used = Module::default();
                flatten(&item.tree, Vec::new(), &mut used);
                if matches!(item.vis, Visibility::Public(_)) {
                    module.public.extend(used.imports.keys().cloned());
                    module.public_globs.extend(used.globs.iter().cloned());
                }
                module.imports.extend(used.imports);
                module.globs.extend(used.globs);
            }
            Item::Mod(item) => self.module(item, spot),
            Item::Macro(item) => self.invocation(item, spot),
            _ => {}
        }
    }

    fn declare(&mut self, attributes: &[Attribute], ident: &syn::Ident, declared: Declared, spot: &Spot) {
        if self.presence(attributes, &Presence::default()).is_some() {
            let module = self.tree.modules.entry(spot.module.clone()).or_default();
            module.types.insert(plain(ident), declared);
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
        let Some(mut presence) = self.presence(&item.attrs, around) else { return };
        let mut item = item.clone();
        match self.conditions.expand(&item.attrs) {
            Ok(attributes) => item.attrs = attributes,
            Err(why) => presence.undecided = presence.undecided.or(Some(why)),
        }
        if modelshift_syntax::derives_choices(&item.attrs) {
            self.choices(item, file, module, presence);
            return;
        }
        if !modelshift_syntax::derives_model(&item.attrs) {
            return;
        }
        let is_abstract = modelshift_syntax::is_abstract(&item.attrs);
        let (item, without_undecided) = self.fields(item, &mut presence);
        self.tree.models.push(Found {
            module: module.to_vec(),
            place: Place::new(file, item.ident.span().start()),
            app: self.build.app_of(file, self.label),
            item,
            without_undecided,
            presence,
            is_abstract,
        });
    }

    /// Notes an enum, without the variants that are not there.
    fn choices(&mut self, mut item: DeriveInput, file: &Path, module: &[String], mut presence: Presence) {
        if let syn::Data::Enum(data) = &mut item.data {
            let mut variants = Vec::new();
            for mut variant in std::mem::take(&mut data.variants) {
                match (self.conditions.verdict(&variant.attrs), self.conditions.expand(&variant.attrs)) {
                    (Verdict::Off, _) => continue,
                    (Verdict::ForTools(why) | Verdict::Undecided(why), _) | (Verdict::On, Err(why)) => {
                        presence.undecided = presence.undecided.or(Some(why));
                    }
                    (Verdict::On, Ok(attributes)) => variant.attrs = attributes,
                }
                variants.push(variant);
            }
            data.variants = variants.into_iter().collect();
        }
        self.tree.choices.push(Found {
            module: module.to_vec(),
            place: Place::new(file, item.ident.span().start()),
            app: self.build.app_of(file, self.label),
            item,
            without_undecided: None,
            presence,
            is_abstract: false,
        });
    }

    /// Takes out the fields that are not there. A field that only tools see cannot have a column for tools only, so
    /// it counts as undecided.
    fn fields(&self, mut item: DeriveInput, presence: &mut Presence) -> (DeriveInput, Option<DeriveInput>) {
        let syn::Data::Struct(data) = &mut item.data else { return (item, None) };
        let syn::Fields::Named(fields) = &mut data.fields else { return (item, None) };
        let mut certain = Vec::new();
        let mut possible = Vec::new();
        for mut field in std::mem::take(&mut fields.named) {
            let expanded = self.conditions.expand(&field.attrs);
            let why = match (self.conditions.verdict(&field.attrs), expanded) {
                (Verdict::Off, _) => continue,
                (Verdict::ForTools(why) | Verdict::Undecided(why), _) | (Verdict::On, Err(why)) => Some(why),
                (Verdict::On, Ok(attributes)) => {
                    field.attrs = attributes;
                    certain.push(field.clone());
                    None
                }
            };
            presence.undecided = presence.undecided.take().or(why);
            possible.push(field);
        }
        let differs = certain.len() != possible.len();
        fields.named = certain.into_iter().collect();
        let without = item.clone();
        if let syn::Data::Struct(syn::DataStruct { fields: syn::Fields::Named(fields), .. }) = &mut item.data
        {
            fields.named = possible.into_iter().collect();
        }
        (item, differs.then_some(without))
    }

    fn module(&mut self, item: &ItemMod, spot: &Spot) {
        let Some(presence) = self.presence(&item.attrs, &spot.presence) else { return };
        let attributes = self.conditions.expand(&item.attrs).unwrap_or_else(|_| item.attrs.clone());
        let path = attributes.iter().find_map(path_attribute).map(|path| spot.path_base.join(path));
        let name = plain(&item.ident);
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

fn parse_error(error: &syn::Error) -> String {
    let at = error.span().start();
    format!("line {}, column {}: {error}", at.line, at.column + 1)
}

fn path_attribute(attribute: &Attribute) -> Option<String> {
    let value = attribute.meta.require_name_value().ok().filter(|it| it.path.is_ident("path"))?;
    let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &value.value else { return None };
    Some(text.value())
}

/// Writes down what one `use` brings in.
fn flatten(tree: &UseTree, mut path: Vec<String>, module: &mut Module) {
    match tree {
        UseTree::Path(part) => {
            path.push(plain(&part.ident));
            flatten(&part.tree, path, module);
        }
        UseTree::Name(name) if name.ident == "self" => {
            if let Some(last) = path.last().cloned() {
                module.imports.insert(last, path);
            }
        }
        UseTree::Name(name) => {
            let name = plain(&name.ident);
            path.push(name.clone());
            module.imports.insert(name, path);
        }
        UseTree::Rename(rename) => {
            if rename.ident != "self" {
                path.push(plain(&rename.ident));
            }
            module.imports.insert(plain(&rename.rename), path);
        }
        UseTree::Glob(_) => module.globs.push(path),
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten(tree, path.clone(), module)),
    }
}

#[cfg(test)]
mod tests;
