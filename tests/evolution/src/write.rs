//! Sources and the history so far -> the migrations that are missing, as the build writes them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use modelshift_schema::detect::project::{Dependency, MigrationDraft, ProjectDetection, detect_project};
use modelshift_schema::error::DetectError;
use modelshift_schema::migration::Migration;
use modelshift_schema::migration::file_name;
use modelshift_schema::name::{AppLabel, MigrationId};
use modelshift_schema::question::Question;
use modelshift_schema::replay;
use modelshift_schema::state::ProjectState;

use crate::sources::Models;

/// What the build step would say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// These migrations are missing, in the order of writing.
    Missing(Vec<Migration>),
    /// These questions must be answered first.
    Asks(Vec<Question>),
    /// The models do not hold together, or nothing leads to them; a person changes them.
    Refuses(String),
    /// The detector does not understand its own findings: a fault.
    NotConverged(String),
}

/// The migrations that were written, and where they lead.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Every migration, in the order of writing.
    pub migrations: Vec<Arc<Migration>>,
    /// The state after all.
    pub state: ProjectState,
    heads: BTreeMap<AppLabel, MigrationId>,
}

impl History {
    /// Adds a migration.
    ///
    /// # Errors
    /// Where an operation does not fit the state.
    pub fn push(&mut self, migration: Migration) -> Result<(), replay::ReplayError> {
        replay::advance(&mut self.state, &migration)?;
        self.heads.insert(migration.id.app.clone(), migration.id.clone());
        self.migrations.push(Arc::new(migration));
        Ok(())
    }

    /// Compares all apps with their models.
    pub fn compare(&self, sources: &Models, apps: &BTreeSet<AppLabel>) -> Answer {
        let ProjectDetection { pieces, questions, errors, .. } = detect_project(&self.state, sources, apps);
        let is_astray = |error: &&DetectError| matches!(error, DetectError::NotConverged { .. });
        if let Some(error) = errors.values().find(is_astray) {
            return Answer::NotConverged(error.to_string());
        }
        if let Some(error) = errors.values().next() {
            return Answer::Refuses(error.to_string());
        }
        if !questions.is_empty() {
            return Answer::Asks(questions.into_values().flatten().collect());
        }
        let mut after = self.clone();
        let mut ids = Vec::new();
        let mut missing = Vec::new();
        for piece in pieces {
            let own = after.heads.get(&piece.app).cloned();
            let other = |dependency: &Dependency| match dependency {
                Dependency::Recorded(app) => self.heads.get(app).cloned(),
                Dependency::MigrationDraft(position) => ids.get(*position).cloned(),
            };
            let others: BTreeSet<MigrationId> = piece.depends_on.iter().filter_map(other).collect();
            let depends_on = own.into_iter().chain(others).collect();
            let id = MigrationId::new(&piece.app, after.name(&piece));
            let migration = Migration::new(id.clone(), depends_on, piece.operations);
            if let Err(error) = after.push(migration.clone()) {
                missing.push(migration);
                let texts: String = missing.iter().map(modelshift_syntax::print_module).collect();
                return Answer::NotConverged(format!("{error}: {}\n{texts}", error.source));
            }
            missing.push(migration);
            ids.push(id);
        }
        Answer::Missing(missing)
    }

    fn name(&self, piece: &MigrationDraft) -> String {
        let last = self.heads.get(&piece.app).and_then(MigrationId::last_number);
        let is_recorded = last.is_some();
        let name =
            file_name::migration_name(last.map_or(1, |last| last + 1), &piece.operations, !is_recorded);
        let safe = |it: char| if it.is_ascii_alphanumeric() { it } else { '_' };
        name.to_lowercase().chars().map(safe).collect()
    }
}
