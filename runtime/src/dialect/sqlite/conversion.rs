//! A value of one type -> the value of another, in the copy of a rebuild.
//!
//! All copied values fit the new type, since [`super::fits`] was checked before. Each becomes the text that sqlx would
//! write, since SQLite compares text.

use modelshift_schema::column_type::ColumnType;

use crate::dialect::render::conversion::Kind;

/// Writes the expression that converts a value of type `from` to type `to`.
pub(super) fn converted(value: String, from: &ColumnType, to: &ColumnType) -> String {
    if let ColumnType::Decimal { scale, .. } = *to {
        return decimal(&value, from, scale);
    }
    match (from.family(), to.family()) {
        (Kind::Integer, Kind::Bool) => format!("({value}) <> 0"),
        (Kind::Float | Kind::Decimal, Kind::Integer) => format!("CAST({value} AS INTEGER)"),
        (Kind::Text | Kind::Decimal, Kind::Float) => format!("CAST({value} AS REAL)"),
        (Kind::Float, Kind::Text) => format!(
            "CASE WHEN CAST(CAST({value} AS TEXT) AS REAL) = {value} THEN CAST({value} AS TEXT) \
             WHEN {value} IS NOT NULL THEN printf('%!.17g', {value}) END"
        ),
        (Kind::Uuid, Kind::Text) => hyphenated(&value),
        (Kind::Text, Kind::Uuid) => format!("unhex(replace({value}, '-', ''))"),
        (Kind::Text, Kind::Time) => {
            format!("substr({value}, 1, 8) || {}", fraction(&format!("substr({value}, 9)")))
        }
        (Kind::Text, Kind::DateTime) => {
            let rest = fraction(&format!("substr({value}, 20)"));
            format!("substr({value}, 1, 10) || ' ' || substr({value}, 12, 8) || {rest}")
        }
        (Kind::Text, Kind::Timestamp) => format!("{} || '+00:00'", Timestamp::of(&value).in_utc("T")),
        (Kind::Date, Kind::DateTime) => format!("{value} || ' 00:00:00'"),
        (Kind::Date, Kind::Timestamp) => format!("{value} || 'T00:00:00+00:00'"),
        (Kind::DateTime, Kind::Date) => format!("substr({value}, 1, 10)"),
        (Kind::DateTime, Kind::Timestamp) => format!("replace({value}, ' ', 'T') || '+00:00'"),
        (Kind::Timestamp, Kind::Date) => format!("substr({}, 1, 10)", Timestamp::of(&value).in_utc(" ")),
        (Kind::Timestamp, Kind::DateTime) => Timestamp::of(&value).in_utc(" "),
        _ => value,
    }
}

fn hyphenated(value: &str) -> String {
    let parts = [(1, 8), (9, 4), (13, 4), (17, 4), (21, 12)]
        .map(|(from, length)| format!("substr(hex({value}), {from}, {length})"))
        .join(" || '-' || ");
    format!("CASE WHEN {value} IS NOT NULL THEN lower({parts}) END")
}

/// Writes a decimal with the scale of its column.
fn decimal(value: &str, from: &ColumnType, scale: u32) -> String {
    if let ColumnType::F32 | ColumnType::F64 = from {
        return format!("CASE WHEN {value} IS NOT NULL THEN printf('%.{scale}f', {value}) END");
    }
    let zeros = "0".repeat(scale as usize);
    let point = if scale == 0 { "" } else { "." };
    if from.family() == Kind::Integer {
        return format!("CAST({value} AS TEXT) || '{point}{zeros}'");
    }
    let Decimal { sign, whole, fraction, .. } = Decimal::of(value);
    format!("{sign} || {whole} || '{point}' || substr({fraction} || '{zeros}', 1, {scale})")
}

/// The parts of a decimal that is stored as text.
pub(super) struct Decimal {
    /// The condition that the text is a decimal.
    pub(super) is_one: String,
    /// `-` or nothing.
    sign: String,
    /// The digits before the point.
    pub(super) whole: String,
    /// The digits after the point.
    pub(super) fraction: String,
}

impl Decimal {
    /// Writes the parts of a value.
    pub(super) fn of(value: &str) -> Self {
        let bare = format!("substr({value}, 1 + ({value} LIKE '-%'))");
        let point = format!("instr({bare} || '.', '.')");
        Self {
            is_one: format!(
                "{bare} GLOB '[0-9]*' AND {bare} NOT GLOB '*[^0-9.]*' AND {bare} NOT GLOB '*.*.*' \
                 AND {bare} NOT LIKE '%.'"
            ),
            sign: format!("substr({value}, 1, {value} LIKE '-%')"),
            whole: format!("substr({bare}, 1, {point} - 1)"),
            fraction: format!("substr({bare}, {point} + 1)"),
        }
    }
}

/// The parts of a timestamp that is stored as text.
pub(super) struct Timestamp {
    /// `Z`, an offset, or nothing.
    pub(super) zone: String,
    seconds: String,
    fraction: String,
}

impl Timestamp {
    /// Writes the parts of a value.
    pub(super) fn of(value: &str) -> Self {
        let rest = format!("substr({value}, 20)");
        let zone =
            format!("CASE WHEN {rest} LIKE '.%' THEN ltrim(substr({rest}, 2), '0123456789') ELSE {rest} END");
        let fraction = format!("substr({rest}, 1, length({rest}) - length({zone}))");
        Self { zone: format!("({zone})"), seconds: format!("substr({value}, 1, 19) || ({zone})"), fraction }
    }

    /// Writes the timestamp in UTC, with all digits of its seconds.
    pub(super) fn in_utc(&self, between: &str) -> String {
        let Self { seconds, fraction: digits, .. } = self;
        format!("strftime('%Y-%m-%d{between}%H:%M:%S', {seconds}) || {}", fraction(digits))
    }
}

/// Writes the fraction of a second as sqlx does: with zero, three, six or nine digits.
fn fraction(text: &str) -> String {
    let length = format!("length(rtrim({text}, '0'))");
    format!(
        "CASE WHEN {length} < 2 THEN '' WHEN {length} < 5 THEN substr({text} || '00', 1, 4) \
         WHEN {length} < 8 THEN substr({text} || '00', 1, 7) ELSE substr({text} || '00', 1, 10) END"
    )
}
