//! Which migrations are new, by what git has of their files.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use modelshift_schema::name::{AppLabel, MigrationId};

use crate::error::{Error, ErrorKind};

/// Where a branch may have begun, in this order.
const MAIN: [&str; 5] = ["origin/HEAD", "origin/main", "origin/master", "main", "master"];

/// New migrations, and edited ones.
#[derive(Debug)]
pub(super) struct Found {
    /// Since when they are new, in words.
    pub(super) since: String,
    /// The migrations whose files are not there at that commit.
    pub(super) new: BTreeSet<MigrationId>,
    /// The files that are there at that commit, and differ or are gone.
    pub(super) edited: Vec<String>,
}

/// The files of migrations by their folders: names such as `0001_initial`.
type Folders = BTreeMap<String, BTreeSet<String>>;

/// Finds the migrations of the program whose files are new since a commit.
///
/// The folder of an app is the one that has the files of all its migrations. An app without one belongs to another
/// repository, and none of its migrations is new.
///
/// # Errors
/// [`ErrorKind::CommandLine`] if git is missing or does not know the commit, if two folders may be that of an app, or if no app
/// has one.
pub(super) fn find(ids: &BTreeSet<MigrationId>, since: Option<&str>) -> Result<Found, Error> {
    let (reference, base) = base(since)?;
    let listed = git(&["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--full-name", ":/"])?;
    let now = folders(listed.split('\0'));
    let before = git(&["ls-tree", "-z", "-r", "--name-only", "--full-tree", &base])?;
    let before: BTreeSet<&str> = before.split('\0').filter(|path| migration(path).is_some()).collect();
    let changed = git(&["diff", "-z", "--name-only", "--no-renames", &base, "--", ":/"])?;
    let mut apps: BTreeMap<&AppLabel, Vec<&MigrationId>> = BTreeMap::new();
    for id in ids {
        apps.entry(&id.app).or_default().push(id);
    }
    let (mut new, mut own) = (BTreeSet::new(), BTreeSet::new());
    for (app, ids) in apps {
        let Some(folder) = folder_of(app, &ids, &now)? else { continue };
        own.insert(folder);
        new.extend(ids.into_iter().filter(|id| !before.contains(&*file(folder, &id.name))).cloned());
    }
    if own.is_empty() && !ids.is_empty() {
        return Err(wrong(
            "the repository of this folder has no files of these migrations".to_owned(),
            "run this in the repository of the project, or name the migrations, such as `review blog.0007_tags`",
        ));
    }
    let edited = changed.split('\0').filter(|path| before.contains(path));
    let edited = edited.filter(|path| migration(path).is_some_and(|(folder, _)| own.contains(folder)));
    let since = format!("since `{reference}`");
    Ok(Found { since, new, edited: edited.map(str::to_owned).collect() })
}

/// Returns the folder with the files of all migrations of an app; `None` if there is none.
fn folder_of<'a>(app: &AppLabel, ids: &[&MigrationId], now: &'a Folders) -> Result<Option<&'a str>, Error> {
    let has_all = |names: &BTreeSet<String>| ids.iter().all(|id| names.contains(&id.name));
    let found: Vec<&str> =
        now.iter().filter(|(_, names)| has_all(names)).map(|(folder, _)| folder.as_str()).collect();
    // A folder that is named after the app, as in `src/blog/migrations`, is told from others with the same names.
    let named: Vec<&str> = found
        .iter()
        .filter(|folder| {
            folder.split('/').any(|part| part == app.as_str() || part.replace('-', "_") == app.as_str())
        })
        .copied()
        .collect();
    match (found.as_slice(), named.as_slice()) {
        ([], _) => Ok(None),
        ([only], _) | (_, [only]) => Ok(Some(only)),
        (several, _) => {
            let several: Vec<String> = several.iter().map(|folder| format!("`{folder}`")).collect();
            let what = format!("the migrations of `{app}` may be in {}", several.join(" or "));
            Err(wrong(what, "name the migrations to review, such as `review blog.0007_tags`"))
        }
    }
}

/// Returns the commit since which migrations are new, and its name for people.
fn base(since: Option<&str>) -> Result<(String, String), Error> {
    git(&["rev-parse", "--is-inside-work-tree"])?;
    if let Some(since) = since {
        let commit =
            git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{since}^{{commit}}")]);
        let commit = commit.map_err(|_| {
            wrong(
                format!("git knows no commit `{since}`"),
                "name a branch, a tag or a commit that this clone has; a shallow clone has few",
            )
        })?;
        return Ok((since.to_owned(), commit.trim().to_owned()));
    }
    for main in MAIN {
        if let Ok(commit) = git(&["merge-base", "HEAD", main]) {
            return Ok((main.to_owned(), commit.trim().to_owned()));
        }
    }
    Err(wrong(
        "git has no main branch here to compare with".to_owned(),
        "add `--since` with a branch, a tag or a commit, or name the migrations",
    ))
}

/// Runs git in this folder, and returns what it prints.
fn git(arguments: &[&str]) -> Result<String, Error> {
    // What is printed is read, so that it must not depend on the language of the person.
    let output = Command::new("git").args(arguments).env("LC_ALL", "C").output();
    let why = match output {
        Ok(output) if output.status.success() => {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => error.to_string(),
    };
    Err(wrong(
        format!("git does not say which migrations are new ({why})"),
        "run this in the repository, or name the migrations, such as `review blog.0007_tags`",
    ))
}

fn wrong(what: String, remedy: &str) -> Error {
    ErrorKind::CommandLine { what, remedy: remedy.to_owned() }.into()
}

fn folders<'a>(paths: impl Iterator<Item = &'a str>) -> Folders {
    let mut folders = Folders::new();
    for (folder, name) in paths.filter_map(migration) {
        folders.entry(folder.to_owned()).or_default().insert(name.to_owned());
    }
    folders
}

/// Returns the folder and the name of the migration in a file; `None` for another file.
fn migration(path: &str) -> Option<(&str, &str)> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let name = file.strip_prefix('m')?.strip_suffix(".rs")?;
    name.starts_with(|it: char| it.is_ascii_digit()).then_some((folder, name))
}

fn file(folder: &str, name: &str) -> String {
    if folder.is_empty() { format!("m{name}.rs") } else { format!("{folder}/m{name}.rs") }
}
