//! Pictures -> a page: a drawing whose boxes are links, and a card for each box.

use std::cmp::Ordering;
use std::fmt::Write as _;

use super::layout::{HEIGHT, Layout, Place, layout};
use super::page::{Page, escaped, with_code};
use super::{Arrow, Picture, PictureBox, Subject, printable};

/// Returns the text of the page.
pub(super) fn print(pictures: &[Picture]) -> String {
    let title = match pictures {
        [only] => heading(only.subject),
        _ => "Migrations and schema",
    };
    let mut page = Page::new(title);
    for picture in pictures {
        let word = picture.subject.name();
        page.section(word, heading(picture.subject), &drawing(picture));
        for (number, (app, boxes)) in picture.apps().into_iter().enumerate() {
            let cards: String = boxes.into_iter().map(|it| card(picture, it)).collect();
            let title = format!("{}: {app}", heading(picture.subject));
            let id = format!("{word}-{}", number + 1);
            page.section(&id, &title, &format!("<div class=\"cards\">\n{cards}</div>\n"));
        }
    }
    page.finish()
}

fn heading(subject: Subject) -> &'static str {
    match subject {
        Subject::Migrations => "Migrations",
        Subject::Tables => "Schema",
    }
}

/// Returns the anchor of a box.
fn anchor(subject: Subject, position: usize) -> String {
    let letter = match subject {
        Subject::Migrations => 'm',
        Subject::Tables => 't',
    };
    format!("{letter}{}", position + 1)
}

fn drawing(picture: &Picture) -> String {
    if picture.boxes.is_empty() {
        return "<p class=\"faint\">There is nothing to draw.</p>\n".to_owned();
    }
    let (subject, word) = (picture.subject, picture.subject.name());
    let names: Vec<String> = picture.boxes.iter().map(|it| printable(&it.full_name(subject))).collect();
    let shown: Vec<String> = picture.boxes.iter().zip(&names).map(|(it, name)| with_mark(it, name)).collect();
    let Layout { places, width, height } = layout(picture, &shown);
    let mut svg = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Drawing: {word}\">\n\
         <svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"group\" \
         aria-label=\"{} boxes\">\n\
         <defs><marker id=\"{word}-head\" markerWidth=\"8\" markerHeight=\"8\" refX=\"7\" refY=\"4\" orient=\"auto\">\
         <path class=\"head\" d=\"M0 0L8 4L0 8z\"/></marker></defs>\n",
        names.len()
    );
    for arrow in &picture.arrows {
        svg.push_str(&path(arrow, &places, &names, word));
    }
    for (position, (it, place)) in picture.boxes.iter().zip(&places).enumerate() {
        let Place { x, y, width } = place;
        let outside = if it.is_outside { " class=\"outside\"" } else { "" };
        let _ = writeln!(
            svg,
            "<a href=\"#{}\"{outside}><rect class=\"box\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{HEIGHT}\" rx=\"5\"/>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text></a>",
            anchor(subject, position),
            x + width / 2,
            y + HEIGHT / 2 + 5,
            escaped(&shown[position])
        );
    }
    svg.push_str("</svg>\n</div>\n");
    svg
}

/// Returns the name of a box, with the mark of what a database has of it.
fn with_mark(it: &PictureBox, name: &str) -> String {
    it.applied.map_or_else(|| name.to_owned(), |applied| format!("{} {name}", applied.mark()))
}

/// Returns the line of an arrow, with its ends as a title.
fn path(arrow: &Arrow, places: &[Place], names: &[String], word: &str) -> String {
    let (Some(from), Some(to)) = (places.get(arrow.from), places.get(arrow.to)) else { return String::new() };
    let (x1, x2) = (from.end(), to.end());
    let line = if arrow.from == arrow.to {
        let (x, y) = (from.x + from.width, from.y + HEIGHT / 2);
        format!("M{x} {}C{} {} {} {} {x} {}", y - 6, x + 22, y - 16, x + 22, y + 16, y + 6)
    } else {
        let (y1, y2) = match from.y.cmp(&to.y) {
            Ordering::Less => (from.y + HEIGHT, to.y),
            Ordering::Greater => (from.y, to.y + HEIGHT),
            Ordering::Equal => (from.y + HEIGHT, to.y + HEIGHT),
        };
        let middle = if from.y == to.y { y1 + 24 } else { usize::midpoint(y1, y2) };
        format!("M{x1} {y1}C{x1} {middle} {x2} {middle} {x2} {y2}")
    };
    let style = if arrow.is_optional { "arrow optional" } else { "arrow" };
    let label = if arrow.label.is_empty() { String::new() } else { format!(": {}", arrow.label) };
    let title = format!("{} -> {}{label}", names[arrow.from], names[arrow.to]);
    format!(
        "<path class=\"{style}\" marker-end=\"url(#{word}-head)\" d=\"{line}\"><title>{}</title></path>\n",
        escaped(&title)
    )
}

fn card(picture: &Picture, position: usize) -> String {
    let Some(it) = picture.boxes.get(position) else { return String::new() };
    let mut card = format!(
        "<article class=\"card\" id=\"{}\">\n<h3>{}</h3>\n",
        anchor(picture.subject, position),
        escaped(&it.name)
    );
    if let Some(applied) = it.applied {
        let _ = writeln!(card, "<p class=\"faint\">{}</p>", applied.name());
    }
    for note in &it.notes {
        let _ = writeln!(card, "<p class=\"faint\">{}</p>", escaped(note));
    }
    match picture.subject {
        Subject::Migrations => operations(&mut card, it),
        Subject::Tables => columns(&mut card, it),
    }
    links(&mut card, picture, position);
    card.push_str("</article>\n");
    card
}

fn operations(card: &mut String, it: &PictureBox) {
    if it.parts.is_empty() {
        return;
    }
    card.push_str("<ul class=\"plain\">\n");
    for part in &it.parts {
        let _ = writeln!(card, "<li>{}</li>", with_code(&part.name));
    }
    card.push_str("</ul>\n");
}

fn columns(card: &mut String, it: &PictureBox) {
    if it.parts.is_empty() {
        return;
    }
    card.push_str("<table>\n<thead><tr><th>Column</th><th>Type</th><th></th></tr></thead>\n<tbody>\n");
    for part in &it.parts {
        let marks = part.marks.iter().map(|mark| format!("<span class=\"mark\">{}</span>", mark.name()));
        let _ = writeln!(
            card,
            "<tr><td class=\"name\">{}</td><td class=\"type\">{}</td><td>{}</td></tr>",
            escaped(&part.name),
            escaped(&part.type_name),
            marks.collect::<String>()
        );
    }
    card.push_str("</tbody>\n</table>\n");
}

/// Adds links to where the arrows of a box lead, and to where arrows come from.
fn links(card: &mut String, picture: &Picture, position: usize) {
    let (out, into) = match picture.subject {
        Subject::Migrations => ("needed by", "needs"),
        Subject::Tables => ("refers to", "referred to by"),
    };
    let ways: [(&str, Vec<(usize, &str)>); 2] = [
        (
            into,
            picture.arrows.iter().filter(|it| it.to == position).map(|it| (it.from, &*it.label)).collect(),
        ),
        (out, picture.arrows.iter().filter(|it| it.from == position).map(|it| (it.to, &*it.label)).collect()),
    ];
    for (word, ends) in ways {
        let links = ends.into_iter().filter_map(|(end, label)| {
            let name = escaped(&picture.boxes.get(end)?.full_name(picture.subject));
            let label = if label.is_empty() { String::new() } else { format!(" by {}", escaped(label)) };
            Some(format!("<a href=\"#{}\">{name}</a>{label}", anchor(picture.subject, end)))
        });
        let links: Vec<String> = links.collect();
        if !links.is_empty() {
            let _ = writeln!(card, "<p><span class=\"faint\">{word}:</span> {}</p>", links.join(", "));
        }
    }
}
