//! `review [MIGRATION …]`: what new migrations would do, without connecting to a database.

mod since;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use modelshift_schema::graph::Graph;
use modelshift_schema::name::MigrationId;

use self::since::{Found, find};
use super::output::{deliver, format_of};
use super::sqlmigrate::Wanted;
use super::{NamedFormat, Place};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind};
use crate::model::embedded::Migrations;
use crate::planner::target::find_migration;
use crate::review::{Form, Review};

/// The options of `review`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The migrations to review: `0002`, `0002_author`, `blog.0002_author_rating`. Without any, those whose files git does not
    /// have at `--since`.
    #[arg(value_name = "MIGRATION", conflicts_with = "since")]
    names: Vec<String>,
    /// A commit, branch or tag; the default is where this branch left `origin/HEAD`, `origin/main`, `origin/master`, `main` or
    /// `master`, whichever is found first.
    #[arg(long, value_name = "REF")]
    since: Option<String>,
    /// Writes into a file. The end of its name (`.html`, `.md`, `.json`) is the format, unless `--format` is set.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Only the SQL of this dialect; may be given several times.
    #[arg(long, value_enum)]
    dialect: Vec<Wanted>,
}

pub(super) fn run(place: &Place, options: &Options, migrations: &Migrations) -> Result<ExitCode, Error> {
    let all = migrations.load().map_err(ErrorKind::Stored)?;
    let found = if options.names.is_empty() {
        let ids = all.iter().map(|it| it.id.clone()).collect();
        find(&ids, options.since.as_deref())?
    } else {
        let graph = Graph::new(all.clone()).map_err(ErrorKind::Graph)?;
        let named = options.names.iter().map(|name| find_migration(&graph, name));
        let new: BTreeSet<MigrationId> = named.collect::<Result<_, _>>()?;
        Found { since: "by name".to_owned(), new, edited: Vec::new() }
    };
    let named: Vec<Dialect> = options.dialect.iter().map(|it| it.known().0).collect();
    let is_wanted = |dialect: &Dialect| named.is_empty() || named.contains(dialect);
    let dialects: Vec<Dialect> = Dialect::ALL.into_iter().filter(is_wanted).collect();
    let review = Review::of(all, &found.new, &dialects, found.since, found.edited)?;
    let format = place.named_format.or_else(|| options.output.as_deref().and_then(format_of));
    let form = format.and_then(form_of).unwrap_or(Form::Text);
    deliver(place, &review.print(form), options.output.as_deref())
}

/// Returns the form of a review; `None` if the format is not one of reviews.
pub(super) fn form_of(format: NamedFormat) -> Option<Form> {
    match format {
        NamedFormat::Text => Some(Form::Text),
        NamedFormat::Json => Some(Form::Json),
        NamedFormat::Markdown => Some(Form::Markdown),
        NamedFormat::Html => Some(Form::Html),
        NamedFormat::Jsonl
        | NamedFormat::Yaml
        | NamedFormat::Sql
        | NamedFormat::Xml
        | NamedFormat::Mermaid
        | NamedFormat::Dot => None,
    }
}
