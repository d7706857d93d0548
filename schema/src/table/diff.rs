//! Two images of one table -> the changes that lead from the first to the second, in an order that every database
//! accepts: an object is dropped before what it depends on, and added after it.
//!
//! Nothing is guessed here: the operation specifies which column became which, through [`Lineage`](crate::step::between_states::Lineage).

mod altered;
mod columns;
mod foreign_keys;
mod objects;

use std::collections::{BTreeMap, BTreeSet};

use self::altered::AlteredTable;
use self::columns::{allow_null, change_columns, renewed_columns, require_rows, require_values};
use self::foreign_keys::ForeignKeys;
use self::objects::{ObjectRenames, add_objects, drop_objects, rename_objects};
use crate::model::expr::Expr;
use crate::name::{ColumnName, ObjectName};
use crate::step::enum_conversion::ValueMap;
use crate::step::{Change, Lookup, Step};
use crate::table::Table;

/// What an operation declares about the way from one image of a table to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TableLineage {
    /// Columns whose name changed, before and after.
    pub(crate) renamed: Vec<(ColumnName, ColumnName)>,
    /// Values for existing rows, by the column's name after.
    pub(crate) fills: BTreeMap<ColumnName, Expr>,
    /// Where the new values of references to another column are found, by the column's name after.
    pub(crate) translated: BTreeMap<ColumnName, Lookup>,
    /// The conversions of values of enums, by the column's name after.
    pub(crate) values: BTreeMap<ColumnName, ValueMap>,
    /// Foreign keys (by their names before) that must be dropped and added again, since a key that they use changes its
    /// type.
    pub(crate) detach: BTreeSet<ObjectName>,
    /// Whether the table and its objects get their new names before it moves to another schema.
    pub(crate) moves_last: bool,
}

/// Steps of one table in the three phases that a set of tables needs: foreign keys are dropped before any table changes,
/// and added after all have changed.
#[derive(Debug, Default)]
pub(crate) struct Phases {
    pub(crate) drop_foreign_keys: Vec<Step>,
    pub(crate) alter: Vec<Step>,
    pub(crate) add_foreign_keys: Vec<Step>,
}

/// Returns the steps from one image of a table to the other.
///
/// `before` must already use the new names of the tables and columns that it refers to.
pub(crate) fn diff(before: &Table, after: &Table, lineage: &TableLineage) -> Phases {
    let mut altered = AlteredTable::new(before);
    let mut phases = Phases::default();

    // The comparison is with the table as it would be if only names of columns had changed.
    let mut followed = before.clone();
    for (old, new) in &lineage.renamed {
        followed.rename_column(old, new);
    }
    followed.rename_target(&before.name, &after.name);

    let mut renewed = renewed_columns(&followed, after);
    // Like a generated column, a translated one is replaced by another column.
    renewed.extend(lineage.translated.keys().cloned());
    let foreign_keys = ForeignKeys::between(&followed, after, lineage, &renewed);
    require_values(&mut altered, before, lineage);
    require_rows(&mut altered, lineage);
    for reference in &before.references {
        if !foreign_keys.kept.contains(&reference.name) {
            let name = reference.name.clone();
            altered.apply(Change::DropForeignKey { name: name.clone() }, |table| {
                table.references.retain(|it| it.name != name);
            });
        }
    }
    phases.drop_foreign_keys = std::mem::take(&mut altered.steps);

    let renames = ObjectRenames::between(&followed, after, &renewed);
    drop_objects(&mut altered, &followed, after, &renames, &renewed);
    if !lineage.moves_last {
        move_table(&mut altered, after);
    }
    rename_table(&mut altered, after);
    if before.comment != after.comment {
        altered.apply(Change::AlterComment, |table| table.comment.clone_from(&after.comment));
    }
    if before.sqlite != after.sqlite {
        altered.apply(Change::AlterSqliteOptions, |table| table.sqlite = after.sqlite);
    }
    change_columns(&mut altered, after, lineage, &renewed);
    change_key(&mut altered, after);
    allow_null(&mut altered, &followed, after);
    rename_objects(&mut altered, &renames);
    if lineage.moves_last {
        move_table(&mut altered, after);
    }
    add_objects(&mut altered, after);
    phases.alter = std::mem::take(&mut altered.steps);

    foreign_keys.update(&mut altered, after);
    for reference in &after.references {
        if !altered.current.references.iter().any(|it| it.name == reference.name) {
            let reference = reference.clone();
            altered.apply(Change::AddForeignKey { name: reference.name.clone() }, |table| {
                table.references.push(reference);
            });
        }
    }
    phases.add_foreign_keys = altered.steps;
    phases
}

fn move_table(altered: &mut AlteredTable, after: &Table) {
    let before = altered.current.name.clone();
    let moved = before.clone().within(after.name.schema());
    if before != moved {
        altered.apply(Change::MoveTable, |table| table.rename_target(&before, &moved));
    }
}

fn rename_table(altered: &mut AlteredTable, after: &Table) {
    let before = altered.current.name.clone();
    let renamed = after.name.clone().within(before.schema());
    if before != renamed {
        altered.apply(Change::RenameTable, |table| table.rename_target(&before, &renamed));
    }
}

fn change_key(altered: &mut AlteredTable, after: &Table) {
    let columns = altered.current.primary_key.as_ref().map(|key| &key.columns);
    if columns != after.primary_key.as_ref().map(|key| &key.columns) {
        altered.apply(Change::AlterPrimaryKey, |table| table.primary_key.clone_from(&after.primary_key));
    } else if altered.current.primary_key != after.primary_key {
        altered.apply(Change::RenamePrimaryKey, |table| table.primary_key.clone_from(&after.primary_key));
    }
}
