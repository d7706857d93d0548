//! Which files may still be rewritten.
//!
//! A draft is the newest module that nobody edited (its trailer is intact) and that git does not record, unless a
//! recorded migration builds on it. Drafts are set aside before the history is replayed, and are not even read.

use std::collections::BTreeSet;
use std::path::PathBuf;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;

use crate::git::WorkTree;
use crate::history::MigrationFile;

/// Migration files in two parts.
#[derive(Debug)]
pub(crate) struct Parts {
    /// What is recorded, or was edited.
    pub(crate) recorded: Vec<MigrationFile>,
    /// What may still be rewritten.
    pub(crate) drafts: Vec<MigrationFile>,
}

/// Parts the files by what git and their trailers say.
///
/// # Errors
/// What git says when it refuses to answer; then nothing may be written.
pub(crate) fn set_aside(files: &[MigrationFile], work_tree: &WorkTree) -> Result<Parts, String> {
    let intact: Vec<PathBuf> =
        files.iter().filter(|file| file.is_intact).map(|file| file.path.clone()).collect();
    let recorded = work_tree.recorded(&intact)?;
    let is_candidate = |file: &MigrationFile| file.is_intact && !recorded.contains(&file.path);
    // Older ones are history even so: a project that lost its git, or never had one, keeps what databases know.
    let newest = files.iter().filter(|file| is_candidate(file)).filter_map(|file| file.id.number()).max();
    let is_draft = |file: &MigrationFile| is_candidate(file) && file.id.number() == newest;
    let (drafts, recorded) = files.iter().cloned().partition(is_draft);
    Ok(Parts { recorded, drafts })
}

/// Takes those drafts back on which the migrations build.
pub(crate) fn needed(migrations: &[Migration], drafts: &mut Vec<MigrationFile>) -> Vec<MigrationFile> {
    let needed: BTreeSet<&MigrationId> =
        migrations.iter().flat_map(|migration| &migration.depends_on).collect();
    let (needed, rest) =
        std::mem::take(drafts).into_iter().partition(|draft: &MigrationFile| needed.contains(&draft.id));
    *drafts = rest;
    needed
}
