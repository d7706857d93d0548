//! Migration folders -> what is recorded in them, and the drafts beside it.

use std::collections::BTreeSet;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::AppLabel;

use crate::environment::mode::{Permission, Why};
use crate::error::Fault;
use crate::migrations::draft;
use crate::migrations::draft::Parts;
use crate::migrations::history;
use crate::migrations::history::MigrationFile;
use crate::migrations::reconcile::Workspace;
use crate::migrations::{deletions_elsewhere, swap};

/// The migrations of a package.
#[derive(Debug, Default)]
pub(crate) struct Records {
    /// What is recorded, as the files say it.
    pub(crate) migrations: Vec<Migration>,
    /// The files of what is recorded.
    pub(crate) recorded: Vec<MigrationFile>,
    /// The files that may be rewritten.
    pub(crate) drafts: Vec<MigrationFile>,
    /// Why nothing may be written, if nothing may.
    pub(crate) why: Option<Why>,
    /// What a person should know, although nothing fails.
    pub(crate) warnings: Vec<String>,
    /// What is wrong, each with the app that it concerns.
    pub(crate) faults: Vec<(AppLabel, Fault)>,
}

impl Records {
    /// Reads the migration folders of every app.
    pub(crate) fn read(site: &Workspace<'_>) -> Self {
        let mut records = Self::default();
        let files = load(site, &mut records.faults);
        let (parts, why) = part(site, files);
        let Parts { mut recorded, mut drafts } = parts;
        records.why = why;
        records.warnings = relabelled(site, &drafts);
        records.migrations = read(site, &recorded, &mut records.faults);
        loop {
            let needed = draft::needed(&records.migrations, &mut drafts);
            if needed.is_empty() {
                break;
            }
            let migrations = read(site, &needed, &mut records.faults);
            records.migrations.extend(migrations);
            recorded.extend(needed);
        }
        Self { recorded, drafts, ..records }
    }
}

/// Returns what is wrong with the migrations whatever the models are: what cannot be read, and, where every app was seen,
/// what does not fit together.
pub(crate) fn faults(site: &Workspace<'_>, sees_every_app: bool) -> Vec<(AppLabel, Fault)> {
    let Records { mut migrations, mut faults, .. } = Records::read(site);
    if !faults.is_empty() || !sees_every_app {
        return faults;
    }
    let named = migrations.iter().flat_map(draft::named).map(|id| id.app.clone()).collect();
    let (foreign, of_foreign) = site.tree.foreign.migrations(named);
    faults.extend(of_foreign);
    if faults.is_empty() {
        migrations.extend(foreign);
        let labels: BTreeSet<AppLabel> = site.apps.keys().cloned().collect();
        faults.extend(deletions_elsewhere::replay(&migrations, &labels).err().into_iter().flatten());
    }
    faults
}

/// Finds the migration files of every app.
fn load(site: &Workspace<'_>, faults: &mut Vec<(AppLabel, Fault)>) -> Vec<MigrationFile> {
    let mut files = Vec::new();
    for (label, app) in site.apps {
        let Some(folder) = &app.folder else { continue };
        if matches!(site.permission, Permission::Write(_)) {
            swap::sweep(folder);
        }
        match history::load(folder, label) {
            Ok((found, wrong)) => {
                faults.extend(wrong.into_iter().map(|fault| (label.clone(), fault)));
                files.extend(found);
            }
            Err(error) => {
                let message = format!("the migrations cannot be read ({error})");
                let place = site.name(folder);
                let fault = Fault::Unreadable { place, message, is_told_by_compiler: false };
                faults.push((label.clone(), fault));
            }
        }
    }
    files
}

/// Reads what the files say.
fn read(
    site: &Workspace<'_>,
    files: &[MigrationFile],
    faults: &mut Vec<(AppLabel, Fault)>,
) -> Vec<Migration> {
    let mut migrations = Vec::new();
    for file in files {
        match history::read(file, site.package) {
            Ok(migration) => migrations.push(migration),
            Err(fault) => faults.push((file.id.app.clone(), fault)),
        }
    }
    migrations
}

/// Reports drafts that are written again for another label than the one they bear.
fn relabelled(site: &Workspace<'_>, drafts: &[MigrationFile]) -> Vec<String> {
    let faults = drafts.iter().filter_map(|draft| history::read(draft, site.package).err());
    let relabelled = faults.filter(|fault| matches!(fault, Fault::OtherLabel { .. }));
    relabelled.map(|fault| format!("{fault} (a draft: it is written again)")).collect()
}

/// Parts the files into history and drafts, and says why nothing may be written, if nothing may.
fn part(site: &Workspace<'_>, files: Vec<MigrationFile>) -> (Parts, Option<Why>) {
    let why = match site.permission {
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
