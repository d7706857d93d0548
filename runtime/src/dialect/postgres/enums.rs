//! Types that list the values of one column: each belongs to its column, comes before it and goes after it.
//!
//! A value that is added in place cannot be used before the transaction ends, so that this is done only where nothing
//! of the migration follows that may use it. Otherwise the type is made anew, and what names the column in a condition
//! is made again with it: a condition keeps the type that its constants had.

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

/// Writes CREATE TYPE for a column that needs it.
pub(super) fn create_type(column: &Column) -> Result<Option<String>, Unsupported> {
    own(column).map(create).transpose()
}

/// Returns what a type lists that belongs to the column; one that the author spells is the author's own.
pub(super) fn own(column: &Column) -> Option<&Choices> {
    column.column_type.choices().filter(|_| spelled_type(Dialect::Postgres, column).is_none())
}

fn create(choices: &Choices) -> Result<String, Unsupported> {
    let values = enums::list(&Postgres, choices.variants.iter().map(|variant| &variant.value))?;
    Ok(format!("CREATE TYPE {} AS ENUM ({values})", Postgres.identifier(&choices.name)?))
}

/// Writes DROP TYPE for a column that had one.
pub(super) fn drop_type(column: &Column) -> Result<Option<String>, Unsupported> {
    let drop = |choices: &Choices| Ok(format!("DROP TYPE {}", Postgres.identifier(&choices.name)?));
    own(column).map(drop).transpose()
}

/// Writes that the type of a column gets another name.
pub(super) fn rename_type(old: &Column, new: &Column) -> Result<Vec<String>, Unsupported> {
    let (Some(old), Some(new)) = (own(old), own(new)) else {
        return Ok(Vec::new());
    };
    let (old, new) = (Postgres.identifier(&old.name)?, Postgres.identifier(&new.name)?);
    Ok(vec![format!("ALTER TYPE {old} RENAME TO {new}")])
}

/// Writes that values become others: in the type that lists them, else in the rows.
pub(super) fn convert_values(
    after: &Table,
    column: &Column,
    values: &[(Literal, Literal)],
) -> Result<Vec<String>, Unsupported> {
    let Some(listed) = column.column_type.choices() else {
        return updated(after, enums::update(&Postgres, after, &column.name, values)?);
    };
    let name = Postgres.identifier(&listed.name)?;
    let rename = |(from, to): &(Literal, Literal)| {
        let (from, to) = (enums::literal(&Postgres, from)?, enums::literal(&Postgres, to)?);
        Ok(format!("ALTER TYPE {name} RENAME VALUE {from} TO {to}"))
    };
    values.iter().map(rename).collect()
}

/// Returns whether a step that follows may use a value that its type learns now.
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

/// Writes ALTER TYPE … ADD VALUE for each value that comes, in its place.
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

/// What must be away while the type of a column changes.
#[derive(Debug, Default)]
pub(super) struct Dependents {
    pub(super) drop: Vec<String>,
    pub(super) add: Vec<String>,
}

/// Returns the checks and indexes with conditions that name a column whose type lists its values, before or after.
pub(super) fn dependents(
    before: &Table,
    after: &Table,
    old: &Column,
    new: &Column,
) -> Result<Dependents, Unsupported> {
    let mut dependents = Dependents::default();
    let is_listed = |column: &Column| matches!(column.column_type, ColumnType::Choices(_));
    if !is_listed(old) && !is_listed(new) {
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
    let in_parts = |part: &modelshift_schema::index::IndexPart| {
        plain_column(&part.value).is_none() && names(&part.value, column)
    };
    index.parts.iter().any(in_parts) || index.when.as_ref().is_some_and(|when| names(when, column))
}

/// Writes that a type with the same name lists other values, for the column that has it.
pub(super) fn remade(verb: &str, quoted: &str, new: &Choices) -> Result<Vec<String>, Unsupported> {
    let name = Postgres.identifier(&new.name)?;
    let aside = Postgres.identifier(&modelshift_schema::naming::shortened(&format!("old__{}", new.name)))?;
    Ok(vec![
        format!("ALTER TYPE {name} RENAME TO {aside}"),
        create(new)?,
        format!("{verb} TYPE {name} USING CAST(CAST({quoted} AS text) AS {name})"),
        format!("DROP TYPE {aside}"),
    ])
}
