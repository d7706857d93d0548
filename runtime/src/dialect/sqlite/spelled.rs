//! Types that an author spells: a declared type has an affinity, by which SQLite may convert values.

pub(super) mod affinity;

use modelshift_schema::table::Column;

use self::affinity::{Affinity, affinity};
use super::column_type::column_type;
use super::conversion::converted;
use super::fits::fits;
use crate::dialect::{Dialect, Unsupported, spelled_type};

/// Writes the condition under which a value is kept unchanged; `None` if all values are.
pub(super) fn fits_declared(value: &str, old: &Column, new: &Column) -> Result<Option<String>, Unsupported> {
    let (before, after) = (affinity(&declared(old)?), affinity(&declared(new)?));
    let (from, to) = (&old.column_type, &new.column_type);
    let mut all = Vec::new();
    let mut kept = value.to_owned();
    if from != to {
        all.extend(fits(value, from, to));
        kept = format!("({})", converted(kept, from, to));
    }
    if from != to || before != after {
        all.extend(stays(&kept, after));
    }
    let all: Vec<String> = all.iter().map(|one| format!("({one})")).collect();
    Ok(if all.is_empty() { None } else { Some(all.join(" AND ")) })
}

fn declared(column: &Column) -> Result<String, Unsupported> {
    spelled_type(Dialect::Sqlite, column)
        .map_or_else(|| column_type(&column.column_type), |it| Ok(it.to_owned()))
}

fn stays(value: &str, to: Affinity) -> Option<String> {
    let is_no_number = format!(
        "{value} NOT GLOB '*[0-9]*' OR {value} GLOB '*[^-+.0-9eE ' || char(9, 10, 11, 12, 13) || ']*'"
    );
    match to {
        Affinity::Blob => None,
        Affinity::Text => {
            Some(format!("typeof({value}) <> 'real' OR CAST(CAST({value} AS TEXT) AS REAL) = {value}"))
        }
        Affinity::Integer | Affinity::Numeric => Some(format!(
            "typeof({value}) <> 'text' OR {is_no_number} OR CAST(CAST({value} AS NUMERIC) AS TEXT) = {value}"
        )),
        Affinity::Real => Some(format!(
            "CASE typeof({value}) WHEN 'integer' THEN {value} BETWEEN -9007199254740992 AND 9007199254740992 \
             WHEN 'text' THEN {is_no_number} OR CAST(CAST({value} AS REAL) AS TEXT) = {value} ELSE 1 END"
        )),
    }
}
