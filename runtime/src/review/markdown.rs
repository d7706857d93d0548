//! A review -> Markdown for a comment on a pull request, or text for a terminal.

use std::fmt::Write as _;

use super::changes::Line;
use super::words::{self, Weight};
use super::{Review, Reviewed};
use crate::picture::printable;

/// Returns the text for a terminal, without statements: `sqlmigrate` prints those.
pub(super) fn text(review: &Review) -> String {
    let mut text = format!("{}\n", printable(&words::summary(review)));
    if let Some(warning) = words::edited(review) {
        let _ = writeln!(text, "! {}", printable(&warning));
    }
    for it in &review.migrations {
        let _ = writeln!(text, "\n{}", printable(&it.id.to_string()));
        for (weight, note) in words::notes(it) {
            let _ = writeln!(text, "  {} {}", sign(weight), printable(&note));
        }
        for operation in &it.operations {
            let _ = writeln!(text, "  - {}", printable(&operation.describe));
            for (weight, what) in words::effects(operation) {
                let _ = writeln!(text, "    {} {}", sign(weight), printable(&what));
            }
        }
        for (dialect, why) in unsupported(it) {
            let _ = writeln!(text, "  ! {dialect}: not supported: {}", printable(why));
        }
    }
    if !review.tables.is_empty() {
        text.push_str("\nThe schema before and after:\n");
        text.push_str(&difference(review));
    }
    text
}

/// Returns the Markdown.
pub(super) fn print(review: &Review) -> String {
    let mut text = format!("## Migrations\n\n{}\n", escaped(&words::summary(review)));
    if let Some(warning) = words::edited(review) {
        let _ = writeln!(text, "\n⚠️ {}", escaped(&warning));
    }
    for it in &review.migrations {
        let _ = writeln!(text, "\n### {}\n", code(&it.id.to_string()));
        for (weight, note) in words::notes(it) {
            let _ = writeln!(text, "- {}{}", marked(weight), escaped(&note));
        }
        for operation in &it.operations {
            let _ = writeln!(text, "- {}", escaped(&operation.describe));
            for (weight, what) in words::effects(operation) {
                let _ = writeln!(text, "  - {}{}", marked(weight), escaped(&what));
            }
        }
        for (dialect, script) in &it.scripts {
            match script {
                Ok(sql) => {
                    let _ = write!(
                        text,
                        "\n<details><summary>SQL for {dialect}</summary>\n\n{}\n</details>\n",
                        fenced("sql", sql)
                    );
                }
                Err(why) => {
                    let _ = writeln!(text, "\n⚠️ {dialect} does not support it: {}", escaped(why));
                }
            }
        }
    }
    if !review.tables.is_empty() {
        let _ = write!(text, "\n### The schema before and after\n\n{}", fenced("diff", &difference(review)));
    }
    text
}

fn unsupported(it: &Reviewed) -> impl Iterator<Item = (String, &String)> {
    it.scripts.iter().filter_map(|(dialect, script)| Some((dialect.to_string(), script.as_ref().err()?)))
}

/// Returns the difference of the schema, as `diff` shows it.
fn difference(review: &Review) -> String {
    let mut text = String::new();
    for table in &review.tables {
        let _ = writeln!(text, "  {}", printable(&table.name.to_string()));
        for line in &table.lines {
            let (sign, line) = match line {
                Line::Added(line) => ('+', line),
                Line::Removed(line) => ('-', line),
                Line::Renamed(line) => ('!', line),
            };
            let _ = writeln!(text, "{sign}   {}", printable(line));
        }
    }
    text
}

fn sign(weight: Weight) -> char {
    match weight {
        Weight::Nothing => ' ',
        Weight::Look => '~',
        Weight::Danger => '!',
    }
}

fn marked(weight: Weight) -> &'static str {
    match weight {
        Weight::Nothing => "",
        Weight::Look => "🔶 ",
        Weight::Danger => "⚠️ ",
    }
}

/// Returns a text whose names in backticks are code, and whose other characters mean nothing to Markdown or HTML.
fn escaped(text: &str) -> String {
    let pieces = text.split('`').enumerate();
    let pieces = pieces.map(|(position, piece)| match position % 2 {
        0 => plain(piece),
        _ => code(piece),
    });
    pieces.collect()
}

fn plain(text: &str) -> String {
    let mut escaped = String::new();
    for it in printable(text).chars() {
        if "\\`*_{}[]<>#|!~&@".contains(it) {
            // The number of a character is read as the character by every Markdown, and begins nothing.
            let _ = write!(escaped, "&#{};", u32::from(it));
        } else {
            escaped.push(it);
        }
    }
    escaped
}

fn code(text: &str) -> String {
    let text = printable(text);
    let ticks = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// Returns a block of code whose fence is longer than any run of backticks inside.
fn fenced(language: &str, text: &str) -> String {
    let fence = "`".repeat((longest_run(text) + 1).max(3));
    let end = if text.ends_with('\n') { "" } else { "\n" };
    let text: String = text.split_inclusive('\n').map(line).collect();
    format!("{fence}{language}\n{text}{end}{fence}\n")
}

fn line(text: &str) -> String {
    text.strip_suffix('\n').map_or_else(|| printable(text), |line| format!("{}\n", printable(line)))
}

fn longest_run(text: &str) -> usize {
    text.split(|it| it != '`').map(str::len).max().unwrap_or_default()
}
