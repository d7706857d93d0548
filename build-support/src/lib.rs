//! The build step of modelshift: compares the structs of a crate with its migrations, and writes the next one.
//!
//! ```no_run
//! // in the `main` of build.rs
//! modelshift_build::run();
//! ```
//!
//! It never guesses: what is ambiguous becomes a question that the compiler raises on the field it concerns. It never
//! touches a file that a person edited or that git records. Where it may not write, it compares, and a difference is
//! an error that names what is missing.
//!
//! The path through the modules: `roots` -> `crates` with `scan` (`condition`, `forms`, `uses`) -> `tree` -> `models` (with
//! `names`, `resolve`, `shared` and `field_types`, and `foreign` with `dependencies`, `told` and `untold` for what other crates
//! have) -> wanted models; `records` with `history`, `draft` and `departed` -> recorded state; `elsewhere` -> what other builds see of the
//! models; `compare` (and `unseen`, for what the scan does not find) -> `settle` (with `mode`, `git`, `writer` and `swap`) -> files;
//! `findings` -> what the derive and `migrations!` tell; `watch` and `directive` -> what cargo is told; `exports` -> what
//! dependents are told.
//! Beside it: `upkeep`, for what a person asks for, and `request`, how `cargo modelshift` asks for it.

#![forbid(unsafe_code)]

mod build_step;
pub mod commands;
mod config;
mod crates;
pub mod environment;
pub mod error;
mod findings;
mod large_stack;
mod migrations;
mod models;
pub mod protocol;
pub mod report;
mod resolve;
mod scan;

pub use self::commands as upkeep;
pub use self::protocol as request;

pub use self::commands::UpkeepError;
pub use self::config::Build;
pub use self::environment::Environment;
pub use self::error::{BuildError, Fault};
pub use self::report::Report;

use crate::crates::exports;
use crate::environment::directive;
use crate::environment::mode;
use modelshift_syntax::findings::again_file;

use self::environment::git::WorkTree;
use self::environment::mode::{Permission, Why};
use self::migrations::options::RunOptions;

/// Runs the build step with one app that bears the name of the package; to be called from `build.rs`.
///
/// A mistake in models or migrations never fails the build script: the compiler reports it where it stands.
pub fn run() {
    new().run();
}

/// Begins a build step that is to be configured; see [`Build`].
pub fn new() -> Build {
    Build::new()
}

impl Build {
    /// Runs the build step; to be called from `build.rs`.
    ///
    /// A mistake in models or migrations never fails the build script: the compiler reports it where it stands. Where
    /// the step cannot do its work at all, cargo shows a warning.
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

    /// Compares, and writes the missing migrations whatever kind of build this is; leaves no findings.
    ///
    /// Without git, no file counts as a draft, and every change starts a new number.
    ///
    /// # Errors
    /// Where the environment names no package, or `Cargo.toml` cannot be read.
    pub fn make_migrations(&self, environment: &Environment) -> Result<Report, BuildError> {
        let work_tree = WorkTree::around(&environment.manifest_dir()?).ok();
        large_stack::run(|| {
            build_step::step(self, environment, &Permission::Write(work_tree.clone())).map(|done| done.report)
        })
    }

    /// Compares, and writes nothing at all.
    ///
    /// # Errors
    /// Where the environment names no package, or `Cargo.toml` cannot be read.
    pub fn check(&self, environment: &Environment) -> Result<Report, BuildError> {
        large_stack::run(|| {
            build_step::step(self, environment, &Permission::Check(Why::Asked)).map(|done| done.report)
        })
    }

    /// Does the whole step of a build script, and gives the lines that cargo is to be told.
    fn step(&self, environment: &Environment) -> Result<Vec<String>, BuildError> {
        let package = environment.manifest_dir()?;
        let permission = mode::permission(&package, environment);
        let mut order = RunOptions { is_build: true, ..RunOptions::default() };
        let done = build_step::ordered(self, environment, &permission, &mut order)?;
        let out_dir = environment.out_dir()?;
        done.findings.write(&out_dir)?;
        let told = exports::tell(done.exports.as_ref(), &out_dir)?;
        let again = directive::rerun_if_changed(&again_file(&out_dir));
        let warnings = done.report.warnings.iter().map(|warning| directive::warning(warning));
        let errors = done.errors.iter().map(|error| directive::error(error));
        Ok(done
            .watched
            .lines(&package)
            .into_iter()
            .chain([again])
            .chain(told)
            .chain(warnings)
            .chain(errors)
            .collect())
    }
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
