//! A picture -> text for a terminal.

use std::fmt::Write as _;

use super::{Picture, PictureBox, Subject, lines, printable};

/// Returns the text.
pub(super) fn print(picture: &Picture) -> String {
    match picture.subject {
        Subject::Migrations => lines::print(picture),
        Subject::Tables => tables(picture),
    }
}

fn tables(picture: &Picture) -> String {
    if picture.boxes.is_empty() {
        return "(no tables)\n".to_owned();
    }
    let mut text = String::new();
    for (position, it) in picture.boxes.iter().enumerate().filter(|(_, it)| !it.is_outside) {
        if !text.is_empty() {
            text.push('\n');
        }
        table(&mut text, it);
        for arrow in picture.arrows.iter().filter(|arrow| arrow.from == position) {
            let target = picture.boxes.get(arrow.to).map(|it| printable(&it.name)).unwrap_or_default();
            let _ = writeln!(text, "  -> {target}: {}", printable(&arrow.label));
        }
    }
    text
}

fn table(text: &mut String, it: &PictureBox) {
    let _ = writeln!(text, "{}  (app {})", printable(&it.name), printable(&it.app));
    for note in &it.notes {
        let _ = writeln!(text, "  # {}", printable(note));
    }
    let rows = it.parts.iter().map(|part| {
        let marks: Vec<&str> = part.marks.iter().map(|mark| mark.name()).collect();
        (printable(&part.name), printable(&part.type_name), marks.join(" "))
    });
    let rows: Vec<(String, String, String)> = rows.collect();
    let width = |texts: &mut dyn Iterator<Item = &String>| {
        texts.map(|it| it.chars().count()).max().unwrap_or_default()
    };
    let names = width(&mut rows.iter().map(|(name, ..)| name));
    let types = width(&mut rows.iter().map(|(_, type_name, _)| type_name));
    for (name, type_name, marks) in &rows {
        let line = format!("  {name:names$}  {type_name:types$}  {marks}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
}
