//! Recorded state and wanted models -> for each app, the migration that is missing, or what stands in its way.
//!
//! Apps may refer to each other. Each is tried in the order of its label, and again once others have moved on; what
//! never fits is a circle.

use std::collections::{BTreeMap, BTreeSet};

use modelshift_schema::detect::detect;
use modelshift_schema::hints::SourceModel;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId, ModelKey};
use modelshift_schema::naming;
use modelshift_schema::operation::Operation;
use modelshift_schema::optimize::optimize;
use modelshift_schema::question::Question;
use modelshift_schema::replay;
use modelshift_schema::state::ProjectState;

use crate::error::Fault;
use crate::history::History;

/// How an app's models stand to its migrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing is missing.
    InStep,
    /// This migration is missing.
    Ahead(Migration),
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
) -> BTreeMap<AppLabel, Standing> {
    let in_sight = history.graph.apps().into_iter();
    let heads = in_sight.filter_map(|app| Some((app.clone(), (*history.graph.leaves(app).last()?).clone())));
    let mut round = Round { history, wanted, state: history.state.clone(), heads: heads.collect() };
    let mut standings = BTreeMap::new();
    let mut pending: Vec<AppLabel> = apps.iter().cloned().collect();
    let mut misfits: BTreeMap<AppLabel, Fault> = BTreeMap::new();
    loop {
        let before = pending.len();
        let mut rest = Vec::new();
        for app in pending {
            match round.try_app(&app) {
                Ok(standing) => {
                    misfits.remove(&app);
                    standings.insert(app, standing);
                }
                Err(fault) => {
                    misfits.insert(app.clone(), fault);
                    rest.push(app);
                }
            }
        }
        pending = rest;
        if pending.is_empty() || pending.len() == before {
            break;
        }
    }
    let is_held_up = |standing: &Standing| matches!(standing, Standing::Asks(_) | Standing::Faulty(_));
    let others_first = standings.values().any(is_held_up);
    for (app, fault) in misfits {
        standings.insert(app, if others_first { Standing::Waits } else { Standing::Faulty(fault) });
    }
    standings
}

/// The state of the project while one app after the other is moved on.
struct Round<'a> {
    history: &'a History,
    wanted: &'a BTreeMap<ModelKey, SourceModel>,
    state: ProjectState,
    heads: BTreeMap<AppLabel, MigrationId>,
}

impl Round<'_> {
    /// Moves one app on.
    ///
    /// # Errors
    /// Where the operations do not fit the state yet.
    fn try_app(&mut self, app: &AppLabel) -> Result<Standing, Fault> {
        let incomparable = |message: String| Fault::Incomparable { message };
        let detection =
            detect(&self.state, self.wanted, app).map_err(|error| incomparable(error.to_string()))?;
        if !detection.questions.is_empty() {
            return Ok(Standing::Asks(detection.questions));
        }
        if detection.operations.is_empty() {
            return Ok(Standing::InStep);
        }
        let leaves = self.history.graph.leaves(app);
        if leaves.len() > 1 {
            let leaves = leaves.into_iter().cloned().collect();
            return Ok(Standing::Faulty(Fault::TwoLeaves { app: app.clone(), leaves }));
        }
        let mut migration = self.migration(app, optimize(app, detection.operations));
        let mut state = self.state.clone();
        replay::advance(&mut state, &migration)
            .map_err(|error| incomparable(format!("{error}: {}", error.source)))?;
        let others = detection.dependencies.into_iter().chain(self.former_referrers(app, &state));
        let others: BTreeSet<AppLabel> = others.filter(|other| other != app).collect();
        migration.depends_on.extend(others.iter().filter_map(|other| self.heads.get(other).cloned()));
        self.state = state;
        self.heads.insert(app.clone(), migration.id.clone());
        Ok(Standing::Ahead(migration))
    }

    fn migration(&self, app: &AppLabel, operations: Vec<Operation>) -> Migration {
        let own = self.history.graph.order().into_iter().filter(|migration| migration.id.app == *app);
        let last = own.filter_map(|migration| migration.id.last_number()).max();
        let number = last.map_or(1, |last| last.saturating_add(1));
        let name = naming::migration_name(number, &operations, last.is_none());
        let depends_on = self.heads.get(app).cloned().into_iter().collect();
        Migration::new(MigrationId::new(app, file_safe(&name)), depends_on, operations)
    }

    /// Gives the apps that referred to a model, or to a field by its name, which is there no longer or has another name:
    /// they must have let go.
    fn former_referrers(&self, app: &AppLabel, after: &ProjectState) -> BTreeSet<AppLabel> {
        let recorded = &self.history.state;
        let own = || recorded.models().filter(|(key, _)| key.app == *app);
        let gone = own().filter(|(key, _)| !after.contains(key)).flat_map(|(key, _)| recorded.referrers(key));
        let lost = own().flat_map(|(key, model)| {
            let lost = model.fields.iter().filter(|field| after.field(key, &field.name).is_err());
            lost.flat_map(|field| recorded.leaning_on(key, &field.name))
        });
        gone.chain(lost).map(|(by, _)| by.app.clone()).collect()
    }
}

/// Gives the name with `_` in place of all that the name of a migration file may not hold.
fn file_safe(name: &str) -> String {
    let safe = |character: char| if character.is_ascii_alphanumeric() { character } else { '_' };
    name.to_lowercase().chars().map(safe).collect()
}

#[cfg(test)]
mod tests;
