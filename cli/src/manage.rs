//! The commands of the project's own program `manage`, which connects to databases: it is built and run.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use modelshift_schema::error_code::ErrorCode;
use modelshift_syntax::closest;

use crate::package::{self, PROGRAM, Package};
use crate::{Place, screen};

/// The commands of the program.
pub(crate) const COMMANDS: [&str; 13] = [
    "migrate",
    "showmigrations",
    "sqlmigrate",
    "graph",
    "export",
    "review",
    "check",
    "repair",
    "baseline",
    "dumpdata",
    "loaddata",
    "flush",
    "dbshell",
];

/// Builds the program of a package, and runs it with a command and its options. Returns its exit code.
pub(crate) fn run(package: &Package, place: &Place, words: &[OsString]) -> ExitCode {
    let Some(program) = &package.manage else {
        screen::complain(
            ErrorCode::NoManage,
            format_args!(
                "the package `{}` has no program `{PROGRAM}`, which has this command; write it to `src/bin/{PROGRAM}.rs`:\n\n\
             fn main() -> std::process::ExitCode {{\n    modelshift::manage::main({}::migrations::all())\n}}",
                package.name,
                package.name.replace('-', "_")
            ),
        );
        return ExitCode::FAILURE;
    };
    let mut command = Command::new(package::cargo());
    command.args(["run", "--quiet", "--bin", program, "--manifest-path"]).arg(&package.manifest);
    command.args(place.arguments()).arg("--").args(words);
    match command.status() {
        Ok(status) => {
            status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
        }
        Err(error) => {
            screen::complain(ErrorCode::NoCargo, format_args!("cargo cannot be started: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Returns the message for a command that neither this program nor `manage` has; `None` if `manage` has it.
pub(crate) fn unknown<'a>(command: &str, own: impl IntoIterator<Item = &'a str>) -> Option<String> {
    if COMMANDS.contains(&command) {
        return None;
    }
    let known: Vec<&str> = own.into_iter().chain(COMMANDS).collect();
    let near: Vec<String> = closest(command, known, 3).iter().map(|name| format!("`{name}`")).collect();
    Some(format!("there is no command `{command}`; did you mean {}?", near.join(" or ")))
}
