//! A state moves on by an operation, and remembers what other apps must know of it.

use std::collections::BTreeSet;

use super::Operation;
use crate::name::AppLabel;
use crate::state::ProjectState;
use crate::state::error::StateError;

impl ProjectState {
    /// Moves the state on by an operation; returns the other apps all of whose migrations so far must come before it, since
    /// they released a name that it uses.
    ///
    /// # Errors
    /// If the operation does not fit the state.
    pub(crate) fn move_on(
        &mut self,
        app: &AppLabel,
        operation: &Operation,
    ) -> Result<BTreeSet<AppLabel>, StateError> {
        let (before, after) = operation.behaviour().keys(app);
        let had = self.database_names(before.as_ref());
        operation.behaviour().apply(app, self)?;
        if before.is_some() && had.is_empty() {
            // A move that another app has made already.
            return Ok(BTreeSet::new());
        }
        let has = self.database_names(after.as_ref());
        let used = has.difference(&had).flat_map(|name| self.released_names().by_others(app, name));
        let others = used.cloned().collect();
        for name in had.difference(&has) {
            self.released_names_mut().note(app, name.clone());
        }
        Ok(others)
    }

    /// Returns the other apps all of whose migrations so far must come before an operation, since they refer, or once
    /// referred, to what it removes or renames.
    pub(crate) fn referred_from(&self, app: &AppLabel, operation: &Operation) -> BTreeSet<AppLabel> {
        let Some((key, what)) = operation.behaviour().invalidates(app, self) else { return BTreeSet::new() };
        // A model that was moved from another app may have been referred to by its own one.
        let found =
            self.past_references().of(&key).filter(|(other, by)| other != app && what.concerns(by.as_ref()));
        found.map(|(other, _)| other.clone()).collect()
    }
}
