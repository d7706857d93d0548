//! Keys: their limits, and the keys that MySQL requires in addition to those of the models.
//!
//! Every foreign key needs an index that begins with its columns, and an automatic column needs one as well. MySQL creates
//! and drops indexes of foreign keys implicitly. Therefore all of them are created explicitly ([`support_keys`]), so that
//! the table determines which exist.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::Expr;
use modelshift_schema::name::{ColumnName, ObjectName};
use modelshift_schema::step::{Change, Step};
use modelshift_schema::table::{PrimaryKey, Table, TableIndex};
use sea_query::IndexCreateStatement;

use super::Mysql;
use super::column_type::key_bytes;
use super::names::refuse_reserved_index;
use crate::dialect::render::table_parts::{Parts, plain_column, refuse_foreign_index};
use crate::dialect::{Dialect, PlannedStep, Unsupported, spelled_type};

/// The most bytes of a key.
const MAX_KEY_BYTES: u32 = 3072;
/// The name of the key of an automatic column that is not in the primary key.
const AUTOMATIC_KEY: &str = "automatic_key";

/// Refuses columns that cannot be in one key together.
pub(super) fn refuse_long_key(table: &Table, columns: &[ColumnName], whose: &str) -> Result<(), Unsupported> {
    let mut sum: u32 = 0;
    for name in columns {
        // An earlier step has dropped the column, and the key with it.
        let Some(column) = table.column(name) else { continue };
        // The size of a type that the author spells is unknown here; the server checks it.
        if spelled_type(Dialect::Mysql, column).is_some() {
            continue;
        }
        let Some(bytes) = key_bytes(&column.column_type) else {
            let what = format!(
                "mysql cannot put column `{name}` of `{}` into {whose}: its type has no length",
                table.name
            );
            return Err(Unsupported::new(what, remedy(&column.column_type)));
        };
        sum = sum.saturating_add(bytes);
    }
    if sum <= MAX_KEY_BYTES {
        return Ok(());
    }
    let what = format!("mysql: {whose} of `{}` takes {sum} bytes, more than {MAX_KEY_BYTES}", table.name);
    Err(Unsupported::new(what, "make `max_length` smaller, or take a field out of it"))
}

/// Returns an index.
///
/// # Errors
/// If the server has no such index.
pub(super) fn index_of(
    mysql: Mysql<'_>,
    table: &Table,
    index: &TableIndex,
) -> Result<IndexCreateStatement, Unsupported> {
    let name = &index.name;
    refuse_reserved_index(name)?;
    if index.when.is_some() && !mysql.capabilities.partial_index {
        let (what, remedy) = if index.unique {
            (
                format!("mysql cannot make some rows only unique (`{name}`)"),
                "leave `when` out, or check in the service",
            )
        } else {
            (format!("mysql cannot index some rows only (`{name}`)"), "leave `when` out, to index all rows")
        };
        return Err(Unsupported::new(what, remedy));
    }
    refuse_foreign_index(Dialect::Mysql, index)?;
    let mut plain = Vec::new();
    for part in &index.parts {
        match plain_column(&part.value) {
            Some(column) => plain.push(column),
            None => refuse_expression(mysql, table, index, &part.value)?,
        }
    }
    refuse_long_key(table, &plain, &format!("index `{name}`"))?;
    Parts::new(&mysql, table).built_index(index)
}

fn refuse_expression(
    mysql: Mysql<'_>,
    table: &Table,
    index: &TableIndex,
    expr: &Expr,
) -> Result<(), Unsupported> {
    let name = &index.name;
    if !mysql.capabilities.expression_index {
        let what = format!("mariadb cannot index an expression (`{name}`)");
        return Err(Unsupported::new(what, "index a field, and keep the value of the expression in it"));
    }
    for column in expr.names().into_iter().filter_map(|name| table.column(&ColumnName::new(name))) {
        if key_bytes(&column.column_type).is_none() {
            let what = format!("mysql cannot index an expression over column `{}` (`{name}`)", column.name);
            return Err(Unsupported::new(what, remedy(&column.column_type)));
        }
    }
    Ok(())
}

/// Returns the remedy for a column without a length in a key.
fn remedy(holds: &ColumnType) -> &'static str {
    if *holds == ColumnType::Json {
        return "put what is searched for into a field of its own, such as `#[field(generated = sql(\"…\"), max_length = …)] \
                name: Option<String>`, and index that";
    }
    "give the field a length: `#[field(max_length = …)]`"
}

/// Returns the primary key, unless a column of it was dropped, and the key with it.
pub(super) fn standing_key(table: &Table) -> Option<&PrimaryKey> {
    table.primary_key.as_ref().filter(|key| key.columns.iter().all(|column| table.column(column).is_some()))
}

/// Returns the primary key that a later step adds to a table, if the table already has its columns.
pub(super) fn key_behind<'a>(table: &Table, later: &'a [PlannedStep]) -> Option<&'a PrimaryKey> {
    let of_table = later.iter().map_while(|planned| match &planned.step {
        Step::AlterTable { before, after, change } if before.name == table.name => Some((after, change)),
        Step::AlterTable { .. }
        | Step::CreateTable { .. }
        | Step::DropTable { .. }
        | Step::RunSql(_)
        | Step::RunRust { .. }
        | Step::LoadData { .. }
        | Step::CreateExtension { .. }
        | Step::DropExtension { .. }
        | Step::CreateCollation(_)
        | Step::DropCollation { .. } => None,
    });
    let (after, _) = of_table.into_iter().find(|(_, change)| **change == Change::AlterPrimaryKey)?;
    let key = after.primary_key.as_ref()?;
    // The column may become automatic, or no longer be automatic.
    for name in &key.columns {
        let (column, later) = (table.column(name)?, after.column(name)?);
        if !column.holds_as(later) || column.null {
            return None;
        }
    }
    Some(key)
}

/// Returns whether a step drops a column of the primary key of a table, and adds the next primary key.
pub(super) fn adds_key(step: &Step, table: &Table, later: &[PlannedStep]) -> bool {
    let Step::AlterTable { before, after, change: Change::DropColumn { column } } = step else {
        return false;
    };
    before.name == table.name
        && standing_key(before).is_some_and(|key| key.columns.contains(column))
        && key_behind(after, later).is_some()
}

/// Returns the names and columns of the keys that the server requires in addition to those of the models.
pub(super) fn support_keys(table: &Table) -> Vec<(ObjectName, Vec<ColumnName>)> {
    let mut keys = Vec::new();
    for reference in &table.references {
        if !is_covered(table, &reference.columns) {
            keys.push((reference.name.clone(), reference.columns.clone()));
        }
    }
    for column in table.columns.iter().filter(|column| column.automatic) {
        let columns = vec![column.name.clone()];
        if !is_covered(table, &columns) {
            keys.push((ObjectName::new(AUTOMATIC_KEY), columns));
        }
    }
    keys
}

fn is_covered(table: &Table, columns: &[ColumnName]) -> bool {
    standing_key(table).is_some_and(|key| key.columns.starts_with(columns))
        || table.uniques.iter().any(|unique| unique.columns.starts_with(columns))
        || table.indexes.iter().any(|index| leading_columns(index).starts_with(columns))
}

fn leading_columns(index: &TableIndex) -> Vec<ColumnName> {
    index.parts.iter().map_while(|part| plain_column(&part.value)).collect()
}
