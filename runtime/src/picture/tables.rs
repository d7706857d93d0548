//! A state -> the picture of its tables, as a database has them.

use std::collections::BTreeSet;

use modelshift_schema::error::StateError;
use modelshift_schema::name::{AppLabel, TableName};
use modelshift_schema::state::ProjectState;
use modelshift_schema::table::{Column, ForeignKeyConstraint, Table};

use super::{Arrow, Mark, Part, Picture, PictureBox, Subject};
use crate::dialect::{Capabilities, Dialect, with_spelling};

/// A table with its app, and whether migrations create it.
struct Found {
    app: AppLabel,
    table: Table,
    managed: bool,
}

/// Returns the picture of the tables of some apps (of all, if none is named), with those that they refer to.
///
/// # Errors
/// If the table of a model cannot be made.
pub(crate) fn of_tables(
    state: &ProjectState,
    apps: &[String],
    dialect: Dialect,
) -> Result<Picture, StateError> {
    let mut all = Vec::new();
    for (key, model) in state.models() {
        let joins = state.join_tables(key)?.into_iter().map(|(_, table)| table);
        for table in std::iter::once(state.table(key)?).chain(joins) {
            all.push(Found { app: key.app.clone(), table, managed: model.managed });
        }
    }
    let is_wanted = |it: &Found| apps.is_empty() || apps.iter().any(|app| it.app == app.as_str());
    let named: BTreeSet<TableName> = all
        .iter()
        .filter(|it| is_wanted(it))
        .flat_map(|it| it.table.references.iter().map(|it| &it.target).chain([&it.table.name]))
        .cloned()
        .collect();
    all.retain(|it| named.contains(&it.table.name));
    let boxes = all.iter().map(|it| boxed(it, is_wanted(it), dialect)).collect();
    let mut arrows = Vec::new();
    for (from, it) in all.iter().enumerate().filter(|(_, it)| is_wanted(it)) {
        for reference in &it.table.references {
            let to = all.iter().position(|other| other.table.name == reference.target);
            arrows.extend(to.map(|to| arrow(&it.table, reference, from, to)));
        }
    }
    Ok(Picture { subject: Subject::Tables, boxes, arrows })
}

fn boxed(found: &Found, is_wanted: bool, dialect: Dialect) -> PictureBox {
    let Found { app, table, managed } = found;
    let columns = table.columns.iter().filter(|_| is_wanted);
    let notes = [(!managed).then(|| "not managed by migrations".to_owned()), table.comment.clone()];
    PictureBox {
        app: app.to_string(),
        name: table.name.to_string(),
        notes: notes.into_iter().flatten().collect(),
        parts: columns.map(|column| part(table, column, dialect)).collect(),
        is_outside: !is_wanted,
        applied: None,
    }
}

fn part(table: &Table, column: &Column, dialect: Dialect) -> Part {
    let is_key = table.primary_key.as_ref().is_some_and(|key| key.columns.contains(&column.name));
    let refers = table.references.iter().any(|it| it.columns.contains(&column.name));
    let is_unique = table.uniques.iter().any(|it| it.columns == [column.name.clone()]);
    let marks = [
        is_key.then_some(Mark::PrimaryKey),
        refers.then_some(Mark::ForeignKey),
        is_unique.then_some(Mark::Unique),
        column.null.then_some(Mark::Null),
    ];
    Part {
        name: column.name.to_string(),
        type_name: type_name(column, dialect),
        marks: marks.into_iter().flatten().collect(),
    }
}

/// Returns the type of a column as a dialect spells it; as PostgreSQL does, if the dialect has no such type.
pub(crate) fn type_name(column: &Column, dialect: Dialect) -> String {
    let spelled = |dialect| {
        with_spelling(dialect, &Capabilities::default_for(dialect), |spelling| {
            match spelling.spelled(column) {
                Some(spelled) => Ok(spelled.to_owned()),
                None => spelling.column_type(&column.column_type),
            }
        })
    };
    spelled(dialect).or_else(|_| spelled(Dialect::Postgres)).unwrap_or_default()
}

fn arrow(table: &Table, reference: &ForeignKeyConstraint, from: usize, to: usize) -> Arrow {
    let is_whole = |columns: &[_]| reference.columns == columns;
    let columns = reference.columns.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let null = |name| table.column(name).is_some_and(|column| column.null);
    let action = reference.on_delete.name().replace('_', " ");
    Arrow {
        from,
        to,
        label: format!("{columns} (on delete {action})"),
        is_optional: reference.columns.iter().any(null),
        is_unique: table.uniques.iter().any(|it| is_whole(&it.columns))
            || table.primary_key.as_ref().is_some_and(|key| is_whole(&key.columns)),
    }
}
