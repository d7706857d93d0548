//! The features of SQLite.

use crate::dialect::capabilities::Capabilities;

/// Returns the features of every supported version.
pub(in crate::dialect) const fn capabilities() -> Capabilities {
    Capabilities {
        transactional_ddl: true,
        partial_index: true,
        expression_index: true,
        virtual_columns: true,
        generated_not_null: true,
        rename_below_generated: true,
        nulls_not_distinct: false,
        keeps_json_text: true,
    }
}
