//! The differences between the indexes, or the constraints, of two forms of a model.

use crate::model::Model;
use crate::model::constraint::Constraint;
use crate::model::index::Index;
use crate::name::ObjectName;

/// An object of a model that has a name in the database.
pub(in crate::detect) trait Object: PartialEq {
    /// Returns the name.
    fn object_name(&self) -> Option<&ObjectName>;

    /// Returns whether the two are the same except for their names.
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

/// The objects of one kind that differ. Objects that are the same except for their names are renamed.
pub(in crate::detect) struct Differences<'a, T> {
    /// By position before.
    pub(in crate::detect) removed: Vec<usize>,
    /// By position before, with the final form.
    pub(in crate::detect) renamed: Vec<(usize, &'a T)>,
    pub(in crate::detect) added: Vec<&'a T>,
}

impl<'a> Differences<'a, Index> {
    /// Compares the indexes of two forms of a model.
    pub(in crate::detect) fn of_indexes(before: &'a Model, after: &'a Model) -> Self {
        let constraints = before.constraints.iter().filter_map(Constraint::name);
        Self::between(&before.indexes, &after.indexes, &constraints.collect::<Vec<_>>())
    }
}

impl<'a> Differences<'a, Constraint> {
    /// Compares the constraints of two forms of a model.
    pub(in crate::detect) fn of_constraints(before: &'a Model, after: &'a Model) -> Self {
        let indexes = before.indexes.iter().filter_map(|it| it.name.as_ref());
        Self::between(&before.constraints, &after.constraints, &indexes.collect::<Vec<_>>())
    }
}

impl<'a, T: Object> Differences<'a, T> {
    /// An object is not renamed to a name that is taken by an object of the other kind: the two might exchange names.
    fn between(before: &'a [T], after: &'a [T], taken: &[&ObjectName]) -> Self {
        let mut found = Self {
            removed: Vec::new(),
            renamed: Vec::new(),
            added: after.iter().filter(|object| !before.contains(object)).collect(),
        };
        for (position, old) in before.iter().enumerate().filter(|(_, it)| !after.contains(it)) {
            let renamed = found.added.iter().position(|new| {
                let name = new.object_name();
                let is_taken = before.iter().any(|it| it.object_name() == name)
                    || name.is_some_and(|name| taken.contains(&name));
                !is_taken && new.is_same_but_for_name(old)
            });
            match renamed {
                Some(new) => found.renamed.push((position, found.added.remove(new))),
                None => found.removed.push(position),
            }
        }
        found
    }
}
