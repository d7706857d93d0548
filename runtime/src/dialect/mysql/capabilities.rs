//! The features of MySQL and MariaDB.

use crate::dialect::capabilities::Capabilities;

/// Returns the features of every supported version of MySQL.
pub(in crate::dialect) const fn mysql() -> Capabilities {
    Capabilities {
        transactional_ddl: false,
        partial_index: false,
        expression_index: true,
        virtual_columns: true,
        generated_not_null: true,
        rename_below_generated: false,
        nulls_not_distinct: false,
        keeps_json_text: false,
    }
}

/// Returns the features of every supported version of MariaDB.
pub(in crate::dialect) const fn mariadb() -> Capabilities {
    Capabilities {
        expression_index: false,
        generated_not_null: false,
        rename_below_generated: true,
        keeps_json_text: true,
        ..mysql()
    }
}
