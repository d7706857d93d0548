//! A review: what migrations would do, for the people who decide whether they may.
//!
//! No database is accessed here. What is said of locks and rewritten tables was measured ([`crate::planner::impact`]).

mod changes;
mod html;
mod json;
mod markdown;
mod words;

use std::collections::BTreeSet;

use modelshift_schema::graph::Graph;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::{MigrationId, TableName};
use modelshift_schema::replay::{ReplayError, replay};
use modelshift_schema::state::ProjectState;
use modelshift_schema::step::{Change, Step};

use self::changes::TableChange;
use crate::dialect::{Capabilities, Dialect};
use crate::error::{Error, ErrorKind};
use crate::plan::Direction;
use crate::planner::data_loss::destructive_changes;
use crate::planner::impact::{Impact, Rewrite, impact};
use crate::planner::route::PendingMigration;
use crate::planner::{PlanError, moves, plan_migration};

/// What migrations would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Review {
    /// Since when migrations are new, such as "since `main`".
    pub(crate) since: String,
    /// The migrations, in the order in which they are applied.
    pub(crate) migrations: Vec<Reviewed>,
    /// The difference between the tables before and after all of them.
    pub(crate) tables: Vec<TableChange>,
    /// Migrations that were there before and whose files differ, or are gone.
    pub(crate) edited: Vec<String>,
}

/// What one migration would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reviewed {
    pub(crate) id: MigrationId,
    pub(crate) depends_on: Vec<MigrationId>,
    pub(crate) replaces: Vec<MigrationId>,
    pub(crate) atomic: bool,
    pub(crate) operations: Vec<ReviewedOperation>,
    /// What would lose rows or values: the operation and the table.
    pub(crate) losses: Vec<(String, TableName)>,
    /// Why it cannot be reverted, if it cannot.
    pub(crate) irreversible: Option<String>,
    /// The statements of each dialect, or why it has none.
    pub(crate) scripts: Vec<(Dialect, Result<String, String>)>,
}

/// What one operation would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReviewedOperation {
    pub(crate) describe: String,
    /// True if it runs SQL or a function of the author.
    pub(crate) by_hand: bool,
    pub(crate) effects: Vec<Effect>,
}

/// What an operation does to others who use a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Effect {
    pub(crate) dialect: Dialect,
    pub(crate) table: TableName,
    /// `None` if it is not measured.
    pub(crate) impact: Option<Impact>,
}

/// The form of a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// For a terminal.
    Text,
    /// For a comment on a pull request.
    Markdown,
    /// A page that needs nothing else.
    Html,
    /// For a program.
    Json,
}

impl Review {
    /// Reviews some migrations of all.
    ///
    /// # Errors
    /// If the migrations do not form a history.
    pub(crate) fn of(
        all: Vec<Migration>,
        new: &BTreeSet<MigrationId>,
        dialects: &[Dialect],
        since: String,
        edited: Vec<String>,
    ) -> Result<Self, Error> {
        let old = all.iter().filter(|it| !new.contains(&it.id)).cloned().collect();
        let graph = Graph::new(all).map_err(ErrorKind::Graph)?;
        let (before, after) = match Graph::new(old) {
            // It also has what a new migration replaces.
            Ok(old) => (old.state(), graph.state()),
            // What is not reviewed needs what is: the others are left out on both sides.
            Err(_) => sides(&graph, new),
        };
        let (before, after) = (before.map_err(ErrorKind::Replay)?, after.map_err(ErrorKind::Replay)?);
        let mut made = BTreeSet::new();
        let (mut migrations, mut steps) = (Vec::new(), Vec::new());
        for migration in graph.order().into_iter().filter(|it| new.contains(&it.id)) {
            migrations.push(reviewed(&graph, migration, dialects, &mut made, &mut steps)?);
        }
        let tables = changes::between(&before, &after, &steps)
            .map_err(|error| ErrorKind::Unrenderable { what: error.to_string() })?;
        Ok(Self { since, migrations, tables, edited })
    }

    /// Returns the review in a form.
    pub(crate) fn print(&self, form: Form) -> String {
        match form {
            Form::Text => markdown::text(self),
            Form::Markdown => markdown::print(self),
            Form::Html => html::print(self),
            Form::Json => json::print(self),
        }
    }
}

/// Returns the states without some migrations and all that need them, and with them and all that they need.
fn sides(
    graph: &Graph,
    new: &BTreeSet<MigrationId>,
) -> (Result<ProjectState, ReplayError>, Result<ProjectState, ReplayError>) {
    let later: BTreeSet<&MigrationId> = new.iter().flat_map(|id| graph.descendants(id)).collect();
    let needed: BTreeSet<&MigrationId> = new.iter().flat_map(|id| graph.ancestors(id)).collect();
    let order = graph.order();
    let before = order.iter().filter(|it| !later.contains(&it.id)).copied();
    let after = order.iter().filter(|it| !later.contains(&it.id) || needed.contains(&it.id)).copied();
    (replay(before), replay(after))
}

/// Reviews one migration. Tables that it makes are added to `made`, since nobody uses them yet, and its steps to `steps`.
fn reviewed(
    graph: &Graph,
    migration: &Migration,
    dialects: &[Dialect],
    made: &mut BTreeSet<TableName>,
    steps: &mut Vec<Step>,
) -> Result<Reviewed, Error> {
    let id = &migration.id;
    let before = graph.ancestors(id).into_iter().filter(|it| *it != id).filter_map(|it| graph.get(it));
    let before = replay(before).map_err(ErrorKind::Replay)?;
    let mut operations = Vec::new();
    for it in moves(migration, Direction::Forward, &before).map_err(ErrorKind::Plan)? {
        let behaviour = it.operation.behaviour();
        let of_operation = behaviour
            .steps(&id.app, &it.before, &it.after)
            .map_err(|error| ErrorKind::Unrenderable { what: error.to_string() })?;
        let effects = effects(&of_operation, dialects, made);
        let by_hand = of_operation
            .iter()
            .any(|step| matches!(step, Step::RunSql(_) | Step::RunRust { .. } | Step::LoadData { .. }));
        steps.extend(of_operation);
        operations.push(ReviewedOperation { describe: behaviour.describe(), by_hand, effects });
    }
    let pending = PendingMigration {
        migration: migration.clone(),
        direction: Direction::Forward,
        before: before.clone(),
        replaced: Vec::new(),
        partial: None,
    };
    let losses = destructive_changes(std::slice::from_ref(&pending))?;
    let plan = |direction, dialect: Dialect| {
        plan_migration(migration, direction, &before, dialect, &Capabilities::default_for(dialect))
    };
    let scripts = dialects.iter().map(|dialect| {
        let plan = plan(Direction::Forward, *dialect);
        (*dialect, plan.map(|plan| plan.to_string()).map_err(|error| message(&error)))
    });
    Ok(Reviewed {
        id: id.clone(),
        depends_on: graph.parents(id).cloned().collect(),
        replaces: graph.replaced_by(id),
        atomic: migration.atomic,
        operations,
        losses: losses.into_iter().map(|it| (it.what, it.table)).collect(),
        irreversible: moves(migration, Direction::Backward, &before).err().map(|error| message(&error)),
        scripts: scripts.collect(),
    })
}

fn message(error: &PlanError) -> String {
    error.fault.to_string()
}

/// Returns what steps do to tables that others may use already.
fn effects(steps: &[Step], dialects: &[Dialect], made: &mut BTreeSet<TableName>) -> Vec<Effect> {
    let mut effects: Vec<Effect> = Vec::new();
    for step in steps {
        let (own, referred) = touched(step);
        let is_used = own.is_some_and(|table| !made.contains(table));
        if let Step::CreateTable { after } | Step::AlterTable { after, .. } = step
            && !(is_used && matches!(step, Step::AlterTable { .. }))
        {
            made.insert(after.name.clone());
        }
        let own = own.filter(|_| is_used).map(|table| (table, false));
        let referred = referred.into_iter().filter(|table| !made.contains(*table)).map(|table| (table, true));
        for (table, is_referred) in own.into_iter().chain(referred) {
            for dialect in dialects {
                let mut impact = impact(step, *dialect);
                if is_referred {
                    impact = impact.map(|it| Impact { rewrite: Rewrite::Never, ..it });
                }
                let effect = Effect { dialect: *dialect, table: table.clone(), impact };
                if !effects.contains(&effect) {
                    effects.push(effect);
                }
            }
        }
    }
    effects
}

/// Returns the table that a step changes, and those that it newly refers to, which it locks too.
fn touched(step: &Step) -> (Option<&TableName>, Vec<&TableName>) {
    match step {
        Step::CreateTable { after } => (None, after.references.iter().map(|it| &it.target).collect()),
        Step::AlterTable { before, after, change } => {
            let added = if let Change::AddForeignKey { name } = change { Some(name) } else { None };
            let added = after.references.iter().filter(|it| Some(&it.name) == added).map(|it| &it.target);
            (Some(&before.name), added.collect())
        }
        Step::DropTable { before } => (Some(&before.name), Vec::new()),
        Step::RunSql(_)
        | Step::RunRust { .. }
        | Step::LoadData { .. }
        | Step::CreateExtension { .. }
        | Step::DropExtension { .. }
        | Step::CreateCollation(_)
        | Step::DropCollation { .. } => (None, Vec::new()),
    }
}

#[cfg(test)]
mod tests;
