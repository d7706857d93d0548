//! What of a model's indexes, or of its constraints, went, came, or bears another name.

use crate::model::Model;
use crate::model::constraint::Constraint;
use crate::model::index::Index;
use crate::name::ObjectName;

/// A thing of a model that bears a name in the database.
pub(super) trait Object: PartialEq {
    /// Returns the name.
    fn object_name(&self) -> Option<&ObjectName>;

    /// Returns whether the other is the same under whatever name.
    fn is_same_but_for_name(&self, other: &Self) -> bool;
}

impl Object for Index {
    fn object_name(&self) -> Option<&ObjectName> {
        self.name.as_ref()
    }

    fn is_same_but_for_name(&self, other: &Self) -> bool {
        self.has_content_of(other)
    }
}

impl Object for Constraint {
    fn object_name(&self) -> Option<&ObjectName> {
        self.name()
    }

    fn is_same_but_for_name(&self, other: &Self) -> bool {
        self.has_content_of(other)
    }
}

/// The objects of one kind that differ; what is the same but for its name is a rename.
pub(super) struct Differences<'a, T> {
    /// By position before.
    pub(super) removed: Vec<usize>,
    /// By position before, and as it is to be.
    pub(super) renamed: Vec<(usize, &'a T)>,
    pub(super) added: Vec<&'a T>,
}

impl<'a> Differences<'a, Index> {
    /// Compares the indexes of two sides of a model.
    pub(super) fn of_indexes(before: &'a Model, after: &'a Model) -> Self {
        let constraints = before.constraints.iter().filter_map(Constraint::name);
        Self::between(&before.indexes, &after.indexes, &constraints.collect::<Vec<_>>())
    }
}

impl<'a> Differences<'a, Constraint> {
    /// Compares the constraints of two sides of a model.
    pub(super) fn of_constraints(before: &'a Model, after: &'a Model) -> Self {
        let indexes = before.indexes.iter().filter_map(|it| it.name.as_ref());
        Self::between(&before.constraints, &after.constraints, &indexes.collect::<Vec<_>>())
    }
}

impl<'a, T: Object> Differences<'a, T> {
    /// What would have a name that is taken by an object of the other kind is not renamed: the two might change names.
    fn between(before: &'a [T], after: &'a [T], taken: &[&ObjectName]) -> Self {
        let is_named =
            |objects: &[T], name: Option<&ObjectName>| objects.iter().any(|it| it.object_name() == name);
        let mut found = Self {
            removed: Vec::new(),
            renamed: Vec::new(),
            added: after.iter().filter(|object| !before.contains(object)).collect(),
        };
        for (position, old) in before.iter().enumerate().filter(|(_, it)| !after.contains(it)) {
            let is_free = |name: Option<&ObjectName>| {
                !is_named(before, name) && !name.is_some_and(|name| taken.contains(&name))
            };
            let same = |new: &&T| is_free(new.object_name()) && new.is_same_but_for_name(old);
            match found.added.iter().position(same) {
                Some(new) => found.renamed.push((position, found.added.remove(new))),
                None => found.removed.push(position),
            }
        }
        found
    }
}
