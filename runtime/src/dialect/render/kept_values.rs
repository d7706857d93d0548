//! Values that a new type cannot hold unchanged. No database may round, truncate or reinterpret them, so that rows with
//! such values are searched for before the change.
//!
//! "Unchanged" means the same on every database: a number remains the same number, text the same text, a timestamp the same
//! instant. Text is converted to a value only if it is the canonical text of the value. A decimal is converted to a float
//! only if it has no more digits than every float keeps (15, or 6 with 32 bits). A dialect writes the condition
//! ([`Spelling::fits`]).

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::Literal;
use modelshift_schema::step::{Change, Step};

use super::built::built;
use super::conversion::Kind;
use super::spelled_types;
use super::table_parts::Parts;
use crate::dialect::{PlannedStep, Spelling, Unsupported};
use crate::plan::Action;

/// Returns the query for rows whose values a step would not keep; `None` if it keeps every value.
///
/// A table that an earlier step of the same migration creates has no rows, and if the operation converts the values of an
/// enum, they are known.
pub(crate) fn requirement(
    spelling: &dyn Spelling,
    earlier: &[PlannedStep],
    planned: &PlannedStep,
) -> Result<Option<Action>, Unsupported> {
    let Step::AlterTable { before, after, change: Change::AlterColumn { column, .. } } = &planned.step else {
        return Ok(None);
    };
    let is_safe = earlier.iter().any(|it| match &it.step {
        Step::CreateTable { after } => after.name == before.name,
        Step::AlterTable { after, change: Change::ConvertValues { column: other, .. }, .. } => {
            it.operation == planned.operation && after.name == before.name && other == column
        }
        Step::AlterTable { .. }
        | Step::DropTable { .. }
        | Step::RunSql(_)
        | Step::RunRust { .. }
        | Step::LoadData { .. }
        | Step::CreateExtension { .. }
        | Step::DropExtension { .. }
        | Step::CreateCollation(_)
        | Step::DropCollation { .. } => false,
    });
    if is_safe {
        return Ok(None);
    }
    let (old, new) =
        (Parts::new(spelling, before).existing(column)?, Parts::new(spelling, after).existing(column)?);
    let is_computed = old.generated.is_some() || new.generated.is_some();
    if is_computed {
        return Ok(None);
    }
    let table = spelling.table(&before.name)?;
    let value = format!("{table}.{}", spelling.identifier(column.as_str())?);
    let Some(fits) = spelled_types::fits(spelling, &value, old, new)? else { return Ok(None) };
    let key = before.primary_key.iter().flat_map(|key| &key.columns).filter(|it| *it != column);
    let is_readable = !matches!(old.column_type.family(), Kind::Bytes | Kind::Uuid);
    let mut shown = Vec::new();
    for name in key.chain(is_readable.then_some(column)) {
        shown.push(spelling.read_column(name.as_str())?);
    }
    if shown.is_empty() {
        shown.push("1".to_owned());
    }
    let why = format!(
        "rows of `{}` hold values in `{column}` that `{}` does not hold as they are",
        before.name,
        match spelling.spelled(new) {
            Some(spelled) => spelled.to_owned(),
            None => spelling.column_type(&new.column_type)?,
        }
    );
    let condition = format!("{value} IS NOT NULL AND ({fits}) IS NOT TRUE");
    let query = Parts::new(spelling, before).rows(shown, Some(condition))?;
    Ok(Some(Action::Require(built(spelling, query).because(why))))
}

/// Returns the smallest and the largest integer of a type.
///
/// `has_unsigned` is true if the database has unsigned 64-bit integers.
pub(crate) fn range(holds: &ColumnType, has_unsigned: bool) -> Option<(i128, i128)> {
    if *holds == ColumnType::Bool {
        return Some((0, 1));
    }
    match holds.integer() {
        Some((64, false)) if has_unsigned => Some((0, u64::MAX.into())),
        Some(_) | None => holds.integer_range(),
    }
}

/// Returns the largest integer up to which a float type represents all integers.
pub(crate) fn largest_exact(holds: &ColumnType) -> i128 {
    if *holds == ColumnType::F32 { 1 << 24 } else { 1 << 53 }
}

/// Returns the number of decimal digits that every value of a float type keeps.
pub(crate) fn kept_digits(holds: &ColumnType) -> u32 {
    if *holds == ColumnType::F32 { 6 } else { 15 }
}

/// Returns the smallest number with more digits before the point than the decimal type allows.
pub(crate) fn beyond(precision: u32, scale: u32) -> String {
    format!("1{}", "0".repeat(precision.saturating_sub(scale) as usize))
}

/// Returns whether a decimal type holds every value of another one.
pub(crate) fn is_wider(from: (u32, u32), to: (u32, u32)) -> bool {
    to.1 >= from.1 && to.0.saturating_sub(to.1) >= from.0.saturating_sub(from.1)
}

/// Returns whether the text of all values of a type fits into a column of `max_length` characters.
pub(crate) fn always_has_room(from: &ColumnType, max_length: u32) -> bool {
    let longest = match from.family() {
        Kind::Integer => 20,
        Kind::Uuid => 36,
        Kind::Text => {
            let ColumnType::Varchar { max_length } = from else { return false };
            *max_length
        }
        Kind::Enum => {
            let variants = from.choices().into_iter().flat_map(|choices| &choices.variants);
            return variants.map(|variant| &variant.value).all(|value| match value {
                Literal::Text(text) => text.chars().count() <= max_length as usize,
                Literal::Int(_) | Literal::Bool(_) | Literal::Float(_) | Literal::Bytes(_) => false,
            });
        }
        Kind::Bool
        | Kind::Float
        | Kind::Decimal
        | Kind::Bytes
        | Kind::Date
        | Kind::Time
        | Kind::DateTime
        | Kind::Timestamp
        | Kind::Json
        | Kind::Array
        | Kind::Native => return false,
    };
    longest <= max_length
}

/// Returns the maximum length of a binary type; `None` if all values of the other type fit.
pub(crate) fn shorter(from: &ColumnType, to: &ColumnType) -> Option<u32> {
    let ColumnType::Varbinary { max_length } = *to else { return None };
    let always_fits = matches!(from, ColumnType::Varbinary { max_length: old } if *old <= max_length);
    (!always_fits).then_some(max_length)
}

/// Regular expressions of canonical texts, for both servers.
pub(crate) mod pattern {
    /// A whole number of at most twenty digits.
    pub(crate) const INTEGER: &str = "^(0|-?[1-9][0-9]{0,19})$";
    /// A number with a point.
    pub(crate) const NUMBER: &str = "^-?(0|[1-9][0-9]{0,17})([.][0-9]{1,30})?$";
    /// A date; the length of the month is not checked.
    pub(crate) const DATE: &str = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
    /// A time of day to the microsecond.
    pub(crate) const TIME: &str = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?";
    /// A UUID with its dashes, or without them.
    pub(crate) const UUID: &str =
        "^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|[0-9a-fA-F]{32})$";

    /// The largest repeat count that PostgreSQL supports.
    const MOST_REPEATED: u32 = 255;

    /// Returns the pattern of decimals with at most these digits.
    pub(crate) fn decimal(precision: u32, scale: u32) -> String {
        let whole = precision.saturating_sub(scale).min(MOST_REPEATED);
        let scale = scale.min(MOST_REPEATED);
        let whole = if whole == 0 { "0".to_owned() } else { format!("(0|[1-9][0-9]{{0,{}}})", whole - 1) };
        let fraction = if scale == 0 { "([.]0+)?".to_owned() } else { format!("([.][0-9]{{1,{scale}}}0*)?") };
        format!("^-?{whole}{fraction}$")
    }
}
