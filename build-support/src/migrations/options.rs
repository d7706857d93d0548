//! The options of a run that a command can set; a build uses the defaults.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use modelshift_schema::answers::Answers;
use modelshift_schema::hints::SourceModel;
use modelshift_schema::name::{AppLabel, MigrationId, ModelKey};
use modelshift_schema::question::Question;

use crate::migrations::compare::AppStatus;
use crate::models::Models;

/// The options of one run.
#[derive(Debug, Default)]
pub(crate) struct RunOptions {
    /// The answers to questions.
    pub(crate) answers: Answers,
    /// The name of new migrations, after their number.
    pub(crate) name: Option<String>,
    /// The selected apps; all if none is named.
    pub(crate) apps: BTreeSet<AppLabel>,
    /// True for a command, where branches are an error even if nothing is missing yet.
    pub(crate) refuses_branches: bool,
    /// True if cargo runs this as part of a build: written files must then not be newer than the inputs of the build.
    ///
    /// Files that are written outside of a build are newer than every earlier build, of any profile and target folder, so
    /// that the next build reads them.
    pub(crate) is_build: bool,
    /// The folder of the parts of earlier runs that this run uses, and leaves for later runs; none if it does everything itself.
    pub(crate) kept_parts: Option<PathBuf>,
    /// The apps with answers in this run: a later build could not derive their migrations from the source alone.
    pub(crate) answered: BTreeSet<AppLabel>,
}

impl RunOptions {
    /// Returns whether the app is selected.
    pub(crate) fn selects(&self, app: &AppLabel) -> bool {
        self.apps.is_empty() || self.apps.contains(app)
    }

    /// Returns whether the migrations of the app are written as final: a build would derive others.
    pub(crate) fn is_final(&self, app: &AppLabel) -> bool {
        self.name.is_some() || self.answered.contains(app)
    }

    /// Applies the answers as attributes would; returns whether there was an answer to any question.
    ///
    /// The answer about a variant at one field applies to all fields of the enum without an answer of their own.
    pub(crate) fn answer(
        &mut self,
        questions: &[(AppLabel, Question)],
        wanted: &mut BTreeMap<ModelKey, SourceModel>,
        models: &Models<'_>,
    ) -> bool {
        let mut answered = false;
        for (app, question) in questions {
            if let Some((_, gone)) = models.variant(question) {
                self.answers.share(&question.about(), &gone, &models.holders(question));
            }
            if self.answers.apply(question, wanted) {
                self.answered.insert(app.clone());
                answered = true;
            }
        }
        answered
    }

    /// Sets the requested name of the missing migrations.
    pub(crate) fn rename(&self, statuses: &mut BTreeMap<AppLabel, AppStatus>) {
        let Some(name) = &self.name else { return };
        let mut names: BTreeMap<MigrationId, MigrationId> = BTreeMap::new();
        for (app, status) in &*statuses {
            let AppStatus::Ahead(migrations) = status else { continue };
            for (position, migration) in migrations.iter().enumerate().filter(|_| self.selects(app)) {
                let number = migration.id.name.split('_').next().unwrap_or_default();
                let more = if position == 0 { String::new() } else { format!("_{}", position + 1) };
                let id = MigrationId::new(app, format!("{number}_{name}{more}"));
                names.insert(migration.id.clone(), id);
            }
        }
        for status in statuses.values_mut() {
            let AppStatus::Ahead(migrations) = status else { continue };
            for migration in migrations {
                for id in [&mut migration.id].into_iter().chain(&mut migration.depends_on) {
                    if let Some(name) = names.get(id) {
                        id.clone_from(name);
                    }
                }
            }
        }
    }
}
