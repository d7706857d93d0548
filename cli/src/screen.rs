//! The output of the commands: with colours on a terminal, plain text in a pipe.

use std::error::Error;
use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use modelshift_schema::error_code::ErrorCode;

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default();

/// Prints a line to standard output. A closed pipe (`| head`) is not an error.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(anstream::stdout(), "{line}");
}

/// Prints to standard output what was done with a file.
pub(crate) fn say_done(verb: &str, file: impl Display) {
    say(format_args!("{GOOD}{verb}{GOOD:#} {file}"));
}

/// Prints a line to standard error.
pub(crate) fn say_aside(line: impl Display) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Prints a warning.
pub(crate) fn warn(line: impl Display) {
    say_aside(format_args!("{WARNING}warning:{WARNING:#} {line}"));
}

/// An error of this program.
pub(crate) trait Coded: Error {
    /// Returns its code.
    fn code(&self) -> ErrorCode;
}

/// Prints an error message with its code.
pub(crate) fn complain(code: ErrorCode, line: impl Display) {
    say_aside(format_args!("{BAD}error[{code}]:{BAD:#} {line}"));
}

/// Prints an error with its code and its causes, and returns the exit code.
pub(crate) fn failure(error: &impl Coded) -> ExitCode {
    complain(error.code(), error);
    let mut source = error.source();
    while let Some(cause) = source {
        say_aside(format_args!("  because: {cause}"));
        source = cause.source();
    }
    ExitCode::FAILURE
}
