//! Recorded state and wanted models -> for each app, the migrations that are missing, or what stands in its way.
//!
//! What an app lacks is one migration, or several where apps refer to each other in a circle. All of them are written or
//! none: where something is in an app's way, what needs the app waits.

use std::collections::{BTreeMap, BTreeSet};

use modelshift_schema::detect::project::{Dependency, MigrationDraft, ProjectDetection, detect_project};
use modelshift_schema::error::DetectError;
use modelshift_schema::hints::SourceModel;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId, ModelKey};
use modelshift_schema::naming;
use modelshift_schema::operation::Operation;
use modelshift_schema::question::Question;
use modelshift_schema::replay;
use modelshift_schema::state::ProjectState;

use crate::error::Fault;
use crate::migrations::history::History;

/// How an app's models stand to its migrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AppStatus {
    /// Nothing is missing.
    UpToDate,
    /// These migrations are missing, in their order; there is at least one.
    Ahead(Vec<Migration>),
    /// These questions must be answered first.
    Asks(Vec<Question>),
    /// Another app must be in order first.
    Waits,
    /// The app cannot be compared.
    Faulty(Fault),
}

/// Compares every app.
pub(crate) fn compare(
    history: &History,
    wanted: &BTreeMap<ModelKey, SourceModel>,
    apps: &BTreeSet<AppLabel>,
) -> BTreeMap<AppLabel, AppStatus> {
    let ProjectDetection { pieces, questions, errors, waiting } =
        detect_project(&history.state, wanted, apps);
    let mut held: BTreeMap<AppLabel, AppStatus> = BTreeMap::new();
    held.extend(questions.into_iter().map(|(app, questions)| (app, AppStatus::Asks(questions))));
    held.extend(waiting.into_iter().map(|app| (app, AppStatus::Waits)));
    held.extend(errors.into_iter().map(|(app, error)| (app, faulty(&error))));
    for app in pieces.iter().map(|piece| &piece.app) {
        let leaves = history.graph.leaves(app);
        if leaves.len() > 1 && !held.contains_key(app) {
            let leaves = leaves.into_iter().cloned().collect();
            held.insert(app.clone(), AppStatus::Faulty(Fault::TwoLeaves { app: app.clone(), leaves }));
        }
    }
    let mut standings: BTreeMap<AppLabel, AppStatus> = loop {
        // An app that is held up after one of its pieces must not have that one either.
        match Attempt::new(history).make(&pieces, &held) {
            Ok(made) => break made.into_iter().map(|(app, made)| (app, AppStatus::Ahead(made))).collect(),
            Err((app, standing)) => held.insert(app, standing),
        };
    };
    for app in apps {
        standings.entry(app.clone()).or_insert(AppStatus::UpToDate);
    }
    standings.extend(held);
    standings
}

fn faulty(error: &DetectError) -> AppStatus {
    AppStatus::Faulty(Fault::Incomparable { message: error.to_string() })
}

/// The project while one piece after the other is made a migration.
struct Attempt<'a> {
    history: &'a History,
    state: ProjectState,
    made: BTreeMap<AppLabel, Vec<Migration>>,
}

impl<'a> Attempt<'a> {
    fn new(history: &'a History) -> Self {
        Self { history, state: history.state.clone(), made: BTreeMap::new() }
    }

    /// Makes the migrations of all apps that nothing holds up.
    ///
    /// # Errors
    /// The first app that something holds up all the same.
    fn make(
        mut self,
        pieces: &[MigrationDraft],
        held: &BTreeMap<AppLabel, AppStatus>,
    ) -> Result<BTreeMap<AppLabel, Vec<Migration>>, (AppLabel, AppStatus)> {
        let mut ids: Vec<Option<MigrationId>> = Vec::new();
        for piece in pieces {
            if held.contains_key(&piece.app) {
                ids.push(None);
                continue;
            }
            let Some(depends_on) = self.depends_on(piece, &ids) else {
                return Err((piece.app.clone(), AppStatus::Waits));
            };
            let migration = self.migration(piece, depends_on);
            if let Err(error) = replay::advance(&mut self.state, &migration) {
                let message = format!("{error}: {}", error.source);
                let fault = AppStatus::Faulty(Fault::Incomparable { message });
                return Err((piece.app.clone(), if held.is_empty() { fault } else { AppStatus::Waits }));
            }
            ids.push(Some(migration.id.clone()));
            self.made.entry(piece.app.clone()).or_default().push(migration);
        }
        Ok(self.made)
    }

    /// Returns what a piece depends on; none where that is held up.
    fn depends_on(&self, piece: &MigrationDraft, ids: &[Option<MigrationId>]) -> Option<Vec<MigrationId>> {
        let mut others = BTreeSet::new();
        for dependency in &piece.depends_on {
            match dependency {
                Dependency::Recorded(app) => others.extend(self.recorded_head(app)),
                Dependency::MigrationDraft(position) => {
                    others.insert(ids.get(*position)?.clone()?);
                }
            }
        }
        let made = self.made.get(&piece.app).and_then(|made| made.last()).map(|last| last.id.clone());
        let own = made.or_else(|| self.recorded_head(&piece.app));
        Some(own.into_iter().chain(others).collect())
    }

    fn recorded_head(&self, app: &AppLabel) -> Option<MigrationId> {
        self.history.graph.leaves(app).last().map(|id| (*id).clone())
    }

    fn migration(&self, piece: &MigrationDraft, depends_on: Vec<MigrationId>) -> Migration {
        let made = self.made.get(&piece.app).and_then(|made| made.last());
        let made = made.and_then(|last| last.id.last_number());
        next(self.history, made, &piece.app, piece.operations.clone(), depends_on)
    }
}

/// Makes the migration of an app that follows those which are recorded, and the one of the number that was made since.
pub(crate) fn next(
    history: &History,
    made: Option<u32>,
    app: &AppLabel,
    operations: Vec<Operation>,
    depends_on: Vec<MigrationId>,
) -> Migration {
    let own = history.graph.order().into_iter().filter(|migration| migration.id.app == *app);
    let recorded = own.filter_map(|migration| migration.id.last_number()).max();
    let number = made.or(recorded).map_or(1, |last| last.saturating_add(1));
    let name = naming::migration_name(number, &operations, recorded.is_none());
    Migration::new(MigrationId::new(app, file_safe(&name)), depends_on, operations)
}

/// Returns the name with `_` in place of all that the name of a migration file may not hold.
fn file_safe(name: &str) -> String {
    let safe = |character: char| if character.is_ascii_alphanumeric() { character } else { '_' };
    name.to_lowercase().chars().map(safe).collect()
}

#[cfg(test)]
mod tests;
