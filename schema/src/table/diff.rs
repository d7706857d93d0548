//! Two images of one table -> the changes that lead from the first to the second, in an order that every database
//! accepts: what stands in the way goes first, what builds on something comes last.
//!
//! Nothing is guessed here: which column became which is told by the operation, through [`Lineage`](crate::step::between_states::Lineage).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::column_type::ColumnType;
use crate::model::expr::Expr;
use crate::model::generated::{Generated, Storage};
use crate::model::naming;
use crate::name::{ColumnName, ObjectName};
use crate::step::enum_conversion;
use crate::step::enum_conversion::{Stage, ValueMap};
use crate::step::{Change, Lookup, Step};
use crate::table::{Check, Column, Exclusion, ForeignKeyConstraint, Table, TableIndex, Unique};

/// What an operation knows of the way from one image of a table to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TableLineage {
    /// Columns whose name changed, before and after.
    pub(crate) renamed: Vec<(ColumnName, ColumnName)>,
    /// Values for existing rows, by the column's name after.
    pub(crate) fills: BTreeMap<ColumnName, Expr>,
    /// Where the values of references are found that go by another column, by the column's name after.
    pub(crate) translated: BTreeMap<ColumnName, Lookup>,
    /// What becomes of values of enums, by the column's name after.
    pub(crate) values: BTreeMap<ColumnName, ValueMap>,
    /// References (by their name before) that must go and come back, since a key they join changes its type.
    pub(crate) detach: BTreeSet<ObjectName>,
}

/// Steps of one table in the three rounds that a set of tables needs: references are cut before any table changes
/// and joined after all have.
#[derive(Debug, Default)]
pub(crate) struct Phases {
    pub(crate) cut: Vec<Step>,
    pub(crate) change: Vec<Step>,
    pub(crate) join: Vec<Step>,
}

/// Returns the steps from one image of a table to the other.
///
/// `before` must have followed the new names of the tables and columns it refers to.
pub(crate) fn diff(before: &Table, after: &Table, lineage: &TableLineage) -> Phases {
    let mut walk = Walk { current: Arc::new(before.clone()), steps: Vec::new() };
    let mut rounds = Phases::default();

    // What is compared is the table as it would be had only names of columns changed.
    let mut followed = before.clone();
    for (old, new) in &lineage.renamed {
        followed.rename_column(old, new);
    }
    followed.rename_target(&before.name, &after.name);

    let mut renewed = renewed_columns(&followed, after);
    // Like a generated column, a translated one is another column in the end.
    renewed.extend(lineage.translated.keys().cloned());
    let references = References::between(&followed, after, lineage, &renewed);
    require_values(&mut walk, before, lineage);
    require_rows(&mut walk, lineage);
    for reference in &before.references {
        if !references.kept.contains(&reference.name) {
            let name = reference.name.clone();
            walk.take(Change::DropForeignKey { name: name.clone() }, |table| {
                table.references.retain(|it| it.name != name);
            });
        }
    }
    rounds.cut = std::mem::take(&mut walk.steps);

    let renames = ObjectRenames::between(&followed, after, &renewed);
    drop_objects(&mut walk, &followed, after, &renames, &renewed);
    if before.name != after.name {
        let (old, new) = (before.name.clone(), after.name.clone());
        walk.take(Change::RenameTable, |table| table.rename_target(&old, &new));
    }
    if before.comment != after.comment {
        walk.take(Change::AlterComment, |table| table.comment.clone_from(&after.comment));
    }
    change_columns(&mut walk, after, lineage, &renewed);
    change_key(&mut walk, after);
    rename_objects(&mut walk, &renames);
    add_objects(&mut walk, after);
    rounds.change = std::mem::take(&mut walk.steps);

    references.settle(&mut walk, after);
    for reference in &after.references {
        if !walk.current.references.iter().any(|it| it.name == reference.name) {
            let reference = reference.clone();
            walk.take(Change::AddForeignKey { name: reference.name.clone() }, |table| {
                table.references.push(reference);
            });
        }
    }
    rounds.join = walk.steps;
    rounds
}

/// References that need not go and come back.
struct References {
    /// By their names before.
    kept: BTreeSet<ObjectName>,
    renamed: Vec<(ObjectName, ObjectName)>,
}

impl References {
    fn between(
        followed: &Table,
        after: &Table,
        lineage: &TableLineage,
        renewed: &BTreeSet<ColumnName>,
    ) -> Self {
        let is_renewed = |column: &ColumnName| renewed.contains(column);
        let stays = |it: &&ForeignKeyConstraint| {
            !lineage.detach.contains(&it.name) && !it.columns.iter().any(is_renewed)
        };
        let old: Vec<ForeignKeyConstraint> = followed.references.iter().filter(stays).cloned().collect();
        let renamed = pair(&old, &after.references, |it| &it.name, ForeignKeyConstraint::has_content_of);
        let same = |it: &&ForeignKeyConstraint| {
            let is_it = |new: &ForeignKeyConstraint| {
                ForeignKeyConstraint { deferrable: it.deferrable, ..new.clone() } == **it
            };
            after.references.iter().any(is_it)
        };
        let kept = old.iter().filter(same).map(|it| it.name.clone());
        Self { kept: kept.chain(renamed.iter().map(|(old, _)| old.clone())).collect(), renamed }
    }

    /// Renames the constraints that stay, and changes when they are checked.
    fn settle(&self, walk: &mut Walk, after: &Table) {
        for (old, new) in &self.renamed {
            walk.take(Change::RenameForeignKey { before: old.clone(), after: new.clone() }, |table| {
                table.references.iter_mut().filter(|it| it.name == *old).for_each(|it| it.name = new.clone());
            });
        }
        for reference in &after.references {
            let differs = |it: &ForeignKeyConstraint| {
                it.name == reference.name && it.deferrable != reference.deferrable
            };
            if walk.current.references.iter().any(differs) {
                walk.take(Change::AlterForeignKey { name: reference.name.clone() }, |table| {
                    let own = table.references.iter_mut().filter(|it| it.name == reference.name);
                    own.for_each(|it| it.deferrable = reference.deferrable);
                });
            }
        }
    }
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

/// Returns the generated columns (by their names after) that go and come back, since no database changes how a value is
/// computed, or what it is computed from, for existing rows.
///
/// A column that was written and is computed from now on is one of them.
fn renewed_columns(followed: &Table, after: &Table) -> BTreeSet<ColumnName> {
    let olds = by_name(followed);
    let pairs = || after.columns.iter().filter_map(|new| Some((*olds.get(&new.name)?, new)));
    let mut renewed = BTreeSet::new();
    for (old, new) in pairs() {
        let is_same = Column { comment: new.comment.clone(), ..old.clone() } == *new;
        if new.generated.is_some() && !is_same {
            renewed.insert(new.name.clone());
        }
    }
    let is_renewed = |name: &ColumnName| renewed.contains(name);
    let is_changed = |(old, new): &(&Column, &Column)| {
        !old.holds_as(new) || old.generated.is_some() != new.generated.is_some() || is_renewed(&new.name)
    };
    let changed: Vec<&str> = pairs().filter(is_changed).map(|(_, new)| new.name.as_str()).collect();
    for (old, new) in pairs() {
        let names = |column: &Column| {
            column.generated.as_ref().is_some_and(|it| changed.iter().any(|name| it.names(name)))
        };
        if new.generated.is_some() && (names(old) || names(new)) {
            renewed.insert(new.name.clone());
        }
    }
    renewed
}

/// Returns the columns of a table by their names.
fn by_name(table: &Table) -> BTreeMap<&ColumnName, &Column> {
    table.columns.iter().map(|column| (&column.name, column)).collect()
}

/// Indexes, unique constraints and checks that are the same but for their names.
struct ObjectRenames {
    indexes: Vec<(ObjectName, ObjectName)>,
    uniques: Vec<(ObjectName, ObjectName)>,
    checks: Vec<(ObjectName, ObjectName)>,
    exclusions: Vec<(ObjectName, ObjectName)>,
}

impl ObjectRenames {
    fn between(followed: &Table, after: &Table, renewed: &BTreeSet<ColumnName>) -> Self {
        let is_kept = |table: &Table, name: &ObjectName| !names_any(table, name, renewed);
        let same_index = |a: &TableIndex, b: &TableIndex| a.has_content_of(b) && is_kept(followed, &a.name);
        let same_unique = |a: &Unique, b: &Unique| a.has_content_of(b) && is_kept(followed, &a.name);
        let same_check = |a: &Check, b: &Check| a.condition == b.condition && is_kept(followed, &a.name);
        let same_exclusion = |a: &Exclusion, b: &Exclusion| a.has_content_of(b) && is_kept(followed, &a.name);
        Self {
            indexes: pair(&followed.indexes, &after.indexes, |it| &it.name, same_index),
            uniques: pair(&followed.uniques, &after.uniques, |it| &it.name, same_unique),
            checks: pair(&followed.checks, &after.checks, |it| &it.name, same_check),
            exclusions: pair(&followed.exclusions, &after.exclusions, |it| &it.name, same_exclusion),
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

/// Returns whether an index, a unique constraint or a check of the table names one of the columns.
fn names_any(table: &Table, object: &ObjectName, columns: &BTreeSet<ColumnName>) -> bool {
    let names = |expr: &Expr| columns.iter().any(|column| expr.may_read_column(column.as_str()));
    let of_index = |index: &TableIndex| {
        index.parts.iter().any(|part| names(&part.value))
            || index.when.as_ref().is_some_and(names)
            || index.include.iter().any(|column| columns.contains(column))
    };
    let of_unique = |it: &Unique| it.columns.iter().chain(&it.include).any(|column| columns.contains(column));
    let of_exclusion = |it: &Exclusion| {
        it.parts.iter().any(|it| names(&it.part.value)) || it.when.as_ref().is_some_and(names)
    };
    table.indexes.iter().any(|it| it.name == *object && of_index(it))
        || table.checks.iter().any(|it| it.name == *object && names(&it.condition))
        || table.uniques.iter().any(|it| it.name == *object && of_unique(it))
        || table.exclusions.iter().any(|it| it.name == *object && of_exclusion(it))
}

fn drop_objects(
    walk: &mut Walk,
    followed: &Table,
    after: &Table,
    renames: &ObjectRenames,
    renewed: &BTreeSet<ColumnName>,
) {
    let kept =
        |name: &ObjectName, pairs: &[(ObjectName, ObjectName)]| pairs.iter().any(|(old, _)| old == name);
    let is_cut = |name: &ObjectName| names_any(followed, name, renewed);
    for check in followed.checks.iter().filter(|it| !after.checks.contains(it) || is_cut(&it.name)) {
        if !kept(&check.name, &renames.checks) {
            let name = check.name.clone();
            walk.take(Change::DropCheck { name: name.clone() }, |table| {
                table.checks.retain(|it| it.name != name);
            });
        }
    }
    for exclusion in
        followed.exclusions.iter().filter(|it| !after.exclusions.contains(it) || is_cut(&it.name))
    {
        if !kept(&exclusion.name, &renames.exclusions) {
            let name = exclusion.name.clone();
            walk.take(Change::DropExclusion { name: name.clone() }, |table| {
                table.exclusions.retain(|it| it.name != name);
            });
        }
    }
    for unique in followed.uniques.iter().filter(|it| !after.uniques.contains(it) || is_cut(&it.name)) {
        if !kept(&unique.name, &renames.uniques) {
            let name = unique.name.clone();
            walk.take(Change::DropUnique { name: name.clone() }, |table| {
                table.uniques.retain(|it| it.name != name);
            });
        }
    }
    for index in followed.indexes.iter().filter(|it| !after.indexes.contains(it) || is_cut(&it.name)) {
        if !kept(&index.name, &renames.indexes) {
            let name = index.name.clone();
            walk.take(Change::DropIndex { name: name.clone() }, |table| {
                table.indexes.retain(|it| it.name != name);
            });
        }
    }
}

fn change_columns(walk: &mut Walk, after: &Table, lineage: &TableLineage, renewed: &BTreeSet<ColumnName>) {
    for (old, new) in &lineage.renamed {
        walk.take(Change::RenameColumn { before: old.clone(), after: new.clone() }, |table| {
            table.rename_column(old, new);
        });
    }
    for (name, lookup) in &lineage.translated {
        translate(walk, after, name, lookup);
    }
    let is_renewed = |name: &ColumnName| renewed.contains(name) && !lineage.translated.contains_key(name);
    let news = by_name(after);
    let is_gone = |column: &&Column| !news.contains_key(&column.name) || is_renewed(&column.name);
    let mut gone: Vec<Column> = walk.current.columns.iter().filter(is_gone).cloned().collect();
    // What is computed goes before what it is computed from, and comes after it.
    gone.sort_by_key(|column| column.generated.is_none());
    for Column { name, .. } in gone {
        walk.take(Change::DropColumn { column: name.clone() }, |table| {
            table.columns.retain(|it| it.name != name);
        });
    }
    let current = Arc::clone(&walk.current);
    let olds = by_name(&current);
    // Most columns stay as they are: each that is looked at costs the size of the table.
    let may_change = |column: &&Column| {
        olds.get(&column.name) != Some(column)
            || lineage.fills.contains_key(&column.name)
            || lineage.values.contains_key(&column.name)
    };
    let (written, reckoned): (Vec<&Column>, Vec<&Column>) =
        after.columns.iter().filter(may_change).partition(|column| column.generated.is_none());
    for column in written {
        keep_values(walk, column);
        change_column(walk, column, lineage);
    }
    for column in reckoned {
        change_column(walk, column, lineage);
    }
}

/// Puts a column of translated values in the place of the one that they are translated from.
fn translate(walk: &mut Walk, after: &Table, name: &ColumnName, lookup: &Lookup) {
    let Some(column) = after.column(name) else { return };
    if walk.current.primary_key.as_ref().is_some_and(|key| key.columns.contains(name)) {
        walk.take(Change::AlterPrimaryKey, |table| table.primary_key = None);
    }
    let mut aside = naming::column_aside(name);
    while walk.current.column(&aside).is_some() || after.column(&aside).is_some() {
        aside = naming::column_aside(&aside);
    }
    let empty = Column { name: aside.clone(), null: true, default: None, comment: None, ..column.clone() };
    let add = Change::AddTranslated { column: aside.clone(), from: name.clone(), lookup: lookup.clone() };
    walk.take(add, |table| table.columns.push(empty));
    walk.take(Change::DropColumn { column: name.clone() }, |table| {
        table.columns.retain(|it| it.name != *name);
    });
    walk.take(Change::RenameColumn { before: aside.clone(), after: name.clone() }, |table| {
        table.rename_column(&aside, name);
    });
}

/// A virtual column has values only as long as it is read: before it becomes one that is written, it is stored.
fn keep_values(walk: &mut Walk, column: &Column) {
    let Some(before) = walk.current.column(&column.name).cloned() else { return };
    let Some(Generated { expression, storage: Storage::Virtual }) = &before.generated else { return };
    walk.take(Change::DropColumn { column: column.name.clone() }, |table| {
        table.columns.retain(|it| it.name != column.name);
    });
    let generated = Some(Generated::stored(expression.clone()));
    walk.take(Change::AddColumn { column: column.name.clone(), fill: None }, |table| {
        table.columns.push(Column { generated, ..before });
    });
}

fn change_column(walk: &mut Walk, column: &Column, lineage: &TableLineage) {
    let before = walk.current.column(&column.name).cloned();
    let fill = lineage.fills.get(&column.name).cloned().filter(|_| column.generated.is_none());
    // Where NULL is no longer allowed and no value is given, rows that hold it get the default.
    let forbids_null = before.as_ref().is_some_and(|before| before.null && !column.null);
    let fill = if forbids_null { fill.or_else(|| column.default.clone()) } else { fill };
    match before {
        None => walk.take(Change::AddColumn { column: column.name.clone(), fill }, |table| {
            table.columns.push(column.clone());
        }),
        Some(before) => alter_column(walk, before, column, fill.as_ref(), lineage),
    }
}

/// Rows whose values could not go on are looked for before anything changes.
fn require_values(walk: &mut Walk, before: &Table, lineage: &TableLineage) {
    for (name, map) in &lineage.values {
        let old = lineage.renamed.iter().find(|(_, new)| new == name).map_or(name, |(old, _)| old);
        if let (Some(values), Some(_)) = (&map.allowed, before.column(old)) {
            walk.take(Change::RequireValues { column: old.clone(), values: values.clone() }, |_| {});
        }
    }
}

/// Rows whose values lead nowhere, so that they would be lost, are looked for before anything changes.
fn require_rows(walk: &mut Walk, lineage: &TableLineage) {
    for (name, lookup) in &lineage.translated {
        let old = lineage.renamed.iter().find(|(_, new)| new == name).map_or(name, |(old, _)| old);
        walk.take(Change::RequireRow { column: old.clone(), lookup: lookup.clone() }, |_| {});
    }
}

fn alter_column(
    walk: &mut Walk,
    mut before: Column,
    after: &Column,
    fill: Option<&Expr>,
    lineage: &TableLineage,
) {
    let name = &after.name;
    let put = |walk: &mut Walk, change: Change, column: Column| {
        walk.take(change, |table| {
            table.columns.iter_mut().filter(|it| it.name == *name).for_each(|it| it.clone_from(&column));
        });
    };
    if let (ColumnType::Choices(old), ColumnType::Choices(new)) =
        (&mut before.column_type, &after.column_type)
        && old.name != new.name
    {
        old.name.clone_from(&new.name);
        put(walk, Change::RenameType { column: name.clone() }, before.clone());
    }
    let none = ValueMap::default();
    // What is computed has no values of its own to convert.
    let is_reckoned = before.generated.is_some() || after.generated.is_some();
    let map = lineage.values.get(name).filter(|_| !is_reckoned).unwrap_or(&none);
    for stage in enum_conversion::stages(&before, after, map, fill) {
        match stage {
            Stage::Alter(column) => {
                // The value is one of the type that the column gets in the end.
                let fill = fill.filter(|_| column == *after).cloned();
                put(walk, Change::AlterColumn { column: name.clone(), fill }, column);
            }
            Stage::Convert(values, column) => {
                put(walk, Change::ConvertValues { column: name.clone(), values }, column);
            }
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
    for (old, new) in &renames.exclusions {
        walk.take(Change::RenameExclusion { before: old.clone(), after: new.clone() }, |table| {
            table.exclusions.iter_mut().filter(|it| it.name == *old).for_each(|it| it.name = new.clone());
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
    for exclusion in &after.exclusions {
        if !walk.current.exclusions.contains(exclusion) {
            walk.take(Change::AddExclusion { name: exclusion.name.clone() }, |table| {
                table.exclusions.push(exclusion.clone());
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
