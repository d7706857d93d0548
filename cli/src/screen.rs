//! How the commands speak: colours on a terminal, plain text in a pipe.

use std::error::Error;
use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default();

/// Says a line on standard output. A reader that has gone away (`| head`) is no error.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(anstream::stdout(), "{line}");
}

/// Says on standard output what was done with a file.
pub(crate) fn say_done(verb: &str, file: impl Display) {
    say(format_args!("{GOOD}{verb}{GOOD:#} {file}"));
}

/// Says a line on standard error.
pub(crate) fn say_aside(line: impl Display) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Says what a person should know.
pub(crate) fn warn(line: impl Display) {
    say_aside(format_args!("{WARNING}warning:{WARNING:#} {line}"));
}

/// Says what is wrong.
pub(crate) fn complain(line: impl Display) {
    say_aside(format_args!("{BAD}error:{BAD:#} {line}"));
}

/// Says what went wrong, and why.
pub(crate) fn failure(error: &dyn Error) -> ExitCode {
    complain(error);
    let mut source = error.source();
    while let Some(cause) = source {
        say_aside(format_args!("  because: {cause}"));
        source = cause.source();
    }
    ExitCode::FAILURE
}
