//! Which values of one type another holds as they are, on PostgreSQL.
//!
//! A cast that may fail stands behind a CASE: the query must name rows rather than fail at one.

use modelshift_schema::column_type::ColumnType;

use super::column_type::column_type;
use super::spelled::{left_out, same_text};
use crate::dialect::render::conversion::Kind;
use crate::dialect::render::kept_values::{
    always_has_room, beyond, is_wider, kept_digits, largest_exact, pattern, range, shorter,
};

/// Writes the condition that holds for a value which stays as it is; none where all do.
pub(super) fn fits(value: &str, from: &ColumnType, to: &ColumnType) -> Option<String> {
    match (from, to) {
        (ColumnType::Array(from), ColumnType::Array(to)) => items(value, from, to),
        (_, ColumnType::Array(to)) if from.family() == Kind::Text => {
            items(&format!("CAST({value} AS text[])"), &ColumnType::Text, to)
        }
        _ => single(value, from, to),
    }
}

fn items(list: &str, from: &ColumnType, to: &ColumnType) -> Option<String> {
    let fits = single("item", from, to)?;
    Some(format!(
        "NOT EXISTS (SELECT 1 FROM unnest({list}) AS items(item) WHERE item IS NOT NULL AND ({fits}) IS NOT TRUE)"
    ))
}

fn single(value: &str, from: &ColumnType, to: &ColumnType) -> Option<String> {
    match (from.family(), to.family()) {
        (Kind::Integer, Kind::Bool) => Some(format!("{value} IN (0, 1)")),
        (Kind::Bool | Kind::Integer, Kind::Integer) => whole(value, from, range(to, false)?),
        (Kind::Integer, Kind::Float) => whole(value, from, (-largest_exact(to), largest_exact(to))),
        (Kind::Float, Kind::Integer) => {
            let (least, most) = range(to, false)?;
            Some(format!("{value} = trunc({value}) AND {value} >= {least} AND {value} < {}", most + 1))
        }
        (Kind::Decimal, Kind::Integer) => {
            let (least, most) = range(to, false)?;
            Some(format!("{value} = trunc({value}) AND {value} BETWEEN {least} AND {most}"))
        }
        (Kind::Float, Kind::Float) => (*to == ColumnType::F32 && from != to).then(|| single_precision(value)),
        (_, Kind::Decimal) => decimal(value, from, to),
        (Kind::Bytes, Kind::Bytes) => {
            shorter(from, to).map(|most| format!("octet_length({value}) <= {most}"))
        }
        (Kind::Decimal, Kind::Float) => {
            let digits = format!("length(trim(BOTH '0' FROM replace(CAST(abs({value}) AS text), '.', '')))");
            let (least, most) = if *to == ColumnType::F32 { ("1e-37", "1e37") } else { ("1e-307", "1e307") };
            Some(format!(
                "{digits} <= {} AND ({value} = 0 OR abs({value}) BETWEEN {least} AND {most})",
                kept_digits(to)
            ))
        }
        (Kind::Text, _) => text(value, from, to),
        (_, Kind::Text) => as_text(value, from, to),
        (Kind::DateTime, Kind::Date) => Some(format!("{value} = date_trunc('day', {value})")),
        (Kind::Timestamp, Kind::Date) => {
            let utc = format!("timezone('UTC', {value})");
            Some(format!("{utc} = date_trunc('day', {utc})"))
        }
        _ => None,
    }
}

/// The whole numbers between two; none where the old type has no others.
fn whole(value: &str, from: &ColumnType, (least, most): (i128, i128)) -> Option<String> {
    let is_within = range(from, false).is_some_and(|from| least <= from.0 && from.1 <= most);
    (!is_within).then(|| format!("{value} BETWEEN {least} AND {most}"))
}

fn single_precision(value: &str) -> String {
    format!(
        "CASE WHEN {value} = 0 OR {value} IN ('NaN', 'Infinity', '-Infinity') THEN true \
         WHEN abs({value}) < 1.17549435e-38 OR abs({value}) > 3.4028234e38 THEN false \
         ELSE CAST(CAST({value} AS real) AS double precision) = {value} END"
    )
}

fn decimal(value: &str, from: &ColumnType, to: &ColumnType) -> Option<String> {
    let ColumnType::Decimal { precision, scale } = *to else { return None };
    let beyond = beyond(precision, scale);
    let has_room = |value: &str| format!("{value} = round({value}, {scale}) AND abs({value}) < {beyond}");
    match (from.family(), from) {
        (Kind::Integer, _) => {
            let most = beyond.parse::<i128>().ok()? - 1;
            whole(value, from, (-most, most))
        }
        (_, ColumnType::Decimal { precision: old, scale: old_scale }) => {
            (!is_wider((*old, *old_scale), (precision, scale))).then(|| has_room(value))
        }
        (Kind::Float, _) => {
            let exact = format!("CAST(CAST({value} AS text) AS numeric)");
            Some(format!(
                "CASE WHEN {value} IN ('NaN', 'Infinity', '-Infinity') THEN false ELSE {} END",
                has_room(&exact)
            ))
        }
        (Kind::Text, _) => Some(format!("{value} ~ '{}'", pattern::decimal(precision, scale))),
        _ => None,
    }
}

/// Text is assigned to `varchar(n)` without the spaces at its end that are too many.
fn as_text(value: &str, from: &ColumnType, to: &ColumnType) -> Option<String> {
    let text = format!("CAST({value} AS text)");
    let length = if let ColumnType::Varchar { max_length } = to
        && !always_has_room(from, *max_length)
    {
        Some(format!("char_length({text}) <= {max_length}"))
    } else {
        None
    };
    // How many digits are written is a setting.
    let digits = if *from == ColumnType::F32 {
        Some(format!("CAST({text} AS real) = {value}"))
    } else {
        (*from == ColumnType::F64).then(|| format!("CAST({text} AS double precision) = {value}"))
    };
    let both: Vec<String> = digits.into_iter().chain(length).collect();
    (!both.is_empty()).then(|| both.join(" AND "))
}

fn text(value: &str, from: &ColumnType, to: &ColumnType) -> Option<String> {
    let (date, time) = (pattern::DATE, pattern::TIME);
    let dated = |pattern: &str| {
        Some(format!("CASE WHEN {value} ~ '^{pattern}$' THEN {} ELSE false END", is_date(value)))
    };
    match to.family() {
        Kind::Text => as_text(value, from, to),
        Kind::Integer => {
            let (least, most) = range(to, false)?;
            Some(format!(
                "CASE WHEN {value} ~ '{}' THEN CAST({value} AS numeric) BETWEEN {least} AND {most} ELSE false END",
                pattern::INTEGER
            ))
        }
        Kind::Float => Some(float(value, to)),
        Kind::Date => dated(date),
        Kind::Time => Some(format!("{value} ~ '^{time}$'")),
        Kind::DateTime => dated(&format!("{date}[ T]{time}")),
        Kind::Timestamp => dated(&format!("{date}[ T]{time}(Z|[+-](0[0-9]|1[0-5])(:[0-5][0-9])?)?")),
        Kind::Uuid => Some(format!("{value} ~ '{}'", pattern::UUID)),
        Kind::Json => Some(document(value)),
        Kind::Native => {
            let ColumnType::Native(native) = *to else { return None };
            Some(same_text(value, &column_type(to).ok()?, left_out(native)))
        }
        Kind::Bool | Kind::Decimal | Kind::Bytes | Kind::Enum | Kind::Array => None,
    }
}

/// As many digits as every number of the type keeps, or the text that the server writes itself.
fn float(value: &str, to: &ColumnType) -> String {
    let digits =
        format!("length(trim(BOTH '0' FROM replace(ltrim({value}, '-'), '.', ''))) <= {}", kept_digits(to));
    let (name, exponent) = if *to == ColumnType::F32 {
        ("real", "[0-2]?[0-9]")
    } else {
        ("double precision", "[0-2]?[0-9]{1,2}")
    };
    format!(
        "CASE WHEN {value} ~ '{}' AND {digits} THEN true \
         WHEN {value} ~ '^-?[0-9]([0-9]{{0,16}})([.][0-9]{{1,20}})?(e[+-]{exponent})?$' \
         THEN CAST(CAST({value} AS {name}) AS text) = {value} ELSE false END",
        pattern::NUMBER
    )
}

/// Counts on from the first day of the year: what is beyond the month lands in the next one.
fn is_date(value: &str) -> String {
    let date = format!("substr({value}, 1, 10)");
    let part = |from: u8, length: u8| format!("CAST(substr({value}, {from}, {length}) AS integer)");
    format!(
        "CASE WHEN substr({value}, 1, 4) = '0000' THEN false ELSE to_char(CAST(substr({value}, 1, 4) || '-01-01' AS date) \
         + make_interval(months => {} - 1) + make_interval(days => {} - 1), 'YYYY-MM-DD') = {date} END",
        part(6, 2),
        part(9, 2)
    )
}

/// Whether text is a document that `jsonb` keeps, so that it is safe to cast.
///
/// Texts become `""` and all other values `0`, and then each list and each object within which there is none becomes `0`,
/// until one value is left.
fn document(value: &str) -> String {
    let unit = r"u(?!0000)([0-9a-cefA-CEF][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2}|[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})";
    let text = [r#""([^"\\\x01-\x1f]|\\(["\\/bfnrt]|"#, unit, r#"))*""#].concat();
    let number = "(-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]{1,3})?|true|false|null)";
    let (gap, one) = (r"[ \t\n\r]*", r#"(""|0)"#);
    let list = [r"\[", gap, "(", one, gap, "(,", gap, one, gap, r")*)?\]"].concat();
    let member = [r#""""#, gap, ":", gap, one, gap].concat();
    let object = [r"\{", gap, "(", &member, "(,", gap, &member, r")*)?\}"].concat();
    let (text, inner) = (escaped(&text), escaped(&format!("({list}|{object})")));
    let (number, whole) = (escaped(number), escaped(&format!("^{gap}{one}{gap}$")));
    format!(
        "CASE WHEN EXISTS (WITH RECURSIVE reduced AS (SELECT regexp_replace(regexp_replace({value}, {text}, '\"\"', 'g'), \
         {number}, '0', 'g') AS rest UNION ALL SELECT regexp_replace(rest, {inner}, '0', 'g') FROM reduced \
         WHERE rest ~ {inner}) SELECT 1 FROM reduced WHERE rest ~ {whole}) THEN {} ELSE false END",
        has_no_key_twice(value)
    )
}

/// Writes a pattern as text in which no setting of the server changes what a backslash is.
fn escaped(pattern: &str) -> String {
    format!("E'{}'", pattern.replace('\\', r"\\"))
}

/// `jsonb` keeps one of two values of a key, without a word.
fn has_no_key_twice(value: &str) -> String {
    let of = |kind: &str, empty: &str| {
        format!("CASE json_typeof(part.value) WHEN '{kind}' THEN part.value ELSE CAST('{empty}' AS json) END")
    };
    let (object, array) = (of("object", "{}"), of("array", "[]"));
    format!(
        "NOT EXISTS (WITH RECURSIVE part AS (SELECT CAST({value} AS json) AS value UNION ALL \
         SELECT inner_part.value FROM part, LATERAL (SELECT value FROM json_each({object}) UNION ALL \
         SELECT value FROM json_array_elements({array})) AS inner_part) \
         SELECT 1 FROM part, LATERAL (SELECT count(*) AS all_keys, count(DISTINCT name) AS names \
         FROM json_object_keys({object}) AS name) AS counted WHERE all_keys <> names)"
    )
}
