//! The requests of `cargo modelshift` to a build script, and the responses of the script.
//!
//! Only the build script knows the configuration of its package (`.app(…)`, `.table_prefix(…)`), the enabled features, and
//! the exports of other crates. So the command has cargo run the script, with the variable [`VARIABLE`], which names a
//! file with a [`Request`]. The script executes it, writes the [`Response`], and fails on purpose, so that cargo builds
//! nothing more. Scripts of other packages ignore the request.

use std::path::{Path, PathBuf};

use modelshift_schema::answers::{Answers, Subject};
use modelshift_schema::error_code::ErrorCode;
use modelshift_schema::json;
use modelshift_schema::name::{AppLabel, MigrationId};
use modelshift_schema::question::Question;
use serde::{Deserialize, Serialize};

use crate::commands::{CommandError, Optimized};
use crate::config::Build;
use crate::environment::git::WorkTree;
use crate::environment::mode::Permission;
use crate::environment::{Environment, REQUEST_FILE};
use crate::error::{BuildError, Fault};
use crate::files::slashed;
use crate::migrations::history::is_name;
use crate::migrations::options::RunOptions;
use crate::report::{Outcome, Report};
use crate::{build_step, with_causes};

/// The variable that names the file of the request.
pub const VARIABLE: &str = REQUEST_FILE;

/// The exit code of a script that has written a response.
pub const ANSWERED: i32 = 86;

/// A request to a build script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The folder of the package whose script must answer.
    pub package: PathBuf,
    /// The file for the response.
    pub response: PathBuf,
    /// The command.
    pub command: Command,
}

/// A command of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Compare models with migrations, and write the missing ones.
    Make {
        /// The selected apps; all if none is named.
        apps: Vec<AppLabel>,
        /// The name of new migrations, after their number.
        name: Option<String>,
        /// The answers to questions.
        answers: Answers,
        /// False to report only.
        write: bool,
    },
    /// Write an empty migration, to be completed by hand.
    Empty {
        /// The app; optional if there is only one.
        app: Option<AppLabel>,
        /// The name, after the number.
        name: String,
    },
    /// Write a migration that joins the newest ones.
    Merge {
        /// The app; without it, all apps with several newest migrations.
        app: Option<AppLabel>,
    },
    /// Put one branch of an app after the other.
    Rebase {
        /// The app; optional if there is only one.
        app: Option<AppLabel>,
        /// The end of the branch that moves; without it, the branch that git does not record.
        local: Option<String>,
    },
    /// Write a migration that does the same as another in fewer operations.
    Optimize {
        /// The app.
        app: AppLabel,
        /// The migration.
        name: String,
        /// False to report only.
        write: bool,
    },
    /// Write a migration that replaces others.
    Squash {
        /// The app.
        app: AppLabel,
        /// The first replaced migration, if it is not the first one of the app.
        first: Option<String>,
        /// The last replaced migration.
        last: String,
        /// The name, after the number.
        name: Option<String>,
    },
    /// Remove the files of all migrations that another one replaces.
    Finish {
        /// The app.
        app: AppLabel,
        /// The migration that replaces them.
        name: String,
    },
}

/// The response of a build script.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// The files that were written, or would be, in their order.
    pub files: Vec<File>,
    /// The files that the command removed, relative to the folder of the package.
    #[serde(default)]
    pub removed: Vec<String>,
    /// The files that the command renamed: the old and the new path, relative to the folder of the package.
    #[serde(default)]
    pub renamed: Vec<(String, String)>,
    /// True if a migration cannot be optimized.
    #[serde(default)]
    pub short_enough: bool,
    /// The questions to answer first, each with the place of its struct.
    pub questions: Vec<(String, Question)>,
    /// The errors.
    pub errors: Vec<ErrorMessage>,
    /// Messages about something that is not an error.
    pub warnings: Vec<String>,
    /// The answers to which there was no question.
    pub unused: Vec<Subject>,
}

/// The message of an error, with its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorMessage {
    /// The code.
    pub code: ErrorCode,
    /// The message.
    pub message: String,
}

/// A migration file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// The path, relative to the folder of the package.
    pub path: String,
    /// A description of each operation.
    pub operations: Vec<String>,
    /// The whole text.
    pub text: String,
    /// False if the file had the same text before.
    pub changed: bool,
}

impl Build {
    /// Executes the request in the environment; none without a request for this package.
    ///
    /// # Errors
    /// If the request cannot be read, or the response cannot be written.
    pub(crate) fn serve(&self, environment: &Environment) -> Option<Result<(), BuildError>> {
        let file = environment.get(VARIABLE).filter(|file| !file.is_empty())?;
        let request = match read_request(file) {
            Ok(request) => request,
            Err(source) => return Some(Err(BuildError::io("read the request", file)(source))),
        };
        let package = match environment.manifest_dir() {
            Ok(package) => package,
            Err(error) => return Some(Err(error)),
        };
        if !is_same(&package, &request.package) {
            return None;
        }
        let response = self.answer(environment, request.command).unwrap_or_else(|error| {
            let message = ErrorMessage { code: error.code(), message: with_causes(&error) };
            Response { errors: vec![message], ..Response::default() }
        });
        let written = serde_json::to_string(&response).map_err(std::io::Error::from);
        let written = written.and_then(|text| std::fs::write(&request.response, text));
        Some(written.map_err(BuildError::io("write the response", request.response)))
    }

    fn answer(&self, environment: &Environment, command: Command) -> Result<Response, CommandError> {
        let package = environment.manifest_dir()?;
        match command {
            Command::Make { apps, name, answers, write } => {
                if let Some(name) = name.iter().find(|name| !is_name(&format!("0001_{name}"))) {
                    return Err(CommandError::BadName { name: name.clone() });
                }
                let known = build_step::apps_of_package(self, environment)?;
                if let Some(label) = apps.iter().find(|label| !known.contains_key(label)) {
                    let known = known.into_keys().collect();
                    return Err(CommandError::NoApp { label: label.clone(), known });
                }
                let mut options = RunOptions {
                    answers,
                    name,
                    apps: apps.into_iter().collect(),
                    refuses_branches: true,
                    ..RunOptions::default()
                };
                let work_tree = WorkTree::around(&package).ok();
                let permission =
                    if write { Permission::Write(work_tree) } else { Permission::Show(work_tree) };
                let report = build_step::run_with(self, environment, &permission, &mut options)?.report;
                Ok(make_response(&package, &report, &options))
            }
            Command::Empty { app, name } => {
                let app = self.app_or_only(environment, app)?;
                written(&package, &[self.empty_migration(environment, app.as_str(), &name)?])
            }
            Command::Merge { app: Some(app) } => {
                written(&package, &[self.merge_migrations(environment, app.as_str())?])
            }
            Command::Merge { app: None } => written(&package, &self.merge_all_migrations(environment)?),
            Command::Rebase { app, local } => {
                let app = self.app_or_only(environment, app)?;
                let renamed = self.rebase_migrations(environment, app.as_str(), local.as_deref())?;
                let renamed = renamed.iter().map(|(from, to)| (name(&package, from), name(&package, to)));
                Ok(Response { renamed: renamed.collect(), ..Response::default() })
            }
            Command::Optimize { app, name, write } => {
                match self.optimize_migration(environment, app.as_str(), &name, write)? {
                    Optimized::ShortEnough => Ok(Response { short_enough: true, ..Response::default() }),
                    Optimized::CanBeShorter => Ok(Response::default()),
                    Optimized::Written(file) => written(&package, &[file]),
                }
            }
            Command::Squash { app, first, last, name } => {
                let (first, name) = (first.as_deref(), name.as_deref());
                let squashed = self.squash_migrations(environment, app.as_str(), first, &last, name)?;
                let cut = named(&squashed.between).map(|names| {
                    format!(
                        "one migration for all would have to be done before and after {names}; the range is cut there"
                    )
                });
                let apart = named(&squashed.functions).map(|names| {
                    format!(
                        "a migration has at most one `RunRust`, and {names} have functions; the range is cut there"
                    )
                });
                let carried = named(&squashed.carried).map(|names| {
                    format!(
                        "what stood beside `migration!` in {names} is copied along; a change of a function there belongs \
                         here too, as long as both files are there"
                    )
                });
                let response = written(&package, &squashed.files)?;
                Ok(Response { warnings: [cut, apart, carried].into_iter().flatten().collect(), ..response })
            }
            Command::Finish { app, name: asked } => {
                let removed = self.finish_squash(environment, app.as_str(), &asked)?;
                let removed = removed.iter().map(|file| name(&package, file)).collect();
                Ok(Response { removed, ..Response::default() })
            }
        }
    }

    /// Returns the named app, or else the only one with a place for migrations.
    fn app_or_only(
        &self,
        environment: &Environment,
        app: Option<AppLabel>,
    ) -> Result<AppLabel, CommandError> {
        if let Some(app) = app {
            return Ok(app);
        }
        let apps = build_step::apps_of_package(self, environment)?;
        let known: Vec<AppLabel> =
            apps.into_iter().filter(|(_, it)| it.folder.is_some()).map(|(label, _)| label).collect();
        match known.as_slice() {
            [only] => Ok(only.clone()),
            _ => Err(CommandError::WhichApp { known }),
        }
    }
}

fn read_request(file: &str) -> std::io::Result<Request> {
    Ok(json::read(&std::fs::read_to_string(file)?)?)
}

fn is_same(one: &Path, other: &Path) -> bool {
    real(one) == real(other)
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Returns the path of a file, relative to the folder of the package.
fn name(package: &Path, file: &Path) -> String {
    slashed(file.strip_prefix(package).unwrap_or(file))
}

fn written(package: &Path, files: &[PathBuf]) -> Result<Response, CommandError> {
    let mut response = Response::default();
    for file in files {
        let text = std::fs::read_to_string(file).map_err(BuildError::io("read", file))?;
        response.files.push(File { path: name(package, file), operations: Vec::new(), text, changed: true });
    }
    Ok(response)
}

fn make_response(package: &Path, report: &Report, options: &RunOptions) -> Response {
    let mut response = Response {
        warnings: report.warnings.clone(),
        unused: options.answers.unused().cloned().collect(),
        ..Response::default()
    };
    if !report.is_whole {
        let message =
            "a source file cannot be read as Rust, so nothing was compared; build, and correct the errors of the compiler"
                .to_owned();
        response.errors.push(ErrorMessage { code: ErrorCode::NotRust, message });
    }
    response.questions.clone_from(&report.open);
    // Questions from before the comparison are answered in the source only; the others are in `questions`.
    for it in report.questions.iter().filter(|_| report.open.is_empty()) {
        let message = format!("{}: {}", it.place, it.question.message);
        response.errors.push(ErrorMessage { code: it.question.code, message });
    }
    for app in &report.apps {
        let faults = app.faults.iter().filter(|fault| !matches!(fault, Fault::Question { .. }));
        response.errors.extend(faults.map(|it| ErrorMessage { code: it.code(), message: it.to_string() }));
        match &app.outcome {
            Outcome::Written { migrations, changed } => {
                for (_, path) in migrations {
                    let text = std::fs::read_to_string(path).unwrap_or_default();
                    let file =
                        File { path: name(package, path), operations: Vec::new(), text, changed: *changed };
                    response.files.push(file);
                }
            }
            Outcome::Shown { migrations } => {
                for (migration, path, text) in migrations {
                    response.files.push(File {
                        path: name(package, path),
                        operations: migration.operations.iter().map(|it| it.behaviour().describe()).collect(),
                        text: text.clone(),
                        changed: true,
                    });
                }
            }
            Outcome::Stopped | Outcome::UpToDate | Outcome::Removed | Outcome::Behind => {}
        }
    }
    response
}

/// Returns the names of migrations in one text; none where there is none.
fn named(ids: &[MigrationId]) -> Option<String> {
    let names: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

#[cfg(test)]
mod tests;
