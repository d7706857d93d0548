//! The rebuild of one table: a new one is made beside it, filled from it, and takes its name.
//!
//! A rebuild loses nothing: rows, and with them the counter of automatic keys; indexes that the models know are made
//! again, what they do not know (triggers, other indexes) is kept and restored by the executor; rows of other tables
//! that refer here are not touched, since references are not enforced meanwhile; views and references of other tables
//! follow the name, since the old table is dropped and not renamed away.

use std::collections::BTreeMap;
use std::sync::Arc;

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::{Expr, Literal};
use modelshift_schema::name::{ColumnName, TableName};
use modelshift_schema::step::Change;
use modelshift_schema::table::{Column, Table};

#[cfg(feature = "sqlite")]
mod carry;
#[cfg(feature = "sqlite")]
mod definition;
#[cfg(feature = "sqlite")]
pub(super) mod objects;
#[cfg(feature = "sqlite")]
pub(super) mod prepare;
#[cfg(feature = "sqlite")]
mod statistics;
#[cfg(feature = "sqlite")]
pub(super) mod unresolved;

use super::{Sqlite, conversion, ddl};
use crate::dialect::render::enums;
use crate::dialect::render::literal::Value;
use crate::dialect::render::table_parts::{Parts, has_raw, is_free_of_columns};
use crate::dialect::{Spelling, Unsupported};
use crate::plan::statement::Statement;
use crate::plan::{Action, CopiedValue, TableCopy};

/// Where the values of a column come from; every name in it is a column of the table as it stands.
#[derive(Clone, Debug)]
struct Source {
    origin: Origin,
    /// What happens to the value on the way, in order.
    turns: Vec<Job>,
}

#[derive(Clone, Debug)]
enum Origin {
    /// The column of that name in the table as it stands.
    Column,
    /// A value for rows that exist.
    Fill(Expr, ColumnType),
    /// The database gives the value to the column as it came: the default, the automatic one, or NULL.
    Database(Box<Column>),
}

#[derive(Clone, Debug)]
enum Job {
    Convert(ColumnType, ColumnType),
    /// The value takes the place of NULL.
    Coalesce(Expr, ColumnType),
    /// Values become others.
    Map(Vec<(Literal, Literal)>),
}

/// A rebuild that is not written yet.
#[derive(Debug)]
pub(super) struct Rebuild {
    /// The table as it stands in the file.
    pub(super) standing: Table,
    /// The table as it is to be.
    pub(super) wanted: Arc<Table>,
    /// The position of the last operation that asked for it.
    pub(super) operation: usize,
    sources: BTreeMap<ColumnName, Source>,
    whys: Vec<String>,
}

impl Rebuild {
    /// Begins with a table that is to stay as it stands.
    pub(super) fn of(table: &Table) -> Self {
        let copied = |name: &ColumnName| (name.clone(), Source { origin: Origin::Column, turns: Vec::new() });
        Self {
            standing: table.clone(),
            wanted: Arc::new(table.clone()),
            operation: 0,
            sources: table.columns.iter().map(|column| copied(&column.name)).collect(),
            whys: Vec::new(),
        }
    }

    /// Returns whether the value can be reckoned from the table as it stands.
    pub(super) fn can_read(&self, fill: Option<&Expr>) -> bool {
        let is_copied = |name: &&str| match self.sources.get(&ColumnName::new(*name)) {
            Some(Source { origin: Origin::Column, turns }) => turns.is_empty(),
            Some(Source { origin: Origin::Fill(..) | Origin::Database(_), .. }) | None => false,
        };
        fill.is_none_or(|fill| {
            is_free_of_columns(fill) || (!has_raw(fill) && fill.names().iter().all(is_copied))
        })
    }

    /// Takes one more change into the rebuild; the names of its fill must be readable ([`Self::can_read`]).
    pub(super) fn take(&mut self, change: &Change, after: &Arc<Table>) -> Result<(), Unsupported> {
        match change {
            Change::AddColumn { column, fill } => {
                let added = Parts::new(&Sqlite, after).existing(column)?;
                let origin = match fill {
                    Some(fill) => Origin::Fill(fill.clone(), added.column_type.clone()),
                    None => Origin::Database(Box::new(added.clone())),
                };
                self.sources.insert(column.clone(), Source { origin, turns: Vec::new() });
            }
            Change::AddTranslated { column, .. } => {
                let what = format!("column `{column}` of `{}` waits for rows of another table", after.name);
                return Err(Unsupported::new(what, "make the change in a migration of its own"));
            }
            Change::DropColumn { column } => {
                self.sources.remove(column);
            }
            Change::AlterColumn { column, fill } => {
                let from = Parts::new(&Sqlite, &self.wanted).existing(column)?.column_type.clone();
                let to = Parts::new(&Sqlite, after).existing(column)?.column_type.clone();
                if let Some(source) = self.sources.get_mut(column) {
                    if from != to {
                        source.turns.push(Job::Convert(from, to.clone()));
                    }
                    source.turns.extend(fill.clone().map(|fill| Job::Coalesce(fill, to)));
                }
            }
            Change::ConvertValues { column, values } => {
                if let Some(source) = self.sources.get_mut(column) {
                    source.turns.push(Job::Map(values.clone()));
                }
            }
            Change::RenameColumn { before, after } => self.rename_source(before, after),
            Change::RenameTable
            | Change::RequireValues { .. }
            | Change::RequireRow { .. }
            | Change::RenameType { .. }
            | Change::AlterComment
            | Change::RenamePrimaryKey
            | Change::AlterPrimaryKey
            | Change::AddIndex { .. }
            | Change::AddIndexConcurrently { .. }
            | Change::DropIndex { .. }
            | Change::DropIndexConcurrently { .. }
            | Change::RenameIndex { .. }
            | Change::AddUnique { .. }
            | Change::DropUnique { .. }
            | Change::RenameUnique { .. }
            | Change::AddCheck { .. }
            | Change::AddCheckNotValid { .. }
            | Change::ValidateCheck { .. }
            | Change::DropCheck { .. }
            | Change::RenameCheck { .. }
            | Change::AddForeignKey { .. }
            | Change::DropReference { .. }
            | Change::RenameReference { .. }
            | Change::AlterReference { .. }
            | Change::AddExclusion { .. }
            | Change::DropExclusion { .. }
            | Change::RenameExclusion { .. } => {}
        }
        self.wanted = Arc::clone(after);
        // What cannot be written is found at the operation that asks for it.
        ddl::create_table(after, &after.name)?;
        ddl::create_indexes(after).map(|_| ())
    }

    /// Says what the rebuild serves.
    pub(super) fn serve(&mut self, operation: usize, why: &str) {
        self.operation = operation;
        if !self.whys.iter().any(|known| known == why) {
            self.whys.push(why.to_owned());
        }
    }

    /// Returns whether a column is there in the table as it stands, and is copied.
    pub(super) fn copies(&self, column: &ColumnName) -> bool {
        self.sources.get(column).is_some_and(|source| matches!(source.origin, Origin::Column))
    }

    /// Returns whether the file has the values of a column under its name, which nothing has changed yet.
    pub(super) fn holds_as_it_stands(&self, column: &ColumnName) -> bool {
        let is_copied = |source: &Source| matches!(source.origin, Origin::Column) && source.turns.is_empty();
        self.sources.get(column).is_some_and(is_copied)
    }

    /// Returns whether a value holds text of a migration, whose names cannot be followed.
    pub(super) fn has_raw_fill(&self) -> bool {
        self.sources.values().any(|source| {
            let turns =
                source.turns.iter().any(|turn| matches!(turn, Job::Coalesce(fill, _) if has_raw(fill)));
            turns || matches!(&source.origin, Origin::Fill(fill, _) if has_raw(fill))
        })
    }

    /// Follows a renaming that was done to the table as it stands.
    pub(super) fn rename_standing(&mut self, before: &ColumnName, after: &ColumnName) {
        self.standing.rename_column(before, after);
        let renamed = |expr: &mut Expr| *expr = expr.with_column(before.as_str(), after.as_str());
        for source in self.sources.values_mut() {
            if let Origin::Fill(fill, _) = &mut source.origin {
                renamed(fill);
            }
            for turn in &mut source.turns {
                if let Job::Coalesce(fill, _) = turn {
                    renamed(fill);
                }
            }
        }
    }

    fn rename_source(&mut self, before: &ColumnName, after: &ColumnName) {
        if let Some(source) = self.sources.remove(before) {
            self.sources.insert(after.clone(), source);
        }
    }

    /// Writes the rebuild.
    pub(super) fn actions(&self) -> Result<Vec<Action>, Unsupported> {
        let (name, why) = (&self.wanted.name, self.whys.join(", "));
        let statement = |sql: String| Statement::new(sql, &why);
        let values = self.values()?;
        let mut quoted = Vec::new();
        for CopiedValue { column, value } in &values {
            quoted.push((Sqlite.identifier(column.as_str())?, value.clone()));
        }
        let beside = beside(name);
        let (into, from) = (Sqlite.identifier(beside.as_str())?, Sqlite.identifier(name.as_str())?);
        let is_automatic = ddl::automatic_key(&self.standing) && ddl::automatic_key(&self.wanted);
        let counter = if is_automatic { keep_counter(name)?.map(statement).to_vec() } else { Vec::new() };
        // What SQLite does not have, a table that stands does not have either.
        let standing = Table { exclusions: Vec::new(), ..self.standing.clone() };
        let copy = TableCopy {
            table: name.clone(),
            standing: ddl::create_table(&standing, name)?,
            unknown_columns: self.unknown_columns()?,
            create: statement(ddl::create_table(&self.wanted, &beside)?),
            copy: statement(copied(&into, &from, &quoted)),
            counter,
            values,
            kept: self.kept(),
        };
        let mut texts = vec![
            ddl::drop_table(name)?,
            // Views and triggers that name the table are not to be read while it is away.
            "PRAGMA legacy_alter_table = ON".to_owned(),
            ddl::rename_table(&beside, name)?,
            "PRAGMA legacy_alter_table = OFF".to_owned(),
        ];
        texts.extend(ddl::create_indexes(&self.wanted)?);
        let mut actions = vec![Action::KeepObjects { table: name.clone() }, Action::CopyTable(copy)];
        actions.extend(texts.into_iter().map(|sql| Action::Execute(statement(sql))));
        actions.push(Action::RestoreObjects { table: name.clone() });
        Ok(actions)
    }

    fn unknown_columns(&self) -> Result<Statement, Unsupported> {
        let Table { name, columns, .. } = &self.standing;
        let known =
            columns.iter().map(|it| Sqlite.literal(&Value::Text(&it.name.as_str().to_ascii_lowercase())));
        let known = known.collect::<Result<Vec<_>, _>>()?.join(", ");
        let table = Sqlite.literal(&Value::Text(name.as_str()))?;
        let why = format!("table `{name}` has a column that no migration made, which this script would drop");
        let sql = format!("SELECT name FROM pragma_table_xinfo({table}) WHERE lower(name) NOT IN ({known})");
        Ok(Statement::new(sql, why))
    }

    /// Returns the columns that stay, with whatever a person did to them.
    fn kept(&self) -> Vec<ColumnName> {
        let names = self.wanted.columns.iter().map(|column| &column.name);
        names.filter(|name| self.copies(name)).cloned().collect()
    }

    fn values(&self) -> Result<Vec<CopiedValue>, Unsupported> {
        let mut values = Vec::new();
        for column in &self.wanted.columns {
            if column.generated.is_none()
                && let Some(source) = self.sources.get(&column.name)
                && let Some(value) = self.value(column, source)?
            {
                values.push(CopiedValue { column: column.name.clone(), value });
            }
        }
        if values.is_empty() {
            // Every column is new: there is one row of them for each row that was.
            return Err(Unsupported::new(
                format!("table `{}` would keep no column at all", self.wanted.name),
                "keep one of its fields, or delete the model and make a new one",
            ));
        }
        Ok(values)
    }

    fn value(&self, column: &Column, source: &Source) -> Result<Option<String>, Unsupported> {
        // A name that is not qualified is text to SQLite where there is no such column.
        let parts = Parts::new(&Sqlite, &self.standing);
        let expressions = parts.expressions().qualified();
        let mut value = match &source.origin {
            Origin::Column => format!("{}.{}", parts.name()?, Sqlite.identifier(column.name.as_str())?),
            Origin::Fill(fill, holds) => expressions.value(fill, holds)?,
            // The column is still what it was when it came, so that the copy can leave it to the database.
            Origin::Database(added) if added.automatic || (**added == *column && source.turns.is_empty()) => {
                return Ok(None);
            }
            Origin::Database(added) => match &added.default {
                Some(default) => expressions.value(default, &added.column_type)?,
                None => "NULL".to_owned(),
            },
        };
        for turn in &source.turns {
            value = match turn {
                Job::Convert(from, to) => conversion::converted(value, from, to),
                Job::Map(values) if values.is_empty() => value,
                Job::Map(values) => enums::converted(&Sqlite, &value, values)?,
                Job::Coalesce(fill, holds) => {
                    format!("coalesce({value}, {})", expressions.value(fill, holds)?)
                }
            };
        }
        Ok(Some(value))
    }
}

/// Returns the name of the new form of a table until it takes its place.
pub(super) fn beside(table: &TableName) -> TableName {
    TableName::new(format!("new__{table}"))
}

/// Writes the copy of all rows; names are quoted already.
pub(super) fn copied(into: &str, from: &str, values: &[(String, String)]) -> String {
    let (columns, values): (Vec<&str>, Vec<&str>) =
        values.iter().map(|(column, value)| (column.as_str(), value.as_str())).unzip();
    format!("INSERT INTO {into} ({}) SELECT {} FROM {from}", columns.join(", "), values.join(", "))
}

/// Keeps the number that the next automatic key follows, which may be larger than any key there is.
pub(super) fn keep_counter(table: &TableName) -> Result<[String; 2], Unsupported> {
    let name = Sqlite.literal(&Value::Text(table.as_str()))?;
    let beside = Sqlite.literal(&Value::Text(beside(table).as_str()))?;
    Ok([
        format!("DELETE FROM sqlite_sequence WHERE name = {beside}"),
        format!(
            "INSERT INTO sqlite_sequence (name, seq) SELECT {beside}, seq FROM sqlite_sequence WHERE name = {name}"
        ),
    ])
}
