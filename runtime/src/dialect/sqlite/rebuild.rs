//! The rebuild of one table: a new table is created, filled from the old one, and takes its name.
//!
//! A rebuild keeps all rows and the counter of automatic keys. Indexes of the models are created again. The executor saves
//! and restores all other objects of the table (triggers, other indexes). Rows of other tables that refer to the table
//! are not changed, since foreign keys are not enforced during the rebuild. Views and foreign keys of other tables keep
//! referring to the table, since the old table is dropped and not renamed.

use std::collections::BTreeMap;
use std::sync::Arc;

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::{Expr, Literal};
use modelshift_schema::name::{ColumnName, TableName};
use modelshift_schema::step::Change;
use modelshift_schema::table::{Column, Table};
use sea_query::{DynIden, Query, SelectStatement};

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
use crate::dialect::render::built::{Name, built, word};
use crate::dialect::render::enums;
use crate::dialect::render::literal::Value;
use crate::dialect::render::table_parts::{Parts, has_raw, is_free_of_columns};
use crate::dialect::{Spelling, Unsupported};
use crate::plan::statement::{RawReason, Statement, Written};
use crate::plan::{Action, CopiedValue, TableCopy};

/// How the values of a column are computed; every name in it is a column of the current table.
#[derive(Clone, Debug)]
struct Source {
    origin: Origin,
    /// The conversions of the value, in order.
    conversions: Vec<Conversion>,
}

#[derive(Clone, Debug)]
enum Origin {
    /// The column of that name in the current table.
    Column,
    /// A value for existing rows.
    Fill(Expr, ColumnType),
    /// The database sets the value of the column as it was added: the default, the automatic value, or NULL.
    Database(Box<Column>),
}

#[derive(Clone, Debug)]
enum Conversion {
    /// From one type to another.
    Type(ColumnType, ColumnType),
    /// The value replaces NULL.
    Coalesce(Expr, ColumnType),
    /// Values are replaced with other values.
    Map(Vec<(Literal, Literal)>),
}

/// A rebuild that is not rendered yet.
#[derive(Debug)]
pub(super) struct Rebuild {
    /// The current table.
    pub(super) current: Table,
    /// The table after the rebuild.
    pub(super) wanted: Arc<Table>,
    /// The position of the last operation that needs the rebuild.
    pub(super) operation: usize,
    sources: BTreeMap<ColumnName, Source>,
    whys: Vec<String>,
}

impl Rebuild {
    /// Creates a rebuild that changes nothing.
    pub(super) fn of(table: &Table) -> Self {
        let source = Source { origin: Origin::Column, conversions: Vec::new() };
        Self {
            current: table.clone(),
            wanted: Arc::new(table.clone()),
            operation: 0,
            sources: table.columns.iter().map(|column| (column.name.clone(), source.clone())).collect(),
            whys: Vec::new(),
        }
    }

    /// Returns whether the value can be computed from the current table.
    pub(super) fn can_read(&self, fill: Option<&Expr>) -> bool {
        fill.is_none_or(|fill| {
            is_free_of_columns(fill)
                || (!has_raw(fill)
                    && fill.names().iter().all(|name| self.is_unchanged(&ColumnName::new(*name))))
        })
    }

    /// Adds a change to the rebuild. Its fill must be readable ([`Self::can_read`]).
    pub(super) fn take(&mut self, change: &Change, after: &Arc<Table>) -> Result<(), Unsupported> {
        match change {
            Change::AddColumn { column, fill } => {
                let added = Parts::new(&Sqlite, after).existing(column)?;
                let origin = match fill {
                    Some(fill) => Origin::Fill(fill.clone(), added.column_type.clone()),
                    None => Origin::Database(Box::new(added.clone())),
                };
                self.sources.insert(column.clone(), Source { origin, conversions: Vec::new() });
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
                        source.conversions.push(Conversion::Type(from, to.clone()));
                    }
                    source.conversions.extend(fill.clone().map(|fill| Conversion::Coalesce(fill, to)));
                }
            }
            Change::ConvertValues { column, values } => {
                if let Some(source) = self.sources.get_mut(column) {
                    source.conversions.push(Conversion::Map(values.clone()));
                }
            }
            Change::RenameColumn { before, after } => self.rename_source(before, after),
            Change::RenameTable
            | Change::RequireValues { .. }
            | Change::RequireRow { .. }
            | Change::RenameType { .. }
            | Change::AlterComment
            | Change::AlterSqliteOptions
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
            | Change::MoveTable
            | Change::RenameCheck { .. }
            | Change::AddForeignKey { .. }
            | Change::DropForeignKey { .. }
            | Change::RenameForeignKey { .. }
            | Change::AlterForeignKey { .. }
            | Change::AddExclusion { .. }
            | Change::DropExclusion { .. }
            | Change::RenameExclusion { .. } => {}
        }
        self.wanted = Arc::clone(after);
        // An unsupported table is reported at the operation that causes it.
        ddl::create_table(after, &after.name)?;
        ddl::create_indexes(after).map(|_| ())
    }

    /// Adds a reason for the rebuild.
    pub(super) fn add_reason(&mut self, operation: usize, why: &str) {
        self.operation = operation;
        if !self.whys.iter().any(|known| known == why) {
            self.whys.push(why.to_owned());
        }
    }

    /// Returns whether the values of a column are copied from the current table.
    pub(super) fn copies(&self, column: &ColumnName) -> bool {
        self.sources.get(column).is_some_and(|source| matches!(source.origin, Origin::Column))
    }

    /// Returns whether a column is copied without conversion, so that the current table has its values.
    pub(super) fn is_unchanged(&self, column: &ColumnName) -> bool {
        let source = self.sources.get(column);
        source.is_some_and(|it| matches!(it.origin, Origin::Column) && it.conversions.is_empty())
    }

    /// Returns whether a value contains raw SQL, in which names cannot be replaced.
    pub(super) fn has_raw_fill(&self) -> bool {
        self.sources.values().any(|source| {
            let mut conversions = source.conversions.iter();
            conversions.any(|it| matches!(it, Conversion::Coalesce(fill, _) if has_raw(fill)))
                || matches!(&source.origin, Origin::Fill(fill, _) if has_raw(fill))
        })
    }

    /// Replaces the name of a column that was renamed in the current table.
    pub(super) fn rename_current(&mut self, before: &ColumnName, after: &ColumnName) {
        self.current.rename_column(before, after);
        for source in self.sources.values_mut() {
            let conversions = source.conversions.iter_mut().filter_map(|conversion| match conversion {
                Conversion::Coalesce(fill, _) => Some(fill),
                Conversion::Type(..) | Conversion::Map(_) => None,
            });
            let origin = match &mut source.origin {
                Origin::Fill(fill, _) => Some(fill),
                Origin::Column | Origin::Database(_) => None,
            };
            for fill in conversions.chain(origin) {
                *fill = fill.with_column(before.as_str(), after.as_str());
            }
        }
    }

    fn rename_source(&mut self, before: &ColumnName, after: &ColumnName) {
        if let Some(source) = self.sources.remove(before) {
            self.sources.insert(after.clone(), source);
        }
    }

    /// Returns the actions of the rebuild.
    pub(super) fn actions(&self) -> Result<Vec<Action>, Unsupported> {
        let (name, why) = (&self.wanted.name, self.whys.join(", "));
        let values = self.values()?;
        let beside = beside(name);
        let pairs = values.iter().map(|it| (it.column.as_str(), it.value.as_str()));
        let copied = copied(&beside, name, pairs)?;
        let is_automatic = ddl::automatic_key(&self.current) && ddl::automatic_key(&self.wanted);
        let counter = if is_automatic { Vec::from(keep_counter(name)?) } else { Vec::new() };
        // SQLite has no exclusion constraints, so that the current table has none.
        let current = Table { exclusions: Vec::new(), ..self.current.clone() };
        let copy = TableCopy {
            table: name.clone(),
            standing: ddl::create_table(&current, name)?.sql().to_owned(),
            unknown_columns: self.unknown_columns()?,
            create: ddl::create_table(&self.wanted, &beside)?.because(&why),
            copy: copied.because(&why),
            counter: counter.into_iter().map(|text| text.because(&why)).collect(),
            values,
            kept: self.kept(),
        };
        let mut texts = vec![
            ddl::drop_table(name)?,
            // SQLite must not read views and triggers that name the table while the table is missing.
            Written::raw(RawReason::Setting, "PRAGMA legacy_alter_table = ON"),
            ddl::rename_table(&beside, name)?,
            Written::raw(RawReason::Setting, "PRAGMA legacy_alter_table = OFF"),
        ];
        texts.extend(ddl::create_indexes(&self.wanted)?);
        let mut actions = vec![Action::KeepObjects { table: name.clone() }, Action::CopyTable(copy)];
        actions.extend(texts.into_iter().map(|text| Action::Execute(text.because(&why))));
        actions.push(Action::RestoreObjects { table: name.clone() });
        Ok(actions)
    }

    fn unknown_columns(&self) -> Result<Statement, Unsupported> {
        let Table { name, columns, .. } = &self.current;
        let known =
            columns.iter().map(|it| Sqlite.literal(&Value::Text(&it.name.as_str().to_ascii_lowercase())));
        let known = known.collect::<Result<Vec<_>, _>>()?.join(", ");
        let table = Sqlite.literal(&Value::Text(name.as_str()))?;
        let why = format!("table `{name}` has a column that no migration made, which this script would drop");
        let sql = format!("SELECT name FROM pragma_table_xinfo({table}) WHERE lower(name) NOT IN ({known})");
        Ok(Statement::raw(RawReason::Catalog, sql, why))
    }

    /// Returns the columns that are kept, with their manual changes.
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
            // All columns are new, so that there is nothing to copy the rows from.
            return Err(Unsupported::new(
                format!("table `{}` would keep no column at all", self.wanted.name),
                "keep one of its fields, or delete the model and make a new one",
            ));
        }
        Ok(values)
    }

    fn value(&self, column: &Column, source: &Source) -> Result<Option<String>, Unsupported> {
        // SQLite reads an unknown unqualified name as text.
        let parts = Parts::new(&Sqlite, &self.current);
        let expressions = parts.expressions().qualified();
        let mut value = match &source.origin {
            Origin::Column => format!("{}.{}", parts.name()?, Sqlite.identifier(column.name.as_str())?),
            Origin::Fill(fill, holds) => expressions.value(fill, holds)?,
            // The column is unchanged since it was added, so that the copy omits it.
            Origin::Database(added)
                if added.automatic || (**added == *column && source.conversions.is_empty()) =>
            {
                return Ok(None);
            }
            Origin::Database(added) => match &added.default {
                Some(default) => expressions.value(default, &added.column_type)?,
                None => "NULL".to_owned(),
            },
        };
        for conversion in &source.conversions {
            value = match conversion {
                Conversion::Type(from, to) => conversion::converted(value, from, to),
                Conversion::Map(values) if values.is_empty() => value,
                Conversion::Map(values) => enums::converted(&Sqlite, &value, values)?,
                Conversion::Coalesce(fill, holds) => {
                    format!("coalesce({value}, {})", expressions.value(fill, holds)?)
                }
            };
        }
        Ok(Some(value))
    }
}

/// Returns the name of the new table before the old table is dropped.
pub(super) fn beside(table: &TableName) -> TableName {
    TableName::new(format!("new__{table}"))
}

/// Writes the statement that copies all rows: the name of each column, and its value.
pub(super) fn copied<'a>(
    into: &TableName,
    from: &TableName,
    values: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<Written, Unsupported> {
    let mut columns = Vec::new();
    let mut select = Query::select();
    for (column, value) in values {
        columns.push(Name::of(&Sqlite, column)?.iden());
        select.expr(word(value));
    }
    select.from(Name::of(&Sqlite, from.as_str())?.iden());
    inserted(into.as_str(), columns, select)
}

/// Writes the statements that keep the counter of automatic keys, which can be larger than all existing keys.
pub(super) fn keep_counter(table: &TableName) -> Result<[Written; 2], Unsupported> {
    const COUNTERS: &str = "sqlite_sequence";
    let name = Sqlite.literal(&Value::Text(table.as_str()))?;
    let beside = Sqlite.literal(&Value::Text(beside(table).as_str()))?;
    let delete = Query::delete().from_table(COUNTERS).and_where(word(format!("name = {beside}"))).to_owned();
    let mut select = Query::select();
    select.expr(word(beside)).expr(word("seq")).from(COUNTERS).and_where(word(format!("name = {name}")));
    let insert = inserted(COUNTERS, vec!["name".into(), "seq".into()], select)?;
    Ok([built(&Sqlite, delete), insert])
}

fn inserted(into: &str, columns: Vec<DynIden>, select: SelectStatement) -> Result<Written, Unsupported> {
    let mut insert = Query::insert();
    insert.into_table(Name::of(&Sqlite, into)?.iden()).columns(columns);
    if let Err(error) = insert.select_from(select) {
        let what = format!("sqlite: the rows for table `{into}` cannot be written ({error})");
        return Err(Unsupported::new(what, "please report it"));
    }
    Ok(built(&Sqlite, insert))
}
