//! What the printed file has for a table.

use std::collections::BTreeMap;

use modelshift_schema::name::FieldName;
use modelshift_syntax::SourceItem;

/// A table, and what the file has for it.
#[derive(Clone, Debug)]
pub(super) struct Described {
    pub(super) table: String,
    pub(super) item: SourceItem,
    /// The join tables that fields make for themselves.
    pub(super) joins: BTreeMap<FieldName, String>,
    /// The table and column whose type a reference has.
    pub(super) holders: BTreeMap<FieldName, (String, String)>,
}
