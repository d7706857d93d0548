//! The names that each module declares and imports, as the source has them.

use std::collections::BTreeMap;

/// The names that lead from the crate's root to a module.
pub(crate) type ModulePath = Vec<String>;

/// The module in which, and below which, an item is visible; none if it is visible everywhere.
pub(crate) type Visible = Option<ModulePath>;

/// The names that a module declares and imports.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// The types that are declared here.
    pub(crate) types: BTreeMap<String, (Declared, Visible)>,
    /// The modules that are declared here.
    pub(crate) children: BTreeMap<String, Visible>,
    /// The crates (or `self`) that `extern crate` imports, by their names here.
    pub(crate) crates: BTreeMap<String, (String, Visible)>,
    /// The imports by `use`, in the order of the source.
    pub(crate) uses: Vec<Use>,
}

/// One name that `use` imports, or all names of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Use {
    /// The path after `use`, without a `*`.
    pub(crate) path: Vec<String>,
    /// True where it begins with `::`.
    pub(crate) is_absolute: bool,
    /// The name here; none for `*`, and for `_`.
    pub(crate) name: Option<String>,
    pub(crate) visible: Visible,
    /// True where only other builds see it.
    pub(crate) is_elsewhere: bool,
}

/// The declaration of a type name.
#[derive(Clone, Debug)]
pub(crate) enum Declared {
    /// A struct, an enum, a union or a trait.
    Type,
    /// `type Name = path;`; none for an alias of a type that is not a path.
    Alias(Option<syn::Path>),
}

/// Returns an identifier without `r#`.
pub(crate) fn plain(ident: &syn::Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map_or(text.clone(), str::to_owned)
}
