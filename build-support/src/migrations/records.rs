//! Migration folders -> the recorded migrations, and the drafts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId};
use modelshift_schema::state::ProjectState;

use crate::crates::imports::ForeignMigrations;
use crate::environment::mode::{Permission, Why};
use crate::error::Fault;
use crate::migrations::deletions_elsewhere::ElsewhereDeleted;
use crate::migrations::draft;
use crate::migrations::draft::Parts;
use crate::migrations::history;
use crate::migrations::history::{History, MigrationFile};
use crate::migrations::replayed;
use crate::migrations::replayed::{Known, Replayed};
use crate::migrations::workspace::Workspace;
use crate::migrations::{deletions_elsewhere, swap};

/// The migrations of a package.
#[derive(Debug, Default)]
pub(crate) struct Records {
    /// The recorded migrations.
    pub(crate) migrations: Vec<Known>,
    /// The files of the recorded migrations.
    pub(crate) recorded: Vec<MigrationFile>,
    /// The files that may be rewritten.
    pub(crate) drafts: Vec<MigrationFile>,
    /// The reason why nothing may be written, if there is one.
    pub(crate) why: Option<Why>,
    /// Messages about something that is not an error.
    pub(crate) warnings: Vec<String>,
    /// The errors, each with its app.
    pub(crate) faults: Vec<(AppLabel, Fault)>,
}

impl Records {
    /// Reads the migration folders of every app, without the migrations of a kept history.
    fn read(workspace: &Workspace<'_>, kept: Option<&Replayed>) -> Self {
        let mut records = Self::default();
        let files = load(workspace, &mut records.faults);
        let (parts, why) = part(workspace, files);
        let Parts { mut recorded, mut drafts } = parts;
        records.why = why;
        records.warnings = relabelled(workspace, &drafts);
        records.migrations = read(workspace, &recorded, kept, &mut records.faults);
        loop {
            let needed = draft::needed(records.migrations.iter().flat_map(Known::named), &mut drafts);
            if needed.is_empty() {
                break;
            }
            let migrations = read(workspace, &needed, kept, &mut records.faults);
            records.migrations.extend(migrations);
            recorded.extend(needed);
        }
        Self { recorded, drafts, ..records }
    }
}

/// The migrations of a package and of the packages that it needs, replayed.
#[derive(Debug)]
pub(crate) struct Recorded {
    /// The migrations of the package.
    pub(crate) records: Records,
    /// The migration folders of other packages that were read, with their files.
    pub(crate) foreign: Vec<(PathBuf, Vec<MigrationFile>)>,
    pub(crate) history: History,
    pub(crate) deletions: ElsewhereDeleted,
    /// All migrations.
    migrations: Vec<Known>,
    /// The history of an earlier run, if its replay was used.
    kept: Option<Replayed>,
}

impl Recorded {
    /// Reads and replays the migrations, with those of the apps in `needed` and of the apps that migrations name.
    ///
    /// # Errors
    /// Every fault, and the warnings.
    pub(crate) fn read(workspace: &Workspace<'_>, needed: &BTreeSet<AppLabel>) -> Result<Self, Faults> {
        let file = kept_history(workspace);
        let recorded = match file
            .as_deref()
            .and_then(Replayed::read)
            .and_then(|kept| Self::after(kept, workspace, needed))
        {
            Some(recorded) => recorded,
            None => Self::whole(workspace, needed)?,
        };
        if let Some(file) = file {
            // Without it, the next run reads all migrations.
            let _ = recorded.keep(&file);
        }
        Ok(recorded)
    }

    /// Replays what comes after a kept history; none if that does not suffice, or if anything is wrong.
    fn after(kept: Replayed, workspace: &Workspace<'_>, needed: &BTreeSet<AppLabel>) -> Option<Self> {
        let (records, foreign) = Self::files(workspace, needed, Some(&kept)).ok()?;
        let migrations: Vec<Known> = records.migrations.iter().cloned().chain(foreign.migrations).collect();
        let history = kept.replay(&migrations)?;
        let (foreign, deletions) = (foreign.folders, ElsewhereDeleted::default());
        Some(Self { records, foreign, history, deletions, migrations, kept: Some(kept) })
    }

    /// Reads and replays all migrations.
    fn whole(workspace: &Workspace<'_>, needed: &BTreeSet<AppLabel>) -> Result<Self, Faults> {
        let (records, foreign) = Self::files(workspace, needed, None)?;
        let migrations: Vec<Known> = records.migrations.iter().cloned().chain(foreign.migrations).collect();
        let labels: BTreeSet<AppLabel> = workspace.apps.keys().cloned().collect();
        let whole: Vec<Migration> = migrations.iter().filter_map(Known::read_now).cloned().collect();
        match deletions_elsewhere::replay(&whole, &labels) {
            Ok((history, deletions)) => {
                let foreign = foreign.folders;
                Ok(Self { records, foreign, history, deletions, migrations, kept: None })
            }
            Err(own) => Err(Faults { own, foreign: Vec::new(), warnings: records.warnings }),
        }
    }

    /// Reads the migrations of this package, and those of others; the migrations of a kept history are not read again.
    fn files(
        workspace: &Workspace<'_>,
        needed: &BTreeSet<AppLabel>,
        kept: Option<&Replayed>,
    ) -> Result<(Records, ForeignMigrations<Known>), Faults> {
        let records = Records::read(workspace, kept);
        let named = records.migrations.iter().flat_map(Known::named).map(|id| id.app.clone());
        let foreign =
            workspace.tree.foreign.migrations_by(named.chain(needed.iter().cloned()).collect(), |file| {
                let known = replayed::read(file, Path::new(""), kept)?;
                Ok((known.depends_on().to_vec(), known))
            });
        if records.faults.is_empty() && foreign.faults.is_empty() {
            return Ok((records, foreign));
        }
        Err(Faults { own: records.faults, foreign: foreign.faults, warnings: records.warnings })
    }

    /// Keeps the history for later runs, if it is whole and not kept already.
    fn keep(&self, file: &Path) -> Option<()> {
        if !self.deletions.is_empty() || self.kept.as_ref().is_some_and(|kept| kept.is_of(&self.migrations)) {
            return None;
        }
        replayed::keep(file, &self.history, &self.migrations, &self.by_name())
    }

    /// Returns the state after drafts, too; none if they do not fit.
    pub(crate) fn state_with(&self, drafts: Vec<Migration>) -> Option<ProjectState> {
        if let Some(kept) = &self.kept {
            let drafts = drafts.iter().cloned().map(Known::Read);
            let migrations: Vec<Known> = self.migrations.iter().cloned().chain(drafts).collect();
            if let Some(history) = kept.replay(&migrations) {
                return Some(history.state);
            }
        }
        let files = self.by_name();
        let whole = self.migrations.iter().map(|known| match known.read_now() {
            Some(migration) => Some(migration.clone()),
            None => history::read(files.get(known.id())?, Path::new("")).ok(),
        });
        let mut whole: Vec<Migration> = whole.collect::<Option<_>>()?;
        whole.extend(drafts);
        history::replay(whole).ok().map(|history| history.state)
    }

    /// Returns the files of all migrations.
    fn by_name(&self) -> BTreeMap<&MigrationId, &MigrationFile> {
        let foreign = self.foreign.iter().flat_map(|(_, files)| files);
        self.records.recorded.iter().chain(foreign).map(|file| (&file.id, file)).collect()
    }
}

/// The reasons why migrations cannot be replayed.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// The errors of this package, each with its app.
    pub(crate) own: Vec<(AppLabel, Fault)>,
    /// The errors in the migrations of other packages.
    pub(crate) foreign: Vec<(AppLabel, Fault)>,
    /// Messages about something that is not an error.
    pub(crate) warnings: Vec<String>,
}

/// Returns the errors of the migrations alone: files that cannot be read and, if every app was seen, inconsistent
/// histories.
pub(crate) fn faults(workspace: &Workspace<'_>, sees_every_app: bool) -> Vec<(AppLabel, Fault)> {
    if !sees_every_app {
        let kept = kept_history(workspace).as_deref().and_then(Replayed::read);
        return Records::read(workspace, kept.as_ref()).faults;
    }
    let Faults { own, foreign, .. } = Recorded::read(workspace, &BTreeSet::new()).err().unwrap_or_default();
    if own.is_empty() { foreign } else { own }
}

/// Returns the file of the kept history; none if this run reads every migration.
fn kept_history(workspace: &Workspace<'_>) -> Option<PathBuf> {
    workspace.options.kept_parts.as_ref().map(|folder| folder.join(replayed::FILE))
}

/// Finds the migration files of every app.
fn load(workspace: &Workspace<'_>, faults: &mut Vec<(AppLabel, Fault)>) -> Vec<MigrationFile> {
    let mut files = Vec::new();
    for (label, app) in workspace.apps {
        let Some(folder) = &app.folder else { continue };
        if matches!(workspace.permission, Permission::Write(_)) {
            swap::sweep(folder);
        }
        match history::load(folder, label) {
            Ok((found, wrong)) => {
                faults.extend(wrong.into_iter().map(|fault| (label.clone(), fault)));
                files.extend(found);
            }
            Err(error) => {
                let message = format!("the migrations cannot be read ({error})");
                let place = workspace.name(folder);
                let fault = Fault::Unreadable { place, message, is_compile_error: false };
                faults.push((label.clone(), fault));
            }
        }
    }
    files
}

/// Reads the migrations in the files.
fn read(
    workspace: &Workspace<'_>,
    files: &[MigrationFile],
    kept: Option<&Replayed>,
    faults: &mut Vec<(AppLabel, Fault)>,
) -> Vec<Known> {
    let mut migrations = Vec::new();
    for file in files {
        match replayed::read(file, workspace.package, kept) {
            Ok(migration) => migrations.push(migration),
            Err(fault) => faults.push((file.id.app.clone(), fault)),
        }
    }
    migrations
}

/// Returns warnings about drafts that are written again for another label.
fn relabelled(workspace: &Workspace<'_>, drafts: &[MigrationFile]) -> Vec<String> {
    let faults = drafts.iter().filter_map(|draft| history::read(draft, workspace.package).err());
    let relabelled = faults.filter(|fault| matches!(fault, Fault::OtherLabel { .. }));
    relabelled.map(|fault| format!("{fault} (a draft: it is written again)")).collect()
}

/// Separates drafts from history; returns the reason why nothing may be written, if there is one.
fn part(workspace: &Workspace<'_>, files: Vec<MigrationFile>) -> (Parts, Option<Why>) {
    let why = match workspace.permission {
        Permission::Write(None) | Permission::Show(None) => None,
        Permission::Write(Some(work_tree)) | Permission::Show(Some(work_tree)) => {
            match draft::set_aside(&files, work_tree) {
                Ok(parts) => return (parts, None),
                Err(said) => Some(Why::NoGit(said)),
            }
        }
        Permission::Check(why) => Some(why.clone()),
        Permission::Off => Some(Why::Asked),
    };
    (Parts { recorded: files, drafts: Vec::new() }, why)
}
