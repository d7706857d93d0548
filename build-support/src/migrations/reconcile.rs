//! Wanted models and migration folders -> files that are right, or faults and questions that say why they are not.

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
use crate::migrations::compare::AppStatus;
use crate::migrations::deletions_elsewhere;
use crate::migrations::draft;
use crate::migrations::history;
use crate::migrations::history::{History, MigrationFile};
use crate::migrations::options::RunOptions;
use crate::migrations::records::Records;
use crate::migrations::swap::Left;
use crate::migrations::unseen;
use crate::migrations::writer;
use crate::migrations::writer::MigrationDir;
use crate::models::elsewhere::{Elsewhere, Past};
use crate::report::Outcome;
use crate::scan::apps::App;
use crate::scan::crate_tree::{Tree, slashed};

/// The place that is settled.
pub(crate) struct Workspace<'a> {
    pub(crate) package: &'a Path,
    pub(crate) permission: &'a Permission,
    pub(crate) apps: &'a BTreeMap<AppLabel, App>,
    /// What the scan found, with what the crates that this one depends on tell of their models.
    pub(crate) tree: &'a Tree,
    /// What other builds see of the models.
    pub(crate) elsewhere: &'a Elsewhere,
    /// The files that were read so far, and the migration folders.
    pub(crate) inputs: &'a BTreeSet<PathBuf>,
    /// The modification time of the newest of the files, taken before it was read.
    pub(crate) read: Option<SystemTime>,
    /// What a person asks for beyond what any build does.
    pub(crate) order: &'a RunOptions,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    pub(crate) outcomes: BTreeMap<AppLabel, Outcome>,
    pub(crate) faults: Vec<(AppLabel, Fault)>,
    pub(crate) questions: Vec<(AppLabel, Question)>,
    pub(crate) warnings: Vec<String>,
    /// True where a file was left as it is, since somebody else wrote it meanwhile.
    is_outrun: bool,
}

/// How often everything is compared where others write at the same time.
const MAX_TRIES: usize = 5;

/// Compares models with migrations, and writes what is missing where that is permitted.
///
/// What somebody saved meanwhile is read, and everything is compared again.
pub(crate) fn settle(site: &Workspace<'_>, wanted: &BTreeMap<ModelKey, SourceModel>) -> Settled {
    let mut settled = settle_once(site, wanted);
    let mut tries = 1;
    while settled.is_outrun && tries < MAX_TRIES {
        settled = settle_once(site, wanted);
        tries += 1;
    }
    settled
}

fn settle_once(site: &Workspace<'_>, wanted: &BTreeMap<ModelKey, SourceModel>) -> Settled {
    let Records { mut migrations, recorded, drafts, why, warnings, faults } = Records::read(site);
    let mut settled = Settled { faults, warnings, ..Settled::default() };
    let (foreign, faults) = site.tree.foreign.migrations(foreign_apps(wanted, &migrations));
    settled.faults.extend(faults);
    if !settled.faults.is_empty() {
        return settled;
    }
    migrations.extend(foreign);
    let labels: BTreeSet<AppLabel> = site.apps.keys().cloned().collect();
    let (history, departed) = match deletions_elsewhere::replay(&migrations, &labels) {
        Ok(replayed) => replayed,
        Err(faults) => return Settled { faults, ..settled },
    };
    let mut wanted = wanted.clone();
    let faults = site.keep_what_others_see(&history, (migrations, &drafts), &mut wanted);
    if !faults.is_empty() {
        return Settled { faults, ..settled };
    }
    let mut standings = departed.compare(&history, &wanted, &labels);
    site.keep_what_is_unseen(&mut standings);
    site.order.rename(&mut standings);
    let stamp = writer::newest(site.inputs.iter().map(PathBuf::as_path).filter(|path| path.is_file()));
    if stamp > site.read {
        // Somebody saved meanwhile. What is known here is out of date; cargo runs the script again, since that file is
        // newer than this run.
        return settled;
    }
    let stamp = stamp.max(writer::newest(recorded.iter().map(|file| file.path.as_path())));
    // A future time would have cargo build again each time, even when the input has another time by then.
    let stamp = stamp.filter(|_| site.order.is_build).map(|stamp| stamp.min(SystemTime::now()));
    settled.warnings.extend(site.of_future(&recorded));
    for (app, standing) in standings {
        if !site.order.means(&app) {
            settled.outcomes.insert(app, Outcome::UpToDate);
            continue;
        }
        let drafts = drafts.iter().filter(|draft| draft.id.app == app).collect();
        let of_app = AppReconciler { site, app, drafts, stamp, why: why.as_ref() };
        of_app.leaves(&history, &standing, &mut settled);
        let outcome = of_app.settle(standing, &mut settled);
        of_app.bring_back();
        settled.outcomes.insert(of_app.app, outcome);
    }
    settled
}

impl Workspace<'_> {
    /// Puts what this build does not see among what is wanted, as the history and the drafts have it.
    fn keep_what_others_see(
        &self,
        history: &History,
        (mut migrations, drafts): (Vec<Migration>, &[MigrationFile]),
        wanted: &mut BTreeMap<ModelKey, SourceModel>,
    ) -> Vec<(AppLabel, Fault)> {
        if self.elsewhere.is_empty() {
            return Vec::new();
        }
        migrations.extend(drafts.iter().filter_map(|draft| history::read(draft, self.package).ok()));
        // Drafts that no longer fit say nothing.
        let drafted = history::replay(migrations).map_or_else(|_| history.state.clone(), |it| it.state);
        let past = Past { recorded: &history.state, drafted: &drafted };
        self.elsewhere.keep(past, self.apps, wanted)
    }

    /// Refuses to delete models that still stand in the sources, where the scan does not look.
    fn keep_what_is_unseen(&self, standings: &mut BTreeMap<AppLabel, AppStatus>) {
        for standing in standings.values_mut() {
            let AppStatus::Ahead(migrations) = standing else { continue };
            let operations = migrations.iter().flat_map(|migration| &migration.operations);
            let mut deleted = operations.filter_map(|operation| {
                let Operation::DeleteModel(delete) = operation else { return None };
                Some(delete.model.to_string())
            });
            let place = |model: String| Some((unseen::find(self.tree, self.package, &model)?, model));
            if let Some((place, model)) = deleted.find_map(place) {
                *standing = AppStatus::Faulty(Fault::StillWritten { model, place: place.to_string() });
            }
        }
    }

    /// Warns of inputs whose time lies in the future.
    fn of_future(&self, recorded: &[MigrationFile]) -> Vec<String> {
        let files = self.inputs.iter().chain(recorded.iter().map(|file| &file.path));
        let files = files.filter(|path| path.is_file() && writer::is_of_future(path));
        let warning = |path: &PathBuf| {
            format!(
                "`{}` was modified in the future by the clock of this machine, so that cargo builds it again each time; \
                 save it again, or `touch` it",
                self.name(path)
            )
        };
        files.map(warning).collect()
    }

    /// Names a file or folder from the folder of the package.
    pub(crate) fn name(&self, path: &Path) -> String {
        slashed(path.strip_prefix(self.package).unwrap_or(path))
    }
}

/// One app of a site.
struct AppReconciler<'a> {
    site: &'a Workspace<'a>,
    app: AppLabel,
    drafts: Vec<&'a MigrationFile>,
    stamp: Option<SystemTime>,
    /// Why nothing may be written.
    why: Option<&'a Why>,
}

impl AppReconciler<'_> {
    fn settle(&self, standing: AppStatus, settled: &mut Settled) -> Outcome {
        let folder = self.site.apps.get(&self.app).and_then(|app| app.folder.as_deref());
        match (standing, folder) {
            (AppStatus::Faulty(fault), _) => {
                settled.faults.push((self.app.clone(), fault));
                Outcome::Stopped
            }
            (AppStatus::Asks(questions), _) => {
                let app = || self.app.clone();
                settled.questions.extend(questions.into_iter().map(|question| (app(), question)));
                Outcome::Stopped
            }
            (AppStatus::Waits, _) => Outcome::Stopped,
            (AppStatus::UpToDate | AppStatus::Ahead(_), None) => Outcome::UpToDate,
            (AppStatus::UpToDate, Some(_)) if self.only_shows() => Outcome::UpToDate,
            (AppStatus::UpToDate, Some(folder)) => match self.shelf(folder).clear() {
                Ok(true) => Outcome::Removed,
                Ok(false) => Outcome::UpToDate,
                Err(error) => {
                    settled.is_outrun |= matches!(error, Left::Saved);
                    let drafts = self.drafts.iter().map(|draft| self.site.name(&draft.path)).collect();
                    let reason = error.to_string();
                    settled.faults.push((self.app.clone(), Fault::StaleDrafts { drafts, reason }));
                    Outcome::Stopped
                }
            },
            (AppStatus::Ahead(migrations), Some(folder)) => match self.advance(migrations, folder, settled) {
                Ok(outcome) => outcome,
                Err(fault) => {
                    settled.faults.push((self.app.clone(), fault));
                    Outcome::Behind
                }
            },
        }
    }

    /// Writes the migrations, where that is permitted.
    fn advance(
        &self,
        migrations: Vec<Migration>,
        folder: &Path,
        settled: &mut Settled,
    ) -> Result<Outcome, Fault> {
        let file = |migration: &Migration| self.site.name(&folder.join(writer::file_name(migration)));
        let behind = |why: String, remedy: String| Fault::Behind {
            app: self.app.clone(),
            missing: migrations.iter().flat_map(|migration| &migration.operations).map(describe).collect(),
            file: migrations.iter().map(file).collect::<Vec<_>>().join("`, `"),
            why,
            remedy,
        };
        if let Some(why) = self.why {
            return Err(behind(why.to_string(), why.remedy()));
        }
        let place = self.shelf(folder);
        if self.only_shows() && !place.holds(&migrations) {
            let shown = |(migration, text): (Migration, String)| {
                let file = folder.join(writer::file_name(&migration));
                (migration, file, text)
            };
            let texts = place.texts(&migrations);
            return Ok(Outcome::Shown { migrations: migrations.into_iter().zip(texts).map(shown).collect() });
        }
        let written = place.put(&migrations);
        let (files, changed) = written.map_err(|error| {
            settled.is_outrun |= matches!(error, Left::Saved);
            let name = self.site.name(folder);
            behind(
                format!("it cannot be written ({error})"),
                format!("make `{name}` writable for the build, and build again"),
            )
        })?;
        let migrations = migrations.into_iter().map(|migration| migration.id).zip(files).collect();
        Ok(Outcome::Written { migrations, changed })
    }

    fn shelf<'s>(&'s self, folder: &'s Path) -> MigrationDir<'s> {
        let drafts = self.drafts.clone();
        let signs = !self.site.order.is_final(&self.app);
        MigrationDir { package: self.site.package, folder, drafts, stamp: self.stamp, signs }
    }

    /// Brings modification times back from the future, where this is a build that may write.
    fn bring_back(&self) {
        let folder = self.site.apps.get(&self.app).and_then(|app| app.folder.as_deref());
        if let (None, false, Some(folder)) = (self.why, self.only_shows(), folder) {
            self.shelf(folder).bring_back();
        }
    }

    fn only_shows(&self) -> bool {
        matches!(self.site.permission, Permission::Show(_))
    }

    /// Tells of two leaves that stand in nobody's way: in a build that writes a warning, else a fault.
    fn leaves(&self, history: &History, standing: &AppStatus, settled: &mut Settled) {
        let leaves = history.graph.leaves(&self.app);
        if leaves.len() < 2 || !matches!(standing, AppStatus::UpToDate) {
            return;
        }
        let leaves = leaves.into_iter().cloned().collect();
        let fault = Fault::TwoLeaves { app: self.app.clone(), leaves };
        if self.why.is_some() || self.site.order.refuses_branches {
            settled.faults.push((self.app.clone(), fault));
        } else {
            settled.warnings.push(fault.to_string());
        }
    }
}

/// Returns the apps that models refer to or migrations name.
fn foreign_apps(wanted: &BTreeMap<ModelKey, SourceModel>, migrations: &[Migration]) -> BTreeSet<AppLabel> {
    let targets = wanted.values().flat_map(|source| source.model.targets());
    let targets = targets.map(|target| target.app.clone());
    let named = migrations.iter().flat_map(draft::named).map(|id| id.app.clone());
    targets.chain(named).collect()
}

fn describe(operation: &Operation) -> String {
    operation.behaviour().describe()
}

#[cfg(test)]
mod tests;
