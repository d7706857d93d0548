//! The output of the commands: with colours on a terminal, and plain text in a pipe.

use std::error::Error;
use std::fmt::Display;
use std::io::{BufRead, IsTerminal, Write};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use modelshift_schema::error_code::ErrorCode;
use serde_json::json;

use crate::run::report::Report;
use crate::run::status::PartialMigration;

pub(super) const GOOD: Style = AnsiColor::Green.on_default();
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default();
pub(super) const HEAD: Style = Style::new().bold();
pub(super) const FAINT: Style = Style::new().dimmed();

/// Returns the text in a style. The stream removes the style if colours are off.
pub(super) fn styled(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Prints a line on standard output. A closed pipe (`| head`) is not an error.
pub(super) fn say(line: impl Display) {
    let _ = writeln!(anstream::stdout(), "{line}");
}

/// Prints a text that ends its lines itself.
pub(super) fn say_text(text: &str) {
    let _ = write!(anstream::stdout(), "{text}");
}

/// Prints the beginning of a line, and flushes it.
pub(super) fn say_beginning(text: impl Display) {
    let mut out = anstream::stdout();
    let _ = write!(out, "{text}").and_then(|()| out.flush());
}

/// Prints a text in the place of the line that is open, and leaves it open; `width` is that of the text there. Nothing where
/// a person does not look at both streams.
pub(super) fn say_in_place(text: &str, width: usize) {
    let mut err = anstream::stderr();
    if std::io::stdout().is_terminal() && std::io::stderr().is_terminal() {
        let _ = write!(err, "\r{text:width$}").and_then(|()| err.flush());
    }
}

/// Prints a line on standard error.
pub(super) fn say_aside(line: impl Display) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Prints an error with its code and its causes.
pub(super) fn failure(code: ErrorCode, error: &dyn Error) -> ExitCode {
    say_aside(format_args!("{} {error}", styled(BAD, format_args!("error[{code}]:"))));
    for cause in causes(error) {
        say_aside(format_args!("  {} {cause}", styled(FAINT, "because:")));
    }
    ExitCode::FAILURE
}

/// Returns the causes of an error.
pub(super) fn causes(error: &dyn Error) -> Vec<String> {
    let mut causes = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        causes.push(cause.to_string());
        source = cause.source();
    }
    causes
}

/// Prints an error and the report before it as JSON.
pub(super) fn failure_json(code: ErrorCode, error: &str, causes: &[String], report: &Report) {
    let error = json!({ "error": error, "code": code, "causes": causes, "report": report_json(report) });
    let _ = writeln!(std::io::stderr(), "{error}");
}

/// Returns a report as JSON.
pub(super) fn report_json(report: &Report) -> serde_json::Value {
    let done = report.done.iter();
    let done: Vec<_> = done
        .map(|it| json!({ "id": it.id, "direction": it.direction.to_string(), "faked": it.faked }))
        .collect();
    json!({ "done": done, "by_others": report.by_others, "warnings": report.warnings })
}

/// Returns the progress of a migration as JSON.
pub(super) fn partial_json(partial: &PartialMigration) -> serde_json::Value {
    let PartialMigration { id, direction, done, stages } = partial;
    json!({ "id": id, "direction": direction.to_string(), "done": done, "stages": stages })
}

/// Prints what was done before an error.
pub(super) fn say_done_before(report: &Report) {
    if !report.done.is_empty() {
        let done: Vec<String> = report.done.iter().map(|done| format!("`{}`", done.id)).collect();
        say_aside(format_args!("  {} {} (done before, and kept)", styled(FAINT, "note:"), done.join(", ")));
    }
}

/// Prints a warning on standard error.
pub(super) fn warn(text: &str) {
    say_aside(format_args!("{} {text}", styled(WARNING, "warning:")));
}

/// Returns whether there is a terminal to ask a person.
pub(super) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks a question; only `y` and `yes` are a yes.
pub(super) fn ask(question: &str) -> bool {
    let mut err = anstream::stderr();
    let _ = write!(err, "{question} [y/N] ").and_then(|()| err.flush());
    let mut answer = String::new();
    match std::io::stdin().lock().read_line(&mut answer) {
        Ok(_) => matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"),
        Err(_) => false,
    }
}

/// Returns a number with its noun, such as "1 migration" or "2 migrations".
pub(super) fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
