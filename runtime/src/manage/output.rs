//! Texts that a command prints or writes into a file, and the formats of answers.

use std::path::Path;
use std::process::ExitCode;

use super::screen::{self, say_aside, say_text};
use super::{Format, NamedFormat, Place};
use crate::error::{Error, ErrorKind};

/// Prints a text, or writes it into a file, which is replaced.
pub(super) fn deliver(place: &Place, text: &str, output: Option<&Path>) -> Result<ExitCode, Error> {
    let Some(file) = output else {
        say_text(text);
        return Ok(ExitCode::SUCCESS);
    };
    std::fs::write(file, text)
        .map_err(|source| ErrorKind::UnwritableFixture { file: file.display().to_string(), source })?;
    if place.format() == Format::Text && place.verbosity > 0 {
        say_aside(format_args!("{} {}", screen::styled(screen::GOOD, "wrote"), file.display()));
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the format that the end of a file's name says.
pub(super) fn format_of(file: &Path) -> Option<NamedFormat> {
    let end = file.extension()?.to_str()?;
    Some(match end {
        "txt" => NamedFormat::Text,
        "json" => NamedFormat::Json,
        "mmd" | "mermaid" => NamedFormat::Mermaid,
        "dot" | "gv" => NamedFormat::Dot,
        "md" => NamedFormat::Markdown,
        "html" | "htm" => NamedFormat::Html,
        _ => return None,
    })
}
