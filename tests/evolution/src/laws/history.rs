//! What must hold of all migrations together.

use std::collections::BTreeSet;

use modelshift_schema::graph::Graph;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId};
use modelshift_schema::replay;
use modelshift_schema::squash::{SquashError, squash};
use modelshift_schema::state::ProjectState;

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
    Graph::new(migrations)
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

fn state(graph: &Graph) -> Result<ProjectState, String> {
    graph.state().map_err(|error| format!("{error}: {}", error.source))
}

/// Takes the steps of what stands for others; the rest was looked at when it was written.
fn walked(graph: &Graph) -> Result<ProjectState, String> {
    let mut state = ProjectState::default();
    for migration in graph.order() {
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

/// Gives an order in which each comes after all that it depends on.
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

/// Squashes one app after the other, as far as the others allow.
fn squashed(history: &History) -> Result<(), String> {
    let mut all: Vec<Migration> = history.migrations.iter().map(|it| Migration::clone(it)).collect();
    let apps: BTreeSet<AppLabel> = all.iter().map(|it| it.id.app.clone()).collect();
    for app in apps {
        let current = graph(all.clone())?;
        let leaves = current.leaves(&app);
        let [last] = leaves.as_slice() else { return Err(format!("leaves of {app}: {leaves:?}")) };
        let range: Vec<&Migration> = current.order().into_iter().filter(|it| it.id.app == app).collect();
        if range.len() < 2 {
            continue;
        }
        let squashed = match squash(&current, None, last, None) {
            Ok(squashed) => squashed,
            // Another app stands in the middle: that is refused, and named.
            Err(SquashError::Circle { .. }) => continue,
            Err(error) => return Err(format!("squash of {app}: {error}")),
        };
        let before: usize = range.iter().map(|it| it.operations.len()).sum();
        if squashed.operations.len() > before {
            return Err(format!("{before} operations became {}", spelled(&app, &squashed.operations)));
        }
        all.push(squashed);
        let text = |what| {
            let text = all.last().map(modelshift_syntax::print_module).unwrap_or_default();
            format!("squash of {app}: {what}\n{text}")
        };
        let reached = graph(all.clone()).and_then(|graph| walked(&graph)).map_err(text)?;
        agree(&reached, &history.state).map_err(text)?;
    }
    Ok(())
}
