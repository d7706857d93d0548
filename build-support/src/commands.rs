//! The commands that write migrations without an edit of a model: squashes, merges and empty migrations.
//!
//! These migrations have no trailer: they are not drafts, and no build removes them. `rebase` renames files.

mod code;
mod find;
mod functions;
mod rebase;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use modelshift_schema::graph::Graph;
use modelshift_schema::merge::{MergeError, merge};
use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId};
use modelshift_schema::squash::{SquashError, Squashed, squash, squash_apart};

use self::find::nearest;
use crate::build_step;
use crate::config::Build;
use crate::crates::imports::{Foreign, ForeignMigrations};
use crate::crates::manifest::Manifest;
use crate::environment::Environment;
use crate::error::{BuildError, Fault};
use crate::migrations::{draft, history, writer};
use crate::scan::apps::App;

/// An error of a command.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The package cannot be read, or the file cannot be written.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The existing migrations cannot be read, or are inconsistent.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The app is unknown, or has no place for migrations.
    #[error("unknown app `{label}`, or it has no migrations in this package; there is {}", nearest(label.as_str(), .known))]
    NoApp {
        /// What was asked for.
        label: AppLabel,
        /// The apps that have a place for migrations.
        known: Vec<AppLabel>,
    },
    /// No app is named, and there is none or more than one.
    #[error("name the app; there is {}", listed(.known))]
    WhichApp {
        /// The apps that have a place for migrations.
        known: Vec<AppLabel>,
    },
    /// No migration has the name.
    #[error("the app `{app}` has no migration `{asked}`; there is {}", nearest(asked, .known))]
    NoMigration {
        /// The app.
        app: AppLabel,
        /// What was asked for.
        asked: String,
        /// The migrations that there are.
        known: Vec<String>,
    },
    /// Several migrations match the name.
    #[error("`{asked}` matches {} of the app `{app}`; write more of its name", nearest(asked, .found))]
    SeveralMigrations {
        /// The app.
        app: AppLabel,
        /// What was asked for.
        asked: String,
        /// The migrations that match.
        found: Vec<String>,
    },
    /// A range of one migration.
    #[error(
        "`{id}` is one migration, and a squash replaces several; name the last one of a range, or write a shorter one \
         that replaces it with `cargo modelshift optimizemigration {} {}`", id.app, id.name
    )]
    OneMigration {
        /// The migration.
        id: MigrationId,
    },
    /// An invalid name of a migration.
    #[error("invalid name of a migration `{name}`; use lowercase letters, digits and `_`")]
    BadName {
        /// The name.
        name: String,
    },
    /// No app has branches.
    #[error("every app has one newest migration, so there is nothing to merge; there is {}", listed(.known))]
    NothingToMerge {
        /// The apps that have a place for migrations.
        known: Vec<AppLabel>,
    },
    /// It is not clear which branch to put after the other.
    #[error(
        "name the last migration of your branch, which is put after the other one: {}",
        .leaves.iter().map(|leaf| format!("`--rebase={}`", leaf.name)).collect::<Vec<_>>().join(" or ")
    )]
    WhichBranch {
        /// The ends of the branches.
        leaves: Vec<MigrationId>,
    },
    /// A migration file without a list of dependencies.
    #[error("the file of `{id}` has no list `depends_on = [\"…\"]`; add it, and try again")]
    NoDependencies {
        /// The migration.
        id: MigrationId,
    },
    /// A squash whose replaced migrations are all removed.
    #[error("`{id}` replaces no existing migration; name one that `squashmigrations` wrote")]
    ReplacesNone {
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

/// The result of an optimization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Optimized {
    /// No operation can be removed.
    ShortEnough,
    /// It can be shorter; nothing was written, as requested.
    CanBeShorter,
    /// The file of the shorter migration.
    Written(PathBuf),
}

fn listed<T: std::fmt::Display>(names: &[T]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl Build {
    /// Writes the migration that replaces all of the app from `first` (or else the first one) to `last`, each given by its
    /// name or the beginning of it; several if migrations of other apps must run in between.
    ///
    /// The replaced ones stay until they are applied to every database; then [`Self::finish_squash`] removes them.
    ///
    /// # Errors
    /// If the range does not exist, or a migration of another app must run between any two of it.
    pub fn squash_migrations(
        &self,
        environment: &Environment,
        app: &str,
        first: Option<&str>,
        last: &str,
        name: Option<&str>,
    ) -> Result<SquashFiles, CommandError> {
        let context = CommandContext::open(self, environment, app)?;
        let first = first.map(|first| context.find(first)).transpose()?;
        let squashed = squash_apart(&context.graph, first.as_ref(), &context.find(last)?, name)?;
        if let [Migration { replaces, .. }] = squashed.migrations.as_slice()
            && let [id] = replaces.as_slice()
        {
            return Err(CommandError::OneMigration { id: id.clone() });
        }
        for migration in &squashed.migrations {
            context.check(migration)?;
        }
        let (mut files, mut carried) = (Vec::new(), Vec::new());
        for migration in &squashed.migrations {
            let (file, of) = context.write_squash(migration)?;
            files.push(file);
            carried.extend(of);
        }
        let Squashed { between, functions, .. } = squashed;
        Ok(SquashFiles { files, between, functions, carried })
    }

    /// Makes a migration that replaces another one with fewer operations; none if no operation can be removed.
    ///
    /// An applied migration is never rewritten. So the new one is a squash of this single migration.
    ///
    /// # Errors
    /// As [`Self::squash_migrations`].
    pub fn optimize_migration(
        &self,
        environment: &Environment,
        app: &str,
        name: &str,
        write: bool,
    ) -> Result<Optimized, CommandError> {
        let context = CommandContext::open(self, environment, app)?;
        let id = context.find(name)?;
        let suffix = id.name.split_once('_').map_or("", |(_, suffix)| suffix);
        let optimized = squash(&context.graph, Some(&id), &id, Some(&format!("{suffix}_optimized")))?;
        let before = context.graph.get(&id).map_or(0, |it| it.operations.len());
        if optimized.operations.len() >= before {
            return Ok(Optimized::ShortEnough);
        }
        if write {
            context.write_squash(&optimized).map(|(file, _)| Optimized::Written(file))
        } else {
            Ok(Optimized::CanBeShorter)
        }
    }

    /// Removes the files of all migrations that a squash replaces, at every level, and returns them. Every database must
    /// have all of them, or none; `migrate` reports an error for one that has some.
    ///
    /// The squash keeps its `replaces`, by which databases and other migrations refer to it.
    ///
    /// # Errors
    /// If the migration does not exist, or it replaces no file.
    pub fn finish_squash(
        &self,
        environment: &Environment,
        app: &str,
        name: &str,
    ) -> Result<Vec<PathBuf>, CommandError> {
        let context = CommandContext::open(self, environment, app)?;
        let id = context.find_squash(name)?;
        let (files, _) =
            history::load(&context.folder, &context.app).map_err(BuildError::io("read", &context.folder))?;
        let mut gone: Vec<MigrationId> =
            context.graph.get(&id).map(|it| it.replaces.clone()).unwrap_or_default();
        let mut removed = Vec::new();
        let mut next = 0;
        while let Some(replaced) = gone.get(next) {
            next += 1;
            let Some(file) = files.iter().find(|file| file.id == *replaced) else { continue };
            let also = history::read(file, &context.package)?.replaces;
            removed.push(file.path.clone());
            gone.extend(also);
        }
        removed.sort();
        removed.dedup();
        if removed.is_empty() {
            return Err(CommandError::ReplacesNone { id });
        }
        for file in &removed {
            let io = BuildError::io("remove", file.strip_prefix(&context.package).unwrap_or(file));
            std::fs::remove_file(file).map_err(io)?;
        }
        Ok(removed)
    }

    /// Writes the migration that joins the newest ones of an app, and returns its file.
    ///
    /// # Errors
    /// If there is nothing to merge, or the branches change the same thing.
    pub fn merge_migrations(&self, environment: &Environment, app: &str) -> Result<PathBuf, CommandError> {
        let context = CommandContext::open(self, environment, app)?;
        let migration = merge(&context.graph, &context.app)?;
        context.write(&migration)
    }

    /// Does the same as [`Self::merge_migrations`] for every app with several newest migrations, and returns the files.
    ///
    /// # Errors
    /// If no app has several, or the branches of one change the same thing; then nothing is written.
    pub fn merge_all_migrations(&self, environment: &Environment) -> Result<Vec<PathBuf>, CommandError> {
        let mut joined = Vec::new();
        let mut known = Vec::new();
        for (label, app) in build_step::apps_of_package(self, environment)? {
            if app.folder.is_none() {
                continue;
            }
            let context = CommandContext::open(self, environment, label.as_str())?;
            known.push(label);
            if context.graph.leaves(&context.app).len() > 1 {
                joined.push((merge(&context.graph, &context.app)?, context));
            }
        }
        if joined.is_empty() {
            return Err(CommandError::NothingToMerge { known });
        }
        joined.iter().map(|(migration, context)| context.write(migration)).collect()
    }

    /// Writes an empty migration, to be completed by hand, and returns its file.
    ///
    /// # Errors
    /// If the app has two newest migrations, or the name is invalid.
    pub fn empty_migration(
        &self,
        environment: &Environment,
        app: &str,
        name: &str,
    ) -> Result<PathBuf, CommandError> {
        let context = CommandContext::open(self, environment, app)?;
        let leaves: Vec<MigrationId> = context.graph.leaves(&context.app).into_iter().cloned().collect();
        if leaves.len() > 1 {
            return Err(Fault::TwoLeaves { app: context.app, leaves }.into());
        }
        let number =
            leaves.iter().filter_map(MigrationId::last_number).max().map_or(1, |last| last.saturating_add(1));
        let id = MigrationId::new(&context.app, format!("{number:04}_{name}"));
        context.write_with(&Migration::new(id, leaves, Vec::new()), STUB)
    }
}

/// What stands in an empty migration for a person to complete.
const STUB: &str = "
// To run Rust, write `RunRust { forward = fill, reverse = () }` between the braces above, and complete this:
//
// async fn fill(db: &mut modelshift::data::Db<'_>) -> modelshift::data::Result {
//     let mut rows = db.all::<models::Post>();
//     while let Some(mut row) = rows.next(db).await? {
//         db.update(&row).await?;
//     }
//     Ok(())
// }
";

/// The files that a squash wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SquashFiles {
    /// The files, in the order of their migrations; at least one.
    pub files: Vec<PathBuf>,
    /// The migrations of other apps that run between them.
    pub between: Vec<MigrationId>,
    /// The migrations with functions, which are in files of their own.
    pub functions: Vec<MigrationId>,
    /// The migrations whose functions are copied into the files.
    pub carried: Vec<MigrationId>,
}

/// The migrations of a package, and the app of the command.
struct CommandContext {
    package: PathBuf,
    app: AppLabel,
    folder: PathBuf,
    graph: Graph,
}

impl CommandContext {
    fn open(build: &Build, environment: &Environment, app: &str) -> Result<Self, CommandError> {
        let package = environment.manifest_dir()?;
        let apps = build_step::apps_of_package(build, environment)?;
        let app = AppLabel::new(app);
        let Some(folder) = apps.get(&app).and_then(|it| it.folder.clone()) else {
            let known = apps.into_iter().filter(|(_, it)| it.folder.is_some()).map(|(label, _)| label);
            return Err(CommandError::NoApp { label: app, known: known.collect() });
        };
        let own = migrations(&apps, &package)?;
        let manifest = std::fs::read_to_string(package.join("Cargo.toml")).unwrap_or_default();
        let foreign = Foreign::gather(environment, &package, &Manifest::parse(&manifest));
        let ForeignMigrations { migrations: foreign, faults, .. } =
            foreign.migrations(own.iter().flat_map(draft::named).map(|id| id.app.clone()).collect());
        if !faults.is_empty() {
            return Err(first(faults, &app).into());
        }
        let graph = history::graph(own.into_iter().chain(foreign).collect());
        let (graph, _) = graph.map_err(|faults| first(faults, &app))?;
        Ok(Self { package, app, folder, graph })
    }

    /// Checks that a file can be written for a migration.
    fn check(&self, migration: &Migration) -> Result<PathBuf, CommandError> {
        if !history::is_name(&migration.id.name) {
            return Err(CommandError::BadName { name: migration.id.name.clone() });
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

    fn io(&self, action: &'static str, file: &Path) -> impl FnOnce(std::io::Error) -> BuildError {
        BuildError::io(action, file.strip_prefix(&self.package).unwrap_or(file))
    }

    /// Writes a new file; an existing one is never changed.
    fn write(&self, migration: &Migration) -> Result<PathBuf, CommandError> {
        self.write_with(migration, "")
    }

    /// Writes a squash with the functions that it keeps; returns the migration which they are from.
    fn write_squash(&self, migration: &Migration) -> Result<(PathBuf, Option<MigrationId>), CommandError> {
        let kept = functions::kept_by(migration, (&self.package, &self.folder, &self.app))?;
        let Some(kept) = kept else { return Ok((self.write(migration)?, None)) };
        let file = self.write_with(migration, &format!("\n{}", kept.text))?;
        Ok((file, Some(kept.of)))
    }

    /// Writes a migration, and a text behind it.
    fn write_with(&self, migration: &Migration, behind: &str) -> Result<PathBuf, CommandError> {
        let file = self.check(migration)?;
        let text = modelshift_syntax::print_module(migration);
        std::fs::create_dir_all(&self.folder).map_err(self.io("make the folder of", &file))?;
        let mut open = File::create_new(&file).map_err(self.io("make", &file))?;
        open.write_all((text + behind).as_bytes()).map_err(self.io("write", &file))?;
        Ok(file)
    }
}

/// Reads all migrations of a package.
fn migrations(apps: &BTreeMap<AppLabel, App>, package: &Path) -> Result<Vec<Migration>, CommandError> {
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

/// Returns the fault of the app, or else the first one.
fn first(mut faults: Vec<(AppLabel, Fault)>, app: &AppLabel) -> Fault {
    let position = faults.iter().position(|(of, _)| of == app).unwrap_or_default();
    if faults.is_empty() {
        return Fault::History { message: "the migrations are inconsistent".to_owned() };
    }
    faults.swap_remove(position).1
}

#[cfg(test)]
mod tests;
