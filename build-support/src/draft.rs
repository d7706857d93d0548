//! Which files may still be rewritten.
//!
//! A draft is a module that nobody edited (its trailer is intact), that git does not record, and that no recorded
//! migration builds on. Drafts are set aside before the history is replayed.

use std::collections::BTreeSet;
use std::path::PathBuf;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;

use crate::git::WorkTree;
use crate::history::MigrationFile;

/// A migration file and what it says.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) file: MigrationFile,
    pub(crate) migration: Migration,
}

/// Parts the entries into history and drafts.
///
/// # Errors
/// What git says when it refuses to answer; then nothing may be written.
pub(crate) fn set_aside(
    entries: Vec<Entry>,
    work_tree: &WorkTree,
) -> Result<(Vec<Entry>, Vec<Entry>), String> {
    let intact: Vec<PathBuf> =
        entries.iter().filter(|entry| entry.file.is_intact).map(|entry| entry.file.path.clone()).collect();
    let recorded = work_tree.recorded(&intact)?;
    let is_candidate = |entry: &Entry| entry.file.is_intact && !recorded.contains(&entry.file.path);
    let (mut drafts, mut history): (Vec<Entry>, Vec<Entry>) = entries.into_iter().partition(is_candidate);
    loop {
        let needed: BTreeSet<MigrationId> =
            history.iter().flat_map(|entry| entry.migration.depends_on.iter().cloned()).collect();
        let (kept, rest): (Vec<Entry>, Vec<Entry>) =
            drafts.into_iter().partition(|draft| needed.contains(&draft.migration.id));
        drafts = rest;
        if kept.is_empty() {
            return Ok((history, drafts));
        }
        history.extend(kept);
    }
}
