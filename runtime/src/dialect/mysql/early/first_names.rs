//! The steps of a migration by the names that tables and columns have before it.

use modelshift_schema::name::{ColumnName, TableName};
use modelshift_schema::step::{Change, Step};
use modelshift_schema::table::Table;

use crate::dialect::PlannedStep;

/// A name that an earlier step changed.
enum Renamed {
    Table { before: TableName, after: TableName },
    Column { table: TableName, before: ColumnName, after: ColumnName },
}

/// Returns whether the step renames a table or a column, and does nothing else.
pub(super) fn is_rename(planned: &PlannedStep) -> bool {
    matches!(planned.step, Step::AlterTable { change: Change::RenameTable | Change::RenameColumn { .. }, .. })
}

/// Returns the steps without the renames, by the names before the migration; none where nothing is renamed, or where a name
/// is taken again, so that it has two meanings.
pub(super) fn steps(steps: &[PlannedStep]) -> Option<Vec<PlannedStep>> {
    if !steps.iter().any(is_rename) {
        return None;
    }
    let mut renamed: Vec<Renamed> = Vec::new();
    let mut found = Vec::new();
    for planned in steps {
        let step = match &planned.step {
            Step::AlterTable { before, after, change: Change::RenameTable } => {
                renamed.push(Renamed::Table { before: before.name.clone(), after: after.name.clone() });
                continue;
            }
            Step::AlterTable { after: table, change: Change::RenameColumn { before, after }, .. } => {
                let (table, before, after) = (table.name.clone(), before.clone(), after.clone());
                renamed.push(Renamed::Column { table, before, after });
                continue;
            }
            Step::AlterTable { before, after, change } => {
                // What it looks up may have another name too.
                if matches!(change, Change::RequireRow { .. } | Change::AddTranslated { .. }) {
                    return None;
                }
                let mut change = change.clone();
                let table = &before.name;
                for column in columns_mut(&mut change) {
                    first_column(column, table, &renamed);
                }
                let (before, after) = (first_table(before, &renamed)?, first_table(after, &renamed)?);
                Step::AlterTable { before: before.into(), after: after.into(), change }
            }
            Step::CreateTable { after } => Step::CreateTable { after: first_table(after, &renamed)?.into() },
            Step::DropTable { before } => Step::DropTable { before: first_table(before, &renamed)?.into() },
            Step::RunSql(_)
            | Step::RunRust { .. }
            | Step::LoadData { .. }
            | Step::CreateExtension { .. }
            | Step::DropExtension { .. }
            | Step::CreateCollation(_)
            | Step::DropCollation { .. } => planned.step.clone(),
        };
        if let Step::CreateTable { after } = &step
            && renamed.iter().any(|it| matches!(it, Renamed::Table { before, .. } if *before == after.name))
        {
            return None;
        }
        found.push(PlannedStep { step, ..planned.clone() });
    }
    Some(found)
}

/// Returns a table by the names before the migration; none where two columns would have one name.
fn first_table(table: &Table, renamed: &[Renamed]) -> Option<Table> {
    let mut first = table.clone();
    for it in renamed.iter().rev() {
        match it {
            Renamed::Table { before, after } => {
                let references = first.references.iter_mut().map(|reference| &mut reference.target);
                let names = references.filter(|name| *name == after);
                names.for_each(|name| name.clone_from(before));
                if first.name == *after {
                    first.name.clone_from(before);
                }
            }
            Renamed::Column { table, before, after } if first.name == *table => {
                if first.column(before).is_some() {
                    return None;
                }
                first.rename_column(after, before);
            }
            Renamed::Column { table, before, after } => {
                let references = first.references.iter_mut().filter(|it| it.target == *table);
                let columns = references.flat_map(|it| &mut it.target_columns);
                columns.filter(|column| *column == after).for_each(|column| column.clone_from(before));
            }
        }
    }
    Some(first)
}

/// Changes the name of a table's column to the one before the migration.
fn first_column(column: &mut ColumnName, table: &TableName, renamed: &[Renamed]) {
    let mut table = table;
    for it in renamed.iter().rev() {
        match it {
            Renamed::Table { before, after } if after == table => table = before,
            Renamed::Column { table: of, before, after } if of == table && after == column => {
                column.clone_from(before);
            }
            Renamed::Table { .. } | Renamed::Column { .. } => {}
        }
    }
}

/// Returns the columns that a change names. The target of a lookup is of another table, and is not among them.
fn columns_mut(change: &mut Change) -> Vec<&mut ColumnName> {
    match change {
        Change::AddColumn { column, .. }
        | Change::DropColumn { column }
        | Change::AlterColumn { column, .. }
        | Change::RequireValues { column, .. }
        | Change::RequireRow { column, .. }
        | Change::ConvertValues { column, .. }
        | Change::RenameType { column } => vec![column],
        Change::AddTranslated { column, from, .. } => vec![column, from],
        Change::RenameColumn { before, after } => vec![before, after],
        Change::RenameTable
        | Change::MoveTable
        | Change::AlterComment
        | Change::AlterSqliteOptions
        | Change::RenamePrimaryKey
        | Change::AlterPrimaryKey
        | Change::AddIndex { .. }
        | Change::DropIndex { .. }
        | Change::AddIndexConcurrently { .. }
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
        | Change::DropForeignKey { .. }
        | Change::RenameForeignKey { .. }
        | Change::AlterForeignKey { .. }
        | Change::AddExclusion { .. }
        | Change::DropExclusion { .. }
        | Change::RenameExclusion { .. } => Vec::new(),
    }
}
