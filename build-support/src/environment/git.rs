//! Asks git about a work tree, by the `git` command only: no other program reads its folder correctly.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::environment::patience;

/// How long git may take for an answer; usually it takes milliseconds.
const LIMIT: Duration = Duration::from_secs(10);

/// The object names of an empty file, which `git add --intent-to-add` leaves in the index (SHA-1 and SHA-256).
const EMPTY_BLOBS: [&str; 2] = [
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
];

/// The files of git that exist during an operation that moves between commits, each with the name of the operation.
const UNDER_WAY: [(&str, &str); 6] = [
    ("rebase-merge", "rebase"),
    ("rebase-apply", "rebase"),
    ("BISECT_LOG", "bisect"),
    ("MERGE_HEAD", "merge"),
    ("CHERRY_PICK_HEAD", "cherry-pick"),
    ("REVERT_HEAD", "revert"),
];

/// Variables that a calling git sets, such as one that runs a hook; they may name another work tree.
const OF_CALLER: [&str; 6] =
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_NAMESPACE"];

/// A work tree of git.
#[derive(Clone, Debug)]
pub(crate) struct WorkTree {
    /// The folder of the package, from which git is asked.
    folder: PathBuf,
    /// The folder in which git keeps the data of this work tree.
    pub(crate) git_dir: PathBuf,
}

/// An unfinished operation in a work tree, such as a rebase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnderWay {
    /// The name that git uses for it.
    pub(crate) what: &'static str,
    /// The file or folder that exists as long as it is unfinished.
    pub(crate) mark: PathBuf,
}

impl WorkTree {
    /// Asks git for the work tree around a folder.
    ///
    /// # Errors
    /// The message of git if there is none, or if it refuses.
    pub(crate) fn around(folder: &Path) -> Result<Self, String> {
        let answer = ask(folder, &["rev-parse", "--is-inside-work-tree", "--absolute-git-dir"])?;
        match answer.split_once('\n') {
            Some(("true", git_dir)) => {
                Ok(Self { folder: folder.to_owned(), git_dir: PathBuf::from(git_dir.trim_end()) })
            }
            Some(_) | None => Err("this is not a work tree".to_owned()),
        }
    }

    /// Returns the unfinished operation that moves between commits.
    pub(crate) fn under_way(&self) -> Option<UnderWay> {
        UNDER_WAY
            .into_iter()
            .map(|(name, what)| UnderWay { what, mark: self.git_dir.join(name) })
            .find(|under_way| under_way.mark.exists())
    }

    /// Returns the files that must not be rewritten: those that are staged (more than `--intent-to-add`), committed, or
    /// ignored.
    ///
    /// It looks at the index and at the commit, since tools other than git may write one without the other.
    ///
    /// # Errors
    /// The message of git if it refuses.
    pub(crate) fn recorded(&self, files: &[PathBuf]) -> Result<BTreeSet<PathBuf>, String> {
        let root = self.folder.canonicalize().map_err(|error| error.to_string())?;
        let mut open: BTreeMap<PathBuf, &PathBuf> = BTreeMap::new();
        let mut recorded = BTreeSet::new();
        let mut folders: BTreeMap<&Path, Option<PathBuf>> = BTreeMap::new();
        for file in files {
            let folder = file.parent().unwrap_or(file);
            let folder = folders.entry(folder).or_insert_with(|| folder.canonicalize().ok());
            // The file itself may be removed by now.
            let path = folder.as_ref().zip(file.file_name()).map(|(folder, name)| folder.join(name));
            // A file outside the package is never a draft.
            match path.filter(|path| path.starts_with(&root)) {
                Some(path) => _ = open.insert(path, file),
                None => _ = recorded.insert(file.clone()),
            }
        }
        for answer in [Self::staged, Self::committed, Self::ignored] {
            if open.is_empty() {
                break;
            }
            for path in answer(self, &root, &open.keys().cloned().collect::<Vec<_>>())? {
                recorded.extend(open.remove(&path).cloned());
            }
        }
        Ok(recorded)
    }

    fn staged(&self, root: &Path, files: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
        let mut arguments = vec!["--literal-pathspecs", "ls-files", "--stage", "-z", "--"];
        let folders = folders(root, files)?;
        arguments.extend(folders.iter().map(String::as_str));
        let answer = ask(&self.folder, &arguments)?;
        // `<mode> <object> <stage>\t<path>`
        let entries = answer.split_terminator('\0').filter_map(|entry| entry.split_once('\t'));
        let staged = entries
            .filter(|(about, _)| about.split(' ').nth(1).is_none_or(|object| !EMPTY_BLOBS.contains(&object)));
        Ok(staged.map(|(_, path)| root.join(path)).collect())
    }

    fn committed(&self, root: &Path, files: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
        if ask(&self.folder, &["rev-parse", "--quiet", "--verify", "HEAD^{commit}"]).is_err() {
            // Before the first commit; any other failure makes the next call fail, too.
            return ask(&self.folder, &["symbolic-ref", "HEAD"]).map(|_| Vec::new());
        }
        let mut arguments = vec!["ls-tree", "-r", "-z", "--name-only", "HEAD", "--"];
        let folders = folders(root, files)?;
        arguments.extend(folders.iter().map(String::as_str));
        let answer = ask(&self.folder, &arguments)?;
        Ok(answer.split_terminator('\0').map(|path| root.join(path)).collect())
    }

    fn ignored(&self, root: &Path, files: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
        let mut arguments = vec![
            "--literal-pathspecs",
            "ls-files",
            "--others",
            "--ignored",
            "--exclude-standard",
            "-z",
            "--",
        ];
        let folders = folders(root, files)?;
        arguments.extend(folders.iter().map(String::as_str));
        let answer = ask(&self.folder, &arguments)?;
        Ok(answer.split_terminator('\0').map(|path| root.join(path)).collect())
    }
}

/// Returns the folders of the files: the command line for git stays short for any number of files.
fn folders(root: &Path, files: &[PathBuf]) -> Result<BTreeSet<String>, String> {
    let folders: BTreeSet<&Path> = files.iter().filter_map(|file| file.parent()).collect();
    folders.into_iter().map(|folder| relative(root, folder)).map(|it| it.map(|it| format!("{it}/"))).collect()
}

fn relative(root: &Path, path: &Path) -> Result<String, String> {
    let relative = path.strip_prefix(root).unwrap_or(path);
    let relative = if relative.as_os_str().is_empty() { Path::new(".") } else { relative };
    relative.to_str().map(str::to_owned).ok_or_else(|| format!("`{}` is not UTF-8", path.display()))
}

fn ask(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new("git");
    for variable in OF_CALLER {
        command.env_remove(variable);
    }
    command.args(["-c", "core.fsmonitor=false"]).args(arguments).current_dir(folder);
    command.env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C");
    let output = patience::output(command, LIMIT).map_err(|error| {
        if error.kind() == io::ErrorKind::TimedOut {
            return format!("`git` did not answer within {} seconds", LIMIT.as_secs());
        }
        format!("`git` cannot be run: {error}")
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let line = said.lines().next().unwrap_or("it failed without a message");
        return Err(line.trim_start_matches("fatal: ").to_owned());
    }
    String::from_utf8(output.stdout).map_err(|_| "its answer is not UTF-8".to_owned())
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
        let recorded = BTreeSet::from([files[2].clone(), files[3].clone()]);
        assert_eq!(tree.recorded(&files), Ok(recorded.clone()));
        // What is committed is recorded, although the index knows nothing of it any more.
        git(&root, &["read-tree", "--empty"]);
        assert_eq!(tree.recorded(&files), Ok(BTreeSet::from([files[3].clone()])));
        std::fs::write(root.join(".gitignore"), "crate/untr*\n").unwrap();
        assert_eq!(tree.recorded(&files), Ok(BTreeSet::from([files[0].clone(), files[3].clone()])));
        assert_eq!(tree.under_way(), None);
    }

    #[test]
    fn before_the_first_commit_what_is_staged_is_recorded() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        git(&root, &["init", "-q"]);
        let files = ["staged", "untracked"].map(|name| root.join(name));
        for file in &files {
            std::fs::write(file, "x").unwrap();
        }
        git(&root, &["add", "staged"]);
        let tree = WorkTree::around(&root).unwrap();
        assert_eq!(tree.recorded(&files), Ok(BTreeSet::from([files[0].clone()])));
        // Where git cannot be asked, nothing is known to be a draft.
        std::fs::write(root.join(".git/HEAD"), "nonsense").unwrap();
        assert!(tree.recorded(&files[1..]).is_err());
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
