//! What git says about a work tree. Asked with the `git` command only: nobody else reads its folder correctly.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The object names of an empty file, which `git add --intent-to-add` leaves in the index (SHA-1 and SHA-256).
const EMPTY_BLOBS: [&str; 2] = [
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
];

/// What git leaves in its folder while something is under way that moves from commit to commit.
const UNDER_WAY: [(&str, &str); 6] = [
    ("rebase-merge", "rebase"),
    ("rebase-apply", "rebase"),
    ("BISECT_LOG", "bisect"),
    ("MERGE_HEAD", "merge"),
    ("CHERRY_PICK_HEAD", "cherry-pick"),
    ("REVERT_HEAD", "revert"),
];

/// Variables by which a caller's git, such as one that runs a hook, points at a work tree that need not be ours.
const OF_CALLER: [&str; 6] =
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_NAMESPACE"];

/// A work tree that git answers for.
#[derive(Clone, Debug)]
pub(crate) struct WorkTree {
    /// The folder of the package, from which git is asked.
    folder: PathBuf,
    /// The folder that git keeps for this work tree.
    git_dir: PathBuf,
}

/// Something under way in a work tree, such as a rebase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnderWay {
    /// What git calls it.
    pub(crate) what: &'static str,
    /// The file or folder whose presence tells of it.
    pub(crate) mark: PathBuf,
}

impl WorkTree {
    /// Asks git for the work tree around a folder.
    ///
    /// # Errors
    /// What git says when there is none, or when it refuses.
    pub(crate) fn around(folder: &Path) -> Result<Self, String> {
        let answer = ask(folder, &["rev-parse", "--is-inside-work-tree", "--absolute-git-dir"])?;
        match answer.split_once('\n') {
            Some(("true", git_dir)) => {
                Ok(Self { folder: folder.to_owned(), git_dir: PathBuf::from(git_dir.trim_end()) })
            }
            Some(_) | None => Err("this is no work tree".to_owned()),
        }
    }

    /// Tells what is under way that moves from commit to commit.
    pub(crate) fn under_way(&self) -> Option<UnderWay> {
        UNDER_WAY
            .into_iter()
            .map(|(name, what)| UnderWay { what, mark: self.git_dir.join(name) })
            .find(|under_way| under_way.mark.exists())
    }

    /// Gives those of the files that git records: staged or committed, more than intended to be added.
    ///
    /// # Errors
    /// What git says when it refuses.
    pub(crate) fn recorded(&self, files: &[PathBuf]) -> Result<BTreeSet<PathBuf>, String> {
        if files.is_empty() {
            return Ok(BTreeSet::new());
        }
        // Git answers with the shortest path, which need not be the one that it was asked about.
        let mut recorded = BTreeSet::new();
        let mut arguments = vec!["--literal-pathspecs", "ls-files", "--stage", "-z", "--"];
        let relative: Vec<&Path> =
            files.iter().map(|file| file.strip_prefix(&self.folder).unwrap_or(file)).collect();
        arguments.extend(relative.iter().filter_map(|file| file.to_str()));
        for entry in ask(&self.folder, &arguments)?.split_terminator('\0') {
            // `<mode> <object> <stage>\t<path>`
            let Some((about, path)) = entry.split_once('\t') else { continue };
            if !about.split(' ').nth(1).is_some_and(|object| EMPTY_BLOBS.contains(&object)) {
                recorded.extend(settled(&self.folder.join(path)));
            }
        }
        let is_recorded = |file: &&PathBuf| settled(file).is_none_or(|file| recorded.contains(&file));
        Ok(files.iter().filter(is_recorded).cloned().collect())
    }
}

/// Gives the one path of a file among those that lead to it; the file itself may be gone by now.
fn settled(file: &Path) -> Option<PathBuf> {
    Some(file.parent()?.canonicalize().ok()?.join(file.file_name()?))
}

fn ask(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new("git");
    for variable in OF_CALLER {
        command.env_remove(variable);
    }
    let output = command
        .args(arguments)
        .current_dir(folder)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("LC_ALL", "C")
        .output()
        .map_err(|error| format!("`git` cannot be run: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let line = said.lines().next().unwrap_or("it failed without a word");
        return Err(line.trim_start_matches("fatal: ").to_owned());
    }
    String::from_utf8(output.stdout).map_err(|_| "its answer is no UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn git(folder: &Path, arguments: &[&str]) {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"];
        ask(folder, &[&identity, arguments].concat()).unwrap();
    }

    #[test]
    fn a_file_is_recorded_once_its_content_is_staged() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        assert!(WorkTree::around(&root).is_err());
        git(&root, &["init", "-q"]);
        let inside = root.join("crate");
        std::fs::create_dir(&inside).unwrap();
        let names = ["untracked", "intended", "staged*", "committed"];
        let roundabout = inside.join("../crate");
        let files: Vec<PathBuf> = names.iter().map(|name| roundabout.join(name)).collect();
        for file in &files {
            std::fs::write(file, "x").unwrap();
        }
        git(&root, &["add", "crate/committed"]);
        git(&root, &["commit", "-qm", "x"]);
        git(&root, &["add", "-N", "crate/intended"]);
        git(&root, &["add", "crate/staged*"]);
        let tree = WorkTree::around(&inside).unwrap();
        let recorded = tree.recorded(&files).unwrap();
        assert_eq!(recorded, BTreeSet::from([files[2].clone(), files[3].clone()]));
        assert_eq!(tree.under_way(), None);
    }

    #[test]
    fn a_bisect_is_under_way_until_it_is_reset() {
        let folder = tempfile::tempdir().unwrap();
        git(folder.path(), &["init", "-q"]);
        git(folder.path(), &["commit", "-q", "--allow-empty", "-m", "x"]);
        git(folder.path(), &["bisect", "start"]);
        let tree = WorkTree::around(folder.path()).unwrap();
        assert_eq!(tree.under_way().map(|it| it.what), Some("bisect"));
        git(folder.path(), &["bisect", "reset"]);
        assert_eq!(tree.under_way(), None);
    }
}
