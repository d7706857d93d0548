//! Migrations that a person asks for, since no edit of a model leads to them: squashes, merges and empty ones.
//!
//! What is written here bears no trailer: it is no draft, and no build removes it. `rebase` gives files other names.

mod find;
mod rebase;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use modelshift_schema::graph::Graph;
use modelshift_schema::merge::{MergeError, merge};
use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId};
use modelshift_schema::squash::{SquashError, squash, squash_apart};

use self::find::nearest;
use crate::build_step;
use crate::config::Build;
use crate::crates::imports::Foreign;
use crate::crates::manifest::Manifest;
use crate::environment::Environment;
use crate::error::{BuildError, Fault};
use crate::migrations::{draft, history, writer};
use crate::scan::apps::App;

/// A migration that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum UpkeepError {
    /// The package cannot be read, or the file cannot be written.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The migrations that are there cannot be read, or do not fit together.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// There is no such app, or it has no place for migrations.
    #[error("there is no app `{label}` with migrations in this package; there is {}", nearest(label.as_str(), .known))]
    NoApp {
        /// What was asked for.
        label: AppLabel,
        /// The apps that have a place for migrations.
        known: Vec<AppLabel>,
    },
    /// There is more than one app, or none, and none is named.
    #[error("name the app; there is {}", listed(.known))]
    WhichApp {
        /// The apps that have a place for migrations.
        known: Vec<AppLabel>,
    },
    /// No migration, or more than one, is meant.
    #[error("`{asked}` means no migration of the app `{app}`; there is {}", nearest(asked, .known))]
    NoMigration {
        /// The app.
        app: AppLabel,
        /// What was asked for.
        asked: String,
        /// The migrations that there are.
        known: Vec<String>,
    },
    /// More than one migration is meant.
    #[error("`{asked}` means {} of the app `{app}`; write more of its name", nearest(asked, .found))]
    SeveralMigrations {
        /// The app.
        app: AppLabel,
        /// What was asked for.
        asked: String,
        /// What it can mean.
        found: Vec<String>,
    },
    /// A range of one migration.
    #[error(
        "`{id}` is one migration, and a squash replaces several; name the last of a range, or write a shorter one beside \
         it with `cargo modelshift optimizemigration {} {}`", id.app, id.name
    )]
    OneMigration {
        /// The migration.
        id: MigrationId,
    },
    /// A name that cannot be the name of a file.
    #[error("`{name}` cannot be the name of a migration; use small letters, digits and `_`")]
    BadName {
        /// The name.
        name: String,
    },
    /// No app has branches.
    #[error("every app ends in one newest migration, so that there is nothing to merge; there is {}", listed(.known))]
    NothingToMerge {
        /// The apps that have a place for migrations.
        known: Vec<AppLabel>,
    },
    /// It is not said which branch is to stand behind the other.
    #[error(
        "say which branch is yours, to stand behind the other, by its last migration: {}",
        .leaves.iter().map(|leaf| format!("`--rebase={}`", leaf.name)).collect::<Vec<_>>().join(" or ")
    )]
    WhichBranch {
        /// The ends of the branches.
        leaves: Vec<MigrationId>,
    },
    /// A migration whose dependencies cannot be told from its text.
    #[error("the file of `{id}` has no list `depends_on = [\"…\"]`; write it, and try again")]
    NoDependencies {
        /// The migration.
        id: MigrationId,
    },
    /// A migration that was to be finished stands for no file.
    #[error("`{id}` stands for no migration that is still there; name one that `squashmigrations` wrote")]
    StandsForNone {
        /// The migration.
        id: MigrationId,
    },
    /// The migrations cannot become one.
    #[error(transparent)]
    Squash(#[from] SquashError),
    /// The branches cannot be joined.
    #[error(transparent)]
    Merge(#[from] MergeError),
}

/// What came of a migration that was to be optimized.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Optimized {
    /// Nothing can be left out.
    ShortEnough,
    /// It can be shorter, and nothing was to be written.
    CanBeShorter,
    /// The file of the shorter one.
    Written(PathBuf),
}

fn listed<T: std::fmt::Display>(names: &[T]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl Build {
    /// Writes the migration that stands for all of the app from `first` (else the first of all) to `last`, each said by
    /// its name or the beginning of it; several where migrations of other apps must be done in the middle.
    ///
    /// The others stay until every database holds them; then [`Self::finish_squash`] removes them.
    ///
    /// # Errors
    /// Where there is no such range, or a migration of another app must be done between any two of it.
    pub fn squash_migrations(
        &self,
        environment: &Environment,
        app: &str,
        first: Option<&str>,
        last: &str,
        name: Option<&str>,
    ) -> Result<SquashFiles, UpkeepError> {
        let desk = CommandContext::open(self, environment, app)?;
        let first = first.map(|first| desk.find(first)).transpose()?;
        let squashed = squash_apart(&desk.graph, first.as_ref(), &desk.find(last)?, name)?;
        if let [Migration { replaces, .. }] = squashed.migrations.as_slice()
            && let [id] = replaces.as_slice()
        {
            return Err(UpkeepError::OneMigration { id: id.clone() });
        }
        for migration in &squashed.migrations {
            desk.check(migration)?;
        }
        let files = squashed.migrations.iter().map(|migration| desk.write(migration));
        Ok(SquashFiles { files: files.collect::<Result<_, _>>()?, between: squashed.between })
    }

    /// Makes the migration that does the same as another with fewer operations, and stands for it; none where nothing
    /// can be left out.
    ///
    /// A migration that databases hold is never rewritten, so that it comes beside it, as a squash of one.
    ///
    /// # Errors
    /// As [`Self::squash_migrations`].
    pub fn optimize_migration(
        &self,
        environment: &Environment,
        app: &str,
        name: &str,
        write: bool,
    ) -> Result<Optimized, UpkeepError> {
        let desk = CommandContext::open(self, environment, app)?;
        let id = desk.find(name)?;
        let suffix = id.name.split_once('_').map_or("", |(_, suffix)| suffix);
        let optimized = squash(&desk.graph, Some(&id), &id, Some(&format!("{suffix}_optimized")))?;
        let before = desk.graph.get(&id).map_or(0, |it| it.operations.len());
        if optimized.operations.len() >= before {
            return Ok(Optimized::ShortEnough);
        }
        if write { desk.write(&optimized).map(Optimized::Written) } else { Ok(Optimized::CanBeShorter) }
    }

    /// Removes the files of all migrations that one stands for, those included that other such ones stand for, and
    /// gives them. Every database must hold all of them, or none; one that holds some is told so when it migrates.
    ///
    /// The one that stays keeps its `replaces`, by which databases and other migrations know it.
    ///
    /// # Errors
    /// Where there is no such migration, or it stands for no file.
    pub fn finish_squash(
        &self,
        environment: &Environment,
        app: &str,
        name: &str,
    ) -> Result<Vec<PathBuf>, UpkeepError> {
        let desk = CommandContext::open(self, environment, app)?;
        let id = desk.find_squash(name)?;
        let (files, _) =
            history::load(&desk.folder, &desk.app).map_err(BuildError::io("read", &desk.folder))?;
        let mut gone: Vec<MigrationId> =
            desk.graph.get(&id).map(|it| it.replaces.clone()).unwrap_or_default();
        let mut removed = Vec::new();
        let mut next = 0;
        while let Some(replaced) = gone.get(next) {
            next += 1;
            let Some(file) = files.iter().find(|file| file.id == *replaced) else { continue };
            let also = history::read(file, &desk.package)?.replaces;
            removed.push(file.path.clone());
            gone.extend(also);
        }
        removed.sort();
        removed.dedup();
        if removed.is_empty() {
            return Err(UpkeepError::StandsForNone { id });
        }
        for file in &removed {
            let io = BuildError::io("remove", file.strip_prefix(&desk.package).unwrap_or(file));
            std::fs::remove_file(file).map_err(io)?;
        }
        Ok(removed)
    }

    /// Writes the migration that joins the newest ones of an app, and gives its file.
    ///
    /// # Errors
    /// Where there is nothing to merge, or the branches change the same.
    pub fn merge_migrations(&self, environment: &Environment, app: &str) -> Result<PathBuf, UpkeepError> {
        let desk = CommandContext::open(self, environment, app)?;
        let migration = merge(&desk.graph, &desk.app)?;
        desk.write(&migration)
    }

    /// Does as [`Self::merge_migrations`] for every app that ends in more than one migration, and gives the files.
    ///
    /// # Errors
    /// Where no app does, or where the branches of one change the same; then nothing is written.
    pub fn merge_all_migrations(&self, environment: &Environment) -> Result<Vec<PathBuf>, UpkeepError> {
        let mut joined = Vec::new();
        let mut known = Vec::new();
        for (label, app) in build_step::apps_of_package(self, environment)? {
            if app.folder.is_none() {
                continue;
            }
            let desk = CommandContext::open(self, environment, label.as_str())?;
            known.push(label);
            if desk.graph.leaves(&desk.app).len() > 1 {
                joined.push((merge(&desk.graph, &desk.app)?, desk));
            }
        }
        if joined.is_empty() {
            return Err(UpkeepError::NothingToMerge { known });
        }
        joined.iter().map(|(migration, desk)| desk.write(migration)).collect()
    }

    /// Writes a migration that does nothing yet, for a person to fill, and gives its file.
    ///
    /// # Errors
    /// Where the app has two newest migrations, or the name is none.
    pub fn empty_migration(
        &self,
        environment: &Environment,
        app: &str,
        name: &str,
    ) -> Result<PathBuf, UpkeepError> {
        let desk = CommandContext::open(self, environment, app)?;
        let leaves: Vec<MigrationId> = desk.graph.leaves(&desk.app).into_iter().cloned().collect();
        if leaves.len() > 1 {
            return Err(Fault::TwoLeaves { app: desk.app, leaves }.into());
        }
        let number =
            leaves.iter().filter_map(MigrationId::last_number).max().map_or(1, |last| last.saturating_add(1));
        let id = MigrationId::new(&desk.app, format!("{number:04}_{name}"));
        desk.write(&Migration::new(id, leaves, Vec::new()))
    }
}

/// What a squash wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SquashFiles {
    /// The files, in the order of their migrations; at least one.
    pub files: Vec<PathBuf>,
    /// The migrations of other apps that are done between them.
    pub between: Vec<MigrationId>,
}

/// The migrations of a package, and the app that is at hand.
struct CommandContext {
    package: PathBuf,
    app: AppLabel,
    folder: PathBuf,
    graph: Graph,
}

impl CommandContext {
    fn open(build: &Build, environment: &Environment, app: &str) -> Result<Self, UpkeepError> {
        let package = environment.manifest_dir()?;
        let apps = build_step::apps_of_package(build, environment)?;
        let app = AppLabel::new(app);
        let Some(folder) = apps.get(&app).and_then(|it| it.folder.clone()) else {
            let known = apps.into_iter().filter(|(_, it)| it.folder.is_some()).map(|(label, _)| label);
            return Err(UpkeepError::NoApp { label: app, known: known.collect() });
        };
        let own = migrations(&apps, &package)?;
        let manifest = std::fs::read_to_string(package.join("Cargo.toml")).unwrap_or_default();
        let foreign = Foreign::gather(environment, &package, &Manifest::parse(&manifest));
        let (foreign, faults) =
            foreign.migrations(own.iter().flat_map(draft::named).map(|id| id.app.clone()).collect());
        if !faults.is_empty() {
            return Err(first(faults, &app).into());
        }
        let history = history::replay(own.into_iter().chain(foreign).collect());
        let history = history.map_err(|faults| first(faults, &app))?;
        Ok(Self { package, app, folder, graph: history.graph })
    }

    /// Checks that a file can be written for a migration.
    fn check(&self, migration: &Migration) -> Result<PathBuf, UpkeepError> {
        if !history::is_name(&migration.id.name) {
            return Err(UpkeepError::BadName { name: migration.id.name.clone() });
        }
        let file = self.folder.join(writer::file_name(migration));
        if file.exists() {
            let there = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
            return Err(
                BuildError::io("make", file.strip_prefix(&self.package).unwrap_or(&file))(there).into()
            );
        }
        Ok(file)
    }

    /// Writes a new file; one that is there is never touched.
    fn write(&self, migration: &Migration) -> Result<PathBuf, UpkeepError> {
        let file = self.check(migration)?;
        let text = modelshift_syntax::print_module(migration);
        let io = |action| BuildError::io(action, file.strip_prefix(&self.package).unwrap_or(&file));
        std::fs::create_dir_all(&self.folder).map_err(io("make the folder of"))?;
        let mut open = File::create_new(&file).map_err(io("make"))?;
        open.write_all(text.as_bytes()).map_err(io("write"))?;
        Ok(file)
    }
}

/// Reads all migrations of a package.
fn migrations(apps: &BTreeMap<AppLabel, App>, package: &Path) -> Result<Vec<Migration>, UpkeepError> {
    let mut migrations = Vec::new();
    for (label, app) in apps {
        let Some(folder) = &app.folder else { continue };
        let (files, faults) = history::load(folder, label).map_err(BuildError::io("read", folder))?;
        if let Some(fault) = faults.into_iter().next() {
            return Err(fault.into());
        }
        for file in &files {
            migrations.push(history::read(file, package)?);
        }
    }
    Ok(migrations)
}

/// Returns the fault that concerns the app, or else the first.
fn first(mut faults: Vec<(AppLabel, Fault)>, app: &AppLabel) -> Fault {
    let position = faults.iter().position(|(of, _)| of == app).unwrap_or_default();
    if faults.is_empty() {
        return Fault::History { message: "the migrations do not fit together".to_owned() };
    }
    faults.swap_remove(position).1
}

#[cfg(test)]
mod tests;
