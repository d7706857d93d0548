//! What the scan takes from a source file, without the rest: bodies of functions, impls, constants, comments, and all
//! positions.
//!
//! This must change with the scan: what the scan reads of an item, a skeleton has.

use modelshift_syntax::nesting;
use syn::punctuated::Punctuated;
use syn::{Attribute, File, Ident, Item, ItemStruct, Stmt, Token, Visibility};

use crate::scan::attributes::OTHERS;

/// Returns whether the scan takes the same from two contents of a file; false if one of them is not Rust.
pub(super) fn are_same(before: &str, now: &str) -> bool {
    match (nesting::parse_file(before), nesting::parse_file(now)) {
        (Ok(before), Ok(now)) => Skeleton::of(before) == Skeleton::of(now),
        (Ok(_) | Err(_), _) => false,
    }
}

/// A file as the scan sees it.
#[derive(Debug, PartialEq)]
struct Skeleton {
    attributes: Vec<Attribute>,
    parts: Vec<Part>,
}

/// An item as the scan sees it.
#[derive(Debug, PartialEq)]
enum Part {
    /// Every token matters.
    Whole(Box<Item>),
    /// A type that is not a model: only its name matters.
    Declared(Vec<Attribute>, Visibility, Ident),
    /// An item of which only the conditions matter.
    Conditions(Vec<Attribute>),
    /// A function with the structs that stand in it.
    Function(Vec<Attribute>, Vec<ItemStruct>),
    Module(Vec<Attribute>, Visibility, Ident, Option<Vec<Part>>),
}

impl Skeleton {
    fn of(file: File) -> Self {
        Self { attributes: without_docs(file.attrs), parts: parts(file.items) }
    }
}

fn parts(items: Vec<Item>) -> Vec<Part> {
    items.into_iter().filter_map(part).collect()
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the scan passes over all other items too")]
fn part(item: Item) -> Option<Part> {
    match item {
        Item::Struct(it) if !may_be_ours(&it.attrs) => {
            Some(Part::Declared(conditions(it.attrs), it.vis, it.ident))
        }
        Item::Enum(it) if !may_be_ours(&it.attrs) => {
            Some(Part::Declared(conditions(it.attrs), it.vis, it.ident))
        }
        Item::Union(it) => Some(Part::Declared(conditions(it.attrs), it.vis, it.ident)),
        Item::Trait(it) => Some(Part::Declared(conditions(it.attrs), it.vis, it.ident)),
        Item::Struct(_) | Item::Enum(_) | Item::Type(_) | Item::ExternCrate(_) | Item::Use(_) => {
            Some(Part::Whole(Box::new(item)))
        }
        Item::Fn(it) => {
            let structs = it.block.stmts.into_iter().filter_map(|statement| match statement {
                Stmt::Item(Item::Struct(item)) => Some(item),
                Stmt::Item(_) | Stmt::Local(_) | Stmt::Expr(..) | Stmt::Macro(_) => None,
            });
            let structs: Vec<ItemStruct> = structs.collect();
            let is_plain = structs.is_empty() && !it.attrs.iter().any(is_condition);
            (!is_plain).then(|| Part::Function(without_docs(it.attrs), structs))
        }
        Item::Mod(it) => {
            let content = it.content.map(|(_, items)| parts(items));
            Some(Part::Module(without_docs(it.attrs), it.vis, it.ident, content))
        }
        Item::Macro(it) => {
            if it.mac.path.segments.last().is_some_and(|last| last.ident == "migrations") {
                return Some(Part::Whole(Box::new(Item::Macro(it))));
            }
            let conditions = conditions(it.attrs);
            (!conditions.is_empty()).then_some(Part::Conditions(conditions))
        }
        _ => None,
    }
}

/// Returns whether a struct or an enum may derive `Model` or `Choices`, in any build and under any name.
fn may_be_ours(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let path = attribute.path();
        if !path.is_ident("derive") {
            return path.is_ident("cfg_attr");
        }
        let derives = attribute.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated);
        derives
            .map_or(true, |derives| derives.iter().any(|it| !OTHERS.iter().any(|other| it.is_ident(other))))
    })
}

fn is_condition(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr")
}

fn conditions(attributes: Vec<Attribute>) -> Vec<Attribute> {
    attributes.into_iter().filter(is_condition).collect()
}

fn without_docs(attributes: Vec<Attribute>) -> Vec<Attribute> {
    attributes.into_iter().filter(|attribute| !attribute.path().is_ident("doc")).collect()
}
