//! The kinds of statements that sea-query does not build.

use std::fmt;

/// Why sea-query does not build a statement. `ARCHITECTURE.md` has the same list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RawReason {
    /// The text of a `RunSql`.
    Author,
    /// A query of a catalog of the database.
    Catalog,
    /// A setting of the session.
    Setting,
    /// A constraint that is added to a table.
    Constraint,
    /// A constraint that is renamed, altered or validated.
    ConstraintChange,
    /// An index that is renamed.
    IndexRename,
    /// A comment.
    Comment,
    /// An extension.
    Extension,
    /// A schema that is created if it is missing, or that a table moves to.
    Schema,
    /// A collation.
    Collation,
    /// A value of an enum type that sea-query would write with a backslash.
    EnumValue,
    /// Several changes in one ALTER TABLE of MySQL.
    Clauses,
    /// An UPDATE of MySQL that joins another table.
    JoinedUpdate,
    /// An index of SQLite.
    Index,
    /// The new table of a rebuild on SQLite that keeps manual changes.
    CarriedTable,
}

impl RawReason {
    /// Every kind, in the order of the enum.
    pub const ALL: [Self; 15] = [
        Self::Author,
        Self::Catalog,
        Self::Setting,
        Self::Constraint,
        Self::ConstraintChange,
        Self::IndexRename,
        Self::Comment,
        Self::Extension,
        Self::Schema,
        Self::Collation,
        Self::EnumValue,
        Self::Clauses,
        Self::JoinedUpdate,
        Self::Index,
        Self::CarriedTable,
    ];

    /// Returns the statements of this kind, and why sea-query 1.0.2 does not build them.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Author => "the text of a `RunSql`, which is its author's",
            Self::Catalog => {
                "a query of a catalog (`PRAGMA foreign_key_check`, `pragma_table_xinfo`, `pg_index`): sea-query has no pragmas, and \
                 nothing in these queries is a table of a model"
            }
            Self::Setting => {
                "`SET`, `SET CONSTRAINTS` and `PRAGMA`: sea-query has no statements for settings of a session"
            }
            Self::Constraint => {
                "`ADD CONSTRAINT` for a check, unique columns, a primary key, an exclusion, or a foreign key that can be \
                 deferred, and `DROP PRIMARY KEY`: sea-query adds plain foreign keys only, and writes `ADD CHECK` without `ADD`"
            }
            Self::ConstraintChange => {
                "`RENAME CONSTRAINT`, `ALTER CONSTRAINT` and `VALIDATE CONSTRAINT`: sea-query has none of them"
            }
            Self::IndexRename => {
                "`ALTER INDEX … RENAME TO` and `RENAME INDEX`: sea-query does not rename indexes"
            }
            Self::Comment => {
                "`COMMENT ON`, and `COMMENT` of a table in MySQL: sea-query has no such statement, and escapes comments with \
                 backslashes, whose meaning depends on `sql_mode`"
            }
            Self::Extension => {
                "an extension of PostgreSQL, in a `DO` block that finds out whether it is there: sea-query writes the name \
                 unquoted and has no conditions"
            }
            Self::Schema => "a schema of PostgreSQL, and `SET SCHEMA`: sea-query has no words for either",
            Self::Collation => "`CREATE COLLATION` and `DROP COLLATION`: sea-query has neither",
            Self::EnumValue => {
                "a value of an enum type with a quote, a backslash or a control character: sea-query writes `\\'`, which \
                 PostgreSQL refuses if `backslash_quote` is off"
            }
            Self::Clauses => {
                "several changes in one `ALTER TABLE` of MySQL, which must be one statement, where sea-query has no clause for \
                 one of them: keys, checks, `ALGORITHM`"
            }
            Self::JoinedUpdate => {
                "an `UPDATE` of MySQL with a `LEFT JOIN`: sea-query joins tables of an `UPDATE` with an inner join only"
            }
            Self::Index => {
                "an index of SQLite: sea-query writes its columns between double quotes, where SQLite reads a column that a \
                 person has dropped as a text and indexes that, and panics at an expression"
            }
            Self::CarriedTable => {
                "`CREATE TABLE` in a rebuild on SQLite of a table that a person has changed: its parts are the words of that \
                 person"
            }
        }
    }
}

/// Writes the name of the kind, such as `Constraint`.
impl fmt::Display for RawReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
