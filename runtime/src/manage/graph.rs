//! `graph [migrations|schema] [APP …]`: draws the migrations and the schema. It connects to a database with `--applied` only.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use modelshift_schema::graph::Graph;
use modelshift_schema::name::{AppLabel, MigrationId};

use super::output::{deliver, format_of};
use super::sqlmigrate::Wanted;
use super::{NamedFormat, Place, screen};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind};
use crate::model::embedded::Migrations;
use crate::picture::{Applied, Form, Picture, TwoDiagrams, draw, mark_applied, of_migrations, of_tables};
use crate::planner::target::check_app;

/// The options of `graph`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// What is drawn; the default is both, where the format has room for two drawings.
    #[arg(value_enum)]
    what: Option<What>,
    /// Only these apps, with what they need or refer to.
    #[arg(value_name = "APP")]
    apps: Vec<String>,
    /// Writes into a file. The end of its name (`.mmd`, `.dot`, `.html`, `.json`) is the format, unless `--format` is set.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The dialect in which types of columns are spelled.
    #[arg(long, value_enum, default_value_t = Wanted::Postgres)]
    dialect: Wanted,
    /// Marks the migrations that the database has, which `--database` or `DATABASE_URL` names.
    #[arg(long)]
    pub(super) applied: bool,
}

/// What can be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// The migrations, and what depends on what.
    Migrations,
    /// The tables after all migrations, and their references.
    Schema,
}

pub(super) async fn run(
    place: &Place,
    options: &Options,
    migrations: &Migrations,
) -> Result<ExitCode, Error> {
    for app in &options.apps {
        check_app(app, migrations.apps().iter().map(AppLabel::as_str))?;
    }
    let applied = if options.applied { Some(applied(place, migrations).await?) } else { None };
    let known = applied.iter().flat_map(BTreeMap::iter);
    let known = known.filter(|(_, it)| **it == Applied::Whole).map(|(id, _)| id.clone()).collect();
    let graph = Graph::for_database(migrations.load().map_err(ErrorKind::Stored)?, &known);
    let graph = graph.map_err(ErrorKind::Graph)?;
    let mut pictures = Vec::new();
    if options.what != Some(What::Schema) {
        let mut picture = of_migrations(&graph, &options.apps);
        if let Some(applied) = &applied {
            mark_applied(&mut picture, applied);
        }
        pictures.push(picture);
    }
    if options.what != Some(What::Migrations) {
        pictures.push(schema(&graph, &options.apps, options.dialect.known().0)?);
    }
    let format = place.named_format.or_else(|| options.output.as_deref().and_then(format_of));
    let form = format.and_then(form_of).unwrap_or(Form::Text);
    let text = draw(&pictures, form).map_err(|TwoDiagrams| ErrorKind::CommandLine {
        what: "a file of this format holds one drawing".to_owned(),
        remedy: "write `graph migrations` or `graph schema`".to_owned(),
    })?;
    deliver(place, &text, options.output.as_deref())
}

/// Returns what the database has of each migration, and warns of those that only the database has.
async fn applied(place: &Place, migrations: &Migrations) -> Result<BTreeMap<MigrationId, Applied>, Error> {
    let mut migrator = place.connect(migrations.clone()).await?;
    let status = migrator.status().await?;
    migrator.close().await;
    let only_there: Vec<String> =
        status.migrations.iter().filter(|it| !it.known).map(|it| format!("`{}`", it.id)).collect();
    if !only_there.is_empty() {
        screen::warn(&format!(
            "the database also has {}, which this program does not know",
            only_there.join(", ")
        ));
    }
    let marked = status.migrations.into_iter().filter_map(|it| match (it.applied_at, it.partial) {
        (_, Some(_)) => Some((it.id, Applied::InPart)),
        (Some(_), None) => Some((it.id, Applied::Whole)),
        (None, None) => None,
    });
    Ok(marked.collect())
}

fn schema(graph: &Graph, apps: &[String], dialect: Dialect) -> Result<Picture, Error> {
    let state = graph.state().map_err(ErrorKind::Replay)?;
    let picture = of_tables(&state, apps, dialect);
    picture.map_err(|error| ErrorKind::Unrenderable { what: error.to_string() }.into())
}

/// Returns the form of a drawing; `None` if the format is not one of drawings.
pub(super) fn form_of(format: NamedFormat) -> Option<Form> {
    match format {
        NamedFormat::Text => Some(Form::Text),
        NamedFormat::Json => Some(Form::Json),
        NamedFormat::Mermaid => Some(Form::Mermaid),
        NamedFormat::Dot => Some(Form::Dot),
        NamedFormat::Html => Some(Form::Html),
        NamedFormat::Jsonl
        | NamedFormat::Yaml
        | NamedFormat::Xml
        | NamedFormat::Sql
        | NamedFormat::Markdown => None,
    }
}
