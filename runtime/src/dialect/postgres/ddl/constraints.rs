//! Constraints -> statements for PostgreSQL.

use modelshift_schema::name::ObjectName;
use modelshift_schema::table::{ForeignKeyConstraint, Table, Unique};
use sea_query::IndexCreateStatement;

use crate::dialect::postgres::native::{refuse_sized_lists, refuse_unordered};
use crate::dialect::postgres::{Postgres, parts};
use crate::dialect::render::built::built;
use crate::dialect::{Spelling, Unsupported};
use crate::plan::statement::{RawReason, Written};

/// Returns a unique constraint that is checked at once.
pub(super) fn built_unique(table: &Table, unique: &Unique) -> Result<IndexCreateStatement, Unsupported> {
    let parts = parts(table);
    let mut built = parts.built_key(Some(&unique.name), &unique.columns)?;
    built.unique();
    if unique.nulls_not_distinct {
        built.nulls_not_distinct();
    }
    for column in &unique.include {
        built.include(parts.iden(column.as_str())?);
    }
    Ok(built)
}

/// Writes ALTER TABLE … DROP CONSTRAINT.
pub(super) fn drop_constraint(table: &Table, name: &ObjectName) -> Result<Written, Unsupported> {
    let mut drop = sea_query::Table::alter();
    drop.table(parts(table).table_name()?).drop_constraint(parts(table).iden(name.as_str())?);
    Ok(built(&Postgres, drop))
}

/// Writes ALTER TABLE … ADD, with a constraint that sea-query has no words for.
pub(super) fn add_constraint(table: &Table, constraint: &str) -> Result<Written, Unsupported> {
    let sql = format!("ALTER TABLE {} ADD {constraint}", parts(table).name()?);
    Ok(Written::raw(RawReason::Constraint, sql))
}

/// Writes the check of a table, with its name.
pub(super) fn check_of(table: &Table, name: &ObjectName) -> Result<String, Unsupported> {
    parts(table).check(parts(table).check_named(name)?)
}

/// Writes ALTER TABLE … ADD, with a foreign key.
pub(super) fn add_reference(table: &Table, reference: &ForeignKeyConstraint) -> Result<Written, Unsupported> {
    refuse_sized_lists(table, reference)?;
    if reference.deferrable.is_some() {
        return add_constraint(table, &parts(table).reference(reference)?);
    }
    Ok(built(&Postgres, parts(table).built_reference(reference)?))
}

/// Writes a change of a constraint, such as `VALIDATE CONSTRAINT`.
pub(super) fn change_constraint(
    table: &Table,
    verb: &str,
    name: &ObjectName,
    words: &str,
) -> Result<Written, Unsupported> {
    let quoted = Postgres.identifier(name.as_str())?;
    let sql = format!("ALTER TABLE {} {verb} CONSTRAINT {quoted} {words}", parts(table).name()?);
    Ok(Written::raw(RawReason::ConstraintChange, sql.trim_end()))
}

pub(super) fn rename_constraint(
    table: &Table,
    old: &ObjectName,
    new: &ObjectName,
) -> Result<Written, Unsupported> {
    let words = format!("TO {}", Postgres.identifier(new.as_str())?);
    change_constraint(table, "RENAME", old, &words)
}

pub(super) fn validate(table: &Table, name: &ObjectName) -> Result<Written, Unsupported> {
    if !table.checks.iter().any(|check| check.name == *name) {
        let what = format!("postgres: `{name}` is not a check, so that all rows fulfil it already");
        return Err(Unsupported::new(what, "leave `ValidateConstraint` out"));
    }
    change_constraint(table, "VALIDATE", name, "")
}

/// Writes the statements that replace the primary key.
pub(super) fn alter_primary_key(before: &Table, after: &Table) -> Result<Vec<Written>, Unsupported> {
    let mut texts = Vec::new();
    // Dropping a column of the key has dropped the key.
    if let Some(key) = &before.primary_key
        && key.columns.iter().all(|column| before.column(column).is_some())
    {
        texts.push(drop_constraint(before, &key.name)?);
    }
    if let Some(key) = &after.primary_key {
        refuse_unordered(after, &key.columns, "the primary key")?;
        texts.push(add_constraint(before, &parts(after).primary_key(key)?)?);
    }
    Ok(texts)
}
