//! Enum types: each belongs to one column, is created before it and dropped after it.
//!
//! A value that is added in place cannot be used before the transaction ends, so that this is done only if no later step
//! of the migration may use the value. Otherwise the type is created again, and with it all conditions that name the
//! column: a condition keeps the type of its constants.

use modelshift_schema::choices::{Choice, Choices};
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::{Expr, Literal};
use modelshift_schema::name::ColumnName;
use modelshift_schema::step::Step;
use modelshift_schema::table::{Column, Table, TableIndex};

use super::index::create_index;
use super::rows::updated;
use super::{Postgres, parts};
use crate::dialect::render::enums;
use crate::dialect::render::table_parts::plain_column;
use crate::dialect::{Dialect, PlannedStep, Spelling, Unsupported, spelled_type};

/// Writes CREATE TYPE for a column with an enum type.
pub(super) fn create_type(column: &Column) -> Result<Option<String>, Unsupported> {
    own(column).map(create).transpose()
}

/// Returns the values of the enum type of a column. A type that the author spells does not belong to the column.
pub(super) fn own(column: &Column) -> Option<&Choices> {
    column.column_type.choices().filter(|_| spelled_type(Dialect::Postgres, column).is_none())
}

fn create(choices: &Choices) -> Result<String, Unsupported> {
    let values = enums::list(&Postgres, choices.variants.iter().map(|variant| &variant.value))?;
    Ok(format!("CREATE TYPE {} AS ENUM ({values})", Postgres.identifier(&choices.name)?))
}

/// Writes DROP TYPE for a column with an enum type.
pub(super) fn drop_type(column: &Column) -> Result<Option<String>, Unsupported> {
    let Some(choices) = own(column) else { return Ok(None) };
    Ok(Some(format!("DROP TYPE {}", Postgres.identifier(&choices.name)?)))
}

/// Writes the statement that renames the type of a column.
pub(super) fn rename_type(old: &Column, new: &Column) -> Result<Vec<String>, Unsupported> {
    let (Some(old), Some(new)) = (own(old), own(new)) else {
        return Ok(Vec::new());
    };
    let (old, new) = (Postgres.identifier(&old.name)?, Postgres.identifier(&new.name)?);
    Ok(vec![format!("ALTER TYPE {old} RENAME TO {new}")])
}

/// Writes the statements that replace values, in the enum type or in the rows.
pub(super) fn convert_values(
    after: &Table,
    column: &Column,
    values: &[(Literal, Literal)],
) -> Result<Vec<String>, Unsupported> {
    let Some(listed) = column.column_type.choices() else {
        return updated(after, enums::update(&Postgres, after, &column.name, values)?);
    };
    let name = Postgres.identifier(&listed.name)?;
    let mut texts = Vec::new();
    for (from, to) in values {
        let (from, to) = (enums::literal(&Postgres, from)?, enums::literal(&Postgres, to)?);
        texts.push(format!("ALTER TYPE {name} RENAME VALUE {from} TO {to}"));
    }
    Ok(texts)
}

/// Returns whether a later step may use a value that is added to the type now.
pub(super) fn may_be_used(table: &Table, later: &[PlannedStep]) -> bool {
    later.iter().any(|planned| match &planned.step {
        Step::RunSql(_) => true,
        Step::AlterTable { before, .. } => before.name == table.name,
        Step::CreateTable { .. }
        | Step::DropTable { .. }
        | Step::CreateExtension { .. }
        | Step::DropExtension { .. }
        | Step::CreateCollation(_)
        | Step::DropCollation { .. } => false,
    })
}

/// Writes ALTER TYPE … ADD VALUE for each new value, at its position.
pub(super) fn add_values(old: &Choices, new: &Choices) -> Result<Vec<String>, Unsupported> {
    let name = Postgres.identifier(&new.name)?;
    let mut texts = Vec::new();
    let mut last: Option<&Choice> = None;
    for variant in &new.variants {
        if !old.has_value(&variant.value) {
            let place = match (last, old.variants.first()) {
                (Some(last), _) => format!(" AFTER {}", enums::literal(&Postgres, &last.value)?),
                (None, Some(first)) => format!(" BEFORE {}", enums::literal(&Postgres, &first.value)?),
                (None, None) => String::new(),
            };
            let value = enums::literal(&Postgres, &variant.value)?;
            texts.push(format!("ALTER TYPE {name} ADD VALUE {value}{place}"));
        }
        last = Some(variant);
    }
    Ok(texts)
}

/// Statements that drop the dependents of a column before its type changes, and add them again.
#[derive(Debug, Default)]
pub(super) struct Dependents {
    pub(super) drop: Vec<String>,
    pub(super) add: Vec<String>,
}

/// Returns the checks and the indexes with conditions that depend on a column with an enum type, before or after the
/// change.
pub(super) fn dependents(
    before: &Table,
    after: &Table,
    old: &Column,
    new: &Column,
) -> Result<Dependents, Unsupported> {
    let mut dependents = Dependents::default();
    if ![old, new].iter().any(|column| matches!(column.column_type, ColumnType::Choices(_))) {
        return Ok(dependents);
    }
    let table = parts(before).name()?;
    for check in before.checks.iter().filter(|check| names(&check.condition, &old.name)) {
        let name = Postgres.identifier(check.name.as_str())?;
        dependents.drop.push(format!("ALTER TABLE {table} DROP CONSTRAINT {name}"));
    }
    for index in before.indexes.iter().filter(|index| depends(index, &old.name)) {
        dependents.drop.push(format!("DROP INDEX {}", Postgres.identifier(index.name.as_str())?));
    }
    for check in after.checks.iter().filter(|check| names(&check.condition, &new.name)) {
        dependents.add.push(format!("ALTER TABLE {table} ADD {}", parts(after).check(check)?));
    }
    for index in after.indexes.iter().filter(|index| depends(index, &new.name)) {
        dependents.add.push(create_index(after, index)?);
    }
    Ok(dependents)
}

fn names(expr: &Expr, column: &ColumnName) -> bool {
    expr.may_read_column(column.as_str())
}

fn depends(index: &TableIndex, column: &ColumnName) -> bool {
    let mut parts = index.parts.iter();
    parts.any(|part| plain_column(&part.value).is_none() && names(&part.value, column))
        || index.when.as_ref().is_some_and(|when| names(when, column))
}

/// Writes the statements that replace an enum type with one of the same name and other values.
pub(super) fn replace_type(verb: &str, quoted: &str, new: &Choices) -> Result<Vec<String>, Unsupported> {
    let name = Postgres.identifier(&new.name)?;
    let aside = Postgres.identifier(&modelshift_schema::naming::shortened(&format!("old__{}", new.name)))?;
    Ok(vec![
        format!("ALTER TYPE {name} RENAME TO {aside}"),
        create(new)?,
        format!("{verb} TYPE {name} USING CAST(CAST({quoted} AS text) AS {name})"),
        format!("DROP TYPE {aside}"),
    ])
}
