//! [`Step`] -> statements for PostgreSQL.

mod columns;
mod constraints;
mod enums;
pub(in crate::dialect) mod schemas;

use modelshift_schema::name::ColumnName;
use modelshift_schema::step::{Change, Step};
use modelshift_schema::table::{Column, Table};

pub(super) use self::columns::fits_unknown;
pub(super) use self::enums::own_types;

use self::constraints::{
    add_constraint, add_reference, alter_primary_key, built_unique, change_constraint, check_of,
    drop_constraint, rename_constraint, validate,
};
use super::index::{constraint_of_exclusion, create_index, drop_index};
use super::names::{qualified, refuse_system_column};
use super::native::{refuse_sized_lists, refuse_unordered};
use super::{Postgres, objects, parts};
use crate::dialect::render::built::{add_rules, built};
use crate::dialect::render::literal::Value;
use crate::dialect::render::{script, translation};
use crate::dialect::{Dialect, PlannedStep, Spelling, Unsupported};
use crate::plan::statement::{RawReason, Written};

/// Returns the statements of a step.
pub(in crate::dialect) fn step(step: &Step, later: &[PlannedStep]) -> Result<Vec<Written>, Unsupported> {
    match step {
        Step::CreateTable { after } => create_table(after),
        Step::DropTable { before } => drop_table(before),
        Step::AlterTable { before, after, change } => alter(before, after, change, later),
        Step::RunSql(sql) => script::written(Dialect::Postgres, &Postgres, sql),
        // It is an action without a text.
        Step::RunRust { .. } | Step::LoadData { .. } => Ok(Vec::new()),
        Step::CreateExtension { name } => Ok(vec![objects::create_extension(name)?]),
        Step::DropExtension { name } => Ok(vec![objects::drop_extension(name)?]),
        Step::CreateCollation(collation) => Ok(vec![objects::create_collation(collation)?]),
        Step::DropCollation { name } => Ok(vec![objects::drop_collation(name)?]),
    }
}

fn create_table(table: &Table) -> Result<Vec<Written>, Unsupported> {
    let parts = parts(table);
    let mut create = sea_query::Table::create();
    create.table(parts.table_name()?);
    let mut columns = Vec::new();
    for column in &table.columns {
        columns.push(columns::definition(table, column)?);
    }
    if let Some(key) = &table.primary_key {
        refuse_unordered(table, &key.columns, "the primary key")?;
        create.primary_key(&mut parts.built_key(Some(&key.name), &key.columns)?);
    }
    // Constraints that sea-query has no words for.
    let mut rules = Vec::new();
    // CREATE TABLE merges two unique constraints over the same columns, so that the second is added by ALTER TABLE.
    let key = table.primary_key.iter().map(|key| &key.columns);
    let mut seen: Vec<&Vec<ColumnName>> = key.collect();
    let mut repeated = Vec::new();
    for unique in &table.uniques {
        refuse_unordered(table, &unique.columns, &format!("unique constraint `{}`", unique.name))?;
        if seen.contains(&&unique.columns) {
            repeated.push(add_constraint(table, &parts.unique(unique)?)?);
            continue;
        }
        seen.push(&unique.columns);
        if unique.deferrable.is_some() {
            rules.push(parts.unique(unique)?);
        } else {
            create.index(&mut built_unique(table, unique)?);
        }
    }
    for check in &table.checks {
        create.check(parts.built_check(check)?);
    }
    for exclusion in &table.exclusions {
        rules.push(constraint_of_exclusion(table, exclusion)?);
    }
    for reference in &table.references {
        refuse_sized_lists(table, reference)?;
        if reference.deferrable.is_some() {
            rules.push(parts.reference(reference)?);
        } else {
            create.foreign_key(&mut parts.built_reference(reference)?);
        }
    }
    add_rules(table.name.as_str(), &mut columns, &rules)?;
    for column in columns {
        create.col(column);
    }
    let types = table.columns.iter().map(|column| enums::create_type(column).transpose());
    let mut texts: Vec<Written> = types.flatten().collect::<Result<_, _>>()?;
    texts.push(built(&Postgres, create));
    texts.extend(repeated);
    if table.comment.is_some() {
        texts.push(comment_on_table(table)?);
    }
    for column in table.columns.iter().filter(|column| column.comment.is_some()) {
        texts.push(comment_on(table, column)?);
    }
    for index in &table.indexes {
        texts.push(create_index(table, index)?);
    }
    Ok(texts)
}

fn drop_table(table: &Table) -> Result<Vec<Written>, Unsupported> {
    let drop = sea_query::Table::drop().table(parts(table).table_name()?).take();
    let mut texts = vec![built(&Postgres, drop)];
    for column in &table.columns {
        texts.extend(enums::drop_type(column)?);
    }
    Ok(texts)
}

fn comment_on_table(table: &Table) -> Result<Written, Unsupported> {
    let text = comment_text(table.comment.as_ref())?;
    let sql = format!("COMMENT ON TABLE {} IS {text}", parts(table).name()?);
    Ok(Written::raw(RawReason::Comment, sql))
}

fn comment_text(comment: Option<&String>) -> Result<String, Unsupported> {
    comment.map_or_else(|| Ok("NULL".to_owned()), |comment| Postgres.literal(&Value::Text(comment)))
}

fn comment_on(table: &Table, column: &Column) -> Result<Written, Unsupported> {
    let text = comment_text(column.comment.as_ref())?;
    let name = Postgres.identifier(column.name.as_str())?;
    let sql = format!("COMMENT ON COLUMN {}.{name} IS {text}", parts(table).name()?);
    Ok(Written::raw(RawReason::Comment, sql))
}

fn alter(
    before: &Table,
    after: &Table,
    change: &Change,
    later: &[PlannedStep],
) -> Result<Vec<Written>, Unsupported> {
    let one = match change {
        Change::RenameTable => {
            // The new name is one in the same schema.
            let (old, new) = (parts(before).table_name()?, parts(after).iden(after.name.as_str())?);
            built(&Postgres, sea_query::Table::rename().table(old, new).take())
        }
        Change::MoveTable => return schemas::moved(before, after),
        Change::RenamePrimaryKey => match (&before.primary_key, &after.primary_key) {
            (Some(old), Some(new)) if old.name != new.name => {
                rename_constraint(before, &old.name, &new.name)?
            }
            _ => return Ok(Vec::new()),
        },
        Change::AlterComment => comment_on_table(after)?,
        Change::AlterPrimaryKey => return alter_primary_key(before, after),
        Change::AddColumn { column, fill } => {
            return columns::add_column(before, after, column, fill.as_ref());
        }
        Change::DropColumn { column } => {
            let column = parts(before).existing(column)?;
            let mut drop = sea_query::Table::alter();
            drop.table(parts(before).table_name()?).drop_column(parts(before).iden(column.name.as_str())?);
            return Ok([built(&Postgres, drop)].into_iter().chain(enums::drop_type(column)?).collect());
        }
        Change::ConvertValues { column, values } => {
            return enums::convert_values(after, parts(after).existing(column)?, values);
        }
        Change::RenameType { column } => {
            return enums::rename_type(parts(before).existing(column)?, parts(after).existing(column)?);
        }
        Change::AddTranslated { column, from, lookup } => {
            let mut texts = columns::add_column(before, after, column, None)?;
            texts.push(translation::update(&Postgres, after, (column, from), lookup)?);
            return Ok(texts);
        }
        // Options of SQLite are none here, and the others are queries.
        Change::AlterSqliteOptions | Change::RequireValues { .. } | Change::RequireRow { .. } => {
            return Ok(Vec::new());
        }
        Change::RenameColumn { before: old, after: new } => {
            refuse_system_column(new)?;
            let (old, new) = (parts(before).iden(old.as_str())?, parts(before).iden(new.as_str())?);
            let mut rename = sea_query::Table::alter();
            rename.table(parts(before).table_name()?).rename_column(old, new);
            built(&Postgres, rename)
        }
        Change::AlterColumn { column, fill } => {
            return columns::alter_column(before, after, column, fill.as_ref(), later);
        }
        // `concurrent` handles the concurrent forms.
        Change::AddIndex { name } | Change::AddIndexConcurrently { name } => {
            create_index(after, parts(after).index(name)?)?
        }
        Change::DropIndex { name } | Change::DropIndexConcurrently { name } => drop_index(before, name)?,
        Change::RenameIndex { before: old, after: new } => {
            let old = qualified(before.name.schema(), old.as_str())?;
            let new = Postgres.identifier(new.as_str())?;
            Written::raw(RawReason::IndexRename, format!("ALTER INDEX {old} RENAME TO {new}"))
        }
        Change::AddUnique { name } => {
            let unique = parts(after).unique_named(name)?;
            refuse_unordered(after, &unique.columns, &format!("unique constraint `{name}`"))?;
            add_constraint(before, &parts(after).unique(unique)?)?
        }
        Change::RenameUnique { before: old, after: new }
        | Change::RenameCheck { before: old, after: new }
        | Change::RenameForeignKey { before: old, after: new }
        | Change::RenameExclusion { before: old, after: new } => rename_constraint(before, old, new)?,
        Change::AlterForeignKey { name } => {
            let when = parts(after).reference_named(name)?.deferrable;
            let when = when.map_or(Ok("NOT DEFERRABLE"), |when| Postgres.deferrable(name.as_str(), when))?;
            change_constraint(before, "ALTER", name, when)?
        }
        Change::AddExclusion { name } => {
            add_constraint(before, &constraint_of_exclusion(after, parts(after).exclusion_named(name)?)?)?
        }
        Change::AddCheck { name } => add_constraint(before, &check_of(after, name)?)?,
        Change::AddCheckNotValid { name } => {
            add_constraint(before, &format!("{} NOT VALID", check_of(after, name)?))?
        }
        Change::ValidateCheck { name } => validate(after, name)?,
        Change::AddForeignKey { name } => add_reference(after, parts(after).reference_named(name)?)?,
        Change::DropUnique { name }
        | Change::DropCheck { name }
        | Change::DropForeignKey { name }
        | Change::DropExclusion { name } => drop_constraint(before, name)?,
    };
    Ok(vec![one])
}
