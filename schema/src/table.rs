//! The image of a table: the database side of a model, with every name resolved.

pub(crate) mod diff;
pub mod from_model;
pub(crate) mod join_table;

use serde::{Deserialize, Serialize};

use crate::model::collation::Collation;
use crate::model::column_type::ColumnType;
use crate::model::constraint::ExclusionPart;
use crate::model::expr::Expr;
use crate::model::generated::{Generated, Identity};
use crate::model::index::{IndexMethod, IndexPart};
use crate::model::per_database::PerDatabase;
use crate::model::relation::{Deferrable, ReferentialAction};
use crate::model::sqlite_options::SqliteOptions;
use crate::name::{ColumnName, ObjectName, TableName};

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: ColumnName,
    /// What it holds.
    pub column_type: ColumnType,
    /// True where NULL is allowed.
    pub null: bool,
    /// The database default.
    pub default: Option<Expr>,
    /// True if the database generates the values: the automatic key, and identity fields.
    pub automatic: bool,
    /// Its comment in the database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// How its text is compared and sorted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<Collation>,
    /// How the database computes its value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated: Option<Generated>,
    /// Whether an insert may specify a value, if the field declares it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// Its type as the database spells it, in place of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sql_type: Option<PerDatabase>,
}

impl Column {
    /// Creates a NOT NULL column of a plain type.
    pub fn new(name: ColumnName, column_type: ColumnType) -> Self {
        Self {
            name,
            column_type,
            null: false,
            default: None,
            automatic: false,
            comment: None,
            collation: None,
            generated: None,
            identity: None,
            sql_type: None,
        }
    }

    /// Returns whether both have the same type and compare values in the same way, as both sides of a reference must.
    pub fn holds_as(&self, other: &Self) -> bool {
        self.column_type == other.column_type
            && self.collation == other.collation
            && self.sql_type == other.sql_type
    }
}

/// The primary key of a table.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PrimaryKey {
    /// Its name, if the database stores one.
    pub name: ObjectName,
    /// Its columns, in order; not empty.
    pub columns: Vec<ColumnName>,
}

/// An index, unique or not. Names in its expressions are columns.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TableIndex {
    /// Its name.
    pub name: ObjectName,
    /// The indexed parts, in order.
    pub parts: Vec<IndexPart>,
    /// True where no two rows may agree; only for a rule with a condition, others are a [`Unique`].
    pub unique: bool,
    /// The rows that are indexed.
    pub when: Option<Expr>,
    /// Columns whose values the index contains without being searched by them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<ColumnName>,
    /// How it is arranged; none for a B-tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<IndexMethod>,
    /// True if NULL is equal to NULL, so that one row may have it; only for a unique index.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nulls_not_distinct: bool,
}

impl TableIndex {
    /// Creates an index over all rows.
    pub fn new(name: ObjectName, parts: Vec<IndexPart>) -> Self {
        Self {
            name,
            parts,
            unique: false,
            when: None,
            include: Vec::new(),
            method: None,
            nulls_not_distinct: false,
        }
    }

    /// Creates an index over plain columns.
    pub fn over(name: ObjectName, columns: &[ColumnName]) -> Self {
        let parts = columns.iter().map(|column| IndexPart::ascending(Expr::name(column.as_str())));
        Self::new(name, parts.collect())
    }

    /// Returns whether it is over all rows and begins with these columns, in this order.
    pub fn begins_with(&self, columns: &[ColumnName]) -> bool {
        let mut pairs = self.parts.iter().zip(columns);
        self.when.is_none()
            && self.method.is_none()
            && self.parts.len() >= columns.len()
            && pairs.all(|(part, column)| part.value == Expr::name(column.as_str()))
    }

    /// Returns whether the other is the same index under whatever name.
    pub fn has_content_of(&self, other: &Self) -> bool {
        Self { name: other.name.clone(), ..self.clone() } == *other
    }
}

/// A unique constraint over all rows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Unique {
    /// Its name.
    pub name: ObjectName,
    /// Its columns, in order.
    pub columns: Vec<ColumnName>,
    /// Further columns whose values its index contains.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<ColumnName>,
    /// True if NULL is equal to NULL, so that one row may have it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nulls_not_distinct: bool,
    /// Whether a transaction may defer the check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Deferrable>,
}

impl Unique {
    /// Creates a constraint over columns.
    pub fn new(name: ObjectName, columns: Vec<ColumnName>) -> Self {
        Self { name, columns, include: Vec::new(), nulls_not_distinct: false, deferrable: None }
    }

    /// Returns whether the other is the same constraint under whatever name.
    pub fn has_content_of(&self, other: &Self) -> bool {
        Self { name: other.name.clone(), ..self.clone() } == *other
    }
}

/// An exclusion constraint. Names in its expressions are columns.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Exclusion {
    /// Its name.
    pub name: ObjectName,
    /// What is compared.
    pub parts: Vec<ExclusionPart>,
    /// How its index is arranged.
    pub method: IndexMethod,
    /// The rows that it is about.
    pub when: Option<Expr>,
    /// Whether a transaction may defer the check.
    pub deferrable: Option<Deferrable>,
}

impl Exclusion {
    /// Returns whether the other is the same constraint under whatever name.
    pub fn has_content_of(&self, other: &Self) -> bool {
        Self { name: other.name.clone(), ..self.clone() } == *other
    }
}

/// A check. Names in its condition are columns.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Check {
    /// Its name.
    pub name: ObjectName,
    /// What must hold.
    pub condition: Expr,
}

/// A reference to another table.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ForeignKeyConstraint {
    /// Its name.
    pub name: ObjectName,
    /// Its columns, in order.
    pub columns: Vec<ColumnName>,
    /// The table that is referred to.
    pub target: TableName,
    /// The columns referred to, in the same order.
    pub target_columns: Vec<ColumnName>,
    /// What happens when the row referred to is deleted.
    pub on_delete: ReferentialAction,
    /// What happens when the key referred to changes.
    pub on_update: ReferentialAction,
    /// Whether a transaction may defer the check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Deferrable>,
}

impl ForeignKeyConstraint {
    /// Returns whether the other is the same reference under whatever name.
    pub fn has_content_of(&self, other: &Self) -> bool {
        Self { name: other.name.clone(), ..self.clone() } == *other
    }
}

/// A table as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: TableName,
    /// Its comment in the database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Its options in SQLite.
    #[serde(default, skip_serializing_if = "SqliteOptions::is_plain")]
    pub sqlite: SqliteOptions,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// Its primary key.
    pub primary_key: Option<PrimaryKey>,
    /// Its indexes.
    pub indexes: Vec<TableIndex>,
    /// Its unique constraints.
    pub uniques: Vec<Unique>,
    /// Its checks.
    pub checks: Vec<Check>,
    /// Its references to other tables.
    pub references: Vec<ForeignKeyConstraint>,
    /// Its exclusion constraints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclusions: Vec<Exclusion>,
}

impl Table {
    /// Finds a column.
    pub fn column(&self, name: &ColumnName) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == *name)
    }

    /// Returns whether a key or an index over all rows begins with these columns, in this order.
    pub fn begins_with(&self, columns: &[ColumnName]) -> bool {
        self.primary_key.as_ref().is_some_and(|key| key.columns.starts_with(columns))
            || self.uniques.iter().any(|unique| unique.columns.starts_with(columns))
            || self.indexes.iter().any(|index| index.begins_with(columns))
    }

    /// Follows the renaming of one of the table's own columns, in every place that names it.
    pub fn rename_column(&mut self, before: &ColumnName, after: &ColumnName) {
        let follow = |name: &mut ColumnName| {
            if name == before {
                *name = after.clone();
            }
        };
        for column in &mut self.columns {
            follow(&mut column.name);
            if let Some(generated) = &mut column.generated {
                generated.expression = generated.expression.with_column(before.as_str(), after.as_str());
            }
        }
        if let Some(key) = &mut self.primary_key {
            key.columns.iter_mut().for_each(follow);
        }
        for unique in &mut self.uniques {
            unique.columns.iter_mut().chain(&mut unique.include).for_each(follow);
        }
        for reference in &mut self.references {
            reference.columns.iter_mut().for_each(follow);
            if reference.target == self.name {
                reference.target_columns.iter_mut().for_each(follow);
            }
        }
        let renamed = |expr: &mut Expr| *expr = expr.with_column(before.as_str(), after.as_str());
        for index in &mut self.indexes {
            index.parts.iter_mut().for_each(|part| renamed(&mut part.value));
            index.when.iter_mut().for_each(renamed);
            index.include.iter_mut().for_each(follow);
        }
        self.checks.iter_mut().for_each(|check| renamed(&mut check.condition));
        for exclusion in &mut self.exclusions {
            exclusion.parts.iter_mut().for_each(|it| renamed(&mut it.part.value));
            exclusion.when.iter_mut().for_each(renamed);
        }
    }

    /// Follows the renaming of a table that this one refers to (or is).
    pub fn rename_target(&mut self, before: &TableName, after: &TableName) {
        for reference in self.references.iter_mut().filter(|reference| reference.target == *before) {
            reference.target = after.clone();
        }
        if self.name == *before {
            self.name = after.clone();
            // The types of its columns are in the schema of the table.
            for column in &mut self.columns {
                if let ColumnType::Choices(choices) = &mut column.column_type {
                    choices.schema = after.schema().cloned();
                }
            }
        }
    }
}
