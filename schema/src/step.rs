//! The closed list of what a dialect must be able to do.
//!
//! Every step carries the whole image of its table before and after, so that a dialect never looks anything up.
//! Adding a variant makes the compiler name every dialect.

pub mod between_states;
pub(crate) mod enum_conversion;
mod lineage;
pub(crate) mod translation;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::collation::NewCollation;
use crate::model::expr::{Expr, Literal};
use crate::name::{AppLabel, ColumnName, ObjectName, TableName};
use crate::operation::sql::Sql;
use crate::state::ProjectState;
use crate::table::Table;

/// One thing that a dialect must do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Make a table with all its parts, indexes included.
    CreateTable {
        /// The table to be.
        after: Arc<Table>,
    },
    /// Drop a table with all its rows.
    DropTable {
        /// The table that was.
        before: Arc<Table>,
    },
    /// Change one thing of a table.
    AlterTable {
        /// The table before this one change.
        before: Arc<Table>,
        /// The table after this one change.
        after: Arc<Table>,
        /// The change.
        change: Change,
    },
    /// Run the text of a migration.
    RunSql(Sql),
    /// Run a function of a migration.
    RunRust {
        /// The name of the function.
        function: String,
        /// The app of the migration.
        app: AppLabel,
        /// All models, as they stand there.
        #[serde(skip)]
        state: ProjectState,
    },
    /// Load a fixture that is compiled into the program.
    LoadData {
        /// The name of the file.
        file: String,
        /// The app of the migration.
        app: AppLabel,
        /// All models, as they stand there.
        #[serde(skip)]
        state: ProjectState,
    },
    /// Make an extension of PostgreSQL, unless it is there.
    CreateExtension {
        /// The extension.
        name: String,
    },
    /// Drop an extension of PostgreSQL that such a step made.
    DropExtension {
        /// The extension.
        name: String,
    },
    /// Make a collation of PostgreSQL.
    CreateCollation(NewCollation),
    /// Drop a collation of PostgreSQL.
    DropCollation {
        /// The collation.
        name: String,
    },
}

/// A lookup of a value in the row of another table, or of the same one, by one of the row's values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lookup {
    /// The other table.
    pub table: TableName,
    /// Its column with the value to look up.
    pub by: ColumnName,
    /// Its column with the value that is found.
    pub value: ColumnName,
}

/// One change of a table; the objects that it names are in the images of its [`Step::AlterTable`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// The table gets the name of the image after, and keeps all else.
    RenameTable,
    /// The table moves to the schema of the image after, with the types of its columns, and keeps all else.
    MoveTable,
    /// The table's comment changes.
    AlterComment,
    /// The table's options in SQLite change.
    AlterSqliteOptions,
    /// Only the name of the primary key changes, if the database stores one.
    RenamePrimaryKey,
    /// The primary key's columns change.
    AlterPrimaryKey,
    /// A column is added.
    AddColumn {
        /// The column, found in the image after.
        column: ColumnName,
        /// The value for existing rows, if it is not the default; over columns of the image before.
        fill: Option<Expr>,
    },
    /// A column is dropped with its values.
    DropColumn {
        /// The column, found in the image before.
        column: ColumnName,
    },
    /// A column gets another name.
    RenameColumn {
        /// Its name in the image before.
        before: ColumnName,
        /// Its name in the image after.
        after: ColumnName,
    },
    /// A column's type, default, NULL, automatic value, comment or collation changes.
    AlterColumn {
        /// The column, found in both images.
        column: ColumnName,
        /// The value for rows with NULL, if NULL is no longer allowed.
        fill: Option<Expr>,
    },
    /// Nothing changes; rows with a value other than these (or NULL) stop the migration.
    RequireValues {
        /// The column, found in both images.
        column: ColumnName,
        /// The values that rows may have.
        values: Vec<Literal>,
    },
    /// Nothing changes; a row whose value is not found (and not NULL) stops the migration.
    RequireRow {
        /// The column, found in both images.
        column: ColumnName,
        /// Where its values lead.
        lookup: Lookup,
    },
    /// A column is added, without a default; its values are looked up by another column of the row.
    AddTranslated {
        /// The column, found in the image after.
        column: ColumnName,
        /// The column with the values to look up, in both images.
        from: ColumnName,
        /// Where they lead.
        lookup: Lookup,
    },
    /// Values are converted, all at once. A type of the database that lists the values changes with them.
    ConvertValues {
        /// The column, found in both images.
        column: ColumnName,
        /// Each value before, with the value after; rows that hold none of them keep theirs.
        values: Vec<(Literal, Literal)>,
    },
    /// The type that the database made for a column gets the name that it has in the image after.
    RenameType {
        /// The column, found in both images.
        column: ColumnName,
    },
    /// An index is added.
    AddIndex {
        /// The index, found in the image after.
        name: ObjectName,
    },
    /// An index is dropped.
    DropIndex {
        /// The index, found in the image before.
        name: ObjectName,
    },
    /// An index is added while others write to the table, where the database can do that.
    AddIndexConcurrently {
        /// The index, found in the image after.
        name: ObjectName,
    },
    /// An index is dropped while others use the table, where the database can do that.
    DropIndexConcurrently {
        /// The index, found in the image before.
        name: ObjectName,
    },
    /// An index gets another name.
    RenameIndex {
        /// Its name in the image before.
        before: ObjectName,
        /// Its name in the image after.
        after: ObjectName,
    },
    /// A unique constraint is added.
    AddUnique {
        /// The constraint, found in the image after.
        name: ObjectName,
    },
    /// A unique constraint is dropped.
    DropUnique {
        /// The constraint, found in the image before.
        name: ObjectName,
    },
    /// A unique constraint gets another name.
    RenameUnique {
        /// Its name in the image before.
        before: ObjectName,
        /// Its name in the image after.
        after: ObjectName,
    },
    /// A check is added.
    AddCheck {
        /// The check, found in the image after.
        name: ObjectName,
    },
    /// A check is added that existing rows need not fulfil yet, where the database can do that.
    AddCheckNotValid {
        /// The check, found in the image after.
        name: ObjectName,
    },
    /// A check is validated for existing rows; the images are the same.
    ValidateCheck {
        /// The check, found in both images.
        name: ObjectName,
    },
    /// A check is dropped.
    DropCheck {
        /// The check, found in the image before.
        name: ObjectName,
    },
    /// A check gets another name.
    RenameCheck {
        /// Its name in the image before.
        before: ObjectName,
        /// Its name in the image after.
        after: ObjectName,
    },
    /// A reference to another table is added.
    AddForeignKey {
        /// The reference, found in the image after.
        name: ObjectName,
    },
    /// A reference to another table is dropped.
    DropForeignKey {
        /// The reference, found in the image before.
        name: ObjectName,
    },
    /// A reference to another table gets another name.
    RenameForeignKey {
        /// Its name in the image before.
        before: ObjectName,
        /// Its name in the image after.
        after: ObjectName,
    },
    /// When a reference to another table is checked changes, and nothing else of it.
    AlterForeignKey {
        /// The reference, found in both images.
        name: ObjectName,
    },
    /// An exclusion constraint is added.
    AddExclusion {
        /// The constraint, found in the image after.
        name: ObjectName,
    },
    /// An exclusion constraint is dropped.
    DropExclusion {
        /// The constraint, found in the image before.
        name: ObjectName,
    },
    /// An exclusion constraint gets another name.
    RenameExclusion {
        /// Its name in the image before.
        before: ObjectName,
        /// Its name in the image after.
        after: ObjectName,
    },
}
