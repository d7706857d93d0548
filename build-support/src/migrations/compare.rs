//! Recorded state and wanted models -> for each app, the missing migrations, or the reason why they cannot be made.
//!
//! An app lacks one migration, or several if apps refer to each other in a circle. All of them are written or none: if an
//! app cannot be compared, the apps that need it wait.

use std::collections::{BTreeMap, BTreeSet};

use modelshift_schema::detect::project::{Dependency, MigrationDraft, ProjectDetection, detect_project};
use modelshift_schema::error::DetectError;
use modelshift_schema::error_code::ErrorCode;
use modelshift_schema::hints::SourceModel;
use modelshift_schema::migration::Migration;
use modelshift_schema::migration::file_name;
use modelshift_schema::name::{AppLabel, MigrationId, ModelKey};
use modelshift_schema::operation::Operation;
use modelshift_schema::question::Question;
use modelshift_schema::replay;
use modelshift_schema::state::ProjectState;

use crate::error::Fault;
use crate::migrations::history::History;

/// The result of the comparison of an app's models with its migrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AppStatus {
    /// Nothing is missing.
    UpToDate,
    /// These migrations are missing, in their order; at least one.
    Ahead(Vec<Migration>),
    /// These questions must be answered first.
    Asks(Vec<Question>),
    /// Another app must be corrected or answered first.
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
    let ProjectDetection { pieces: drafts, questions, errors, waiting } =
        detect_project(&history.state, wanted, apps);
    let mut blocked: BTreeMap<AppLabel, AppStatus> = BTreeMap::new();
    blocked.extend(questions.into_iter().map(|(app, questions)| (app, AppStatus::Asks(questions))));
    blocked.extend(waiting.into_iter().map(|app| (app, AppStatus::Waits)));
    blocked.extend(errors.into_iter().map(|(app, error)| (app, faulty(&error))));
    for app in drafts.iter().map(|draft| &draft.app) {
        let leaves = history.order.leaves(app);
        if leaves.len() > 1 && !blocked.contains_key(app) {
            let leaves = leaves.into_iter().cloned().collect();
            blocked.insert(app.clone(), AppStatus::Faulty(Fault::TwoLeaves { app: app.clone(), leaves }));
        }
    }
    let mut statuses: BTreeMap<AppLabel, AppStatus> = loop {
        // If an app is blocked after one of its drafts, that draft is not made either.
        match Attempt::new(history).make(&drafts, &blocked) {
            Ok(made) => break made.into_iter().map(|(app, made)| (app, AppStatus::Ahead(made))).collect(),
            Err((app, status)) => blocked.insert(app, status),
        };
    };
    for app in apps {
        statuses.entry(app.clone()).or_insert(AppStatus::UpToDate);
    }
    statuses.extend(blocked);
    statuses
}

fn faulty(error: &DetectError) -> AppStatus {
    AppStatus::Faulty(Fault::Incomparable { message: error.to_string(), code: error.code() })
}

/// The project, while drafts become migrations one after the other.
struct Attempt<'a> {
    history: &'a History,
    state: ProjectState,
    made: BTreeMap<AppLabel, Vec<Migration>>,
}

impl<'a> Attempt<'a> {
    fn new(history: &'a History) -> Self {
        Self { history, state: history.state.clone(), made: BTreeMap::new() }
    }

    /// Makes the migrations of all apps that are not blocked.
    ///
    /// # Errors
    /// The first app that turns out to be blocked.
    fn make(
        mut self,
        drafts: &[MigrationDraft],
        blocked: &BTreeMap<AppLabel, AppStatus>,
    ) -> Result<BTreeMap<AppLabel, Vec<Migration>>, (AppLabel, AppStatus)> {
        let mut ids: Vec<Option<MigrationId>> = Vec::new();
        for draft in drafts {
            if blocked.contains_key(&draft.app) {
                ids.push(None);
                continue;
            }
            let Some(depends_on) = self.depends_on(draft, &ids) else {
                return Err((draft.app.clone(), AppStatus::Waits));
            };
            let migration = self.migration(draft, depends_on);
            if let Err(error) = replay::advance(&mut self.state, &migration) {
                let message = format!("{error}: {}", error.source);
                let fault =
                    AppStatus::Faulty(Fault::Incomparable { message, code: ErrorCode::OperationMisfit });
                return Err((draft.app.clone(), if blocked.is_empty() { fault } else { AppStatus::Waits }));
            }
            ids.push(Some(migration.id.clone()));
            self.made.entry(draft.app.clone()).or_default().push(migration);
        }
        Ok(self.made)
    }

    /// Returns what a draft depends on; none if that is blocked.
    fn depends_on(&self, draft: &MigrationDraft, ids: &[Option<MigrationId>]) -> Option<Vec<MigrationId>> {
        let mut others = BTreeSet::new();
        for dependency in &draft.depends_on {
            match dependency {
                Dependency::Recorded(app) => others.extend(self.recorded_head(app)),
                Dependency::MigrationDraft(position) => {
                    others.insert(ids.get(*position)?.clone()?);
                }
            }
        }
        let made = self.made.get(&draft.app).and_then(|made| made.last()).map(|last| last.id.clone());
        let own = made.or_else(|| self.recorded_head(&draft.app));
        Some(own.into_iter().chain(others).collect())
    }

    fn recorded_head(&self, app: &AppLabel) -> Option<MigrationId> {
        self.history.order.leaves(app).last().map(|id| (*id).clone())
    }

    fn migration(&self, draft: &MigrationDraft, depends_on: Vec<MigrationId>) -> Migration {
        let made = self.made.get(&draft.app).and_then(|made| made.last());
        let made = made.and_then(|last| last.id.last_number());
        next(self.history, made, &draft.app, draft.operations.clone(), depends_on)
    }
}

/// Makes the migration of an app that follows the recorded ones, or the one with the number `made`.
pub(crate) fn next(
    history: &History,
    made: Option<u32>,
    app: &AppLabel,
    operations: Vec<Operation>,
    depends_on: Vec<MigrationId>,
) -> Migration {
    let own = history.order.ids().into_iter().filter(|id| id.app == *app);
    let recorded = own.filter_map(MigrationId::last_number).max();
    let number = made.or(recorded).map_or(1, |last| last.saturating_add(1));
    let name = file_name::migration_name(number, &operations, recorded.is_none());
    Migration::new(MigrationId::new(app, file_safe(&name)), depends_on, operations)
}

/// Returns the name with `_` in place of characters that are not allowed in the name of a migration file.
fn file_safe(name: &str) -> String {
    name.to_lowercase().replace(|character: char| !character.is_ascii_alphanumeric(), "_")
}

#[cfg(test)]
mod tests;
