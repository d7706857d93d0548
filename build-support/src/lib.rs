//! The build step of modelshift: compares the structs of a crate with its migrations, and writes the next one.
//!
//! ```no_run
//! // in the `main` of build.rs
//! modelshift_build::run();
//! ```
//!
//! It never guesses: an ambiguous change becomes a question, which the compiler reports at the field. It never changes a
//! file that a person edited or that git records. If it may not write, it compares, and reports each missing migration
//! as an error.
//!
//! `build_step` is one run: `scan` reads the sources, `resolve` finds the meaning of names, `models` makes the wanted
//! models, `migrations` reads the recorded ones, compares, and writes the difference. `crates` exchanges models with
//! dependencies and dependents, `findings` leaves the results for the derives and `migrations!`, and `environment` knows
//! cargo and git. `commands` are the operations of `cargo modelshift`, and `protocol` is how it requests them.

#![forbid(unsafe_code)]

mod build_step;
pub mod commands;
mod config;
mod crates;
pub mod environment;
pub mod error;
mod files;
mod findings;
mod historical;
mod kept;
mod large_stack;
mod migrations;
mod models;
mod pages;
pub mod protocol;
pub mod report;
mod resolve;
mod scan;

pub use self::commands as upkeep;
pub use self::protocol as request;

pub use self::commands::CommandError;
pub use self::commands::CommandError as UpkeepError;
pub use self::config::Build;
pub use self::environment::Environment;
pub use self::error::{BuildError, Fault};
pub use self::report::Report;

use crate::crates::exporter;
use crate::environment::directive;
use crate::environment::mode;
use std::path::PathBuf;

use modelshift_syntax::findings::{again_file, folder_of};

use self::environment::git::WorkTree;
use self::environment::mode::{Permission, Why};
use self::kept::{Beginning, Inputs};
use self::migrations::options::RunOptions;

/// Runs the build step with one app that has the name of the package; call it from `build.rs`.
///
/// A mistake in models or migrations never fails the build script: the compiler reports it at its place.
pub fn run() {
    new().run();
}

/// Returns a build step for configuration; see [`Build`].
pub fn new() -> Build {
    Build::new()
}

impl Build {
    /// Runs the build step; call it from `build.rs`.
    ///
    /// A mistake in models or migrations never fails the build script: the compiler reports it at its place. If the
    /// step itself fails, cargo shows a warning.
    pub fn run(self) {
        large_stack::run(|| self.run_here());
    }

    #[expect(clippy::print_stdout, reason = "a build script talks to cargo on standard output")]
    fn run_here(&self) {
        let environment = Environment::of_process();
        match self.serve(&environment) {
            Some(Ok(())) => std::process::exit(protocol::ANSWERED),
            Some(Err(error)) => return println!("{}", directive::error(&with_causes(&error))),
            None => {}
        }
        match self.step(&environment) {
            Ok(lines) => lines.iter().for_each(|line| println!("{line}")),
            Err(error) => println!("{}", directive::warning(&with_causes(&error))),
        }
    }

    /// Compares, and writes the missing migrations in every kind of build; leaves no findings.
    ///
    /// Without git, no file is a draft, and every change makes a new migration.
    ///
    /// # Errors
    /// If the environment names no package, or `Cargo.toml` cannot be read.
    pub fn make_migrations(&self, environment: &Environment) -> Result<Report, BuildError> {
        let work_tree = WorkTree::around(&environment.manifest_dir()?).ok();
        large_stack::run(|| {
            build_step::step(self, environment, &Permission::Write(work_tree.clone())).map(|done| done.report)
        })
    }

    /// Compares, and writes nothing.
    ///
    /// # Errors
    /// If the environment names no package, or `Cargo.toml` cannot be read.
    pub fn check(&self, environment: &Environment) -> Result<Report, BuildError> {
        large_stack::run(|| {
            build_step::step(self, environment, &Permission::Check(Why::Asked)).map(|done| done.report)
        })
    }

    /// Does the work of a build script, unless nothing has changed that matters; returns the lines for cargo.
    fn step(&self, environment: &Environment) -> Result<Vec<String>, BuildError> {
        let package = environment.manifest_dir()?;
        let permission = mode::permission(&package, environment);
        let Some(beginning) = Beginning::read(self, environment, &permission) else {
            return Ok(self.whole_step(environment, &permission, kept_parts(environment))?.0);
        };
        if let Some(lines) = beginning.recall() {
            return Ok(lines);
        }
        let applied = beginning.forget();
        let (lines, inputs) = self.whole_step(environment, &permission, kept_parts(environment))?;
        if let (Some(applied), Some(inputs)) = (applied, inputs) {
            // Without a record, the next run does the whole work.
            let _ = beginning.keep(&applied, &inputs, &lines);
        }
        Ok(lines)
    }

    /// Does the whole work of a build script; returns the lines for cargo, and the inputs of a settled run.
    fn whole_step(
        &self,
        environment: &Environment,
        permission: &Permission,
        kept_parts: Option<PathBuf>,
    ) -> Result<(Vec<String>, Option<Inputs>), BuildError> {
        let package = environment.manifest_dir()?;
        let mut options = RunOptions { is_build: true, kept_parts, ..RunOptions::default() };
        let done = build_step::run_with(self, environment, permission, &mut options)?;
        let out_dir = environment.out_dir()?;
        done.findings.write(&out_dir)?;
        let exported = exporter::write(done.exports.as_ref(), &out_dir)?;
        let again = directive::rerun_if_changed(&again_file(&out_dir));
        let warnings = done.report.warnings.iter().map(|warning| directive::warning(warning));
        let errors = done.errors.iter().map(|error| directive::error(error));
        let lines = done.watched.lines(&package).into_iter().chain([again]).chain(exported);
        Ok((lines.chain(warnings).chain(errors).collect(), done.settled))
    }
}

/// Returns the folder for parts of runs that later runs use; none outside of a build script.
fn kept_parts(environment: &Environment) -> Option<PathBuf> {
    let (package, out_dir) = (environment.manifest_dir().ok()?, environment.out_dir().ok()?);
    Some(folder_of(&out_dir, &package.display().to_string()))
}

/// Returns an error with its causes, on one line.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    directive::on_one_line(&text)
}
