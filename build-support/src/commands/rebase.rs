//! One branch of an app is put behind the other: its files get the next numbers, and depend on the end of the other.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use modelshift_schema::merge::{MergeError, rebase};
use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;
use modelshift_syntax::{trailer, with_dependencies};

use super::{CommandContext, UpkeepError};
use crate::config::Build;
use crate::environment::Environment;
use crate::environment::git::WorkTree;
use crate::error::BuildError;
use crate::migrations::{history, writer};

impl Build {
    /// Puts the branch of an app that ends in `local` behind the other one, and gives the files that were renamed: where each was, and where it is.
    ///
    /// Where no branch is named, it is the one whose end git does not record. Of each file only the name and the
    /// dependencies change.
    ///
    /// # Errors
    /// Where there is nothing to join, where the branches change the same, where another app needs a migration under
    /// its name, or where it is not clear which branch is meant.
    pub fn rebase_migrations(
        &self,
        environment: &Environment,
        app: &str,
        local: Option<&str>,
    ) -> Result<Vec<(PathBuf, PathBuf)>, UpkeepError> {
        let desk = CommandContext::open(self, environment, app)?;
        let leaves: Vec<MigrationId> = desk.graph.leaves(&desk.app).into_iter().cloned().collect();
        if leaves.len() < 2 {
            return Err(MergeError::NothingToMerge { app: desk.app }.into());
        }
        let local = match local {
            Some(name) => desk.find(name)?,
            None => desk.unrecorded(&leaves)?,
        };
        let other = leaves.iter().rfind(|leaf| **leaf != local).filter(|_| leaves.contains(&local));
        let Some(kept) = other else { return Err(UpkeepError::WhichBranch { leaves }) };
        desk.put(&rebase(&desk.graph, kept, &local)?)
    }
}

impl CommandContext {
    /// Returns the only one of the migrations whose file git does not record.
    fn unrecorded(&self, leaves: &[MigrationId]) -> Result<MigrationId, UpkeepError> {
        let which = || UpkeepError::WhichBranch { leaves: leaves.to_vec() };
        let files: Vec<PathBuf> =
            leaves.iter().map(|leaf| self.folder.join(format!("{}.rs", leaf.module()))).collect();
        let work_tree = WorkTree::around(&self.package).map_err(|_| which())?;
        let recorded = work_tree.recorded(&files).map_err(|_| which())?;
        let mut local = leaves.iter().zip(&files).filter(|(_, file)| !recorded.contains(*file));
        match (local.next(), local.next()) {
            (Some((leaf, _)), None) => Ok(leaf.clone()),
            _ => Err(which()),
        }
    }

    /// Writes the files under their new names, and then removes the old ones, so that nothing is ever lost.
    fn put(&self, renumbered: &[(MigrationId, Migration)]) -> Result<Vec<(PathBuf, PathBuf)>, UpkeepError> {
        let (files, _) =
            history::load(&self.folder, &self.app).map_err(BuildError::io("read", &self.folder))?;
        let names: BTreeMap<String, String> =
            renumbered.iter().map(|(before, after)| (before.name.clone(), after.id.name.clone())).collect();
        let mut texts = Vec::new();
        for (before, after) in renumbered {
            let Some(file) = files.iter().find(|file| file.id == *before) else { continue };
            let text = with_dependencies(&file.text, &after.depends_on);
            let text = text.ok_or_else(|| UpkeepError::NoDependencies { id: before.clone() })?;
            texts.push((&file.path, self.folder.join(writer::file_name(after)), continuing(text, &names)));
        }
        let taken = |path: &Path| path.exists() && !texts.iter().any(|(before, _, _)| *before == path);
        if let Some((_, after, _)) = texts.iter().find(|(_, after, _)| taken(after)) {
            return Err(self.io("make", after)(std::io::ErrorKind::AlreadyExists.into()).into());
        }
        // Beside their places first: a new name may be the old one of the next.
        let beside = |after: &Path| after.with_extension("rs.new");
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

    fn io(&self, action: &'static str, file: &Path) -> impl FnOnce(std::io::Error) -> BuildError {
        BuildError::io(action, file.strip_prefix(&self.package).unwrap_or(file))
    }
}

/// Lets a file that was written together with another follow that one's new name.
fn continuing(text: String, names: &BTreeMap<String, String>) -> String {
    let before = trailer::continues(&text).filter(|_| trailer::is_intact(&text));
    match before.as_ref().and_then(|before| names.get(before)) {
        Some(name) => trailer::sign_continuing(&trailer::without(&text), name),
        None => text,
    }
}
