//! Which files may still be rewritten.
//!
//! A draft is the newest module of its app that nobody edited (its trailer is intact), that git does not record, and that
//! `migrate` did not apply from this checkout, unless a recorded migration builds on it; where one build wrote several
//! modules, their trailers chain them, and they are drafts together. Drafts are set aside before the history is replayed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId};
use modelshift_syntax::trailer;

use crate::environment::git::WorkTree;
use crate::migrations::applied::AppliedHere;
use crate::migrations::history::MigrationFile;

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
    let applied = AppliedHere::read(work_tree);
    let candidates: BTreeSet<&MigrationId> = files
        .iter()
        .filter(|file| file.is_intact && !recorded.contains(&file.path) && !applied.holds(file))
        .map(|file| &file.id)
        .collect();
    let is_candidate = |file: &MigrationFile| candidates.contains(&file.id);
    // Older ones are history even so: a project that lost its git, or never had one, keeps what databases know.
    let mut newest: BTreeMap<&AppLabel, u32> = BTreeMap::new();
    for file in files.iter().filter(|file| is_candidate(file)) {
        let number = file.id.number().unwrap_or_default();
        let so_far = newest.entry(&file.id.app).or_default();
        *so_far = number.max(*so_far);
    }
    let mut drafts: Vec<&MigrationFile> = files
        .iter()
        .filter(|file| is_candidate(file) && file.id.number() == newest.get(&file.id.app).copied())
        .collect();
    let mut next = 0;
    while let Some(draft) = drafts.get(next) {
        next += 1;
        let Some(name) = trailer::continues(&draft.text) else { continue };
        let is_meant = |file: &&MigrationFile| file.id.app == draft.id.app && file.id.name == name;
        let found = files.iter().filter(|file| is_candidate(file) && !drafts.contains(file)).find(is_meant);
        drafts.extend(found);
    }
    let drafts: BTreeSet<MigrationId> = drafts.into_iter().map(|draft| draft.id.clone()).collect();
    let (drafts, recorded) = files.iter().cloned().partition(|file| drafts.contains(&file.id));
    Ok(Parts { recorded, drafts })
}

/// Takes those drafts back on which the migrations build, which they stand for, or before which they run.
pub(crate) fn needed(migrations: &[Migration], drafts: &mut Vec<MigrationFile>) -> Vec<MigrationFile> {
    let needed: BTreeSet<&MigrationId> = migrations.iter().flat_map(named).collect();
    let (needed, rest) =
        std::mem::take(drafts).into_iter().partition(|draft: &MigrationFile| needed.contains(&draft.id));
    *drafts = rest;
    needed
}

/// Returns every migration that this one names.
pub(crate) fn named(migration: &Migration) -> impl Iterator<Item = &MigrationId> {
    let Migration { depends_on, run_before, replaces, .. } = migration;
    [depends_on, run_before, replaces].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_squash_stands_for_is_no_draft() {
        let id = |name: &str| MigrationId::new("blog", name);
        let file = |name: &str| MigrationFile {
            id: id(name),
            path: PathBuf::from(name),
            text: String::new(),
            is_intact: true,
        };
        let mut drafts = vec![file("0002_post_title"), file("0003_post_body")];
        let squash = Migration {
            id: id("0001_squashed_0002_post_title"),
            depends_on: Vec::new(),
            run_before: Vec::new(),
            replaces: vec![id("0001_initial"), id("0002_post_title")],
            atomic: true,
            operations: Vec::new(),
        };
        let kept = needed(&[squash], &mut drafts);
        let names =
            |files: &[MigrationFile]| files.iter().map(|file| file.id.name.clone()).collect::<Vec<_>>();
        assert_eq!(
            (names(&kept), names(&drafts)),
            (vec!["0002_post_title".into()], vec!["0003_post_body".into()])
        );
    }
}
