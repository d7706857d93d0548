//! A range of migrations of one app -> one migration that replaces them, or several if other apps come between.

use std::collections::BTreeSet;

use crate::migration::Migration;
use crate::migration::graph::{Graph, GraphError};
use crate::migration::optimize::optimize;
use crate::model::naming::MAX_NAME_BYTES;
use crate::name::MigrationId;
use crate::operation::Operation;
use crate::state::former_names::FormerNames;

/// Migrations that cannot become one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SquashError {
    /// The migration does not exist.
    #[error("migration `{id}` does not exist, or another one replaces it already")]
    NoMigration {
        /// The migration that was looked for.
        id: MigrationId,
    },
    /// The first migration of the range is not before the last.
    #[error("`{first}` does not come before `{last}` in its app; name the earlier one first")]
    NotBefore {
        /// The first migration.
        first: MigrationId,
        /// The last migration.
        last: MigrationId,
    },
    /// The range has another branch beside it.
    #[error("`{id}` and `{last}` are on different branches; merge the branches first, or begin after them")]
    Branch {
        /// A migration that depends on one inside the range, and is not in it.
        id: MigrationId,
        /// Where the range ends.
        last: MigrationId,
    },
    /// A migration of another app must be applied between two of the range.
    #[error(
        "one migration for all would have to be done before and after others: {}; squash a shorter range, or squash \
         those of the other app first", circle(.members)
    )]
    Circle {
        /// The members, each depending on the next and the last on the first.
        members: Vec<MigrationId>,
    },
    /// More than one function would be in one migration.
    #[error(
        "{} have functions, and a migration has at most one `RunRust`; squash a range for each, or write \
         `elidable = true` into a `RunRust` that a new database does not need", members(.migrations)
    )]
    Functions {
        /// The migrations whose functions are kept.
        migrations: Vec<MigrationId>,
    },
    /// The migrations cannot be joined with the new one.
    #[error("{source}")]
    Graph {
        /// What is wrong.
        source: GraphError,
    },
}

fn circle(members: &[MigrationId]) -> String {
    let names: Vec<String> = members.iter().chain(members.first()).map(|id| format!("`{id}`")).collect();
    names.join(" -> ")
}

fn members(ids: &[MigrationId]) -> String {
    ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(" and ")
}

/// Creates one migration out of all migrations of the app from `first` (else the first of all) to `last`.
///
/// Its operations are optimized, it depends on what the range depends on outside of itself, and it replaces the range.
/// `name` replaces the derived name after the number.
///
/// # Errors
/// Returns an error if the range does not exist, if a migration of another app must be applied inside it, or if several of
/// its functions are kept.
pub fn squash(
    graph: &Graph,
    first: Option<&MigrationId>,
    last: &MigrationId,
    name: Option<&str>,
) -> Result<Migration, SquashError> {
    let range = range(graph, first, last)?;
    let inside: BTreeSet<&MigrationId> = range.iter().map(|it| &it.id).collect();
    for id in &inside {
        let beside = graph.children(id).find(|it| it.app == last.app && !inside.contains(it));
        if let (Some(beside), true) = (beside, *id != last) {
            return Err(SquashError::Branch { id: beside.clone(), last: last.clone() });
        }
    }
    replacement(graph, &[], (&range, last), first.is_some(), name)
}

/// The result for a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Squashed {
    /// The replacing migrations; at least one.
    pub migrations: Vec<Migration>,
    /// The migrations of other apps that must be applied between two parts of the range.
    pub between: Vec<MigrationId>,
    /// The migrations with functions, which had to be in parts of their own.
    pub functions: Vec<MigrationId>,
}

/// Creates as few migrations as possible that replace all from `first` to `last`: one, as [`squash`] does, or more if a
/// migration of another app must be applied inside the range, or several functions are kept. A single migration between two cuts is left as it is.
///
/// # Errors
/// Returns the errors of [`squash`]. Returns [`SquashError::Circle`] or [`SquashError::Functions`] if there is a cut after
/// every migration.
pub fn squash_apart(
    graph: &Graph,
    first: Option<&MigrationId>,
    last: &MigrationId,
    name: Option<&str>,
) -> Result<Squashed, SquashError> {
    let (between, functions) = (Vec::new(), Vec::new());
    let apart = match squash(graph, first, last, name) {
        Err(apart @ (SquashError::Circle { .. } | SquashError::Functions { .. })) => apart,
        answer => return answer.map(|whole| Squashed { migrations: vec![whole], between, functions }),
    };
    let range = range(graph, first, last)?;
    let mut squashed = Squashed { migrations: Vec::new(), between, functions };
    let mut rest = range.as_slice();
    while !rest.is_empty() {
        let is_later = first.is_some() || rest.len() < range.len();
        let mut part = None;
        let mut length = 1;
        // The longest part that can be one migration is always a best choice: it leaves the fewest cuts.
        while length < rest.len() {
            match replacement(
                graph,
                &squashed.migrations,
                (&rest[..=length], &rest[length].id),
                is_later,
                name,
            ) {
                Ok(migration) => part = Some(migration),
                Err(SquashError::Circle { members }) => {
                    let others = members.into_iter().filter(|id| id.app != last.app);
                    squashed.between.extend(others);
                    break;
                }
                Err(SquashError::Functions { migrations }) => {
                    squashed.functions.extend(migrations);
                    break;
                }
                Err(error) => return Err(error),
            }
            length += 1;
        }
        squashed.migrations.extend(part);
        rest = &rest[length..];
    }
    squashed.between.sort();
    squashed.between.dedup();
    squashed.functions.sort();
    squashed.functions.dedup();
    if squashed.migrations.is_empty() { Err(apart) } else { Ok(squashed) }
}

/// Creates the migration that replaces these up to `last`, beside others that were created before.
fn replacement(
    graph: &Graph,
    made: &[Migration],
    (range, last): (&[&Migration], &MigrationId),
    names_first: bool,
    name: Option<&str>,
) -> Result<Migration, SquashError> {
    let functions: Vec<MigrationId> =
        range.iter().filter(|it| keeps_function(it)).map(|it| it.id.clone()).collect();
    if functions.len() > 1 {
        return Err(SquashError::Functions { migrations: functions });
    }
    let inside: BTreeSet<&MigrationId> = range.iter().map(|it| &it.id).collect();
    let operations: Vec<_> = range.iter().flat_map(|it| it.operations.clone()).collect();
    let names = FormerNames::after(&last.app, &operations);
    let mut operations = optimize(&last.app, operations);
    operations.extend(names.reminder(&last.app, &FormerNames::after(&last.app, &operations)));
    let migration = Migration {
        run_before: dependencies_outside(graph, range, &inside, |it| &it.run_before),
        replaces: range.iter().map(|it| it.id.clone()).collect(),
        // If one of them cannot run inside a transaction, all of them together cannot.
        atomic: range.iter().all(|it| it.atomic),
        ..Migration::new(
            MigrationId::new(&last.app, squashed_name(range, last, names_first, name)),
            dependencies_outside(graph, range, &inside, |it| &it.depends_on),
            operations,
        )
    };
    let all = graph.files().chain(made).chain([&migration]).cloned().collect();
    match Graph::new(all) {
        Ok(_) => Ok(migration),
        Err(errors) => Err(errors.into_iter().next().map_or_else(
            || SquashError::NoMigration { id: last.clone() },
            |error| match error {
                GraphError::Cycle { members } => SquashError::Circle { members },
                source @ (GraphError::Duplicate { .. }
                | GraphError::MissingDependency { .. }
                | GraphError::HalfReplaced { .. }
                | GraphError::ReplacesItself { .. }) => SquashError::Graph { source },
            },
        )),
    }
}

/// Returns whether a migration has a function that a squash keeps.
fn keeps_function(migration: &Migration) -> bool {
    migration.operations.iter().any(|it| matches!(it, Operation::RunRust(function) if !function.elidable))
}

/// Returns the dependencies of a range on migrations outside of it, each once.
fn dependencies_outside(
    graph: &Graph,
    range: &[&Migration],
    inside: &BTreeSet<&MigrationId>,
    list: fn(&Migration) -> &[MigrationId],
) -> Vec<MigrationId> {
    let mut ids: Vec<MigrationId> = Vec::new();
    for id in range.iter().flat_map(|it| list(it)) {
        let is_own = inside.contains(id) || graph.stand_in(id).is_some_and(|it| inside.contains(it));
        if !is_own && !ids.contains(id) {
            ids.push(id.clone());
        }
    }
    ids
}

/// Returns the migrations of the app from the first to the last, in order.
fn range<'a>(
    graph: &'a Graph,
    first: Option<&MigrationId>,
    last: &MigrationId,
) -> Result<Vec<&'a Migration>, SquashError> {
    for id in first.into_iter().chain([last]) {
        if graph.get(id).is_none() {
            return Err(SquashError::NoMigration { id: id.clone() });
        }
    }
    let before = graph.ancestors(last).into_iter().filter(|id| id.app == last.app);
    let before: Vec<&Migration> = before.filter_map(|id| graph.get(id)).collect();
    let Some(first) = first else { return Ok(before) };
    let start = before.iter().position(|it| it.id == *first);
    let start = start.ok_or_else(|| SquashError::NotBefore { first: first.clone(), last: last.clone() })?;
    Ok(before[start..].to_vec())
}

/// Returns the name as in Django: `0001_squashed_0003_tags`, `0002_author_squashed_0003_tags`, `0001_name`.
fn squashed_name(range: &[&Migration], last: &MigrationId, names_first: bool, name: Option<&str>) -> String {
    let first = range.first().map_or(last, |it| &it.id);
    let number = first.name.split('_').next().unwrap_or_default();
    if let Some(name) = name {
        return format!("{number}_{name}");
    }
    let start = if names_first { first.name.as_str() } else { number };
    let whole = format!("{start}_squashed_{}", last.name);
    if whole.len() <= MAX_NAME_BYTES {
        return whole;
    }
    format!("{number}_squashed_{:04}", last.last_number().unwrap_or_default())
}

#[cfg(test)]
mod tests;
