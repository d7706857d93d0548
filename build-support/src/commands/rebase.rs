//! Puts one branch of an app after the other: its files get the next numbers, and depend on the end of the other branch.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use modelshift_schema::merge::{MergeError, rebase};
use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;
use modelshift_syntax::{trailer, with_dependencies};

use super::{CommandContext, CommandError};
use crate::config::Build;
use crate::environment::Environment;
use crate::environment::git::WorkTree;
use crate::error::BuildError;
use crate::migrations::{history, writer};

impl Build {
    /// Puts the branch of an app that ends in `local` after the other one; returns the old and the new path of each file
    /// that it renames.
    ///
    /// Without a name, it moves the branch whose end git does not record. Of each file, only the name and the
    /// dependencies change.
    ///
    /// # Errors
    /// If there is nothing to join, if the branches change the same thing, if another app depends on a migration by
    /// its name, or if it is not clear which branch is meant.
    pub fn rebase_migrations(
        &self,
        environment: &Environment,
        app: &str,
        local: Option<&str>,
    ) -> Result<Vec<(PathBuf, PathBuf)>, CommandError> {
        let context = CommandContext::open(self, environment, app)?;
        let leaves: Vec<MigrationId> = context.graph.leaves(&context.app).into_iter().cloned().collect();
        if leaves.len() < 2 {
            return Err(MergeError::NothingToMerge { app: context.app }.into());
        }
        let local = match local {
            Some(name) => context.find(name)?,
            None => context.unrecorded(&leaves)?,
        };
        let other = leaves.iter().rfind(|leaf| **leaf != local).filter(|_| leaves.contains(&local));
        let Some(kept) = other else { return Err(CommandError::WhichBranch { leaves }) };
        context.put(&rebase(&context.graph, kept, &local)?)
    }
}

impl CommandContext {
    /// Returns the only one of the migrations whose file git does not record.
    fn unrecorded(&self, leaves: &[MigrationId]) -> Result<MigrationId, CommandError> {
        let files: Vec<PathBuf> =
            leaves.iter().map(|leaf| self.folder.join(format!("{}.rs", leaf.module()))).collect();
        let work_tree = WorkTree::around(&self.package).map_err(|_| which_branch(leaves))?;
        let recorded = work_tree.recorded(&files).map_err(|_| which_branch(leaves))?;
        let mut local = leaves.iter().zip(&files).filter(|(_, file)| !recorded.contains(*file));
        match (local.next(), local.next()) {
            (Some((leaf, _)), None) => Ok(leaf.clone()),
            _ => Err(which_branch(leaves)),
        }
    }

    /// Writes the files under their new names, and then removes the old ones, so that no text is lost.
    fn put(&self, renumbered: &[(MigrationId, Migration)]) -> Result<Vec<(PathBuf, PathBuf)>, CommandError> {
        let (files, _) =
            history::load(&self.folder, &self.app).map_err(BuildError::io("read", &self.folder))?;
        let names: BTreeMap<String, String> =
            renumbered.iter().map(|(before, after)| (before.name.clone(), after.id.name.clone())).collect();
        let mut texts = Vec::new();
        for (before, after) in renumbered {
            let Some(file) = files.iter().find(|file| file.id == *before) else { continue };
            let text = with_dependencies(&file.text, &after.depends_on);
            let text = text.ok_or_else(|| CommandError::NoDependencies { id: before.clone() })?;
            texts.push((&file.path, self.folder.join(writer::file_name(after)), continuing(text, &names)));
        }
        let old: Vec<&PathBuf> = texts.iter().map(|(before, _, _)| *before).collect();
        if let Some((_, after, _)) =
            texts.iter().find(|(_, after, _)| after.exists() && !old.contains(&after))
        {
            return Err(self.io("make", after)(std::io::ErrorKind::AlreadyExists.into()).into());
        }
        // Under temporary names first: a new name may be the old name of the next file.
        for (_, after, text) in &texts {
            let mut file = File::create(beside(after)).map_err(self.io("make", after))?;
            file.write_all(text.as_bytes()).map_err(self.io("write", after))?;
        }
        for (_, after, _) in &texts {
            std::fs::rename(beside(after), after).map_err(self.io("write", after))?;
        }
        for (before, _, _) in &texts {
            if !texts.iter().any(|(_, after, _)| after == *before) {
                std::fs::remove_file(before).map_err(self.io("remove", before))?;
            }
        }
        Ok(texts.into_iter().map(|(before, after, _)| (before.clone(), after)).collect())
    }
}

fn which_branch(leaves: &[MigrationId]) -> CommandError {
    CommandError::WhichBranch { leaves: leaves.to_vec() }
}

fn beside(file: &Path) -> PathBuf {
    file.with_extension("rs.new")
}

/// Puts the new name of the migration that this one continues into its trailer.
fn continuing(text: String, names: &BTreeMap<String, String>) -> String {
    let before = trailer::continues(&text).filter(|_| trailer::is_intact(&text));
    match before.as_ref().and_then(|before| names.get(before)) {
        Some(name) => trailer::sign_continuing(&trailer::without(&text), name),
        None => text,
    }
}
