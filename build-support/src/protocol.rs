//! What `cargo modelshift` asks of a build script, and what the script answers.
//!
//! Only the build script knows how its package is configured (`.app(…)`, `.table_prefix(…)`), which features are on, and
//! what other crates tell of their models. So the command does nothing itself: it has cargo run the script, with the
//! variable [`VARIABLE`] naming a file that holds a [`Request`]. The script does what is asked, writes the [`Response`],
//! and fails on purpose, so that cargo builds nothing more. Scripts of other packages go about their own business.

use std::path::{Path, PathBuf};

use modelshift_schema::answers::{Answers, Subject};
use modelshift_schema::json;
use modelshift_schema::name::AppLabel;
use modelshift_schema::question::Question;
use serde::{Deserialize, Serialize};

use crate::commands::{Optimized, UpkeepError};
use crate::config::Build;
use crate::environment::Environment;
use crate::environment::git::WorkTree;
use crate::environment::mode::Permission;
use crate::error::{BuildError, Fault};
use crate::migrations::history::is_name;
use crate::migrations::options::RunOptions;
use crate::report::{Outcome, Report};
use crate::scan::crate_tree::slashed;
use crate::{build_step, with_causes};

/// The variable that names the file of the request.
pub const VARIABLE: &str = "MODELSHIFT_REQUEST";

/// How a script ends that has answered.
pub const ANSWERED: i32 = 86;

/// What is asked of a build script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The folder of the package whose script is to answer.
    pub package: PathBuf,
    /// The file that the answer goes into.
    pub response: PathBuf,
    /// What is to be done.
    pub command: Command,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Compare models with migrations.
    Make {
        /// The apps that are meant; all where none is named.
        apps: Vec<AppLabel>,
        /// What new migrations are called, after their number.
        name: Option<String>,
        /// What is said about questions.
        answers: Answers,
        /// False where nothing is to be written, and only told.
        write: bool,
    },
    /// Write a migration for a person to fill.
    Empty {
        /// The app; may be left out where there is one.
        app: Option<AppLabel>,
        /// What it is called, after its number.
        name: String,
    },
    /// Write a migration that joins the newest ones.
    Merge {
        /// The app; all that have several where it is left out.
        app: Option<AppLabel>,
    },
    /// Put one branch of an app behind the other.
    Rebase {
        /// The app; may be left out where there is one.
        app: Option<AppLabel>,
        /// The end of the branch that moves; may be left out where git tells.
        local: Option<String>,
    },
    /// Write a migration that does the same as another in fewer operations.
    Optimize {
        /// The app.
        app: AppLabel,
        /// The migration.
        name: String,
        /// False where nothing is to be written, and only told.
        write: bool,
    },
    /// Write a migration that stands for others.
    Squash {
        /// The app.
        app: AppLabel,
        /// The first of them, where it is not the first of all.
        first: Option<String>,
        /// The last of them.
        last: String,
        /// What it is called, after its number.
        name: Option<String>,
    },
    /// Remove the files of all migrations that one stands for.
    Finish {
        /// The app.
        app: AppLabel,
        /// The one that stays.
        name: String,
    },
}

/// What a build script answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// What was written, or would be, in order.
    pub files: Vec<File>,
    /// Files that were removed because a person asked for it, from the folder of the package.
    #[serde(default)]
    pub removed: Vec<String>,
    /// Files that got another name because a person asked for it: the old and the new one, from the folder of the package.
    #[serde(default)]
    pub renamed: Vec<(String, String)>,
    /// True where a migration that was to be optimized is as short as it can be.
    #[serde(default)]
    pub short_enough: bool,
    /// What must be answered first, each with the place of its struct.
    pub questions: Vec<(String, Question)>,
    /// What is wrong, told for a person.
    pub errors: Vec<String>,
    /// What a person should know, although nothing fails.
    pub warnings: Vec<String>,
    /// Answers that nothing asked for.
    pub unused: Vec<Subject>,
}

/// A migration file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// The file, from the folder of the package.
    pub path: String,
    /// What each operation does.
    pub operations: Vec<String>,
    /// The whole text.
    pub text: String,
    /// False where the same bytes were there before.
    pub changed: bool,
}

impl Build {
    /// Does what a request in the environment asks of this package; none where there is none for it.
    ///
    /// # Errors
    /// Where the request cannot be read, or the response cannot be written.
    pub(crate) fn serve(&self, environment: &Environment) -> Option<Result<(), BuildError>> {
        let file = environment.get(VARIABLE).filter(|file| !file.is_empty())?;
        let read = || -> std::io::Result<Request> { Ok(json::read(&std::fs::read_to_string(file)?)?) };
        let request = match read() {
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
        let response = self
            .answer(environment, request.command)
            .unwrap_or_else(|error| Response { errors: vec![with_causes(&error)], ..Response::default() });
        let written = serde_json::to_string(&response).map_err(std::io::Error::from);
        let written = written.and_then(|text| std::fs::write(&request.response, text));
        Some(written.map_err(BuildError::io("write the response", request.response)))
    }

    fn answer(&self, environment: &Environment, command: Command) -> Result<Response, UpkeepError> {
        let package = environment.manifest_dir()?;
        match command {
            Command::Make { apps, name, answers, write } => {
                if let Some(name) = name.iter().find(|name| !is_name(&format!("0001_{name}"))) {
                    return Err(UpkeepError::BadName { name: name.clone() });
                }
                let known = build_step::apps_of_package(self, environment)?;
                if let Some(label) = apps.iter().find(|label| !known.contains_key(label)) {
                    let known = known.into_keys().collect();
                    return Err(UpkeepError::NoApp { label: label.clone(), known });
                }
                let mut order = RunOptions {
                    answers,
                    name,
                    apps: apps.into_iter().collect(),
                    refuses_branches: true,
                    ..RunOptions::default()
                };
                let work_tree = WorkTree::around(&package).ok();
                let permission =
                    if write { Permission::Write(work_tree) } else { Permission::Show(work_tree) };
                let report = build_step::ordered(self, environment, &permission, &mut order)?.report;
                Ok(told(&package, &report, &order))
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
                let names: Vec<String> = squashed.between.iter().map(|id| format!("`{id}`")).collect();
                let cut = (!names.is_empty()).then(|| {
                    format!(
                        "one migration for all would have to be done before and after {}; the range is cut there",
                        names.join(", ")
                    )
                });
                let response = written(&package, &squashed.files)?;
                Ok(Response { warnings: cut.into_iter().collect(), ..response })
            }
            Command::Finish { app, name: asked } => {
                let removed = self.finish_squash(environment, app.as_str(), &asked)?;
                let removed = removed.iter().map(|file| name(&package, file)).collect();
                Ok(Response { removed, ..Response::default() })
            }
        }
    }

    /// Returns the app that is named, or else the only one that has a place for migrations.
    fn app_or_only(&self, environment: &Environment, app: Option<AppLabel>) -> Result<AppLabel, UpkeepError> {
        if let Some(app) = app {
            return Ok(app);
        }
        let apps = build_step::apps_of_package(self, environment)?;
        let known: Vec<AppLabel> =
            apps.into_iter().filter(|(_, it)| it.folder.is_some()).map(|(label, _)| label).collect();
        match known.as_slice() {
            [only] => Ok(only.clone()),
            _ => Err(UpkeepError::WhichApp { known }),
        }
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    real(one) == real(other)
}

/// Returns the name of a file from the folder of the package.
fn name(package: &Path, file: &Path) -> String {
    slashed(file.strip_prefix(package).unwrap_or(file))
}

fn written(package: &Path, files: &[PathBuf]) -> Result<Response, UpkeepError> {
    let mut response = Response::default();
    for file in files {
        let text = std::fs::read_to_string(file).map_err(BuildError::io("read", file))?;
        response.files.push(File { path: name(package, file), operations: Vec::new(), text, changed: true });
    }
    Ok(response)
}

fn told(package: &Path, report: &Report, order: &RunOptions) -> Response {
    let mut response = Response {
        warnings: report.warnings.clone(),
        unused: order.answers.unused().cloned().collect(),
        ..Response::default()
    };
    if !report.is_whole {
        response.errors.push(
            "the sources are no Rust that can be compared; build, and correct what the compiler complains of"
                .to_owned(),
        );
    }
    response.questions.clone_from(&report.open);
    // What is asked before anything is compared has no answer but in the source; the rest is among the questions.
    for it in report.questions.iter().filter(|_| report.open.is_empty()) {
        response.errors.push(format!("{}: {}", it.place, it.question.message));
    }
    for app in &report.apps {
        let is_asked = |fault: &&Fault| matches!(fault, Fault::Question { .. });
        let faults = app.faults.iter().filter(|fault| !is_asked(fault));
        response.errors.extend(faults.map(ToString::to_string));
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

#[cfg(test)]
mod tests;
