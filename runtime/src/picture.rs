//! Pictures: the migrations, or the tables of a state -> boxes and arrows -> text, Mermaid, Graphviz, or a page of HTML.
//!
//! No database is accessed here. The same migrations return the same text.

mod dot;
mod html;
mod layout;
mod lines;
mod mermaid;
mod migrations;
pub(crate) mod page;
mod tables;
mod text;

use serde_json::{Value, json};

pub(crate) use self::migrations::{mark_applied, of_migrations};
pub(crate) use self::tables::{of_tables, type_name};

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Migrations, each with an arrow to those that depend on it.
    Migrations,
    /// Tables, each with an arrow to those that it refers to.
    Tables,
}

/// Boxes in their order, and the arrows between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) subject: Subject,
    pub(crate) boxes: Vec<PictureBox>,
    pub(crate) arrows: Vec<Arrow>,
}

/// A migration or a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PictureBox {
    /// The label of the app.
    pub(crate) app: String,
    /// The name: `0001_initial`, or that of the table.
    pub(crate) name: String,
    /// What else is known of the whole, such as the migrations that it replaces.
    pub(crate) notes: Vec<String>,
    /// The operations, or the columns.
    pub(crate) parts: Vec<Part>,
    /// True if it is of an app that was not asked for, and is here for an arrow only.
    pub(crate) is_outside: bool,
    /// Whether a database has the migration; none if no database was asked, and for a table.
    pub(crate) applied: Option<Applied>,
}

/// What a database has of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Applied {
    /// All of it.
    Whole,
    /// Some of its stages.
    InPart,
    /// Nothing.
    Nothing,
}

/// A line of a box.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Part {
    /// The description of an operation, or the name of a column.
    pub(crate) name: String,
    /// The type of a column; empty for an operation.
    pub(crate) type_name: String,
    /// `PK`, `FK` and `UK`, and `NULL` if the column may be NULL.
    pub(crate) marks: Vec<Mark>,
}

/// What is special about a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    PrimaryKey,
    ForeignKey,
    Unique,
    Null,
}

/// From a migration to one that depends on it, or from a table to one that it refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arrow {
    /// The position of the box at which it begins.
    pub(crate) from: usize,
    /// The position of the box to which it leads.
    pub(crate) to: usize,
    /// The columns of a reference, with what happens on deletion; empty for migrations.
    pub(crate) label: String,
    /// True if the reference may be NULL.
    pub(crate) is_optional: bool,
    /// True if no two rows refer to the same row.
    pub(crate) is_unique: bool,
}

/// The form of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// For a terminal.
    Text,
    /// For pages of GitHub, GitLab and others, which draw it.
    Mermaid,
    /// For `dot` of Graphviz.
    Dot,
    /// A page that needs nothing else.
    Html,
    /// For a program.
    Json,
}

/// What a picture cannot be drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TwoDiagrams;

/// Draws pictures, one below the other.
///
/// # Errors
/// If there are several pictures and the form has one to a file.
pub(crate) fn draw(pictures: &[Picture], form: Form) -> Result<String, TwoDiagrams> {
    match (form, pictures) {
        (Form::Text, pictures) => Ok(pictures.iter().map(text::print).collect::<Vec<_>>().join("\n")),
        (Form::Html, pictures) => Ok(html::print(pictures)),
        (Form::Json, pictures) => Ok(format!("{}\n", to_json(pictures))),
        (Form::Mermaid, [picture]) => Ok(mermaid::print(picture)),
        (Form::Dot, [picture]) => Ok(dot::print(picture)),
        (Form::Mermaid | Form::Dot, _) => Err(TwoDiagrams),
    }
}

impl Subject {
    fn name(self) -> &'static str {
        match self {
            Self::Migrations => "migrations",
            Self::Tables => "schema",
        }
    }
}

impl Applied {
    /// Returns the words for it, and its name in JSON.
    fn name(self) -> &'static str {
        match self {
            Self::Whole => "applied",
            Self::InPart => "applied in part",
            Self::Nothing => "not applied",
        }
    }

    /// Returns the mark that `showmigrations` prints.
    fn mark(self) -> &'static str {
        match self {
            Self::Whole => "[X]",
            Self::InPart => "[-]",
            Self::Nothing => "[ ]",
        }
    }

    /// Returns the colour of a box, which a dark text is legible on.
    fn colour(self) -> &'static str {
        match self {
            Self::Whole => "#cdebd0",
            Self::InPart => "#fbe3b0",
            Self::Nothing => "#f4f4f4",
        }
    }
}

impl Mark {
    fn name(self) -> &'static str {
        match self {
            Self::PrimaryKey => "PK",
            Self::ForeignKey => "FK",
            Self::Unique => "UK",
            Self::Null => "NULL",
        }
    }
}

impl PictureBox {
    /// Returns the name with which the box is told from all others of its picture.
    fn full_name(&self, subject: Subject) -> String {
        match subject {
            Subject::Migrations => format!("{}.{}", self.app, self.name),
            Subject::Tables => self.name.clone(),
        }
    }
}

impl Picture {
    /// Returns the apps of the boxes, in the order in which they appear first, with the positions of their boxes.
    fn apps(&self) -> Vec<(&str, Vec<usize>)> {
        let mut apps: Vec<(&str, Vec<usize>)> = Vec::new();
        for (position, it) in self.boxes.iter().enumerate() {
            match apps.iter_mut().find(|(app, _)| *app == it.app) {
                Some((_, boxes)) => boxes.push(position),
                None => apps.push((&it.app, vec![position])),
            }
        }
        apps
    }
}

/// Replaces characters that control a terminal or the direction of text by their numbers.
pub(crate) fn printable(text: &str) -> String {
    let is_control = |it: char| {
        it.is_control()
            || matches!(it, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let characters = text.chars();
    characters.flat_map(|it| if is_control(it) { it.escape_unicode().collect() } else { vec![it] }).collect()
}

fn to_json(pictures: &[Picture]) -> Value {
    let of_picture = |picture: &Picture| {
        let name = |position: usize| {
            picture.boxes.get(position).map(|it| it.full_name(picture.subject)).unwrap_or_default()
        };
        let boxes = picture.boxes.iter().map(|it| {
            let parts = it.parts.iter().map(|part| match picture.subject {
                Subject::Migrations => json!(part.name),
                Subject::Tables => {
                    let marks: Vec<_> = part.marks.iter().map(|mark| mark.name()).collect();
                    json!({ "name": part.name, "type": part.type_name, "marks": marks })
                }
            });
            let parts: Vec<_> = parts.collect();
            let mut object = json!({
                "app": it.app, "name": it.name, "notes": it.notes, "outside": it.is_outside,
                part_word(picture.subject): parts,
            });
            if let Some(applied) = it.applied {
                object["applied"] = json!(applied.name());
            }
            object
        });
        let arrows = picture
            .arrows
            .iter()
            .map(|it| json!({ "from": name(it.from), "to": name(it.to), "label": it.label }));
        json!({ "boxes": boxes.collect::<Vec<_>>(), "arrows": arrows.collect::<Vec<_>>() })
    };
    let members = pictures.iter().map(|it| (it.subject.name().to_owned(), of_picture(it)));
    Value::Object(members.collect())
}

fn part_word(subject: Subject) -> &'static str {
    match subject {
        Subject::Migrations => "operations",
        Subject::Tables => "columns",
    }
}

#[cfg(test)]
mod tests;
