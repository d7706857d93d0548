//! Columns of enums: lists of values, and replacements of values.

use modelshift_schema::expr::Literal;
use modelshift_schema::name::ColumnName;
use modelshift_schema::step::{Change, Step};
use modelshift_schema::table::Table;
use sea_query::Query;

use super::built::{built, word};
use super::literal::{Place, value};
use super::table_parts::Parts;
use crate::dialect::{Spelling, Unsupported};
use crate::plan::statement::{Statement, Written};

/// Writes a value of an enum: text or an integer.
pub(crate) fn literal(spelling: &dyn Spelling, literal: &Literal) -> Result<String, Unsupported> {
    spelling.literal(&value(literal, None, Place::Value)?)
}

/// Writes values as a list: `'draft', 'published'`.
pub(crate) fn list<'a>(
    spelling: &dyn Spelling,
    values: impl IntoIterator<Item = &'a Literal>,
) -> Result<String, Unsupported> {
    let values = values.into_iter().map(|value| literal(spelling, value));
    Ok(values.collect::<Result<Vec<_>, _>>()?.join(", "))
}

/// Writes the expression that replaces values. Values without a pair are kept.
pub(crate) fn converted(
    spelling: &dyn Spelling,
    operand: &str,
    values: &[(Literal, Literal)],
) -> Result<String, Unsupported> {
    let mut text = format!("CASE {operand}");
    for (from, to) in values {
        text = format!("{text} WHEN {} THEN {}", literal(spelling, from)?, literal(spelling, to)?);
    }
    Ok(format!("{text} ELSE {operand} END"))
}

/// Writes the UPDATE that replaces values.
pub(crate) fn update(
    spelling: &dyn Spelling,
    table: &Table,
    column: &ColumnName,
    values: &[(Literal, Literal)],
) -> Result<Written, Unsupported> {
    let (parts, quoted) = (Parts::new(spelling, table), spelling.read_column(column.as_str())?);
    let becomes = converted(spelling, &quoted, values)?;
    let from = list(spelling, values.iter().map(|(from, _)| from))?;
    let update = Query::update()
        .table(parts.table_name()?)
        .value(parts.iden(column.as_str())?, word(becomes))
        .and_where(word(format!("{quoted} IN ({from})")))
        .take();
    Ok(built(spelling, update))
}

/// Returns the query of a step that only requires values; `None` for other steps.
pub(crate) fn requirement(spelling: &dyn Spelling, step: &Step) -> Result<Option<Statement>, Unsupported> {
    let Step::AlterTable { before, change: Change::RequireValues { column, values }, .. } = step else {
        return Ok(None);
    };
    let quoted = spelling.read_column(column.as_str())?;
    let condition = if values.is_empty() {
        format!("{quoted} IS NOT NULL")
    } else {
        format!("{quoted} NOT IN ({})", list(spelling, values)?)
    };
    let known: Vec<String> = values.iter().map(shown).collect();
    let why = format!(
        "a row of `{}` holds in `{column}` another value than {}",
        before.name,
        if known.is_empty() { "NULL".to_owned() } else { known.join(", ") }
    );
    let query = Parts::new(spelling, before).rows([quoted], Some(condition))?.limit(1).take();
    Ok(Some(built(spelling, query).because(why)))
}

fn shown(value: &Literal) -> String {
    match value {
        Literal::Text(text) => format!("`{text}`"),
        Literal::Int(number) => format!("`{number}`"),
        Literal::Bool(_) | Literal::Float(_) | Literal::Bytes(_) => format!("`{value:?}`"),
    }
}
