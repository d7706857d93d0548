//! Builds that write a draft again: what `migrate` may have applied in between.

use modelshift_schema::migration::Migration;
use modelshift_schema::replay::ReplayError;
use modelshift_schema::state::ProjectState;

use crate::write::History;

/// A build whose migrations take the place of a draft.
#[derive(Clone, Debug)]
pub struct RewrittenBuild {
    /// What is recorded.
    pub before: History,
    /// The migrations as an earlier build wrote them.
    pub draft: Vec<Migration>,
    /// The migrations as they are now.
    pub now: Vec<Migration>,
}

impl RewrittenBuild {
    /// Returns the state after some migrations on what is recorded.
    ///
    /// # Errors
    /// If an operation does not fit.
    pub fn after(&self, migrations: &[Migration]) -> Result<ProjectState, ReplayError> {
        let mut history = self.before.clone();
        migrations.iter().try_for_each(|it| history.push(it.clone()))?;
        Ok(history.state)
    }
}
