//! `sqlmigrate NAME`: prints the SQL of a migration as a script for the client of the database, without a connection.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use modelshift_schema::graph::Graph;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;

use super::Place;
use super::screen::{FAINT, say, styled};
use crate::dialect::client_script;
use crate::dialect::{Capabilities, Dialect};
use crate::error::{Error, ErrorKind};
use crate::model::embedded::Migrations;
use crate::plan::Direction;
use crate::planner::route::state_of;
use crate::planner::target::find_migration;
use crate::planner::{PlanError, PlanFault, plan_migration};
use crate::url::DatabaseUrl;

/// The options of `sqlmigrate`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The migration: `0002`, `0002_author`, `blog.0002_author_rating`; an app can precede it.
    #[arg(required = true, num_args = 1..=2, value_name = "NAME")]
    name: Vec<String>,
    /// The dialect; the default is that of the database.
    #[arg(long, value_enum)]
    dialect: Option<Wanted>,
    /// Prints the SQL that reverts the migration.
    #[arg(long)]
    backwards: bool,
}

/// A dialect on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Wanted {
    Sqlite,
    Postgres,
    Mysql,
    Mariadb,
}

impl Wanted {
    /// Returns the dialect, and what its servers can do.
    pub(super) fn known(self) -> (Dialect, Capabilities) {
        let dialect = match self {
            Self::Sqlite => Dialect::Sqlite,
            Self::Postgres => Dialect::Postgres,
            Self::Mysql => Dialect::Mysql,
            Self::Mariadb => return (Dialect::Mysql, Capabilities::mariadb()),
        };
        (dialect, Capabilities::default_for(dialect))
    }
}

pub(super) fn run(place: &Place, options: &Options, migrations: &Migrations) -> Result<ExitCode, Error> {
    let (dialect, capabilities) = if let Some(wanted) = options.dialect {
        wanted.known()
    } else {
        let dialect = place.url()?.parse::<DatabaseUrl>()?.dialect();
        (dialect, Capabilities::default_for(dialect))
    };
    let (graph, id) = find(migrations.load().map_err(ErrorKind::Stored)?, &options.name.join(" "))?;
    let direction = if options.backwards { Direction::Backward } else { Direction::Forward };
    let before = graph.ancestors(&id).into_iter().filter(|it| **it != id).cloned().collect();
    let before = state_of(&graph, &before)?;
    if let Some(migration) = graph.get(&id) {
        let plan = plan_migration(migration, direction, &before, dialect, &capabilities);
        let plan = plan.map_err(ErrorKind::Plan)?;
        let script = client_script(&plan, dialect, &capabilities).map_err(|error| {
            let fault = PlanFault::Unsupported(error);
            ErrorKind::Plan(PlanError { migration: id.clone(), operation: 0, describe: String::new(), fault })
        })?;
        say(styled(FAINT, format_args!("-- {id} on {dialect}, {direction}")));
        say(script.trim_end());
    }
    Ok(ExitCode::SUCCESS)
}

/// Finds a migration, also one that another migration replaces, and the graph that it is used in.
fn find(migrations: Vec<Migration>, name: &str) -> Result<(Graph, MigrationId), Error> {
    let parts = migrations.iter().filter(|migration| migration.replaces.is_empty()).cloned().collect();
    let graph = Graph::new(migrations).map_err(ErrorKind::Graph)?;
    let found = find_migration(&graph, name);
    // What is not replaced may depend on what replaces the others.
    let Ok(parts) = Graph::new(parts) else { return found.map(|id| (graph, id)) };
    match (found, find_migration(&parts, name)) {
        (Ok(id), Ok(part)) if id != part => {
            let candidates = vec![part.to_string(), id.to_string()];
            Err(ErrorKind::AmbiguousTarget { asked: name.to_owned(), candidates }.into())
        }
        (Ok(id), Ok(_)) => Ok((graph, id)),
        (Ok(id), Err(error)) if matches!(error.kind(), ErrorKind::UnknownTarget { .. }) => Ok((graph, id)),
        (Err(error), Ok(part)) if matches!(error.kind(), ErrorKind::UnknownTarget { .. }) => {
            Ok((parts, part))
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    }
}
