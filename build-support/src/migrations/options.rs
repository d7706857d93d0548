//! What a person asks of one run beyond what any build does.

use std::collections::{BTreeMap, BTreeSet};

use modelshift_schema::answers::Answers;
use modelshift_schema::hints::SourceModel;
use modelshift_schema::name::{AppLabel, MigrationId, ModelKey};
use modelshift_schema::question::Question;

use crate::migrations::compare::AppStatus;
use crate::models::Models;

/// What a person asks of one run.
#[derive(Debug, Default)]
pub(crate) struct RunOptions {
    /// What is said about questions.
    pub(crate) answers: Answers,
    /// What new migrations are called, after their number.
    pub(crate) name: Option<String>,
    /// The apps that are meant; all where none is named.
    pub(crate) apps: BTreeSet<AppLabel>,
    /// True where a person looks on, so that branches are an error although they stand in nobody's way yet.
    pub(crate) refuses_branches: bool,
    /// True where cargo runs this as a part of a build, which is to find nothing newer than its inputs afterwards.
    ///
    /// What is written outside of a build is newer than every build before it, of any profile and target folder, so that
    /// the next one looks at it.
    pub(crate) is_build: bool,
    /// The apps of which something was answered here, and which the source alone does not lead to.
    pub(crate) answered: BTreeSet<AppLabel>,
}

impl RunOptions {
    /// Returns whether the app is meant.
    pub(crate) fn means(&self, app: &AppLabel) -> bool {
        self.apps.is_empty() || self.apps.contains(app)
    }

    /// Returns whether what is written for the app is no draft: a build would come to something else.
    pub(crate) fn is_final(&self, app: &AppLabel) -> bool {
        self.name.is_some() || self.answered.contains(app)
    }

    /// Puts what is said about the questions where its attributes would stand; tells whether that was anything.
    ///
    /// What is said of a variant at one field counts for all that hold the enum and of which nothing is said.
    pub(crate) fn answer(
        &mut self,
        questions: &[(AppLabel, Question)],
        wanted: &mut BTreeMap<ModelKey, SourceModel>,
        models: &Models<'_>,
    ) -> bool {
        let mut settled = false;
        for (app, question) in questions {
            if let Some((_, gone)) = models.variant(question) {
                self.answers.share(&question.about(), &gone, &models.holders(question));
            }
            if self.answers.settle(question, wanted) {
                self.answered.insert(app.clone());
                settled = true;
            }
        }
        settled
    }

    /// Returns the migrations that are missing the names that are asked for.
    pub(crate) fn rename(&self, standings: &mut BTreeMap<AppLabel, AppStatus>) {
        let Some(name) = &self.name else { return };
        let mut names: BTreeMap<MigrationId, MigrationId> = BTreeMap::new();
        for (app, standing) in &*standings {
            let AppStatus::Ahead(migrations) = standing else { continue };
            for (position, migration) in migrations.iter().enumerate().filter(|_| self.means(app)) {
                let number = migration.id.name.split('_').next().unwrap_or_default();
                let more = if position == 0 { String::new() } else { format!("_{}", position + 1) };
                let id = MigrationId::new(app, format!("{number}_{name}{more}"));
                names.insert(migration.id.clone(), id);
            }
        }
        let rename = |id: &mut MigrationId| {
            if let Some(name) = names.get(id) {
                id.clone_from(name);
            }
        };
        for standing in standings.values_mut() {
            let AppStatus::Ahead(migrations) = standing else { continue };
            for migration in migrations {
                rename(&mut migration.id);
                migration.depends_on.iter_mut().for_each(rename);
            }
        }
    }
}
