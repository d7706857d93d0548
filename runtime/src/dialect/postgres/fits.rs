//! Conditions under which a value of one type is also a value of another, on PostgreSQL.
//!
//! A cast that can fail is protected by a CASE, since the query must return rows and not fail.

use modelshift_schema::column_type::ColumnType;

use super::column_type::column_type;
use super::spelled::{left_out, same_text};
use crate::dialect::render::conversion::Kind;
use crate::dialect::render::kept_values::{
    always_has_room, beyond, is_wider, kept_digits, largest_exact, pattern, range, shorter,
};

/// Writes the condition under which a value is kept unchanged; `None` if all values are.
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

/// Checks that an integer is in a range; `None` if all values of the old type are.
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
    match (from.family(), from) {
        (Kind::Integer, _) => {
            let most = beyond.parse::<i128>().ok()? - 1;
            whole(value, from, (-most, most))
        }
        (_, ColumnType::Decimal { precision: old, scale: old_scale }) => {
            (!is_wider((*old, *old_scale), (precision, scale))).then(|| has_digits(value, scale, &beyond))
        }
        (Kind::Float, _) => {
            let exact = format!("CAST(CAST({value} AS text) AS numeric)");
            Some(format!(
                "CASE WHEN {value} IN ('NaN', 'Infinity', '-Infinity') THEN false ELSE {} END",
                has_digits(&exact, scale, &beyond)
            ))
        }
        (Kind::Text, _) => Some(format!("{value} ~ '{}'", pattern::decimal(precision, scale))),
        _ => None,
    }
}

/// Checks that a decimal has no more digits than a type.
fn has_digits(value: &str, scale: u32, beyond: &str) -> String {
    format!("{value} = round({value}, {scale}) AND abs({value}) < {beyond}")
}

/// Checks the conversion to text. Assignment to `varchar(n)` removes excess spaces at the end.
fn as_text(value: &str, from: &ColumnType, to: &ColumnType) -> Option<String> {
    let text = format!("CAST({value} AS text)");
    let length = if let ColumnType::Varchar { max_length } = to
        && !always_has_room(from, *max_length)
    {
        Some(format!("char_length({text}) <= {max_length}"))
    } else {
        None
    };
    // A setting determines the number of digits.
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
        Kind::Date => Some(matches_date(value, date)),
        Kind::Time => Some(format!("{value} ~ '^{time}$'")),
        Kind::DateTime => Some(matches_date(value, &format!("{date}[ T]{time}"))),
        Kind::Timestamp => {
            let zone = "(Z|[+-](0[0-9]|1[0-5])(:[0-5][0-9])?)?";
            Some(matches_date(value, &format!("{date}[ T]{time}{zone}")))
        }
        Kind::Uuid => Some(format!("{value} ~ '{}'", pattern::UUID)),
        Kind::Json => Some(document(value)),
        Kind::Native => {
            let ColumnType::Native(native) = *to else { return None };
            Some(same_text(value, &column_type(to).ok()?, left_out(native)))
        }
        Kind::Bool | Kind::Decimal | Kind::Bytes | Kind::Enum | Kind::Array => None,
    }
}

/// Checks that text matches a pattern and begins with a valid date.
fn matches_date(value: &str, pattern: &str) -> String {
    format!("CASE WHEN {value} ~ '^{pattern}$' THEN {} ELSE false END", is_date(value))
}

/// Checks that text has no more digits than every float of the type keeps, or is the text that the server writes.
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

/// Checks that a date exists: days beyond the end of the month lead to the next month.
fn is_date(value: &str) -> String {
    let date = format!("substr({value}, 1, 10)");
    let [month, day] = [6, 9].map(|from| format!("CAST(substr({value}, {from}, 2) AS integer)"));
    format!(
        "CASE WHEN substr({value}, 1, 4) = '0000' THEN false ELSE to_char(CAST(substr({value}, 1, 4) || '-01-01' AS date) \
         + make_interval(months => {month} - 1) + make_interval(days => {day} - 1), 'YYYY-MM-DD') = {date} END"
    )
}

/// Checks that text is a JSON document that `jsonb` keeps, without a cast that could fail.
///
/// Strings are replaced with `""` and other values with `0`. Then the innermost lists and objects are replaced with `0`
/// repeatedly, until one value is left.
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

/// Writes a pattern as text in which a backslash is always escaped, whatever the settings of the server.
fn escaped(pattern: &str) -> String {
    format!("E'{}'", pattern.replace('\\', r"\\"))
}

/// Checks that no object has a key twice, since `jsonb` keeps one of the values silently.
fn has_no_key_twice(value: &str) -> String {
    let [object, array] = [("object", "{}"), ("array", "[]")].map(|(kind, empty)| {
        format!("CASE json_typeof(part.value) WHEN '{kind}' THEN part.value ELSE CAST('{empty}' AS json) END")
    });
    format!(
        "NOT EXISTS (WITH RECURSIVE part AS (SELECT CAST({value} AS json) AS value UNION ALL \
         SELECT inner_part.value FROM part, LATERAL (SELECT value FROM json_each({object}) UNION ALL \
         SELECT value FROM json_array_elements({array})) AS inner_part) \
         SELECT 1 FROM part, LATERAL (SELECT count(*) AS all_keys, count(DISTINCT name) AS names \
         FROM json_object_keys({object}) AS name) AS counted WHERE all_keys <> names)"
    )
}
