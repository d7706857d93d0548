//! A table while it is being altered.

use std::sync::Arc;

use crate::step::{Change, Step};
use crate::table::Table;

/// The table as it is after the steps so far.
pub(super) struct AlteredTable {
    pub(super) current: Arc<Table>,
    pub(super) steps: Vec<Step>,
}

impl AlteredTable {
    /// Creates the table as it is before any step.
    pub(super) fn new(table: &Table) -> Self {
        Self { current: Arc::new(table.clone()), steps: Vec::new() }
    }

    /// Adds a step; `edit` makes the same change to the image.
    pub(super) fn apply(&mut self, change: Change, edit: impl FnOnce(&mut Table)) {
        let before = Arc::clone(&self.current);
        let mut after = Table::clone(&before);
        edit(&mut after);
        self.current = Arc::new(after);
        self.steps.push(Step::AlterTable { before, after: Arc::clone(&self.current), change });
    }
}
