//! The tables of a live database in their parts, from which models are made.
//!
//! [`live_schema`](super::live_schema) has texts that are compared; here each part is a value of its own, in the order of the
//! table. Types and expressions are texts of the database.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::name::{SchemaName, TableName};
use modelshift_schema::sqlite_options::SqliteOptions;

/// What a table is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A table.
    #[default]
    Table,
    /// A view, materialized or not.
    View,
    /// A part of another table.
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "only PostgreSQL has them"))]
    Partition,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TableDetails {
    /// The name, as `LiveSchema` has it: behind its schema if that is not the first of the search path.
    pub(crate) name: String,
    /// The schema of PostgreSQL, if it is not the first of the search path.
    pub(crate) schema: Option<SchemaName>,
    pub(crate) kind: Kind,
    pub(crate) comment: Option<String>,
    /// The options of SQLite.
    pub(crate) sqlite: SqliteOptions,
    /// The columns, in order.
    pub(crate) columns: Vec<ColumnDetails>,
    /// The columns of the primary key, in order.
    pub(crate) primary_key: Vec<String>,
    /// The name of the primary key, where the database keeps one.
    pub(crate) key_name: Option<String>,
    pub(crate) indexes: Vec<IndexDetails>,
    pub(crate) checks: Vec<CheckDetails>,
    pub(crate) references: Vec<ReferenceDetails>,
    /// What there is besides, in words for people.
    pub(crate) others: Vec<String>,
    /// Why the table could not be read.
    pub(crate) error: Option<String>,
}

impl TableDetails {
    /// Returns the name of the table in its schema.
    pub(crate) fn table_name(&self) -> TableName {
        TableName::new(self.name_in_schema()).within(self.schema.as_ref())
    }

    /// Returns the name of the table without its schema.
    pub(crate) fn name_in_schema(&self) -> &str {
        let rest = self.schema.as_ref().and_then(|schema| self.name.strip_prefix(schema.as_str()));
        rest.and_then(|rest| rest.strip_prefix('.')).unwrap_or(&self.name)
    }
}

/// How a database numbers a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Numbered {
    /// An insert may bring a value along.
    ByDefault,
    /// An insert may not.
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "only PostgreSQL has them"))]
    Always,
}

/// A column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ColumnDetails {
    pub(crate) name: String,
    /// The type, without anything else.
    pub(crate) declared: String,
    /// A type that holds all its values; `None` if there is none.
    pub(crate) column_type: Option<ColumnType>,
    pub(crate) null: bool,
    pub(crate) default: Option<String>,
    /// The expression of a generated column, and whether it is stored.
    pub(crate) generated: Option<(String, bool)>,
    pub(crate) numbered: Option<Numbered>,
    /// The values of an enum type.
    pub(crate) labels: Vec<String>,
    /// The collation, if it is not that of the database or the type.
    pub(crate) collation: Option<String>,
    pub(crate) comment: Option<String>,
    /// What there is besides, in words for people.
    pub(crate) others: Vec<String>,
}

/// An index or a unique constraint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct IndexDetails {
    /// The name; `None` if the database made it up.
    pub(crate) name: Option<String>,
    pub(crate) unique: bool,
    pub(crate) parts: Vec<PartDetails>,
    pub(crate) when: Option<String>,
    pub(crate) include: Vec<String>,
    /// The method, if it is not a B-tree.
    pub(crate) method: Option<String>,
    pub(crate) nulls_not_distinct: bool,
    /// Whether a transaction may defer the check, and then whether it is deferred at first.
    pub(crate) deferrable: Option<bool>,
    /// What models cannot express, in words for people.
    pub(crate) others: Vec<String>,
}

/// A part of an index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PartDetails {
    /// The column, or the text of an expression.
    pub(crate) text: String,
    pub(crate) is_column: bool,
    pub(crate) descending: bool,
    /// Where NULL stands, if it is not where the order puts it: true if before all values.
    pub(crate) nulls_first: Option<bool>,
    /// The operator class, if it is not the default of the type.
    pub(crate) class: Option<String>,
}

/// A check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CheckDetails {
    pub(crate) name: Option<String>,
    /// The condition.
    pub(crate) text: String,
}

/// A reference to another table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReferenceDetails {
    pub(crate) name: Option<String>,
    pub(crate) columns: Vec<String>,
    pub(crate) target: String,
    /// The referenced columns; empty for the primary key.
    pub(crate) target_columns: Vec<String>,
    pub(crate) on_delete: String,
    pub(crate) on_update: String,
    pub(crate) deferrable: Option<bool>,
}
