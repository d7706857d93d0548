//! Finds the drafts: migration files that may still be rewritten.
//!
//! A draft is the newest module of its app that nobody edited (its trailer is intact), that git does not record, and that
//! `migrate` did not apply from this checkout, unless a recorded migration depends on it. If one build wrote several
//! modules, their trailers link them, and they are drafts together. The history is replayed without drafts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId};
use modelshift_syntax::trailer;

use crate::environment::git::WorkTree;
use crate::migrations::applied::AppliedHere;
use crate::migrations::history::MigrationFile;

/// Migration files, as history and drafts.
#[derive(Debug)]
pub(crate) struct Parts {
    /// Files that are recorded or were edited.
    pub(crate) recorded: Vec<MigrationFile>,
    /// Files that may still be rewritten.
    pub(crate) drafts: Vec<MigrationFile>,
}

/// Separates drafts from history, by git and by trailers.
///
/// # Errors
/// The message of git if it refuses to answer; then nothing may be written.
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
    // Older ones are history all the same: a project that lost its git, or never had one, keeps applied migrations.
    let mut newest: BTreeMap<&AppLabel, u32> = BTreeMap::new();
    for file in files.iter().filter(|file| candidates.contains(&file.id)) {
        let number = file.id.number().unwrap_or_default();
        let so_far = newest.entry(&file.id.app).or_default();
        *so_far = number.max(*so_far);
    }
    let mut drafts: Vec<&MigrationFile> = files
        .iter()
        .filter(|file| candidates.contains(&file.id) && file.id.number() == newest.get(&file.id.app).copied())
        .collect();
    let mut next = 0;
    while let Some(draft) = drafts.get(next) {
        next += 1;
        let Some(name) = trailer::continues(&draft.text) else { continue };
        let id = MigrationId::new(&draft.id.app, name);
        let found =
            files.iter().find(|file| file.id == id && candidates.contains(&id) && !drafts.contains(file));
        drafts.extend(found);
    }
    let drafts: BTreeSet<MigrationId> = drafts.into_iter().map(|draft| draft.id.clone()).collect();
    let (drafts, recorded) = files.iter().cloned().partition(|file| drafts.contains(&file.id));
    Ok(Parts { recorded, drafts })
}

/// Removes from the drafts, and returns, the files that recorded migrations name: as a dependency, as a replaced migration,
/// or to run before it.
pub(crate) fn needed<'a>(
    named: impl IntoIterator<Item = &'a MigrationId>,
    drafts: &mut Vec<MigrationFile>,
) -> Vec<MigrationFile> {
    let needed: BTreeSet<&MigrationId> = named.into_iter().collect();
    let (needed, rest) =
        std::mem::take(drafts).into_iter().partition(|draft: &MigrationFile| needed.contains(&draft.id));
    *drafts = rest;
    needed
}

/// Returns every migration that this migration names.
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
        let kept = needed(named(&squash), &mut drafts);
        let names =
            |files: &[MigrationFile]| files.iter().map(|file| file.id.name.clone()).collect::<Vec<_>>();
        assert_eq!(
            (names(&kept), names(&drafts)),
            (vec!["0002_post_title".into()], vec!["0003_post_body".into()])
        );
    }
}
