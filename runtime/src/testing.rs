//! What a project tests of its own migrations.

use modelshift_schema::error::StateError;
use modelshift_schema::graph::{Graph, GraphError};
use modelshift_schema::replay::{self, ReplayError};
use modelshift_schema::state::ProjectState;

use crate::dialect::{Capabilities, Dialect};
use crate::plan::{Direction, MigrationPlan};
use crate::planner::{PlanError, PlanFault, plan_migration};
use crate::stored::{Migrations, StoredError};

/// Migrations whose SQL cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SqlError {
    /// A compiled migration cannot be read.
    #[error(transparent)]
    Stored(#[from] StoredError),
    /// The migrations do not form a history.
    #[error("the migrations do not form a history: {}", listed(.0))]
    Graph(Vec<GraphError>),
    /// A migration does not fit the one before it.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// A migration is nothing that the database can do.
    #[error(transparent)]
    Plan(#[from] PlanError),
}

fn listed(errors: &[GraphError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Gives the SQL of every migration, forwards and backwards, for a snapshot.
///
/// The same migrations give the same text. A change of it that nobody meant is a migration that was edited after it was
/// applied.
///
/// ```ignore
/// insta::assert_snapshot!(modelshift::testing::sql(&blog::migrations::all(), Dialect::Postgres)?);
/// ```
///
/// # Errors
/// Where the migrations do not form a history, or one of them is nothing that the database can do.
pub fn sql(migrations: &Migrations, dialect: Dialect) -> Result<String, SqlError> {
    let graph = Graph::new(migrations.load()?).map_err(SqlError::Graph)?;
    let capabilities = Capabilities::default_for(dialect);
    let mut before = ProjectState::default();
    let mut sections = Vec::new();
    for migration in graph.order() {
        let plan = |direction| plan_migration(migration, direction, &before, dialect, &capabilities);
        let forward = plan(Direction::Forward)?;
        let backward = match plan(Direction::Backward) {
            Ok(plan) => section(&plan, dialect),
            Err(PlanError { fault: PlanFault::State(reason @ StateError::Irreversible { .. }), .. }) => {
                format!("-- {} on {dialect}, backwards: not possible\n-- {reason}\n", migration.id)
            }
            Err(error) => return Err(error.into()),
        };
        sections.extend([section(&forward, dialect), backward]);
        replay::advance(&mut before, migration)?;
    }
    Ok(sections.join("\n"))
}

fn section(plan: &MigrationPlan, dialect: Dialect) -> String {
    format!("-- {} on {dialect}, {}\n{plan}", plan.id, plan.direction)
}
