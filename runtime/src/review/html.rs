//! A review -> a page.

use std::fmt::Write as _;

use super::changes::Line;
use super::words::{self, Weight};
use super::{Review, Reviewed};
use crate::picture::page::{Page, escaped, with_code};

/// Returns the text of the page.
pub(super) fn print(review: &Review) -> String {
    let mut page = Page::new("Review of migrations");
    let mut summary = format!("<p>{}</p>\n", with_code(&words::summary(review)));
    if let Some(warning) = words::edited(review) {
        let _ = writeln!(summary, "<p class=\"bad\">{}</p>", with_code(&warning));
    }
    page.section("summary", "Summary", &summary);
    for (number, it) in review.migrations.iter().enumerate() {
        page.section(&format!("m{}", number + 1), &it.id.to_string(), &migration(it));
    }
    if !review.tables.is_empty() {
        page.section("schema", "The schema before and after", &schema(review));
    }
    page.finish()
}

fn migration(it: &Reviewed) -> String {
    let mut text = String::new();
    if !it.depends_on.is_empty() {
        let needs: Vec<String> = it.depends_on.iter().map(|id| format!("`{id}`")).collect();
        let _ = writeln!(text, "<p class=\"faint\">needs {}</p>", with_code(&needs.join(", ")));
    }
    let notes = words::notes(it);
    if !notes.is_empty() {
        text.push_str("<ul class=\"plain\">\n");
        for (weight, note) in notes {
            let _ = writeln!(text, "<li>{}</li>", weighed(weight, &note));
        }
        text.push_str("</ul>\n");
    }
    if it.operations.is_empty() {
        text.push_str("<p>It has no operations on the database.</p>\n");
    } else {
        text.push_str("<ol>\n");
        for operation in &it.operations {
            let _ = write!(text, "<li>{}", with_code(&operation.describe));
            let effects = words::effects(operation);
            if !effects.is_empty() {
                text.push_str("\n<ul class=\"plain\">\n");
                for (weight, what) in effects {
                    let _ = writeln!(text, "<li>{}</li>", weighed(weight, &what));
                }
                text.push_str("</ul>\n");
            }
            text.push_str("</li>\n");
        }
        text.push_str("</ol>\n");
    }
    for (dialect, script) in &it.scripts {
        let _ = match script {
            Ok(sql) => writeln!(
                text,
                "<details>\n<summary>SQL for {dialect}</summary>\n<pre tabindex=\"0\">{}</pre>\n</details>",
                escaped(sql.trim_end())
            ),
            Err(why) => writeln!(
                text,
                "<p><span class=\"bad\">{dialect} does not support it:</span> {}</p>",
                with_code(why)
            ),
        };
    }
    text
}

/// Returns a text with a word that says how much attention it needs, so that this is not said by colour alone.
fn weighed(weight: Weight, text: &str) -> String {
    let text = with_code(text);
    match weight {
        Weight::Nothing => text,
        Weight::Look => format!("<span class=\"warning\">Look:</span> {text}"),
        Weight::Danger => format!("<span class=\"bad\">Danger:</span> {text}"),
    }
}

fn schema(review: &Review) -> String {
    let mut text = "<div class=\"cards\">\n".to_owned();
    for table in &review.tables {
        let name = escaped(&table.name.to_string());
        let _ = write!(text, "<article class=\"card\">\n<h3>{name}</h3>\n<table>\n");
        for line in &table.lines {
            let (class, word, line) = match line {
                Line::Added(line) => ("good", "added", line),
                Line::Removed(line) => ("bad", "removed", line),
                Line::Renamed(line) => ("warning", "renamed", line),
            };
            let _ = writeln!(
                text,
                "<tr><td class=\"{class}\">{word}</td><td class=\"name\">{}</td></tr>",
                escaped(line)
            );
        }
        text.push_str("</table>\n</article>\n");
    }
    text.push_str("</div>\n");
    text
}
