//! Reads the migrations of a folder, each with the state of its file.

use std::io;
use std::path::{Path, PathBuf};

use modelshift_schema::graph::{Graph, GraphError};
use modelshift_schema::merge::{MergeError, merge};
use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId};
use modelshift_schema::replay::ReplayError;
use modelshift_schema::state::ProjectState;
use modelshift_syntax::trailer;

use crate::error::Fault;
use crate::files::slashed;

/// The maximum length of the part after the number in the name of a migration.
const MAX_SUFFIX: usize = 80;

/// How often a folder is read if files vanish in the meantime, since another build renames its draft.
const MAX_READS: usize = 5;

/// One file of a migration folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MigrationFile {
    /// The migration, by the name of the file.
    pub(crate) id: MigrationId,
    /// The file.
    pub(crate) path: PathBuf,
    /// Its content.
    pub(crate) text: String,
    /// True if a build wrote the file, nobody edited it, and it is a regular file.
    pub(crate) is_intact: bool,
}

/// Returns whether a text can be the name of a migration: four or more digits, `_`, small letters, digits and `_`.
pub(crate) fn is_name(text: &str) -> bool {
    let Some((number, suffix)) = text.split_once('_') else { return false };
    number.len() >= 4
        && number.chars().all(|digit| digit.is_ascii_digit())
        && number.parse::<u32>().is_ok()
        && (1..=MAX_SUFFIX).contains(&suffix.len())
        && suffix.chars().all(|character| matches!(character, 'a'..='z' | '0'..='9' | '_'))
}

/// Reads the migration files of a folder, sorted by name; none without a folder. Files with invalid names are faults.
///
/// # Errors
/// If the folder or a file in it cannot be read.
pub(crate) fn load(folder: &Path, app: &AppLabel) -> io::Result<(Vec<MigrationFile>, Vec<Fault>)> {
    let mut reads = 0;
    loop {
        reads += 1;
        match load_once(folder, app) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && reads < MAX_READS => {}
            answer => return answer,
        }
    }
}

fn load_once(folder: &Path, app: &AppLabel) -> io::Result<(Vec<MigrationFile>, Vec<Fault>)> {
    let mut files = Vec::new();
    let mut faults = Vec::new();
    let entries = match folder.read_dir() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((files, faults)),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        let Some(name) = candidate_of(&path) else { continue };
        if !is_name(name) {
            faults.push(Fault::BadName { file: slashed(&path) });
            continue;
        }
        // Reading a pipe or a device could block forever.
        if !is_file(&path)? {
            faults.push(Fault::NoFile { file: slashed(&path) });
            continue;
        }
        let text = std::fs::read_to_string(&path)?;
        let is_plain = path.symlink_metadata()?.is_file();
        let is_intact = is_plain && trailer::is_intact(&text);
        files.push(MigrationFile { id: MigrationId::new(app, name), path, text, is_intact });
    }
    files.sort_by(|one, other| one.id.cmp(&other.id));
    Ok((files, faults))
}

/// Returns whether a path leads to a regular file; false for a broken link.
fn is_file(path: &Path) -> io::Result<bool> {
    match path.metadata() {
        Ok(about) => Ok(about.is_file()),
        Err(_) if path.is_symlink() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Returns the name of the migration in the name of a file.
pub(crate) fn name_of(path: &Path) -> Option<&str> {
    candidate_of(path).filter(|name| is_name(name))
}

/// Returns whether a file of the folder is taken for a migration, whether its name is valid or not.
pub(crate) fn is_candidate(path: &Path) -> bool {
    candidate_of(path).is_some()
}

fn candidate_of(path: &Path) -> Option<&str> {
    path.file_name()?.to_str().and_then(candidate)
}

/// Returns the name in `m<digit>….rs`; none for other files of the folder.
fn candidate(file: &str) -> Option<&str> {
    let name = file.strip_prefix('m')?.strip_suffix(".rs")?;
    name.starts_with(|first: char| first.is_ascii_digit()).then_some(name)
}

/// Reads the migration in a file.
///
/// # Errors
/// [`Fault::Unreadable`] with line and column, [`Fault::OtherLabel`].
pub(crate) fn read(file: &MigrationFile, folder: &Path) -> Result<Migration, Fault> {
    modelshift_syntax::read_module(&file.id, &file.text).map_err(|error| {
        let path = file.path.strip_prefix(folder).unwrap_or(&file.path);
        let name = slashed(path);
        if let Some(recorded) = error.label {
            // The models are beside the folder of the migrations.
            let source = path.parent().and_then(Path::parent).map_or_else(|| "src".to_owned(), slashed);
            return Fault::OtherLabel {
                file: name,
                recorded,
                label: file.id.app.clone(),
                source_folder: source,
            };
        }
        let place = format!("{name}:{}:{}", error.line, error.column);
        Fault::Unreadable { place, message: error.message, is_compile_error: error.is_compile_error }
    })
}

/// A consistent history, and the state that it results in.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    pub(crate) order: Order,
    pub(crate) state: ProjectState,
}

/// The order of migrations, of which the operations may be unknown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Order(Graph);

impl Order {
    /// Takes the order of a graph.
    pub(crate) fn of(graph: Graph) -> Self {
        Self(graph)
    }

    /// Returns the names of all migrations, each after all that it depends on.
    pub(crate) fn ids(&self) -> Vec<&MigrationId> {
        self.0.order().into_iter().map(|migration| &migration.id).collect()
    }

    /// Returns the migrations of an app that no other migration of the app depends on.
    pub(crate) fn leaves(&self, app: &AppLabel) -> Vec<&MigrationId> {
        self.0.leaves(app)
    }
}

/// Orders migrations, and replays them.
///
/// # Errors
/// Every fault, with the app that it concerns.
pub(crate) fn replay(migrations: Vec<Migration>) -> Result<History, Vec<(AppLabel, Fault)>> {
    let (graph, state) = graph(migrations)?;
    Ok(History { order: Order::of(graph), state })
}

/// Orders migrations, and replays them; returns them in their order, too.
///
/// # Errors
/// As [`replay`].
pub(crate) fn graph(migrations: Vec<Migration>) -> Result<(Graph, ProjectState), Vec<(AppLabel, Fault)>> {
    let graph = Graph::new(migrations).map_err(|errors| errors.iter().map(of_graph).collect::<Vec<_>>())?;
    let state = graph.state().map_err(|error| vec![of_replay(&graph, &error)])?;
    Ok((graph, state))
}

fn of_graph(error: &GraphError) -> (AppLabel, Fault) {
    let app = match error {
        GraphError::Duplicate { id }
        | GraphError::MissingDependency { id, .. }
        | GraphError::HalfReplaced { id, .. } => Some(id),
        GraphError::Cycle { members } | GraphError::ReplacesItself { members } => members.first(),
    };
    let app = app.map_or_else(|| AppLabel::new(""), |id| id.app.clone());
    (app, Fault::History { message: error.to_string() })
}

/// Names both branches if they conflict, rather than the error of the second one.
fn of_replay(graph: &Graph, error: &ReplayError) -> (AppLabel, Fault) {
    let app = error.migration.app.clone();
    let mut message = format!("{error}: {}", error.source);
    if let Err(conflict @ MergeError::Conflict { .. }) = merge(graph, &app) {
        message = conflict.to_string();
    }
    (app, Fault::History { message })
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_a_fault_and_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        assert!(std::process::Command::new("mkfifo").arg(path("m0001_pipe.rs")).status().unwrap().success());
        std::fs::create_dir(path("m0002_folder.rs")).unwrap();
        std::os::unix::fs::symlink("nowhere", path("m0003_link.rs")).unwrap();
        std::fs::write(path("m0004_file.rs"), "text").unwrap();
        std::os::unix::fs::symlink("m0004_file.rs", path("m0005_other.rs")).unwrap();
        let (files, faults) = load(folder.path(), &AppLabel::new("blog")).unwrap();
        let names: Vec<&str> = files.iter().map(|file| file.id.name.as_str()).collect();
        assert_eq!(names, ["0004_file", "0005_other"]);
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert!(faults.len() == 3 && faults.iter().all(|it| it.contains("is not a file")), "{faults:?}");
    }

    use super::*;

    #[test]
    fn names_of_migrations_are_safe_as_names_of_files() {
        for name in ["0001_initial", "12345_a", "0002__x", "0003_2fa"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["001_a", "0001_", "0001", "0001_A", "0001_a-b", "0001_../x", "00_01_a", "99999999999_a"]
        {
            assert!(!is_name(name), "{name}");
        }
        assert!(!is_name(&format!("0001_{}", "a".repeat(81))));
    }

    #[test]
    fn branches_that_do_the_same_are_named_both() {
        let migration = |name: &str, body: &str| {
            let text = format!("modelshift::migration! {{ {body} }}");
            modelshift_syntax::read_module(&MigrationId::new("blog", name), &text).unwrap()
        };
        let first = migration("0001_initial", "app = \"blog\"; CreateModel { struct Post { id: i64 } }");
        let of_branch = |name: &str, more: &str| {
            let body = format!("AddField(Post) {{ color: Option<String> }} {more}");
            migration(name, &format!("depends_on = [\"blog.0001_initial\"]; {body}"))
        };
        let (one, other) = (of_branch("0002_a", ""), of_branch("0002_b", "RenameModel(Post -> Entry);"));
        let faults = replay(vec![first, one, other]).unwrap_err();
        let messages = faults.iter().map(|(_, fault)| fault.to_string()).collect::<Vec<_>>().join("\n");
        assert!(
            messages.contains(
                "`blog.0002_a` (adds field `color` to `Post`) and `blog.0002_b` (adds field `color` to `Post`) conflict about `Post`; \
                 remove one of them, and build again to write it again after the other"
            ),
            "{messages}"
        );
    }

    #[test]
    fn ld_021_a_folder_is_read_in_order_and_what_is_not_ours_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("m0002_b.rs", "edited");
        write("m0001_a.rs", &trailer::sign("text\n").replace('\n', "\r\n"));
        write("m3_c.rs", "");
        write("mod.rs", "");
        write("money.rs", "");
        for name in [".m0003_c.rs.12.tmp", "_m0003_c.rs", "~m0003_c.rs", ".m0003_c.rs", "m0003_c.rs~"] {
            write(name, "");
        }
        let (files, faults) = load(folder.path(), &AppLabel::new("blog")).unwrap();
        let found: Vec<(String, bool)> =
            files.iter().map(|file| (file.id.to_string(), file.is_intact)).collect();
        assert_eq!(found, [("blog.0001_a".to_owned(), true), ("blog.0002_b".to_owned(), false)]);
        assert_eq!(faults.len(), 1);
        let nothing = load(&folder.path().join("nothing"), &AppLabel::new("blog")).unwrap();
        assert_eq!(nothing, (Vec::new(), Vec::new()));
    }
}
