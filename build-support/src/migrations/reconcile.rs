//! Wanted models and migration folders -> correct files, or the faults and questions that prevent this.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use modelshift_schema::hints::SourceModel;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, ModelKey};
use modelshift_schema::operation::Operation;
use modelshift_schema::question::Question;

use crate::environment::mode::{Permission, Why};
use crate::error::Fault;
use crate::files::{is_of_future, newest};
use crate::migrations::compare::AppStatus;
use crate::migrations::history;
use crate::migrations::history::{History, MigrationFile};
use crate::migrations::records::{Faults, Recorded, Records};
use crate::migrations::swap::Left;
use crate::migrations::unseen;
use crate::migrations::workspace::Workspace;
use crate::migrations::writer;
use crate::migrations::writer::MigrationDir;
use crate::models::elsewhere::Past;
use crate::report::Outcome;

/// The result of the comparison.
#[derive(Debug, Default)]
pub(crate) struct Reconciled {
    pub(crate) outcomes: BTreeMap<AppLabel, Outcome>,
    pub(crate) faults: Vec<(AppLabel, Fault)>,
    pub(crate) questions: Vec<(AppLabel, Question)>,
    pub(crate) warnings: Vec<String>,
    /// The migration files of this package that were read, sorted.
    pub(crate) own: Vec<MigrationFile>,
    /// The migration folders of other packages that were read, with their files.
    pub(crate) foreign: Vec<(PathBuf, Vec<MigrationFile>)>,
    /// True if models were looked for in places that the scan does not read.
    pub(crate) looked_around: bool,
    /// True if a file was not changed, since another process wrote it in the meantime.
    is_overtaken: bool,
}

/// How often everything is compared if other processes write at the same time.
const MAX_TRIES: usize = 5;

/// Compares models with migrations, and writes what is missing if that is permitted.
///
/// If a file was saved in the meantime, it is read, and everything is compared again.
pub(crate) fn reconcile(workspace: &Workspace<'_>, wanted: &BTreeMap<ModelKey, SourceModel>) -> Reconciled {
    let mut reconciled = reconcile_once(workspace, wanted);
    let mut tries = 1;
    while reconciled.is_overtaken && tries < MAX_TRIES {
        reconciled = reconcile_once(workspace, wanted);
        tries += 1;
    }
    reconciled
}

fn reconcile_once(workspace: &Workspace<'_>, wanted: &BTreeMap<ModelKey, SourceModel>) -> Reconciled {
    let mut all = match Recorded::read(workspace, &targets(wanted)) {
        Ok(all) => all,
        Err(Faults { own, foreign, warnings }) => {
            let faults = own.into_iter().chain(foreign).collect();
            return Reconciled { faults, warnings, ..Reconciled::default() };
        }
    };
    let warnings = std::mem::take(&mut all.records.warnings);
    let mut reconciled = Reconciled { warnings, ..Reconciled::default() };
    let mut wanted = wanted.clone();
    let faults = workspace.keep_what_others_see(&all, &mut wanted);
    if !faults.is_empty() {
        return Reconciled { faults, ..reconciled };
    }
    let Recorded { records: Records { recorded, drafts, why, .. }, foreign, history, deletions, .. } = all;
    let labels: BTreeSet<AppLabel> = workspace.apps.keys().cloned().collect();
    let mut statuses = deletions.compare(&history, &wanted, &labels);
    reconciled.looked_around = workspace.keep_what_is_unseen(&mut statuses);
    workspace.options.rename(&mut statuses);
    let stamp = newest(workspace.inputs.iter().map(PathBuf::as_path).filter(|path| path.is_file()));
    if stamp > workspace.read {
        // A file was saved in the meantime. This run is out of date; cargo runs the script again, since that file is newer
        // than this run.
        return reconciled;
    }
    let stamp = stamp.max(newest(recorded.iter().map(|file| file.path.as_path())));
    // With a time in the future, cargo would build again each time, even after the input is corrected.
    let stamp = stamp.filter(|_| workspace.options.is_build).map(|stamp| stamp.min(SystemTime::now()));
    reconciled.warnings.extend(workspace.of_future(&recorded));
    for (app, status) in statuses {
        if !workspace.options.selects(&app) {
            reconciled.outcomes.insert(app, Outcome::UpToDate);
            continue;
        }
        let drafts = drafts.iter().filter(|draft| draft.id.app == app).collect();
        let of_app = AppReconciler { workspace, app, drafts, stamp, why: why.as_ref() };
        of_app.leaves(&history, &status, &mut reconciled);
        let outcome = of_app.reconcile(status, &mut reconciled);
        of_app.bring_back();
        reconciled.outcomes.insert(of_app.app, outcome);
    }
    reconciled.foreign = foreign;
    reconciled.own = recorded.into_iter().chain(drafts).collect();
    reconciled.own.sort_by(|one, other| one.id.cmp(&other.id));
    reconciled
}

impl Workspace<'_> {
    /// Adds the models and parts that this build does not see to the wanted ones, as in history and drafts.
    fn keep_what_others_see(
        &self,
        all: &Recorded,
        wanted: &mut BTreeMap<ModelKey, SourceModel>,
    ) -> Vec<(AppLabel, Fault)> {
        if self.elsewhere.is_empty() {
            return Vec::new();
        }
        let drafts = all.records.drafts.iter().filter_map(|draft| history::read(draft, self.package).ok());
        let recorded = &all.history.state;
        // Drafts that no longer fit are ignored.
        let drafted = all.state_with(drafts.collect()).unwrap_or_else(|| recorded.clone());
        let past = Past { recorded, drafted: &drafted };
        self.elsewhere.keep(past, self.apps, wanted)
    }

    /// Refuses to delete models that are still in the sources, in a place that the scan does not read; returns whether it
    /// looked there.
    fn keep_what_is_unseen(&self, statuses: &mut BTreeMap<AppLabel, AppStatus>) -> bool {
        let mut looked_around = false;
        for status in statuses.values_mut() {
            let AppStatus::Ahead(migrations) = status else { continue };
            let operations = migrations.iter().flat_map(|migration| &migration.operations);
            let mut unseen = operations.filter_map(|operation| {
                let Operation::DeleteModel(delete) = operation else { return None };
                let model = delete.model.to_string();
                looked_around = true;
                Some((unseen::find(self.tree, self.package, &model)?, model))
            });
            if let Some((place, model)) = unseen.next() {
                *status = AppStatus::Faulty(Fault::StillWritten { model, place: place.to_string() });
            }
        }
        looked_around
    }

    /// Returns warnings about inputs with a modification time in the future.
    fn of_future(&self, recorded: &[MigrationFile]) -> Vec<String> {
        let files = self.inputs.iter().chain(recorded.iter().map(|file| &file.path));
        let files = files.filter(|path| path.is_file() && is_of_future(path));
        let names = files.map(|path| self.name(path));
        let warnings = names.map(|name| {
            format!(
                "`{name}` was modified in the future by the clock of this machine, so that cargo builds it again each \
                 time; save it again, or `touch` it"
            )
        });
        warnings.collect()
    }
}

/// One app of the package.
struct AppReconciler<'a> {
    workspace: &'a Workspace<'a>,
    app: AppLabel,
    drafts: Vec<&'a MigrationFile>,
    stamp: Option<SystemTime>,
    /// The reason why nothing may be written.
    why: Option<&'a Why>,
}

impl AppReconciler<'_> {
    fn reconcile(&self, status: AppStatus, reconciled: &mut Reconciled) -> Outcome {
        let folder = self.workspace.apps.get(&self.app).and_then(|app| app.folder.as_deref());
        match (status, folder) {
            (AppStatus::Faulty(fault), _) => {
                reconciled.faults.push((self.app.clone(), fault));
                Outcome::Stopped
            }
            (AppStatus::Asks(questions), _) => {
                reconciled
                    .questions
                    .extend(questions.into_iter().map(|question| (self.app.clone(), question)));
                Outcome::Stopped
            }
            (AppStatus::Waits, _) => Outcome::Stopped,
            (AppStatus::UpToDate | AppStatus::Ahead(_), None) => Outcome::UpToDate,
            (AppStatus::UpToDate, Some(_)) if self.only_shows() => Outcome::UpToDate,
            (AppStatus::UpToDate, Some(folder)) => match self.migration_dir(folder).clear() {
                Ok(true) => Outcome::Removed,
                Ok(false) => Outcome::UpToDate,
                Err(error) => {
                    reconciled.is_overtaken |= matches!(error, Left::Saved);
                    let drafts = self.drafts.iter().map(|draft| self.workspace.name(&draft.path)).collect();
                    let reason = error.to_string();
                    reconciled.faults.push((self.app.clone(), Fault::StaleDrafts { drafts, reason }));
                    Outcome::Stopped
                }
            },
            (AppStatus::Ahead(migrations), Some(folder)) => {
                match self.advance(migrations, folder, reconciled) {
                    Ok(outcome) => outcome,
                    Err(fault) => {
                        reconciled.faults.push((self.app.clone(), fault));
                        Outcome::Behind
                    }
                }
            }
        }
    }

    /// Writes the migrations, if that is permitted.
    fn advance(
        &self,
        migrations: Vec<Migration>,
        folder: &Path,
        reconciled: &mut Reconciled,
    ) -> Result<Outcome, Fault> {
        if let Some(why) = self.why {
            return Err(self.behind(&migrations, folder, why.to_string(), why.remedy()));
        }
        let place = self.migration_dir(folder);
        if self.only_shows() && !place.holds(&migrations) {
            let texts = place.texts(&migrations);
            let shown = migrations.into_iter().zip(texts).map(|(migration, text)| {
                let file = folder.join(writer::file_name(&migration));
                (migration, file, text)
            });
            return Ok(Outcome::Shown { migrations: shown.collect() });
        }
        let written = place.put(&migrations);
        let (files, changed) = written.map_err(|error| {
            reconciled.is_overtaken |= matches!(error, Left::Saved);
            let name = self.workspace.name(folder);
            let why = format!("it cannot be written ({error})");
            let remedy = format!("make `{name}` writable for the build, and build again");
            self.behind(&migrations, folder, why, remedy)
        })?;
        let migrations = migrations.into_iter().map(|migration| migration.id).zip(files).collect();
        Ok(Outcome::Written { migrations, changed })
    }

    fn behind(&self, migrations: &[Migration], folder: &Path, why: String, remedy: String) -> Fault {
        let operations = migrations.iter().flat_map(|migration| &migration.operations);
        let files = migrations.iter().map(|it| self.workspace.name(&folder.join(writer::file_name(it))));
        Fault::Behind {
            app: self.app.clone(),
            missing: operations.map(|it| it.behaviour().describe()).collect(),
            file: files.collect::<Vec<_>>().join("`, `"),
            why,
            remedy,
        }
    }

    fn migration_dir<'s>(&'s self, folder: &'s Path) -> MigrationDir<'s> {
        let drafts = self.drafts.clone();
        let signs = !self.workspace.options.is_final(&self.app);
        MigrationDir { package: self.workspace.package, folder, drafts, stamp: self.stamp, signs }
    }

    /// Corrects modification times in the future, in a build that may write.
    fn bring_back(&self) {
        let folder = self.workspace.apps.get(&self.app).and_then(|app| app.folder.as_deref());
        if let (None, false, Some(folder)) = (self.why, self.only_shows(), folder) {
            self.migration_dir(folder).bring_back();
        }
    }

    fn only_shows(&self) -> bool {
        matches!(self.workspace.permission, Permission::Show(_))
    }

    /// Reports two leaves of an app without missing migrations: a warning in a build that may write, otherwise a fault.
    fn leaves(&self, history: &History, status: &AppStatus, reconciled: &mut Reconciled) {
        let leaves = history.order.leaves(&self.app);
        if leaves.len() < 2 || !matches!(status, AppStatus::UpToDate) {
            return;
        }
        let leaves = leaves.into_iter().cloned().collect();
        let fault = Fault::TwoLeaves { app: self.app.clone(), leaves };
        if self.why.is_some() || self.workspace.options.refuses_branches {
            reconciled.faults.push((self.app.clone(), fault));
        } else {
            reconciled.warnings.push(fault.to_string());
        }
    }
}

/// Returns the apps to which models refer.
fn targets(wanted: &BTreeMap<ModelKey, SourceModel>) -> BTreeSet<AppLabel> {
    let targets = wanted.values().flat_map(|source| source.model.targets());
    targets.map(|target| target.app.clone()).collect()
}

#[cfg(test)]
mod tests;
