//! `explain MS0012`: prints the section of a code in the page of errors.

use std::process::ExitCode;

use clap::Args;
use modelshift_schema::error_code::ErrorCode;

use crate::screen::say;

/// The page of the book, `docs/errors.md`; `xtask tidy` checks that both are the same.
const PAGE: &str = include_str!("explain/errors.md");

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The code; without one, all codes are listed.
    code: Option<ErrorCode>,
}

pub(crate) fn run(options: &Options) -> ExitCode {
    match options.code {
        Some(code) => say(section(PAGE, code)),
        None => ErrorCode::ALL.iter().for_each(|code| say(format_args!("{code}  {}", code.title()))),
    }
    ExitCode::SUCCESS
}

/// Returns the section of a code, without the mark of its heading.
fn section(page: &str, code: ErrorCode) -> &str {
    let Some(begin) = page.find(&format!("### {code}: ")) else { return code.title() };
    let section = &page[begin + "### ".len()..];
    let end = ["\n### ", "\n## "].iter().filter_map(|mark| section.find(mark)).min();
    section[..end.unwrap_or(section.len())].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_a_section_that_ends_before_the_next() {
        for code in ErrorCode::ALL {
            let section = section(PAGE, *code);
            assert!(section.starts_with(&format!("{code}: {}\n", code.title())), "{section}");
            assert!(section.contains("\n**Cause.** ") && section.contains("\n**Remedy.** "), "{section}");
            assert!(!section.contains('#') || !section.contains("\n#"), "{section}");
        }
    }
}
