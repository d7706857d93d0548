//! `--fleet FILE`: the same command on many databases.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::screen::say;
use super::{Format, Place};
use crate::error::{Error, ErrorKind};
use crate::fleet::{Fleet, FleetReport, Outcome, Tenant, TenantReport};
use crate::model::embedded::Migrations;
use crate::planner::target::Target;

/// The options of a command on many databases.
#[derive(Debug, Args)]
pub(super) struct FleetOptions {
    /// A file with a line for each database: `NAME ADDRESS`, or `NAME ADDRESS SCHEMA` for a schema of PostgreSQL. `$NAME` as
    /// an address is that variable of the environment. A line that begins with `#` is a comment.
    #[arg(long, value_name = "FILE")]
    pub(super) fleet: Option<PathBuf>,
    /// How many databases at a time.
    #[arg(long, requires = "fleet", value_name = "COUNT", default_value_t = 4)]
    parallel: usize,
}

/// How `migrate` goes through the databases.
#[derive(Debug, Args)]
pub(super) struct FleetRun {
    /// How many databases are migrated first; if one of them fails, no other begins.
    #[arg(long, requires = "fleet", value_name = "COUNT", default_value_t = 1)]
    canaries: usize,
    /// After how many failures no other database begins.
    #[arg(long, requires = "fleet", value_name = "COUNT", default_value_t = 1)]
    stop_after: usize,
}

/// Migrates all databases.
pub(super) async fn migrate(
    place: &Place,
    (options, run): (&FleetOptions, &FleetRun),
    (file, one_by_one): (&Path, bool),
    target: Target,
    migrations: Migrations,
) -> Result<ExitCode, Error> {
    let fleet = fleet(options, file, migrations)?.canaries(run.canaries).stop_after(run.stop_after);
    let fleet = fleet.lock_timeout(Duration::from_secs(place.lock_timeout)).target(target);
    let fleet = if one_by_one { fleet.one_by_one() } else { fleet };
    let is_told = place.format() == Format::Text && place.verbosity > 0;
    let report = fleet.migrate_and(|done: &TenantReport| {
        if is_told {
            say(format_args!("{}: {}", done.name, done.outcome));
        }
    });
    let report = report.await;
    Ok(shown(place, &report))
}

/// Shows the state of all databases.
pub(super) async fn show(
    place: &Place,
    options: &FleetOptions,
    file: &Path,
    migrations: Migrations,
) -> Result<ExitCode, Error> {
    let report = fleet(options, file, migrations)?.status().await;
    shown(place, &report);
    Ok(ExitCode::SUCCESS)
}

fn fleet(options: &FleetOptions, file: &Path, migrations: Migrations) -> Result<Fleet, Error> {
    Ok(Fleet::new(migrations, tenants(file)?)?.parallel(options.parallel))
}

fn shown(place: &Place, report: &FleetReport) -> ExitCode {
    match place.format() {
        Format::Text => say(report),
        Format::Json => {
            let tenants = report.tenants.iter().map(tenant_json);
            say(json!({ "tenants": tenants.collect::<Vec<_>>() }));
        }
    }
    if report.is_complete() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn tenant_json(tenant: &TenantReport) -> serde_json::Value {
    let code = match &tenant.outcome {
        Outcome::Failed(error) => Some(error.code()),
        Outcome::UpToDate | Outcome::Migrated(_) | Outcome::Behind(_) | Outcome::NotBegun => None,
    };
    let (state, count, error) = match &tenant.outcome {
        Outcome::UpToDate => ("up to date", 0, None),
        Outcome::Migrated(count) => ("migrated", *count, None),
        Outcome::Behind(count) => ("behind", *count, None),
        Outcome::Failed(error) => ("failed", 0, Some(error.to_string())),
        Outcome::NotBegun => ("not begun", 0, None),
    };
    json!({ "name": tenant.name, "state": state, "migrations": count, "error": error, "code": code })
}

/// Reads the databases of a file.
fn tenants(file: &Path) -> Result<Vec<Tenant>, Error> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        Error::from(ErrorKind::Fleet { why: format!("`{}` cannot be read: {error}", file.display()) })
    })?;
    let mut tenants = Vec::new();
    for (position, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            [] => {}
            [first, ..] if first.starts_with('#') => {}
            [name, address] => tenants.push(Tenant::new(name, &resolved(address)?)?),
            [name, address, schema] => tenants.push(Tenant::in_schema(name, &resolved(address)?, schema)?),
            _ => {
                let place = format!("line {} of `{}`", position + 1, file.display());
                return Err(wrong(format!("{place} is not `NAME ADDRESS` or `NAME ADDRESS SCHEMA`")));
            }
        }
    }
    Ok(tenants)
}

/// Returns an address, or the one in the variable that it names.
fn resolved(address: &str) -> Result<String, Error> {
    let Some(name) = address.strip_prefix('$') else { return Ok(address.to_owned()) };
    std::env::var(name).map_err(|_| wrong(format!("the variable `{name}` is not set in the environment")))
}

fn wrong(why: String) -> Error {
    ErrorKind::Fleet { why }.into()
}
