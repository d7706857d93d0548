//! Names that MySQL reserves.

use modelshift_schema::name::ObjectName;

use crate::dialect::Unsupported;

/// Refuses names of indexes that the server uses.
pub(super) fn refuse_reserved_index(name: &ObjectName) -> Result<(), Unsupported> {
    if !["PRIMARY", "GEN_CLUST_INDEX"].iter().any(|kept| name.as_str().eq_ignore_ascii_case(kept)) {
        return Ok(());
    }
    let what = format!("mysql keeps the name `{name}` for a key of its own");
    Err(Unsupported::new(what, "give the index or the rule another `name`"))
}
