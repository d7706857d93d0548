//! Where each part of the state is changed last: an operation meets no operation behind the last one that changes what it
//! changes or needs.
//!
//! Without it, each of two thousand new fields would be compared with all others.

use std::collections::BTreeMap;

use super::Entry;
use crate::name::ModelName;
use crate::operation::footprint::Part;

/// The last positions in a list of operations.
#[derive(Default)]
pub(super) struct LastChanges {
    /// At which exactly this part is changed.
    parts: BTreeMap<Part, usize>,
    /// At which anything of the model is changed.
    models: BTreeMap<ModelName, usize>,
}

impl LastChanges {
    /// Looks through a list.
    pub(super) fn of(list: &[Entry]) -> Self {
        let mut found = Self::default();
        for (position, entry) in list.iter().enumerate() {
            for part in &entry.touches.changes {
                found.parts.insert(part.clone(), position);
                if let Some(model) = part.model() {
                    found.models.insert(model.clone(), position);
                }
            }
        }
        found
    }

    /// Returns the last position at which an operation can stand that this one meets.
    pub(super) fn end(&self, position: usize, entry: &Entry) -> usize {
        if entry.touches.is_everything() {
            // It lets nothing pass, so that it meets what stands behind it or nothing.
            return position + 1;
        }
        let parts = entry.touches.changes.iter().chain(&entry.touches.needs);
        // What is done inside a model meets its removal.
        let model =
            entry.operation.behaviour().model().and_then(|model| self.part(&Part::Model(model.clone())));
        parts.filter_map(|part| self.overlapping(part)).chain(model).max().unwrap_or(position)
    }

    fn overlapping(&self, part: &Part) -> Option<usize> {
        match part {
            Part::Everything | Part::Name(_) | Part::Names | Part::References => None,
            Part::Model(model) | Part::Fields(model) | Part::Objects(model) => {
                self.models.get(model).copied()
            }
            Part::Field(model, _) => self.part(part).max(self.around(model, Part::Fields)),
            Part::Object(model, _) => self.part(part).max(self.around(model, Part::Objects)),
            Part::Presence(model) | Part::Key(model) | Part::Options(model) => {
                self.part(part).max(self.part(&Part::Model(model.clone())))
            }
        }
    }

    fn around(&self, model: &ModelName, all: fn(ModelName) -> Part) -> Option<usize> {
        self.part(&all(model.clone())).max(self.part(&Part::Model(model.clone())))
    }

    fn part(&self, part: &Part) -> Option<usize> {
        self.parts.get(part).copied()
    }
}

#[cfg(test)]
mod tests;
