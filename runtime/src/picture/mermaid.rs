//! A picture -> Mermaid: a flowchart of migrations, or a diagram of entities.

use std::fmt::Write as _;

use super::{Arrow, Mark, Part, Picture, Subject, printable};

/// Returns the text.
pub(super) fn print(picture: &Picture) -> String {
    match picture.subject {
        Subject::Migrations => flowchart(picture),
        Subject::Tables => entities(picture),
    }
}

fn flowchart(picture: &Picture) -> String {
    let mut text = "flowchart TB\n".to_owned();
    for (number, (app, boxes)) in picture.apps().into_iter().enumerate() {
        let _ = writeln!(text, "    subgraph a{}[{}]", number + 1, quoted(app));
        for position in boxes {
            let it = &picture.boxes[position];
            let _ = writeln!(text, "        m{}[{}]", position + 1, quoted(&it.name));
        }
        text.push_str("    end\n");
    }
    for arrow in &picture.arrows {
        let _ = writeln!(text, "    m{} --> m{}", arrow.from + 1, arrow.to + 1);
    }
    for (position, it) in picture.boxes.iter().enumerate() {
        if let Some(applied) = it.applied {
            let _ = writeln!(text, "    style m{} fill:{},color:#000", position + 1, applied.colour());
        }
    }
    text
}

fn entities(picture: &Picture) -> String {
    let mut text = "erDiagram\n".to_owned();
    for (position, it) in picture.boxes.iter().enumerate() {
        let _ = write!(text, "    t{}[{}]", position + 1, quoted(&it.name));
        text.push_str(if it.parts.is_empty() { "\n" } else { " {\n" });
        for part in &it.parts {
            let _ = writeln!(text, "        {}", attribute(part));
        }
        if !it.parts.is_empty() {
            text.push_str("    }\n");
        }
    }
    for arrow in &picture.arrows {
        let (from, to) = (arrow.from + 1, arrow.to + 1);
        let _ = writeln!(text, "    t{from} {} t{to} : {}", cardinality(arrow), quoted(&arrow.label));
    }
    text
}

/// Returns how many rows of the one table there are to one of the other, as Mermaid writes it.
fn cardinality(arrow: &Arrow) -> &'static str {
    match (arrow.is_unique, arrow.is_optional) {
        (false, false) => "}o--||",
        (false, true) => "}o--o|",
        (true, false) => "|o--||",
        (true, true) => "|o--o|",
    }
}

/// Returns the line of a column. Mermaid has no quotes for types and names: what it could not read is changed, and stands
/// unchanged in the comment.
fn attribute(part: &Part) -> String {
    let (type_name, name) = (word(&part.type_name, true), word(&part.name, false));
    let keys = [Mark::PrimaryKey, Mark::ForeignKey, Mark::Unique];
    let keys: Vec<&str> =
        keys.iter().filter(|mark| part.marks.contains(mark)).map(|mark| mark.name()).collect();
    let mut remarks = Vec::new();
    remarks.extend((name != part.name).then(|| part.name.clone()));
    remarks.extend((type_name != part.type_name).then(|| part.type_name.clone()));
    remarks.extend(part.marks.contains(&Mark::Null).then(|| Mark::Null.name().to_owned()));
    let keys = if keys.is_empty() { String::new() } else { format!(" {}", keys.join(", ")) };
    let remarks =
        if remarks.is_empty() { String::new() } else { format!(" {}", quoted(&remarks.join(", "))) };
    format!("{type_name} {name}{keys}{remarks}")
}

/// Returns a text as a word that Mermaid reads as a type or a name.
fn word(text: &str, with_parentheses: bool) -> String {
    let is_plain = |it: char| {
        it.is_ascii_alphanumeric()
            || it == '_'
            || (with_parentheses && matches!(it, '(' | ')' | '[' | ']'))
            || ('\u{c0}'..='\u{ffff}').contains(&it) && it.is_alphabetic()
    };
    let word: String = text.chars().map(|it| if is_plain(it) { it } else { '_' }).collect();
    let is_key = ["PK", "FK", "UK"].contains(&word.as_str());
    let begins = word.starts_with(|it: char| it.is_alphabetic() || it == '_');
    if begins && !is_key { word } else { format!("_{word}") }
}

/// Returns a text between double quotes. What Mermaid could read as something else is written by its number.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for it in printable(text).chars() {
        if it.is_ascii() && !it.is_ascii_alphanumeric() && !" _.,-()".contains(it) {
            let _ = write!(quoted, "#{};", u32::from(it));
        } else {
            quoted.push(it);
        }
    }
    quoted.push('"');
    quoted
}
