//! What must hold of all migrations together.

use std::collections::BTreeSet;

use modelshift_schema::graph::{Graph, GraphError};
use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId};
use modelshift_schema::replay;
use modelshift_schema::squash::{SquashError, squash_apart};
use modelshift_schema::state::ProjectState;
use modelshift_syntax::print_module;

use super::{Broken, Keys, Law, agree, applied, spelled, steps, tables};
use crate::random::Random;
use crate::write::History;

pub(super) fn check(history: &History) -> Result<(), Broken> {
    let graph = graph(history.migrations.iter().rev().map(|it| Migration::clone(it)).collect())
        .map_err(|what| (Law::Order, what))?;
    ordered(history, &graph).map_err(|what| (Law::Order, what))?;
    squashed(history).map_err(|what| (Law::Squash, what))
}

fn graph(migrations: Vec<Migration>) -> Result<Graph, String> {
    Graph::new(migrations).map_err(|errors| told(&errors))
}

fn told(errors: &[GraphError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn state(graph: &Graph) -> Result<ProjectState, String> {
    graph.state().map_err(|error| format!("{error}: {}", error.source))
}

/// Goes on from a state by what is not held yet, and takes the steps of what stands for others; the rest was looked at
/// when it was written.
fn walked(
    graph: &Graph,
    mut state: ProjectState,
    held: &BTreeSet<MigrationId>,
) -> Result<ProjectState, String> {
    for migration in graph.order().into_iter().filter(|it| !held.contains(&it.id)) {
        for operation in &migration.operations {
            let after = applied(&migration.id.app, &state, std::slice::from_ref(operation))?;
            if !migration.replaces.is_empty() {
                let (before, expected) = (tables(&state)?, tables(&after)?);
                steps::check(
                    &migration.id.app,
                    operation,
                    (&state, &before),
                    (&after, &expected),
                    Keys::InOrder,
                )?;
            }
            state = after;
        }
    }
    Ok(state)
}

/// The dependencies say all that is needed: in the order of the graph, in others, and to any point.
fn ordered(history: &History, graph: &Graph) -> Result<(), String> {
    agree(&state(graph)?, &history.state)?;
    let mut random = Random::new(u64::try_from(history.migrations.len()).unwrap_or_default());
    for _ in 0..2 {
        let order = some_order(history, &mut random);
        let reached = replay::replay(order.iter().copied())
            .map_err(|error| format!("in the order {}: {error}: {}", ids(&order), error.source))?;
        agree(&reached, &history.state).map_err(|what| format!("in the order {}: {what}", ids(&order)))?;
    }
    for migration in &history.migrations {
        graph
            .state_at(&migration.id)
            .map_err(|error| format!("up to `{}`: {error}: {}", migration.id, error.source))?;
    }
    Ok(())
}

fn ids(migrations: &[&Migration]) -> String {
    migrations.iter().map(|it| it.id.to_string()).collect::<Vec<_>>().join(", ")
}

/// Returns an order in which each comes after all that it depends on.
fn some_order<'a>(history: &'a History, random: &mut Random) -> Vec<&'a Migration> {
    let mut rest: Vec<&Migration> = history.migrations.iter().map(|it| &**it).collect();
    let mut done: BTreeSet<&MigrationId> = BTreeSet::new();
    let mut order = Vec::new();
    while !rest.is_empty() {
        let is_ready = |it: &&Migration| it.depends_on.iter().all(|id| done.contains(id));
        let ready: Vec<usize> = (0..rest.len()).filter(|position| is_ready(&rest[*position])).collect();
        let Some(position) = random.pick(&ready) else { break };
        let migration = rest.remove(*position);
        done.insert(&migration.id);
        order.push(migration);
    }
    order
}

/// Squashes one app after the other, as far as the others allow: of every second one the first half, and then the whole
/// with the squash in it.
fn squashed(history: &History) -> Result<(), String> {
    let mut all: Vec<Migration> = history.migrations.iter().map(|it| Migration::clone(it)).collect();
    let apps: BTreeSet<AppLabel> = all.iter().map(|it| it.id.app.clone()).collect();
    for (position, app) in apps.iter().enumerate() {
        let own: Vec<MigrationId> = all.iter().map(|it| it.id.clone()).filter(|id| id.app == *app).collect();
        let half = own.get(own.len() / 2).filter(|_| position % 2 == 0 && own.len() > 3);
        for last in half.into_iter().chain(own.last().filter(|_| own.len() > 1)) {
            squash_to(&mut all, last)?;
            reached(history, &all).map_err(|what| {
                let texts: String = all[history.migrations.len()..].iter().map(print_module).collect();
                format!("squash of {app}: {what}\n{texts}")
            })?;
        }
    }
    Ok(())
}

/// Adds what stands for all migrations of an app up to one; no longer than they are.
fn squash_to(all: &mut Vec<Migration>, last: &MigrationId) -> Result<(), String> {
    let current = graph(all.clone())?;
    let name = format!("squashed_{}", all.len());
    let parts = match squash_apart(&current, None, last, Some(&name)) {
        Ok(squashed) => squashed.migrations,
        // Another app stands between any two: that is refused, and named.
        Err(SquashError::Circle { .. }) => return Ok(()),
        Err(error) => return Err(format!("squash up to `{last}`: {error}")),
    };
    for part in parts {
        let stood_for = part.replaces.iter().filter_map(|id| current.get(id));
        let before: usize = stood_for.map(|it| it.operations.len()).sum();
        if part.operations.len() > before {
            return Err(format!("{before} operations became {}", spelled(&last.app, &part.operations)));
        }
        all.push(part);
    }
    Ok(())
}

/// A fresh database comes to the models, and so does one that held some of what is stood for now.
fn reached(history: &History, all: &[Migration]) -> Result<(), String> {
    let points = [0, history.migrations.len() / 3, history.migrations.len() * 2 / 3];
    for count in points {
        let done = &history.migrations[..count];
        let applied: BTreeSet<MigrationId> = done.iter().map(|it| it.id.clone()).collect();
        let graph = Graph::for_database(all.to_vec(), &applied).map_err(|errors| told(&errors))?;
        let state = replay::replay(done.iter().map(|it| &**it)).map_err(|error| error.to_string())?;
        let reached = walked(&graph, state, &graph.held(&applied));
        let agrees = reached.and_then(|reached| agree(&reached, &history.state));
        agrees.map_err(|what| format!("in a database that holds {count} migrations: {what}"))?;
    }
    Ok(())
}
