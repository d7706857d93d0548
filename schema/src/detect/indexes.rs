//! Indexes that went, came, or bear another name.

use super::order::{Fact, Planned};
use super::{Found, Sight};
use crate::index::Index;
use crate::model::Model;
use crate::name::{FieldName, ModelKey, ObjectName};
use crate::operation::{AddIndex, Operation, RemoveIndex, RenameIndex};
use crate::state::ProjectState;

/// The indexes of a model that differ; what is the same but for its name is a rename.
#[derive(Default)]
struct Differences<'a> {
    removed: Vec<&'a Index>,
    renamed: Vec<(&'a Index, &'a Index)>,
    added: Vec<&'a Index>,
}

impl<'a> Differences<'a> {
    fn between(before: &'a Model, after: &'a Model) -> Self {
        let mut found = Self {
            removed: before.indexes.iter().filter(|index| !after.indexes.contains(index)).collect(),
            renamed: Vec::new(),
            added: after.indexes.iter().filter(|index| !before.indexes.contains(index)).collect(),
        };
        let is_named =
            |indexes: &[Index], name: &Option<ObjectName>| indexes.iter().any(|it| it.name == *name);
        found.removed.retain(|old| {
            // A name that goes on, with other content, is no other name.
            if is_named(&after.indexes, &old.name) {
                return true;
            }
            let same = |new: &&Index| !is_named(&before.indexes, &new.name) && new.has_content_of(old);
            let Some(position) = found.added.iter().position(same) else { return true };
            found.renamed.push((old, found.added.remove(position)));
            false
        });
        found
    }
}

/// Finds indexes that went, and those that bear another name.
pub(super) fn removed_and_renamed(sight: &Sight<'_>, state: &ProjectState, found: &mut Found) {
    let mut renamed = Vec::new();
    for pair in sight.pairs(state) {
        let differences = Differences::between(pair.before, pair.after);
        for name in differences.removed.iter().filter_map(|index| index.name.as_ref()) {
            let remove = RemoveIndex { model: pair.key.name.clone(), name: name.clone() };
            found.planned.push(Planned::new(Operation::RemoveIndex(remove)));
        }
        for (old, new) in differences.renamed {
            if let (Some(before), Some(after)) = (old.name.clone(), new.name.clone()) {
                let rename = RenameIndex { model: pair.key.name.clone(), before, after };
                renamed.push(Planned::new(Operation::RenameIndex(rename)));
            }
        }
    }
    found.planned.append(&mut renamed);
}

/// Finds indexes that came.
pub(super) fn added(sight: &Sight<'_>, state: &ProjectState, found: &mut Found) {
    for pair in sight.pairs(state) {
        for index in Differences::between(pair.before, pair.after).added {
            found.planned.push(planned(pair.key, index));
        }
    }
}

/// Plans an index for when its fields are there.
pub(super) fn planned(key: &ModelKey, index: &Index) -> Planned {
    let add = AddIndex { model: key.name.clone(), index: index.clone() };
    Planned::new(Operation::AddIndex(add)).needs(fields_are_there(key, index.field_names()))
}

/// Says that fields are there, as they are to be.
pub(super) fn fields_are_there(key: &ModelKey, names: Vec<&str>) -> impl Iterator<Item = Fact> {
    names
        .into_iter()
        .map(FieldName::new)
        .flat_map(|name| [Fact::FieldMade(key.clone(), name.clone()), Fact::FieldAltered(key.clone(), name)])
}
