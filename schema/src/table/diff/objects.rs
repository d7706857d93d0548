//! Which indexes, unique constraints, checks and exclusion constraints of a table are dropped, renamed and added.

use std::collections::BTreeSet;

use super::altered::AlteredTable;
use crate::model::expr::Expr;
use crate::name::{ColumnName, ObjectName};
use crate::step::Change;
use crate::table::{Exclusion, Table, TableIndex, Unique};

/// Indexes and constraints of which only the name changes.
pub(super) struct ObjectRenames {
    indexes: Vec<(ObjectName, ObjectName)>,
    uniques: Vec<(ObjectName, ObjectName)>,
    checks: Vec<(ObjectName, ObjectName)>,
    exclusions: Vec<(ObjectName, ObjectName)>,
}

impl ObjectRenames {
    /// Compares the objects of both images.
    pub(super) fn between(followed: &Table, after: &Table, renewed: &BTreeSet<ColumnName>) -> Self {
        let mut renames = Self {
            indexes: pair(&followed.indexes, &after.indexes, |it| &it.name, TableIndex::has_content_of),
            uniques: pair(&followed.uniques, &after.uniques, |it| &it.name, Unique::has_content_of),
            checks: pair(&followed.checks, &after.checks, |it| &it.name, |a, b| a.condition == b.condition),
            exclusions: pair(
                &followed.exclusions,
                &after.exclusions,
                |it| &it.name,
                Exclusion::has_content_of,
            ),
        };
        let Self { indexes, uniques, checks, exclusions } = &mut renames;
        for pairs in [indexes, uniques, checks, exclusions] {
            pairs.retain(|(old, _)| !names_any(followed, old, renewed));
        }
        renames
    }
}

/// Pairs objects whose name is gone with new ones that are the same in all else.
pub(super) fn pair<T>(
    before: &[T],
    after: &[T],
    name: impl Fn(&T) -> &ObjectName,
    same: impl Fn(&T, &T) -> bool,
) -> Vec<(ObjectName, ObjectName)> {
    let mut pairs: Vec<(ObjectName, ObjectName)> = Vec::new();
    for old in before.iter().filter(|old| !after.iter().any(|it| name(it) == name(old))) {
        let mut unpaired = after.iter().filter(|new| {
            !before.iter().any(|it| name(it) == name(new))
                && !pairs.iter().any(|(_, taken)| taken == name(new))
        });
        if let Some(new) = unpaired.find(|new| same(old, new)) {
            pairs.push((name(old).clone(), name(new).clone()));
        }
    }
    pairs
}

/// Returns whether an index, a unique constraint or a check of the table names one of the columns.
fn names_any(table: &Table, object: &ObjectName, columns: &BTreeSet<ColumnName>) -> bool {
    table.indexes.iter().filter(|it| it.name == *object).any(|index| {
        index.parts.iter().map(|part| &part.value).chain(&index.when).any(|it| reads_any(it, columns))
            || index.include.iter().any(|column| columns.contains(column))
    }) || table.checks.iter().any(|it| it.name == *object && reads_any(&it.condition, columns))
        || table
            .uniques
            .iter()
            .filter(|it| it.name == *object)
            .any(|unique| unique.columns.iter().chain(&unique.include).any(|column| columns.contains(column)))
        || table.exclusions.iter().filter(|it| it.name == *object).any(|exclusion| {
            let parts = exclusion.parts.iter().map(|it| &it.part.value);
            parts.chain(&exclusion.when).any(|it| reads_any(it, columns))
        })
}

fn reads_any(expr: &Expr, columns: &BTreeSet<ColumnName>) -> bool {
    columns.iter().any(|column| expr.may_read_column(column.as_str()))
}

/// Drops what is not there afterwards, or names a column that is replaced.
pub(super) fn drop_objects(
    altered: &mut AlteredTable,
    followed: &Table,
    after: &Table,
    renames: &ObjectRenames,
    renewed: &BTreeSet<ColumnName>,
) {
    for check in followed
        .checks
        .iter()
        .filter(|it| !after.checks.contains(it) || names_any(followed, &it.name, renewed))
    {
        if !is_renamed(&check.name, &renames.checks) {
            let name = check.name.clone();
            altered.apply(Change::DropCheck { name: name.clone() }, |table| {
                table.checks.retain(|it| it.name != name);
            });
        }
    }
    for exclusion in followed
        .exclusions
        .iter()
        .filter(|it| !after.exclusions.contains(it) || names_any(followed, &it.name, renewed))
    {
        if !is_renamed(&exclusion.name, &renames.exclusions) {
            let name = exclusion.name.clone();
            altered.apply(Change::DropExclusion { name: name.clone() }, |table| {
                table.exclusions.retain(|it| it.name != name);
            });
        }
    }
    for unique in followed
        .uniques
        .iter()
        .filter(|it| !after.uniques.contains(it) || names_any(followed, &it.name, renewed))
    {
        if !is_renamed(&unique.name, &renames.uniques) {
            let name = unique.name.clone();
            altered.apply(Change::DropUnique { name: name.clone() }, |table| {
                table.uniques.retain(|it| it.name != name);
            });
        }
    }
    for index in followed
        .indexes
        .iter()
        .filter(|it| !after.indexes.contains(it) || names_any(followed, &it.name, renewed))
    {
        if !is_renamed(&index.name, &renames.indexes) {
            let name = index.name.clone();
            altered.apply(Change::DropIndex { name: name.clone() }, |table| {
                table.indexes.retain(|it| it.name != name);
            });
        }
    }
}

fn is_renamed(name: &ObjectName, pairs: &[(ObjectName, ObjectName)]) -> bool {
    pairs.iter().any(|(old, _)| old == name)
}

/// Renames the objects of which only the name changes.
pub(super) fn rename_objects(altered: &mut AlteredTable, renames: &ObjectRenames) {
    for (old, new) in &renames.indexes {
        altered.apply(Change::RenameIndex { before: old.clone(), after: new.clone() }, |table| {
            table.indexes.iter_mut().filter(|it| it.name == *old).for_each(|it| it.name = new.clone());
        });
    }
    for (old, new) in &renames.uniques {
        altered.apply(Change::RenameUnique { before: old.clone(), after: new.clone() }, |table| {
            table.uniques.iter_mut().filter(|it| it.name == *old).for_each(|it| it.name = new.clone());
        });
    }
    for (old, new) in &renames.checks {
        altered.apply(Change::RenameCheck { before: old.clone(), after: new.clone() }, |table| {
            table.checks.iter_mut().filter(|it| it.name == *old).for_each(|it| it.name = new.clone());
        });
    }
    for (old, new) in &renames.exclusions {
        altered.apply(Change::RenameExclusion { before: old.clone(), after: new.clone() }, |table| {
            table.exclusions.iter_mut().filter(|it| it.name == *old).for_each(|it| it.name = new.clone());
        });
    }
}

/// Adds what is not there yet.
pub(super) fn add_objects(altered: &mut AlteredTable, after: &Table) {
    for index in &after.indexes {
        if !altered.current.indexes.contains(index) {
            altered.apply(Change::AddIndex { name: index.name.clone() }, |table| {
                table.indexes.push(index.clone());
            });
        }
    }
    for unique in &after.uniques {
        if !altered.current.uniques.contains(unique) {
            altered.apply(Change::AddUnique { name: unique.name.clone() }, |table| {
                table.uniques.push(unique.clone());
            });
        }
    }
    for exclusion in &after.exclusions {
        if !altered.current.exclusions.contains(exclusion) {
            altered.apply(Change::AddExclusion { name: exclusion.name.clone() }, |table| {
                table.exclusions.push(exclusion.clone());
            });
        }
    }
    for check in &after.checks {
        if !altered.current.checks.contains(check) {
            altered.apply(Change::AddCheck { name: check.name.clone() }, |table| {
                table.checks.push(check.clone());
            });
        }
    }
}
