//! A picture -> the language of Graphviz.

use std::fmt::Write as _;

use super::{Arrow, Picture, PictureBox, Subject, printable};

/// Returns the text for `dot`.
pub(super) fn print(picture: &Picture) -> String {
    let mut text = format!("digraph {} {{\n", picture.subject.name());
    text.push_str("    graph [rankdir=TB, fontname=\"sans-serif\"];\n");
    text.push_str("    node [shape=box, fontname=\"sans-serif\"];\n    edge [fontname=\"sans-serif\"];\n");
    for (number, (app, boxes)) in picture.apps().into_iter().enumerate() {
        let _ = writeln!(text, "    subgraph cluster_{} {{\n        label={};", number + 1, quoted(app));
        for position in boxes {
            let it = &picture.boxes[position];
            let label = match picture.subject {
                Subject::Migrations => quoted(&it.name),
                Subject::Tables => table(it),
            };
            let styles: Vec<&str> = [(it.applied.is_some(), "filled"), (it.is_outside, "dashed")]
                .into_iter()
                .filter_map(|(is_set, style)| is_set.then_some(style))
                .collect();
            let style = match styles.as_slice() {
                [] => String::new(),
                [only] => format!(", style={only}"),
                several => format!(", style=\"{}\"", several.join(",")),
            };
            let fill = it.applied.map(|it| format!(", fillcolor=\"{}\", fontcolor=black", it.colour()));
            let fill = fill.unwrap_or_default();
            let shape = match picture.subject {
                Subject::Migrations => "",
                Subject::Tables => ", shape=plain",
            };
            let _ = writeln!(text, "        n{} [label={label}{shape}{fill}{style}];", position + 1);
        }
        text.push_str("    }\n");
    }
    for arrow in &picture.arrows {
        let _ = writeln!(text, "    n{} -> n{}{};", arrow.from + 1, arrow.to + 1, attributes(arrow));
    }
    text.push_str("}\n");
    text
}

fn attributes(arrow: &Arrow) -> String {
    let label = (!arrow.label.is_empty()).then(|| format!("label={}", quoted(&arrow.label)));
    let style = arrow.is_optional.then(|| "style=dashed".to_owned());
    let all: Vec<String> = label.into_iter().chain(style).collect();
    if all.is_empty() { String::new() } else { format!(" [{}]", all.join(", ")) }
}

/// Returns a text between double quotes, in which Graphviz reads backslashes, quotes and entities as they stand.
fn quoted(text: &str) -> String {
    let text = printable(text).replace('&', "&amp;");
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Returns the label of a table, which Graphviz reads as HTML.
fn table(it: &PictureBox) -> String {
    let mut label = format!(
        "<<table border=\"0\" cellborder=\"1\" cellspacing=\"0\" cellpadding=\"4\"><tr><td colspan=\"3\"><b>{}</b></td></tr>",
        escaped(&it.name)
    );
    for part in &it.parts {
        let marks: Vec<&str> = part.marks.iter().map(|mark| mark.name()).collect();
        let cells = [escaped(&part.name), escaped(&part.type_name), marks.join(" ")];
        let cells = cells.map(|cell| format!("<td align=\"left\">{cell}</td>"));
        let _ = write!(label, "<tr>{}</tr>", cells.concat());
    }
    label.push_str("</table>>");
    label
}

/// Returns a text for the content of an element.
fn escaped(text: &str) -> String {
    let text = printable(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    // An element without text is an error.
    if text.is_empty() { " ".to_owned() } else { text }
}
