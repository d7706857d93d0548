//! Which columns of a table are renamed, dropped, added and altered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::TableLineage;
use super::altered::AlteredTable;
use crate::model::column_type::ColumnType;
use crate::model::expr::Expr;
use crate::model::generated::{Generated, Storage};
use crate::model::naming;
use crate::name::ColumnName;
use crate::step::enum_conversion;
use crate::step::enum_conversion::{Stage, ValueMap};
use crate::step::{Change, Lookup};
use crate::table::{Column, Table};

/// Returns the generated columns (by their names after) that are dropped and added again, since no database changes how a
/// value is computed, or what it is computed from, for existing rows.
///
/// A column that was written and is computed from now on is one of them.
pub(super) fn renewed_columns(followed: &Table, after: &Table) -> BTreeSet<ColumnName> {
    let olds = by_name(followed);
    let pairs: Vec<(&Column, &Column)> =
        after.columns.iter().filter_map(|new| Some((*olds.get(&new.name)?, new))).collect();
    let mut renewed = BTreeSet::new();
    for (old, new) in &pairs {
        let is_same = Column { comment: new.comment.clone(), ..(*old).clone() } == **new;
        if new.generated.is_some() && !is_same {
            renewed.insert(new.name.clone());
        }
    }
    let changed = pairs.iter().filter(|(old, new)| {
        !old.holds_as(new)
            || old.generated.is_some() != new.generated.is_some()
            || renewed.contains(&new.name)
    });
    let changed: Vec<&str> = changed.map(|(_, new)| new.name.as_str()).collect();
    for (old, new) in &pairs {
        let mut generated = old.generated.iter().chain(&new.generated);
        if new.generated.is_some() && generated.any(|it| changed.iter().any(|name| it.names(name))) {
            renewed.insert(new.name.clone());
        }
    }
    renewed
}

/// Returns the columns of a table by their names.
fn by_name(table: &Table) -> BTreeMap<&ColumnName, &Column> {
    table.columns.iter().map(|column| (&column.name, column)).collect()
}

/// Renames, translates, drops, adds and alters columns.
///
/// A column of the primary key stays NOT NULL: [`allow_null`] comes after the change of the key.
pub(super) fn change_columns(
    altered: &mut AlteredTable,
    after: &Table,
    lineage: &TableLineage,
    renewed: &BTreeSet<ColumnName>,
) {
    for (old, new) in &lineage.renamed {
        altered.apply(Change::RenameColumn { before: old.clone(), after: new.clone() }, |table| {
            table.rename_column(old, new);
        });
    }
    for (name, lookup) in &lineage.translated {
        translate(altered, after, name, lookup);
    }
    let news = by_name(after);
    let dropped = altered.current.columns.iter().filter(|Column { name, .. }| {
        let is_renewed = renewed.contains(name) && !lineage.translated.contains_key(name);
        !news.contains_key(name) || is_renewed
    });
    let mut dropped: Vec<Column> = dropped.cloned().collect();
    // A generated column is dropped before the columns that it is computed from, and added after them.
    dropped.sort_by_key(|column| column.generated.is_none());
    for Column { name, .. } in dropped {
        altered.apply(Change::DropColumn { column: name.clone() }, |table| {
            table.columns.retain(|it| it.name != name);
        });
    }
    let current = Arc::clone(&altered.current);
    let olds = by_name(&current);
    // Most columns stay as they are, and each that is compared costs the size of the table.
    let may_change = after.columns.iter().filter(|column| {
        olds.get(&column.name) != Some(column)
            || lineage.fills.contains_key(&column.name)
            || lineage.values.contains_key(&column.name)
    });
    let (written, computed): (Vec<&Column>, Vec<&Column>) =
        may_change.partition(|column| column.generated.is_none());
    for column in written {
        keep_values(altered, column);
        let null = column.null && !is_of_key(&altered.current, &column.name);
        change_column(altered, &Column { null, ..column.clone() }, lineage);
    }
    for column in computed {
        change_column(altered, column, lineage);
    }
}

/// Makes the columns nullable that have left the primary key. Before, no database allows it: some refuse the change, and
/// others ignore it.
pub(super) fn allow_null(altered: &mut AlteredTable, followed: &Table, after: &Table) {
    for name in followed.primary_key.iter().flat_map(|key| &key.columns) {
        let Some(column) = after.column(name).filter(|column| column.null) else { continue };
        if altered.current.column(name).is_some_and(|before| !before.null) {
            replace(altered, Change::AlterColumn { column: name.clone(), fill: None }, column);
        }
    }
}

/// Returns whether a column is one of the primary key, and NOT NULL.
fn is_of_key(table: &Table, name: &ColumnName) -> bool {
    let is_of_key = table.primary_key.as_ref().is_some_and(|key| key.columns.contains(name));
    is_of_key && table.column(name).is_some_and(|column| !column.null)
}

/// Replaces a column by one of translated values.
fn translate(altered: &mut AlteredTable, after: &Table, name: &ColumnName, lookup: &Lookup) {
    let Some(column) = after.column(name) else { return };
    if altered.current.primary_key.as_ref().is_some_and(|key| key.columns.contains(name)) {
        altered.apply(Change::AlterPrimaryKey, |table| table.primary_key = None);
    }
    let mut aside = naming::column_aside(name);
    while altered.current.column(&aside).is_some() || after.column(&aside).is_some() {
        aside = naming::column_aside(&aside);
    }
    let empty = Column { name: aside.clone(), null: true, default: None, comment: None, ..column.clone() };
    let add = Change::AddTranslated { column: aside.clone(), from: name.clone(), lookup: lookup.clone() };
    altered.apply(add, |table| table.columns.push(empty));
    altered.apply(Change::DropColumn { column: name.clone() }, |table| {
        table.columns.retain(|it| it.name != *name);
    });
    altered.apply(Change::RenameColumn { before: aside.clone(), after: name.clone() }, |table| {
        table.rename_column(&aside, name);
    });
}

/// A virtual column stores no values: before it becomes one that is written, it becomes a stored one.
fn keep_values(altered: &mut AlteredTable, column: &Column) {
    let Some(before) = altered.current.column(&column.name).cloned() else { return };
    let Some(Generated { expression, storage: Storage::Virtual }) = &before.generated else { return };
    altered.apply(Change::DropColumn { column: column.name.clone() }, |table| {
        table.columns.retain(|it| it.name != column.name);
    });
    let generated = Some(Generated::stored(expression.clone()));
    altered.apply(Change::AddColumn { column: column.name.clone(), fill: None }, |table| {
        table.columns.push(Column { generated, ..before });
    });
}

fn change_column(altered: &mut AlteredTable, column: &Column, lineage: &TableLineage) {
    let before = altered.current.column(&column.name).cloned();
    let fill = lineage.fills.get(&column.name).cloned().filter(|_| column.generated.is_none());
    // If NULL is no longer allowed and no value is given, rows with NULL get the default.
    let forbids_null = before.as_ref().is_some_and(|before| before.null && !column.null);
    let fill = if forbids_null { fill.or_else(|| column.default.clone()) } else { fill };
    match before {
        None => altered.apply(Change::AddColumn { column: column.name.clone(), fill }, |table| {
            table.columns.push(column.clone());
        }),
        Some(before) => alter_column(altered, before, column, fill.as_ref(), lineage),
    }
}

/// Requires, before anything changes, that no row has a value that is not allowed any more.
pub(super) fn require_values(altered: &mut AlteredTable, before: &Table, lineage: &TableLineage) {
    for (name, map) in &lineage.values {
        let old = lineage.renamed.iter().find(|(_, new)| new == name).map_or(name, |(old, _)| old);
        if let (Some(values), Some(_)) = (&map.allowed, before.column(old)) {
            altered.apply(Change::RequireValues { column: old.clone(), values: values.clone() }, |_| {});
        }
    }
}

/// Requires, before anything changes, that each value to translate is found, since it would be lost otherwise.
pub(super) fn require_rows(altered: &mut AlteredTable, lineage: &TableLineage) {
    for (name, lookup) in &lineage.translated {
        let old = lineage.renamed.iter().find(|(_, new)| new == name).map_or(name, |(old, _)| old);
        altered.apply(Change::RequireRow { column: old.clone(), lookup: lookup.clone() }, |_| {});
    }
}

fn alter_column(
    altered: &mut AlteredTable,
    mut before: Column,
    after: &Column,
    fill: Option<&Expr>,
    lineage: &TableLineage,
) {
    let name = &after.name;
    if let (ColumnType::Choices(old), ColumnType::Choices(new)) =
        (&mut before.column_type, &after.column_type)
        && old.name != new.name
    {
        old.name.clone_from(&new.name);
        replace(altered, Change::RenameType { column: name.clone() }, &before);
    }
    let none = ValueMap::default();
    // A generated column has no values of its own to convert.
    let is_generated = before.generated.is_some() || after.generated.is_some();
    let map = lineage.values.get(name).filter(|_| !is_generated).unwrap_or(&none);
    for stage in enum_conversion::stages(&before, after, map, fill) {
        match stage {
            Stage::Alter(column) => {
                // The value is one of the type that the column gets in the end.
                let fill = fill.filter(|_| column == *after).cloned();
                replace(altered, Change::AlterColumn { column: name.clone(), fill }, &column);
            }
            Stage::Convert(values, column) => {
                replace(altered, Change::ConvertValues { column: name.clone(), values }, &column);
            }
        }
    }
}

/// Replaces the column of the same name.
fn replace(altered: &mut AlteredTable, change: Change, column: &Column) {
    altered.apply(change, |table| {
        table.columns.iter_mut().filter(|it| it.name == column.name).for_each(|it| it.clone_from(column));
    });
}
