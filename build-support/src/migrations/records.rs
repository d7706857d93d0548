//! Migration folders -> the recorded migrations, and the drafts.

use std::collections::BTreeSet;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::AppLabel;

use crate::environment::mode::{Permission, Why};
use crate::error::Fault;
use crate::migrations::draft;
use crate::migrations::draft::Parts;
use crate::migrations::history;
use crate::migrations::history::MigrationFile;
use crate::migrations::workspace::Workspace;
use crate::migrations::{deletions_elsewhere, swap};

/// The migrations of a package.
#[derive(Debug, Default)]
pub(crate) struct Records {
    /// The recorded migrations.
    pub(crate) migrations: Vec<Migration>,
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
    /// Reads the migration folders of every app.
    pub(crate) fn read(workspace: &Workspace<'_>) -> Self {
        let mut records = Self::default();
        let files = load(workspace, &mut records.faults);
        let (parts, why) = part(workspace, files);
        let Parts { mut recorded, mut drafts } = parts;
        records.why = why;
        records.warnings = relabelled(workspace, &drafts);
        records.migrations = read(workspace, &recorded, &mut records.faults);
        loop {
            let needed = draft::needed(&records.migrations, &mut drafts);
            if needed.is_empty() {
                break;
            }
            let migrations = read(workspace, &needed, &mut records.faults);
            records.migrations.extend(migrations);
            recorded.extend(needed);
        }
        Self { recorded, drafts, ..records }
    }
}

/// Returns the errors of the migrations alone: files that cannot be read and, if every app was seen, inconsistent
/// histories.
pub(crate) fn faults(workspace: &Workspace<'_>, sees_every_app: bool) -> Vec<(AppLabel, Fault)> {
    let Records { mut migrations, mut faults, .. } = Records::read(workspace);
    if !faults.is_empty() || !sees_every_app {
        return faults;
    }
    let named = migrations.iter().flat_map(draft::named).map(|id| id.app.clone()).collect();
    let foreign = workspace.tree.foreign.migrations(named);
    faults.extend(foreign.faults);
    if faults.is_empty() {
        migrations.extend(foreign.migrations);
        let labels: BTreeSet<AppLabel> = workspace.apps.keys().cloned().collect();
        faults.extend(deletions_elsewhere::replay(&migrations, &labels).err().into_iter().flatten());
    }
    faults
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
    faults: &mut Vec<(AppLabel, Fault)>,
) -> Vec<Migration> {
    let mut migrations = Vec::new();
    for file in files {
        match history::read(file, workspace.package) {
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
