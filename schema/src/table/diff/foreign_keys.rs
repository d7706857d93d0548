//! Which foreign keys of a table stay, and what changes about them.

use std::collections::BTreeSet;

use super::TableLineage;
use super::altered::AlteredTable;
use super::objects::pair;
use crate::name::{ColumnName, ObjectName};
use crate::step::Change;
use crate::table::{ForeignKeyConstraint, Table};

/// Foreign keys that need not be dropped and added again.
pub(super) struct ForeignKeys {
    /// Those that stay, by their names before.
    pub(super) kept: BTreeSet<ObjectName>,
    renamed: Vec<(ObjectName, ObjectName)>,
}

impl ForeignKeys {
    /// Compares the foreign keys of both images.
    pub(super) fn between(
        followed: &Table,
        after: &Table,
        lineage: &TableLineage,
        renewed: &BTreeSet<ColumnName>,
    ) -> Self {
        let stays = followed.references.iter().filter(|it| {
            !lineage.detach.contains(&it.name) && !it.columns.iter().any(|column| renewed.contains(column))
        });
        let old: Vec<ForeignKeyConstraint> = stays.cloned().collect();
        let renamed = pair(&old, &after.references, |it| &it.name, ForeignKeyConstraint::has_content_of);
        let kept = old.iter().filter(|it| after.references.iter().any(|new| is_same_but_for_time(it, new)));
        let kept = kept.map(|it| it.name.clone());
        Self { kept: kept.chain(renamed.iter().map(|(old, _)| old.clone())).collect(), renamed }
    }

    /// Renames the constraints that stay, and changes when they are checked.
    pub(super) fn update(&self, altered: &mut AlteredTable, after: &Table) {
        for (old, new) in &self.renamed {
            altered.apply(Change::RenameForeignKey { before: old.clone(), after: new.clone() }, |table| {
                table.references.iter_mut().filter(|it| it.name == *old).for_each(|it| it.name = new.clone());
            });
        }
        for reference in &after.references {
            let mut current = altered.current.references.iter();
            if current.any(|it| it.name == reference.name && it.deferrable != reference.deferrable) {
                altered.apply(Change::AlterForeignKey { name: reference.name.clone() }, |table| {
                    let own = table.references.iter_mut().filter(|it| it.name == reference.name);
                    own.for_each(|it| it.deferrable = reference.deferrable);
                });
            }
        }
    }
}

/// Returns whether two foreign keys are the same, whenever they are checked.
fn is_same_but_for_time(one: &ForeignKeyConstraint, other: &ForeignKeyConstraint) -> bool {
    ForeignKeyConstraint { deferrable: one.deferrable, ..other.clone() } == *one
}
