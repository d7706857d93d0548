//! How a value of a type is written and read, and which values are the same.

use modelshift::dialect::Dialect;
use modelshift_schema::canonical;
use modelshift_schema::column_type::ColumnType;

/// Writes a value as a service would.
pub(crate) fn written(dialect: Dialect, holds: &ColumnType, text: &str) -> String {
    match (holds, dialect) {
        (ColumnType::Bool, Dialect::Postgres) => if text == "1" { "TRUE" } else { "FALSE" }.to_owned(),
        (ColumnType::Bytes | ColumnType::Varbinary { .. }, Dialect::Postgres) => {
            format!("decode('{text}', 'hex')")
        }
        (ColumnType::Bytes | ColumnType::Varbinary { .. }, _) => format!("X'{text}'"),
        (ColumnType::Uuid, Dialect::Sqlite | Dialect::Mysql) => format!("X'{}'", text.replace('-', "")),
        (ColumnType::DateTimeTz, Dialect::Sqlite) => format!("'{}+00:00'", text.replace(' ', "T")),
        (ColumnType::DateTimeTz, Dialect::Postgres) => format!("'{text}+00:00'"),
        (ColumnType::F32, Dialect::Sqlite) => {
            format!("{:?}", f64::from(text.parse::<f32>().expect("a number")))
        }
        (ColumnType::F64, Dialect::Sqlite) => format!("{:?}", text.parse::<f64>().expect("a number")),
        _ if holds.is_integer() || *holds == ColumnType::Bool => text.to_owned(),
        _ => format!("'{text}'"),
    }
}

/// Reads a value of a type as text, with every digit.
pub(crate) fn read(dialect: Dialect, holds: &ColumnType, column: &str) -> String {
    match (holds, dialect) {
        (ColumnType::Bool, Dialect::Postgres) => format!("CAST(CAST({column} AS integer) AS text)"),
        (ColumnType::Bytes | ColumnType::Varbinary { .. }, Dialect::Postgres) => {
            format!("upper(encode({column}, 'hex'))")
        }
        (ColumnType::Bytes | ColumnType::Varbinary { .. }, _) | (ColumnType::Uuid, Dialect::Sqlite) => {
            format!("CASE WHEN {column} IS NOT NULL THEN hex({column}) END")
        }
        (ColumnType::Uuid, Dialect::Mysql) => format!("hex({column})"),
        (ColumnType::F32 | ColumnType::F64, Dialect::Sqlite) => format!(
            "CASE WHEN CAST(CAST({column} AS TEXT) AS REAL) = {column} THEN CAST({column} AS TEXT) \
             WHEN {column} IS NOT NULL THEN printf('%!.17g', {column}) END"
        ),
        (ColumnType::F32, Dialect::Mysql) => format!("CONCAT('', CAST({column} AS DOUBLE))"),
        (ColumnType::DateTimeTz, Dialect::Postgres) => {
            format!("CAST(timezone('UTC', {column}) AS text) || '+00'")
        }
        (_, Dialect::Mysql) => format!("CONCAT('', {column})"),
        _ => format!("CAST({column} AS text)"),
    }
}

/// Returns the number of 32 bits that is nearest.
#[expect(clippy::cast_possible_truncation, reason = "it is what a column of 32 bits does")]
pub(crate) fn single(number: f64) -> f32 {
    number as f32
}

/// Returns the one text of a value of a type; none where the text is no such value.
pub(crate) fn meaning(holds: &ColumnType, text: &str) -> Option<String> {
    let number = |text: &str| {
        let bare = text.strip_prefix('-').unwrap_or(text);
        let is_number = bare.starts_with(|it: char| it.is_ascii_digit())
            && bare.bytes().all(|it| it.is_ascii_digit() || it == b'.');
        let digits = if bare.contains('.') { bare.trim_end_matches('0').trim_end_matches('.') } else { bare };
        let sign = if text.starts_with('-') && digits != "0" { "-" } else { "" };
        is_number.then(|| format!("{sign}{digits}"))
    };
    let zoned = |text: &str| match canonical::timestamp(text) {
        Ok(text) => Some(text),
        Err(_) => canonical::date_time(text).ok(),
    };
    match holds {
        // Zero has one meaning, whatever its sign.
        ColumnType::F32 => text.parse::<f64>().ok().map(|it| format!("{}", single(it) + 0.0)),
        ColumnType::F64 => text.parse::<f64>().ok().map(|it| format!("{}", it + 0.0)),
        ColumnType::Text | ColumnType::Varchar { .. } | ColumnType::Bytes | ColumnType::Varbinary { .. } => {
            Some(text.to_owned())
        }
        ColumnType::Date => Some(canonical::date(text).ok()? + " 00:00:00"),
        ColumnType::Time => canonical::time(text).ok(),
        ColumnType::DateTime => canonical::date_time(text).ok(),
        ColumnType::DateTimeTz => zoned(text),
        ColumnType::Uuid => canonical::uuid(text).ok().map(|it| format!("{it:?}")),
        ColumnType::Json => canonical::json(text).ok(),
        _ => number(text),
    }
}

/// Returns whether a value that was read before and after a change is the same.
pub(crate) fn is_same(from: &ColumnType, to: &ColumnType, before: &str, after: &str) -> bool {
    let is_float = |holds: &ColumnType| matches!(holds, ColumnType::F32 | ColumnType::F64);
    let is_text = |holds: &ColumnType| matches!(holds, ColumnType::Text | ColumnType::Varchar { .. });
    // A document may be kept as it is written, with all that it says twice.
    if [from, to].contains(&&ColumnType::Json) && before == after {
        return true;
    }
    if is_float(from) && is_float(to) {
        let exact = |holds: &ColumnType, text: &str| {
            let number = text.parse::<f64>();
            if *holds == ColumnType::F32 { number.map(|it| f64::from(single(it))) } else { number }
        };
        return exact(from, before) == exact(to, after);
    }
    let (one, other) = match (is_text(from), is_text(to)) {
        // Text has the meaning that the other type gives to it.
        (true, false) => (meaning(to, before), meaning(to, after)),
        (false, true) => (meaning(from, before), meaning(from, after)),
        _ => (meaning(from, before), meaning(to, after)),
    };
    one.is_some() && one == other
}
