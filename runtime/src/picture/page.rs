//! A page of HTML that is one file: no scripts, nothing from elsewhere, light or dark as the reader's system is.

use std::fmt::Write as _;

use super::printable;

/// What the pages look like.
const STYLE: &str = include_str!("page.css");

/// A page.
#[derive(Debug)]
pub(crate) struct Page {
    title: String,
    contents: Vec<(String, String)>,
    body: String,
}

impl Page {
    /// Creates a page without content.
    pub(crate) fn new(title: &str) -> Self {
        Self { title: title.to_owned(), contents: Vec::new(), body: String::new() }
    }

    /// Adds a section, whose content is HTML. `id` is part of addresses.
    pub(crate) fn section(&mut self, id: &str, title: &str, content: &str) {
        let (id, escaped_title) = (escaped(id), escaped(title));
        let _ = write!(
            self.body,
            "<section id=\"{id}\" aria-labelledby=\"{id}-title\">\n<h2 id=\"{id}-title\">{escaped_title}</h2>\n{content}</section>\n"
        );
        self.contents.push((id, escaped_title));
    }

    /// Returns the text of the page.
    pub(crate) fn finish(self) -> String {
        let title = escaped(&self.title);
        let mut contents = String::new();
        for (id, title) in &self.contents {
            let _ = writeln!(contents, "<li><a href=\"#{id}\">{title}</a></li>");
        }
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n\
             <body>\n<a class=\"skip\" href=\"#content\">Skip to the content</a>\n<header>\n<h1>{title}</h1>\n\
             <nav aria-label=\"Contents\">\n<ul>\n{contents}</ul>\n</nav>\n</header>\n<main id=\"content\">\n{}</main>\n</body>\n</html>\n",
            self.body
        )
    }
}

/// Returns a text for the content of an element, and for an attribute between double quotes.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    // Line breaks of SQL stay, and what else is a control character is shown.
    for it in text.split_inclusive('\n') {
        let (line, end) = it.strip_suffix('\n').map_or((it, ""), |line| (line, "\n"));
        for it in printable(line).chars() {
            match it {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '"' => escaped.push_str("&quot;"),
                '\'' => escaped.push_str("&#39;"),
                other => escaped.push(other),
            }
        }
        escaped.push_str(end);
    }
    escaped
}

/// Returns a text in a message with names in backticks, as HTML with code.
pub(crate) fn with_code(text: &str) -> String {
    let pieces = text.split('`').enumerate();
    let pieces = pieces.map(|(position, piece)| match position % 2 {
        0 => escaped(piece),
        _ => format!("<code>{}</code>", escaped(piece)),
    });
    pieces.collect()
}
