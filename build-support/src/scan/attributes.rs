//! The attributes of items that the scan reads: derives and `#[path]`.

use syn::punctuated::Punctuated;
use syn::{Attribute, DeriveInput, Token};

/// Derives of other crates, so that most structs need not be read twice.
pub(crate) const OTHERS: [&str; 11] = [
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

/// Returns whether attributes derive `Model` or `Choices`.
pub(super) fn is_ours(attributes: &[Attribute]) -> bool {
    modelshift_syntax::derives_model(attributes) || modelshift_syntax::derives_choices(attributes)
}

/// Returns the derives of an item, without those in `cfg_attr`.
pub(super) fn derives(item: &DeriveInput) -> Vec<syn::Path> {
    let lists = item.attrs.iter().filter(|attribute| attribute.path().is_ident("derive"));
    let lists = lists.filter_map(|attribute| {
        attribute.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated).ok()
    });
    lists.flatten().collect()
}

/// Returns the path of `#[path = "…"]`.
pub(super) fn path_attribute(attribute: &Attribute) -> Option<String> {
    let value = attribute.meta.require_name_value().ok().filter(|it| it.path.is_ident("path"))?;
    let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &value.value else { return None };
    Some(text.value())
}
