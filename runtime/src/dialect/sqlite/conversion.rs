//! A value of one type -> the value of another, inside the copy of a rebuild, and the check that nothing was lost.
//!
//! CAST is not used: it makes `0` of any text that is no number, without a word. A plain copy lets the new column's
//! affinity turn what can be turned without loss (`'12'` to `12`) and keeps the rest as it is; [`misfit`] then finds
//! what stayed behind, before the transaction commits.

use modelshift_schema::column_type::ColumnType;

use crate::dialect::conversion::Kind;

/// Writes the expression that turns a value of the one type into the other.
pub(super) fn converted(value: String, from: &ColumnType, to: &ColumnType) -> String {
    match (Kind::of(from), Kind::of(to)) {
        (Kind::Integer, Kind::Bool) => format!("({value}) <> 0"),
        (Kind::Uuid, Kind::Text) => hyphenated(&value),
        (Kind::Text, Kind::Uuid) => format!("coalesce(unhex(replace({value}, '-', '')), {value})"),
        (Kind::Date, Kind::DateTime) => format!("{value} || ' 00:00:00'"),
        (Kind::Date, Kind::Moment) => format!("{value} || 'T00:00:00+00:00'"),
        (Kind::DateTime, Kind::Date) => format!("substr({value}, 1, 10)"),
        (Kind::DateTime, Kind::Time) => format!("substr({value}, 12)"),
        (Kind::DateTime, Kind::Moment) => format!("replace({value}, ' ', 'T') || '+00:00'"),
        (Kind::Moment, Kind::Date) => format!("date({value})"),
        (Kind::Moment, Kind::Time) => format!("substr({}, 12)", without_zone(&value)),
        (Kind::Moment, Kind::DateTime) => without_zone(&value),
        _ => value,
    }
}

fn hyphenated(value: &str) -> String {
    let part = |from: u8, length: u8| format!("substr(hex({value}), {from}, {length})");
    let parts = [part(1, 8), part(9, 4), part(13, 4), part(17, 4), part(21, 12)].join(" || '-' || ");
    format!("CASE WHEN {value} IS NOT NULL THEN lower({parts}) END")
}

/// UTC stays as it is, with all its digits; any other zone is reckoned, to the millisecond.
fn without_zone(value: &str) -> String {
    format!(
        "CASE WHEN {value} LIKE '%+00:00' THEN replace(substr({value}, 1, length({value}) - 6), 'T', ' ') \
         WHEN {value} LIKE '%Z' THEN replace(substr({value}, 1, length({value}) - 1), 'T', ' ') \
         ELSE strftime('%Y-%m-%d %H:%M:%f', {value}) END"
    )
}

/// Writes the condition that holds for a value that did not become one of the new type; none where all of them do.
pub(super) fn misfit(value: &str, from: &ColumnType, to: &ColumnType) -> Option<String> {
    if always_fits(from, to) {
        return None;
    }
    let fits = match to {
        ColumnType::Bool => format!("{value} IN (0, 1)"),
        ColumnType::I8 => integer(value, i8::MIN, i8::MAX),
        ColumnType::I16 => integer(value, i16::MIN, i16::MAX),
        ColumnType::I32 => integer(value, i32::MIN, i32::MAX),
        ColumnType::I64 => format!("typeof({value}) = 'integer'"),
        ColumnType::U8 => integer(value, u8::MIN, u8::MAX),
        ColumnType::U16 => integer(value, u16::MIN, u16::MAX),
        ColumnType::U32 => integer(value, u32::MIN, u32::MAX),
        ColumnType::U64 => integer(value, 0, i64::MAX),
        ColumnType::F32 | ColumnType::F64 => format!("typeof({value}) = 'real'"),
        ColumnType::Text => format!("typeof({value}) = 'text'"),
        ColumnType::Varchar { max_length } => {
            format!("typeof({value}) = 'text' AND length({value}) <= {max_length}")
        }
        ColumnType::Bytes => format!("typeof({value}) = 'blob'"),
        ColumnType::Date => format!("{value} IS date({value})"),
        ColumnType::Time => format!("typeof({value}) = 'text' AND time({value}) IS NOT NULL"),
        ColumnType::DateTime | ColumnType::DateTimeTz => {
            format!("typeof({value}) = 'text' AND datetime({value}) IS NOT NULL")
        }
        ColumnType::Uuid => format!("typeof({value}) = 'blob' AND length({value}) = 16"),
        ColumnType::Decimal { .. } => {
            format!("CASE WHEN json_valid({value}) THEN json_type({value}) IN ('integer', 'real') ELSE 0 END")
        }
        ColumnType::Json => format!("json_valid({value})"),
        // What the type that the author spells can hold, nobody knows here; a column of an enum checks itself.
        ColumnType::Array(_) | ColumnType::Native(_) | ColumnType::Choices(_) => return None,
    };
    Some(format!("{value} IS NOT NULL AND NOT ({fits})"))
}

fn integer(value: &str, smallest: impl Into<i64>, largest: impl Into<i64>) -> String {
    let (smallest, largest) = (smallest.into(), largest.into());
    format!("typeof({value}) = 'integer' AND {value} BETWEEN {smallest} AND {largest}")
}

/// Tells whether no value can be left behind: the new type is as wide as the old one, or wider.
fn always_fits(from: &ColumnType, to: &ColumnType) -> bool {
    match (from, to) {
        (ColumnType::Varchar { max_length: from }, ColumnType::Varchar { max_length: to }) => from <= to,
        (ColumnType::Text, ColumnType::Varchar { .. }) => false,
        (from, to) => match (range(from), range(to)) {
            (Some(from), Some(to)) => to.0 <= from.0 && from.1 <= to.1,
            _ => Kind::of(from) == Kind::of(to),
        },
    }
}

fn range(holds: &ColumnType) -> Option<(i64, i64)> {
    match holds {
        ColumnType::Bool => Some((0, 1)),
        ColumnType::I8 => Some((i8::MIN.into(), i8::MAX.into())),
        ColumnType::I16 => Some((i16::MIN.into(), i16::MAX.into())),
        ColumnType::I32 => Some((i32::MIN.into(), i32::MAX.into())),
        ColumnType::I64 => Some((i64::MIN, i64::MAX)),
        ColumnType::U8 => Some((0, u8::MAX.into())),
        ColumnType::U16 => Some((0, u16::MAX.into())),
        ColumnType::U32 => Some((0, u32::MAX.into())),
        ColumnType::U64 => Some((0, i64::MAX)),
        ColumnType::F32
        | ColumnType::F64
        | ColumnType::Text
        | ColumnType::Varchar { .. }
        | ColumnType::Bytes
        | ColumnType::Date
        | ColumnType::Time
        | ColumnType::DateTime
        | ColumnType::DateTimeTz
        | ColumnType::Uuid
        | ColumnType::Decimal { .. }
        | ColumnType::Json
        | ColumnType::Choices(_)
        | ColumnType::Array(_)
        | ColumnType::Native(_) => None,
    }
}
