//! What of a model's indexes, or of its constraints, went, came, or bears another name.

use crate::constraint::Constraint;
use crate::index::Index;
use crate::name::ObjectName;

/// A thing of a model that bears a name in the database.
pub(super) trait Object: PartialEq {
    /// Gives the name.
    fn object_name(&self) -> Option<&ObjectName>;

    /// Tells whether the other is the same under whatever name.
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

impl<'a, T: Object> Differences<'a, T> {
    pub(super) fn between(before: &'a [T], after: &'a [T]) -> Self {
        let is_named =
            |objects: &[T], name: Option<&ObjectName>| objects.iter().any(|it| it.object_name() == name);
        let mut found = Self {
            removed: Vec::new(),
            renamed: Vec::new(),
            added: after.iter().filter(|object| !before.contains(object)).collect(),
        };
        for (position, old) in before.iter().enumerate().filter(|(_, it)| !after.contains(it)) {
            let same = |new: &&T| !is_named(before, new.object_name()) && new.is_same_but_for_name(old);
            // A name that goes on, with other content, is no other name.
            let new =
                if is_named(after, old.object_name()) { None } else { found.added.iter().position(same) };
            match new {
                Some(new) => found.renamed.push((position, found.added.remove(new))),
                None => found.removed.push(position),
            }
        }
        found
    }
}
