//! Where each part of the state is changed last: an operation cannot be merged with an operation after the last one that
//! changes what it changes or needs.
//!
//! Without it, each of two thousand new fields would be compared with all others.

use std::collections::BTreeMap;

use super::Entry;
use crate::name::ModelName;
use crate::operation::footprint::Resource;

/// The last positions in a list of operations.
#[derive(Default)]
pub(super) struct LastChanges {
    /// Of changes of exactly this part.
    parts: BTreeMap<Resource, usize>,
    /// Of any changes of the model.
    models: BTreeMap<ModelName, usize>,
}

impl LastChanges {
    /// Collects the last changes of a list.
    pub(super) fn of(list: &[Entry]) -> Self {
        let mut found = Self::default();
        for (position, entry) in list.iter().enumerate() {
            for part in &entry.footprint.writes {
                found.parts.insert(part.clone(), position);
                if let Some(model) = part.model() {
                    found.models.insert(model.clone(), position);
                }
            }
        }
        found
    }

    /// Returns the last position of an operation that can be merged with this one.
    pub(super) fn end(&self, position: usize, entry: &Entry) -> usize {
        if entry.footprint.is_everything() {
            // It blocks every move, so that only the next operation can be merged with it.
            return position + 1;
        }
        let parts = entry.footprint.writes.iter().chain(&entry.footprint.reads);
        // A change inside a model can be merged with the removal of the model.
        let model =
            entry.operation.behaviour().model().and_then(|model| self.part(&Resource::Model(model.clone())));
        parts.filter_map(|part| self.overlapping(part)).chain(model).max().unwrap_or(position)
    }

    fn overlapping(&self, part: &Resource) -> Option<usize> {
        match part {
            Resource::Everything | Resource::Name(_) | Resource::Names | Resource::References => None,
            Resource::Model(model) | Resource::Fields(model) | Resource::Objects(model) => {
                self.models.get(model).copied()
            }
            Resource::Field(model, _) => self.part(part).max(self.around(model, Resource::Fields)),
            Resource::Object(model, _) => self.part(part).max(self.around(model, Resource::Objects)),
            Resource::Presence(model) | Resource::Key(model) | Resource::Options(model) => {
                self.part(part).max(self.part(&Resource::Model(model.clone())))
            }
        }
    }

    fn around(&self, model: &ModelName, all: fn(ModelName) -> Resource) -> Option<usize> {
        self.part(&all(model.clone())).max(self.part(&Resource::Model(model.clone())))
    }

    fn part(&self, part: &Resource) -> Option<usize> {
        self.parts.get(part).copied()
    }
}

#[cfg(test)]
mod tests;
