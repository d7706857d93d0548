//! The steps of every operation lead from the images of the tables before to those after, one change at a time.

#![allow(clippy::unwrap_used, reason = "this is test code, which fails by panicking")]

mod generate;

use std::collections::BTreeMap;

use modelshift_schema::name::{ColumnName, ObjectName, TableName};
use modelshift_schema::operation::alter_model_options::Management;
use modelshift_schema::operation::{AlterModelOptions, Operation};
use modelshift_schema::state::ProjectState;
use modelshift_schema::step::{Change, Step};
use modelshift_schema::table::Table;
use proptest::prelude::*;

use generate::history::{Written, history};
use generate::{app, batches};

type Tables = BTreeMap<TableName, Table>;
type Columns = Vec<(ColumnName, ColumnName)>;

fn tables(state: &ProjectState) -> Tables {
    state
        .models()
        .flat_map(|(key, _)| state.tables(key).unwrap())
        .map(|table| (table.name.clone(), table))
        .collect()
}

/// Sorts what has no order in a database.
fn sorted(mut table: Table) -> Table {
    table.columns.sort_by(|one, other| one.name.cmp(&other.name));
    table.indexes.sort_by(|one, other| one.name.cmp(&other.name));
    table.uniques.sort_by(|one, other| one.name.cmp(&other.name));
    table.checks.sort_by(|one, other| one.name.cmp(&other.name));
    table.references.sort_by(|one, other| one.name.cmp(&other.name));
    table.exclusions.sort_by(|one, other| one.name.cmp(&other.name));
    table
}

/// Makes references from other tables follow what the steps rename, as a database does of itself.
fn follow(tables: &mut Tables, steps: &[Step]) {
    let mut moves: Vec<(TableName, TableName, Columns)> = Vec::new();
    for step in steps {
        let Step::AlterTable { before, after, change } = step else { continue };
        let mut columns = Vec::new();
        if let Change::RenameColumn { before, after } = change {
            columns.push((before.clone(), after.clone()));
        } else if *change != Change::RenameTable {
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
fn take(tables: &mut Tables, step: &Step) -> Result<(), TestCaseError> {
    match step {
        Step::CreateTable { after } => {
            let old = tables.insert(after.name.clone(), Table::clone(after));
            prop_assert!(old.is_none(), "`{}` is made twice", after.name);
        }
        Step::DropTable { before } => {
            let old = tables.remove(&before.name);
            prop_assert_eq!(old.map(sorted), Some(sorted(Table::clone(before))));
        }
        Step::AlterTable { before, after, change } => {
            let old = tables.remove(&before.name);
            prop_assert_eq!(old.map(sorted), Some(sorted(Table::clone(before))));
            let of_values = matches!(change, Change::RequireValues { .. } | Change::ConvertValues { .. });
            prop_assert!(of_values || before != after);
            tables.insert(after.name.clone(), Table::clone(after));
        }
        Step::RunSql(_)
        | Step::CreateExtension { .. }
        | Step::DropExtension { .. }
        | Step::CreateCollation(_)
        | Step::DropCollation { .. } => {}
    }
    Ok(())
}

/// What a change must find in the images around it.
fn check_change(before: &Table, after: &Table, change: &Change) -> Result<(), TestCaseError> {
    let index = |table: &Table, name: &ObjectName| table.indexes.iter().any(|it| it.name == *name);
    let unique = |table: &Table, name: &ObjectName| table.uniques.iter().any(|it| it.name == *name);
    let check = |table: &Table, name: &ObjectName| table.checks.iter().any(|it| it.name == *name);
    let reference = |table: &Table, name: &ObjectName| table.references.iter().any(|it| it.name == *name);
    let exclusion = |table: &Table, name: &ObjectName| table.exclusions.iter().any(|it| it.name == *name);
    let column = |table: &Table, name: &ColumnName| table.column(name).is_some();
    let (here, there) = match change {
        Change::RenameTable => (before.name != after.name, true),
        Change::AlterComment => (before.comment != after.comment, true),
        Change::RenamePrimaryKey | Change::AlterPrimaryKey => (before.primary_key != after.primary_key, true),
        Change::AddColumn { column: name, .. } => (!column(before, name), column(after, name)),
        Change::DropColumn { column: name } => (column(before, name), !column(after, name)),
        Change::RenameColumn { before: old, after: new } => (column(before, old), column(after, new)),
        Change::AlterColumn { column: name, .. }
        | Change::ConvertValues { column: name, .. }
        | Change::RenameType { column: name } => (column(before, name), column(after, name)),
        Change::RequireValues { column: name, .. } => (column(before, name), before == after),
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
        Change::AddReference { name } => (!reference(before, name), reference(after, name)),
        Change::DropReference { name } => (reference(before, name), !reference(after, name)),
        Change::RenameReference { before: old, after: new } => {
            (reference(before, old), reference(after, new))
        }
        Change::AlterReference { name } => (reference(before, name), reference(after, name)),
        Change::AddExclusion { name } => (!exclusion(before, name), exclusion(after, name)),
        Change::DropExclusion { name } => (exclusion(before, name), !exclusion(after, name)),
        Change::RenameExclusion { before: old, after: new } => {
            (exclusion(before, old), exclusion(after, new))
        }
    };
    prop_assert!(here && there, "{change:?}\n{before:#?}\n{after:#?}");
    Ok(())
}

fn check_steps(
    operation: &Operation,
    before: &ProjectState,
    after: &ProjectState,
) -> Result<(), TestCaseError> {
    let steps = operation.behaviour().steps(&app(), before, after).unwrap();
    // The table is there on both sides, and on one of them it is none of ours.
    if let Operation::AlterModelOptions(AlterModelOptions {
        managed: Management::Left | Management::Adopted,
        ..
    }) = operation
    {
        prop_assert!(steps.is_empty(), "{operation:?}: {steps:#?}");
        return Ok(());
    }
    let mut current = tables(before);
    follow(&mut current, &steps);
    for step in &steps {
        take(&mut current, step)?;
        if let Step::AlterTable { before, after, change } = step {
            check_change(before, after, change)?;
        }
    }
    let reached: Vec<Table> = current.into_values().map(sorted).collect();
    let expected: Vec<Table> = tables(after).into_values().map(sorted).collect();
    prop_assert_eq!(reached, expected, "{:?}: {:#?}", operation, steps);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn steps_lead_from_image_to_image_and_back(batches in batches()) {
        for Written { before, operations, .. } in history(&batches) {
            let mut state = before;
            for operation in &operations {
                let inverse = operation.behaviour().invert(&app(), &state).unwrap();
                let mut after = state.clone();
                operation.behaviour().apply(&app(), &mut after).unwrap();
                check_steps(operation, &state, &after)?;
                let mut back = after.clone();
                inverse.behaviour().apply(&app(), &mut back).unwrap();
                check_steps(&inverse, &after, &back)?;
                state = after;
            }
        }
    }
}
