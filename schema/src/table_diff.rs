//! Two images of one table -> the changes that lead from the first to the second, in an order that every database
//! accepts: what stands in the way goes first, what builds on something comes last.
//!
//! Nothing is guessed here: which column became which is told by the operation, through [`Lineage`](crate::steps::Lineage).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::expr::Expr;
use crate::name::{ColumnName, ObjectName};
use crate::step::{Change, Step};
use crate::table::{Table, TableIndex};

/// What an operation knows of the way from one image of a table to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TableLineage {
    /// Columns whose name changed, before and after.
    pub(crate) renamed: Vec<(ColumnName, ColumnName)>,
    /// Values for rows that exist, by the column's name after.
    pub(crate) fills: BTreeMap<ColumnName, Expr>,
    /// References (by their name before) that must go and come back, since a key they join changes its type.
    pub(crate) detach: BTreeSet<ObjectName>,
}

/// Steps of one table in the three rounds that a set of tables needs: references are cut before any table changes
/// and joined after all have.
#[derive(Debug, Default)]
pub(crate) struct Rounds {
    pub(crate) cut: Vec<Step>,
    pub(crate) change: Vec<Step>,
    pub(crate) join: Vec<Step>,
}

/// Gives the steps from one image of a table to the other.
///
/// `before` must have followed the new names of the tables and columns it refers to.
pub(crate) fn diff(before: &Table, after: &Table, lineage: &TableLineage) -> Rounds {
    let mut walk = Walk { current: Arc::new(before.clone()), steps: Vec::new() };
    let mut rounds = Rounds::default();

    // What is compared is the table as it would be had only names of columns changed.
    let mut followed = before.clone();
    for (old, new) in &lineage.renamed {
        followed.rename_column(old, new);
    }

    for reference in &before.references {
        let kept = followed
            .references
            .iter()
            .find(|it| it.name == reference.name)
            .is_some_and(|it| after.references.contains(it));
        if !kept || lineage.detach.contains(&reference.name) {
            let name = reference.name.clone();
            walk.take(Change::DropReference { name: name.clone() }, |table| {
                table.references.retain(|it| it.name != name);
            });
        }
    }
    rounds.cut = std::mem::take(&mut walk.steps);

    let renames = ObjectRenames::between(&followed, after);
    drop_objects(&mut walk, &followed, after, &renames);
    if before.name != after.name {
        let (old, new) = (before.name.clone(), after.name.clone());
        walk.take(Change::RenameTable, |table| table.rename_target(&old, &new));
    }
    if before.comment != after.comment {
        walk.take(Change::AlterComment, |table| table.comment.clone_from(&after.comment));
    }
    change_columns(&mut walk, after, lineage);
    change_key(&mut walk, after);
    rename_objects(&mut walk, &renames);
    add_objects(&mut walk, after);
    rounds.change = std::mem::take(&mut walk.steps);

    for reference in &after.references {
        if !walk.current.references.iter().any(|it| it.name == reference.name) {
            let reference = reference.clone();
            walk.take(Change::AddReference { name: reference.name.clone() }, |table| {
                table.references.push(reference);
            });
        }
    }
    rounds.join = walk.steps;
    rounds
}

/// The table as it stands after the steps taken so far.
struct Walk {
    current: Arc<Table>,
    steps: Vec<Step>,
}

impl Walk {
    fn take(&mut self, change: Change, make: impl FnOnce(&mut Table)) {
        let before = Arc::clone(&self.current);
        let mut after = Table::clone(&before);
        make(&mut after);
        self.current = Arc::new(after);
        self.steps.push(Step::AlterTable { before, after: Arc::clone(&self.current), change });
    }
}

/// Indexes, unique constraints and checks that are the same but for their names.
struct ObjectRenames {
    indexes: Vec<(ObjectName, ObjectName)>,
    uniques: Vec<(ObjectName, ObjectName)>,
    checks: Vec<(ObjectName, ObjectName)>,
}

impl ObjectRenames {
    fn between(followed: &Table, after: &Table) -> Self {
        Self {
            indexes: pair(&followed.indexes, &after.indexes, |it| &it.name, TableIndex::has_content_of),
            uniques: pair(&followed.uniques, &after.uniques, |it| &it.name, |a, b| a.columns == b.columns),
            checks: pair(&followed.checks, &after.checks, |it| &it.name, |a, b| a.condition == b.condition),
        }
    }
}

/// Pairs what has lost its name with what has a new one and is otherwise the same.
fn pair<T>(
    before: &[T],
    after: &[T],
    name: impl Fn(&T) -> &ObjectName,
    same: impl Fn(&T, &T) -> bool,
) -> Vec<(ObjectName, ObjectName)> {
    let mut pairs: Vec<(ObjectName, ObjectName)> = Vec::new();
    for old in before.iter().filter(|old| !after.iter().any(|it| name(it) == name(old))) {
        let free = |new: &&T| {
            !before.iter().any(|it| name(it) == name(new))
                && !pairs.iter().any(|(_, taken)| taken == name(new))
        };
        if let Some(new) = after.iter().filter(free).find(|new| same(old, new)) {
            pairs.push((name(old).clone(), name(new).clone()));
        }
    }
    pairs
}

fn drop_objects(walk: &mut Walk, followed: &Table, after: &Table, renames: &ObjectRenames) {
    let kept =
        |name: &ObjectName, pairs: &[(ObjectName, ObjectName)]| pairs.iter().any(|(old, _)| old == name);
    for check in followed.checks.iter().filter(|check| !after.checks.contains(check)) {
        if !kept(&check.name, &renames.checks) {
            let name = check.name.clone();
            walk.take(Change::DropCheck { name: name.clone() }, |table| {
                table.checks.retain(|it| it.name != name);
            });
        }
    }
    for unique in followed.uniques.iter().filter(|it| !after.uniques.contains(it)) {
        if !kept(&unique.name, &renames.uniques) {
            let name = unique.name.clone();
            walk.take(Change::DropUnique { name: name.clone() }, |table| {
                table.uniques.retain(|it| it.name != name);
            });
        }
    }
    for index in followed.indexes.iter().filter(|it| !after.indexes.contains(it)) {
        if !kept(&index.name, &renames.indexes) {
            let name = index.name.clone();
            walk.take(Change::DropIndex { name: name.clone() }, |table| {
                table.indexes.retain(|it| it.name != name);
            });
        }
    }
}

fn change_columns(walk: &mut Walk, after: &Table, lineage: &TableLineage) {
    for (old, new) in &lineage.renamed {
        walk.take(Change::RenameColumn { before: old.clone(), after: new.clone() }, |table| {
            table.rename_column(old, new);
        });
    }
    let gone: Vec<ColumnName> = walk
        .current
        .columns
        .iter()
        .filter(|column| after.column(&column.name).is_none())
        .map(|column| column.name.clone())
        .collect();
    for name in gone {
        walk.take(Change::DropColumn { column: name.clone() }, |table| {
            table.columns.retain(|it| it.name != name);
        });
    }
    for column in &after.columns {
        let fill = lineage.fills.get(&column.name).cloned();
        let before = walk.current.column(&column.name).cloned();
        // Where NULL is no longer allowed and no value is given, rows that hold it get the default.
        let forbids_null = before.as_ref().is_some_and(|before| before.null && !column.null);
        let fill = if forbids_null { fill.or_else(|| column.default.clone()) } else { fill };
        match before {
            None => walk.take(Change::AddColumn { column: column.name.clone(), fill }, |table| {
                table.columns.push(column.clone());
            }),
            Some(before) if before != *column => {
                walk.take(Change::AlterColumn { column: column.name.clone(), fill }, |table| {
                    table.columns.iter_mut().filter(|it| it.name == column.name).for_each(|it| {
                        *it = column.clone();
                    });
                });
            }
            Some(_) => {}
        }
    }
}

fn change_key(walk: &mut Walk, after: &Table) {
    let columns = |table: &Table| table.primary_key.as_ref().map(|key| key.columns.clone());
    if columns(&walk.current) != columns(after) {
        walk.take(Change::AlterPrimaryKey, |table| table.primary_key.clone_from(&after.primary_key));
    } else if walk.current.primary_key != after.primary_key {
        walk.take(Change::RenamePrimaryKey, |table| table.primary_key.clone_from(&after.primary_key));
    }
}

fn rename_objects(walk: &mut Walk, renames: &ObjectRenames) {
    for (old, new) in &renames.indexes {
        walk.take(Change::RenameIndex { before: old.clone(), after: new.clone() }, |table| {
            table.indexes.iter_mut().filter(|it| it.name == *old).for_each(|it| it.name = new.clone());
        });
    }
    for (old, new) in &renames.uniques {
        walk.take(Change::RenameUnique { before: old.clone(), after: new.clone() }, |table| {
            table.uniques.iter_mut().filter(|it| it.name == *old).for_each(|it| it.name = new.clone());
        });
    }
    for (old, new) in &renames.checks {
        walk.take(Change::RenameCheck { before: old.clone(), after: new.clone() }, |table| {
            table.checks.iter_mut().filter(|it| it.name == *old).for_each(|it| it.name = new.clone());
        });
    }
}

fn add_objects(walk: &mut Walk, after: &Table) {
    for index in &after.indexes {
        if !walk.current.indexes.contains(index) {
            walk.take(Change::AddIndex { name: index.name.clone() }, |table| {
                table.indexes.push(index.clone());
            });
        }
    }
    for unique in &after.uniques {
        if !walk.current.uniques.contains(unique) {
            walk.take(Change::AddUnique { name: unique.name.clone() }, |table| {
                table.uniques.push(unique.clone());
            });
        }
    }
    for check in &after.checks {
        if !walk.current.checks.contains(check) {
            walk.take(Change::AddCheck { name: check.name.clone() }, |table| {
                table.checks.push(check.clone());
            });
        }
    }
}
