//! `export diesel|sea-orm [APP …]`: prints the schema for another crate, without connecting to a database.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use modelshift_schema::graph::Graph;
use modelshift_schema::name::AppLabel;

use super::Place;
use super::output::deliver;
use super::sqlmigrate::Wanted;
use crate::error::{Error, ErrorKind};
use crate::export;
use crate::model::embedded::Migrations;
use crate::planner::target::check_app;

/// The options of `export`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The crate.
    #[arg(value_enum)]
    to: To,
    /// Only the tables of these apps.
    #[arg(value_name = "APP")]
    apps: Vec<String>,
    /// Writes into a file, which is replaced.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The dialect whose types are meant.
    #[arg(long, value_enum, default_value_t = Wanted::Postgres)]
    dialect: Wanted,
}

/// The crates for which there is a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum To {
    /// `schema.rs` of Diesel.
    Diesel,
    /// Entities of SeaORM.
    SeaOrm,
}

pub(super) fn run(place: &Place, options: &Options, migrations: &Migrations) -> Result<ExitCode, Error> {
    for app in &options.apps {
        check_app(app, migrations.apps().iter().map(AppLabel::as_str))?;
    }
    let graph = Graph::new(migrations.load().map_err(ErrorKind::Stored)?).map_err(ErrorKind::Graph)?;
    let state = graph.state().map_err(ErrorKind::Replay)?;
    let tables = export::tables(&state, &options.apps);
    let tables = tables.map_err(|error| ErrorKind::Unrenderable { what: error.to_string() })?;
    let dialect = options.dialect.known().0;
    let text = match options.to {
        To::Diesel => export::diesel(&tables, dialect),
        To::SeaOrm => export::sea_orm(&tables, dialect),
    };
    deliver(place, &text, options.output.as_deref())
}
