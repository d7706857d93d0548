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
use sea_query::extension::postgres::Type;
use sea_query::{DynIden, SchemaName, TypeRef};

use super::constraints::{add_constraint, drop_constraint};
use crate::dialect::postgres::index::{create_index, drop_index};
use crate::dialect::postgres::names::qualified;
use crate::dialect::postgres::rows::updated;
use crate::dialect::postgres::{Postgres, parts};
use crate::dialect::render::built::{Name, built};
use crate::dialect::render::enums;
use crate::dialect::render::table_parts::plain_column;
use crate::dialect::{Dialect, PlannedStep, Unsupported, spelled_type};
use crate::plan::statement::{RawReason, Written};

/// Writes CREATE TYPE for a column with an enum type.
pub(super) fn create_type(column: &Column) -> Result<Option<Written>, Unsupported> {
    own(column).map(create).transpose()
}

/// Returns the values of the enum type of a column. A type that the author spells does not belong to the column.
pub(super) fn own(column: &Column) -> Option<&Choices> {
    column.column_type.choices().filter(|_| spelled_type(Dialect::Postgres, column).is_none())
}

fn create(choices: &Choices) -> Result<Written, Unsupported> {
    let values: Vec<&Literal> = choices.variants.iter().map(|variant| &variant.value).collect();
    let Some(plain) = plain(&values) else {
        let (name, values) = (quoted(choices)?, enums::list(&Postgres, values)?);
        return Ok(Written::raw(RawReason::EnumValue, format!("CREATE TYPE {name} AS ENUM ({values})")));
    };
    let create = Type::create().as_enum(type_ref(choices)?).values(plain).to_owned();
    Ok(built(&Postgres, create))
}

fn iden(name: &str) -> Result<DynIden, Unsupported> {
    Ok(Name::of(&Postgres, name)?.iden())
}

/// Returns the name of the type with its schema.
fn type_ref(choices: &Choices) -> Result<TypeRef, Unsupported> {
    let schema = choices.schema.as_ref().map(|schema| iden(schema.as_str()).map(SchemaName::from));
    Ok(TypeRef(schema.transpose()?, iden(&choices.name)?))
}

fn quoted(choices: &Choices) -> Result<String, Unsupported> {
    qualified(choices.schema.as_ref(), &choices.name)
}

/// Returns the types that belong to columns of the table.
pub(in crate::dialect::postgres) fn own_types(table: &Table) -> impl Iterator<Item = &Choices> {
    table.columns.iter().filter_map(own).filter(|choices| choices.is_native())
}

/// Returns values for sea-query; `None` if it would write one of them with a backslash.
fn plain(values: &[&Literal]) -> Option<Vec<DynIden>> {
    let plain = values.iter().map(|value| match value {
        Literal::Text(text) => {
            let is_escaped = text.chars().any(|it| matches!(it, '\'' | '\\') || it.is_control());
            (!is_escaped).then(|| DynIden::from(text.clone()))
        }
        Literal::Int(_) | Literal::Bool(_) | Literal::Float(_) | Literal::Bytes(_) => None,
    });
    plain.collect()
}

/// Writes DROP TYPE for a column with an enum type.
pub(super) fn drop_type(column: &Column) -> Result<Option<Written>, Unsupported> {
    let Some(choices) = own(column) else { return Ok(None) };
    drop_named(choices).map(Some)
}

fn drop_named(choices: &Choices) -> Result<Written, Unsupported> {
    Ok(built(&Postgres, Type::drop().name(type_ref(choices)?).to_owned()))
}

/// Writes the statement that renames the type of a column.
pub(super) fn rename_type(old: &Column, new: &Column) -> Result<Vec<Written>, Unsupported> {
    let (Some(old), Some(new)) = (own(old), own(new)) else {
        return Ok(Vec::new());
    };
    Ok(vec![rename(old, &new.name)?])
}

fn rename(old: &Choices, new: &str) -> Result<Written, Unsupported> {
    Ok(built(&Postgres, Type::alter().name(type_ref(old)?).rename_to(iden(new)?)))
}

/// Writes the statements that replace values, in the enum type or in the rows.
pub(super) fn convert_values(
    after: &Table,
    column: &Column,
    values: &[(Literal, Literal)],
) -> Result<Vec<Written>, Unsupported> {
    let Some(listed) = column.column_type.choices() else {
        return updated(after, enums::update(&Postgres, after, &column.name, values)?);
    };
    values.iter().map(|(from, to)| rename_value(listed, from, to)).collect()
}

fn rename_value(choices: &Choices, from: &Literal, to: &Literal) -> Result<Written, Unsupported> {
    if let Some([from, to]) = plain(&[from, to]).as_deref() {
        let alter = Type::alter().name(type_ref(choices)?).rename_value(from.clone(), to.clone());
        return Ok(built(&Postgres, alter));
    }
    let name = quoted(choices)?;
    let (from, to) = (enums::literal(&Postgres, from)?, enums::literal(&Postgres, to)?);
    Ok(Written::raw(RawReason::EnumValue, format!("ALTER TYPE {name} RENAME VALUE {from} TO {to}")))
}

/// Returns whether a later step may use a value that is added to the type now.
pub(super) fn may_be_used(table: &Table, later: &[PlannedStep]) -> bool {
    later.iter().any(|planned| match &planned.step {
        Step::RunSql(_) | Step::RunRust { .. } | Step::LoadData { .. } => true,
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
pub(super) fn add_values(old: &Choices, new: &Choices) -> Result<Vec<Written>, Unsupported> {
    let mut texts = Vec::new();
    let mut last: Option<&Choice> = None;
    for variant in &new.variants {
        if !old.has_value(&variant.value) {
            let place = match (last, old.variants.first()) {
                (Some(last), _) => Some(("AFTER", &last.value)),
                (None, Some(first)) => Some(("BEFORE", &first.value)),
                (None, None) => None,
            };
            texts.push(add_value(new, &variant.value, place)?);
        }
        last = Some(variant);
    }
    Ok(texts)
}

fn add_value(
    choices: &Choices,
    value: &Literal,
    place: Option<(&str, &Literal)>,
) -> Result<Written, Unsupported> {
    let literals: Vec<&Literal> = [value].into_iter().chain(place.map(|(_, other)| other)).collect();
    if let Some(plain) = plain(&literals) {
        let mut plain = plain.into_iter();
        let mut alter = Type::alter().name(type_ref(choices)?);
        if let Some(value) = plain.next() {
            alter = alter.add_value(value);
        }
        alter = match (place, plain.next()) {
            (Some(("BEFORE", _)), Some(other)) => alter.before(other),
            (Some(_), Some(other)) => alter.after(other),
            (_, None) | (None, Some(_)) => alter,
        };
        return Ok(built(&Postgres, alter));
    }
    let place = match place {
        Some((word, other)) => format!(" {word} {}", enums::literal(&Postgres, other)?),
        None => String::new(),
    };
    let (name, value) = (quoted(choices)?, enums::literal(&Postgres, value)?);
    Ok(Written::raw(RawReason::EnumValue, format!("ALTER TYPE {name} ADD VALUE {value}{place}")))
}

/// Statements that drop the dependents of a column before its type changes, and add them again.
#[derive(Debug, Default)]
pub(super) struct Dependents {
    pub(super) drop: Vec<Written>,
    pub(super) add: Vec<Written>,
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
    for check in before.checks.iter().filter(|check| names(&check.condition, &old.name)) {
        dependents.drop.push(drop_constraint(before, &check.name)?);
    }
    for index in before.indexes.iter().filter(|index| depends(index, &old.name)) {
        dependents.drop.push(drop_index(before, &index.name)?);
    }
    for check in after.checks.iter().filter(|check| names(&check.condition, &new.name)) {
        dependents.add.push(add_constraint(before, &parts(after).check(check)?)?);
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
pub(super) fn replaced_type(new: &Choices, set_type: Written) -> Result<Vec<Written>, Unsupported> {
    let aside = modelshift_schema::naming::shortened(&format!("old__{}", new.name));
    let old = Choices { name: aside.clone(), ..new.clone() };
    Ok(vec![rename(new, &aside)?, create(new)?, set_type, drop_named(&old)?])
}
