//! The features of PostgreSQL, by version.

use crate::dialect::capabilities::Capabilities;

/// The version that is assumed where no server is known.
pub(in crate::dialect) const ASSUMED: (u32, u32, u32) = (15, 0, 0);

/// Returns the features of a version.
pub(in crate::dialect) fn capabilities(version: (u32, u32, u32)) -> Capabilities {
    Capabilities {
        transactional_ddl: true,
        partial_index: true,
        expression_index: true,
        virtual_columns: version >= (18, 0, 0),
        generated_not_null: true,
        rename_below_generated: true,
        nulls_not_distinct: version >= (15, 0, 0),
        keeps_json_text: false,
    }
}
