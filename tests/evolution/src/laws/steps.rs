//! The steps of an operation lead from the images of the tables before to those after, one change at a time.

use std::collections::BTreeSet;

use modelshift_schema::name::{AppLabel, ColumnName, ObjectName, TableName};
use modelshift_schema::operation::alter_model_options::Management;
use modelshift_schema::operation::{AlterModelOptions, Operation};
use modelshift_schema::state::ProjectState;
use modelshift_schema::step::{Change, Step};
use modelshift_schema::table::Table;

use super::{Keys, Tables, sorted};
use crate::source::difference;

type Columns = Vec<(ColumnName, ColumnName)>;

pub(super) fn check(
    app: &AppLabel,
    operation: &Operation,
    (before, tables_before): (&ProjectState, &Tables),
    (after, expected): (&ProjectState, &Tables),
    keys: Keys,
) -> Result<(), String> {
    let steps = operation.behaviour().steps(app, before, after).map_err(|error| error.to_string())?;
    // The table is there on both sides, and on one of them it is none of ours.
    if let Operation::AlterModelOptions(AlterModelOptions {
        managed: Management::Left | Management::Adopted,
        ..
    }) = operation
    {
        return if steps.is_empty() { Ok(()) } else { Err(format!("{steps:#?}")) };
    }
    let mut current = tables_before.clone();
    follow(&mut current, &steps);
    for step in &steps {
        take(&mut current, step)?;
        names_differ(&current).map_err(|what| format!("after {}: {what}", short(step)))?;
        if let Step::AlterTable { before, after, change } = step {
            check_change(before, after, change)?;
        }
    }
    let reached: Tables = current.into_values().map(|it| (it.name.clone(), sorted(it))).collect();
    let (reached, expected) = (keys.settled(reached), &keys.settled(expected.clone()));
    if reached == *expected {
        return Ok(());
    }
    let changes: Vec<String> = steps.iter().map(short).collect();
    Err(difference(&format!("the steps {changes:#?} lead to"), &reached, expected))
}

fn short(step: &Step) -> String {
    match step {
        Step::CreateTable { after } => format!("create {}", after.name),
        Step::DropTable { before } => format!("drop {}", before.name),
        Step::AlterTable { before, change, .. } => format!("{}: {change:?}", before.name),
        Step::RunSql(_)
        | Step::RunRust { .. }
        | Step::LoadData { .. }
        | Step::CreateExtension { .. }
        | Step::DropExtension { .. }
        | Step::CreateCollation(_)
        | Step::DropCollation { .. } => "run SQL".to_owned(),
    }
}

/// Makes references from other tables follow what the steps rename, as a database does of itself.
fn follow(tables: &mut Tables, steps: &[Step]) {
    let mut moves: Vec<(TableName, TableName, Columns)> = Vec::new();
    for step in steps {
        let Step::AlterTable { before, after, change } = step else { continue };
        let mut columns = Vec::new();
        if let Change::RenameColumn { before, after } = change {
            columns.push((before.clone(), after.clone()));
        } else if ![Change::RenameTable, Change::MoveTable].contains(change) {
            continue;
        }
        match moves.iter_mut().find(|(_, new, _)| *new == before.name) {
            Some((_, new, known)) => {
                *new = after.name.clone();
                known.extend(columns);
            }
            None => moves.push((before.name.clone(), after.name.clone(), columns)),
        }
    }
    for table in tables.values_mut() {
        let own = table.name.clone();
        for reference in table.references.iter_mut().filter(|it| it.target != own) {
            let Some((_, new, columns)) = moves.iter().find(|(old, ..)| *old == reference.target) else {
                continue;
            };
            reference.target = new.clone();
            for (old, new) in columns {
                reference.target_columns.iter_mut().filter(|it| *it == old).for_each(|it| *it = new.clone());
            }
        }
    }
}

/// Takes one step; the image that it starts from must be the one that is there.
fn take(tables: &mut Tables, step: &Step) -> Result<(), String> {
    match step {
        Step::CreateTable { after } => {
            if tables.insert(after.name.clone(), Table::clone(after)).is_some() {
                return Err(format!("`{}` is made twice", after.name));
            }
        }
        Step::DropTable { before } => {
            let old = tables.remove(&before.name);
            is_there(old, before)?;
        }
        Step::AlterTable { before, after, change } => {
            let old = tables.remove(&before.name);
            is_there(old, before)?;
            let of_values = matches!(
                change,
                Change::RequireValues { .. } | Change::RequireRow { .. } | Change::ConvertValues { .. }
            );
            if before == after && !of_values {
                return Err(format!("{step:#?} changes nothing"));
            }
            if tables.insert(after.name.clone(), Table::clone(after)).is_some() {
                return Err(format!("{step:#?} takes a name that another table has"));
            }
        }
        Step::RunSql(_)
        | Step::RunRust { .. }
        | Step::LoadData { .. }
        | Step::CreateExtension { .. }
        | Step::DropExtension { .. }
        | Step::CreateCollation(_)
        | Step::DropCollation { .. } => {}
    }
    Ok(())
}

/// A schema has one table, and one index, of a name.
fn names_differ(tables: &Tables) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for table in tables.values() {
        let indexes = table.indexes.iter().map(|it| &it.name).chain(table.uniques.iter().map(|it| &it.name));
        for name in indexes.map(ObjectName::as_str) {
            if !seen.insert((table.name.schema(), name.to_lowercase())) {
                return Err(format!("two indexes bear the name `{name}`"));
            }
        }
    }
    Ok(())
}

fn is_there(old: Option<Table>, expected: &Table) -> Result<(), String> {
    let (old, expected) = (old.map(sorted), sorted(expected.clone()));
    if old.as_ref() == Some(&expected) {
        return Ok(());
    }
    Err(difference("a step starts from something else: there is", &old, &Some(expected)))
}

/// What a change must find in the images around it.
fn check_change(before: &Table, after: &Table, change: &Change) -> Result<(), String> {
    let index = |table: &Table, name: &ObjectName| table.indexes.iter().any(|it| it.name == *name);
    let unique = |table: &Table, name: &ObjectName| table.uniques.iter().any(|it| it.name == *name);
    let check = |table: &Table, name: &ObjectName| table.checks.iter().any(|it| it.name == *name);
    let reference = |table: &Table, name: &ObjectName| table.references.iter().any(|it| it.name == *name);
    let exclusion = |table: &Table, name: &ObjectName| table.exclusions.iter().any(|it| it.name == *name);
    let column = |table: &Table, name: &ColumnName| table.column(name).is_some();
    let (here, there) = match change {
        Change::RenameTable => (before.name.as_str() != after.name.as_str(), true),
        Change::MoveTable => (before.name.schema() != after.name.schema(), true),
        Change::AlterComment => (before.comment != after.comment, true),
        Change::AlterSqliteOptions => (before.sqlite != after.sqlite, true),
        Change::RenamePrimaryKey | Change::AlterPrimaryKey => (before.primary_key != after.primary_key, true),
        Change::AddColumn { column: name, .. } => (!column(before, name), column(after, name)),
        Change::DropColumn { column: name } => (column(before, name), !column(after, name)),
        Change::RenameColumn { before: old, after: new } => (column(before, old), column(after, new)),
        Change::AlterColumn { column: name, .. }
        | Change::ConvertValues { column: name, .. }
        | Change::RenameType { column: name } => (column(before, name), column(after, name)),
        Change::RequireValues { column: name, .. } | Change::RequireRow { column: name, .. } => {
            (column(before, name), before == after)
        }
        Change::AddTranslated { column: name, from, .. } => {
            (!column(before, name) && column(before, from), column(after, name) && column(after, from))
        }
        Change::AddIndex { name } | Change::AddIndexConcurrently { name } => {
            (!index(before, name), index(after, name))
        }
        Change::DropIndex { name } | Change::DropIndexConcurrently { name } => {
            (index(before, name), !index(after, name))
        }
        Change::RenameIndex { before: old, after: new } => (index(before, old), index(after, new)),
        Change::AddUnique { name } => (!unique(before, name), unique(after, name)),
        Change::DropUnique { name } => (unique(before, name), !unique(after, name)),
        Change::RenameUnique { before: old, after: new } => (unique(before, old), unique(after, new)),
        Change::AddCheck { name } | Change::AddCheckNotValid { name } => {
            (!check(before, name), check(after, name))
        }
        Change::ValidateCheck { name } => (check(before, name), check(after, name)),
        Change::DropCheck { name } => (check(before, name), !check(after, name)),
        Change::RenameCheck { before: old, after: new } => (check(before, old), check(after, new)),
        Change::AddForeignKey { name } => (!reference(before, name), reference(after, name)),
        Change::DropForeignKey { name } => (reference(before, name), !reference(after, name)),
        Change::RenameForeignKey { before: old, after: new } => {
            (reference(before, old), reference(after, new))
        }
        Change::AlterForeignKey { name } => (reference(before, name), reference(after, name)),
        Change::AddExclusion { name } => (!exclusion(before, name), exclusion(after, name)),
        Change::DropExclusion { name } => (exclusion(before, name), !exclusion(after, name)),
        Change::RenameExclusion { before: old, after: new } => {
            (exclusion(before, old), exclusion(after, new))
        }
    };
    if here && there {
        return Ok(());
    }
    Err(format!("{change:?} does not stand between\n{before:#?}\nand {after:#?}"))
}
