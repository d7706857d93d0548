//! Rust types <-> [`NativeType`]: the types that sqlx supports for PostgreSQL only.

use modelshift_schema::native_type::{NativeType, RangeOf};

/// Types of known names: the name, the type, the crates that provide it beside those that hand on the types of others.
static NAMED: [(&str, NativeType, &[&str]); 21] = [
    ("IpNetwork", NativeType::Inet, &["ipnetwork"]),
    ("IpNet", NativeType::Inet, &["ipnet"]),
    ("IpAddr", NativeType::Inet, &["std", "core"]),
    ("MacAddress", NativeType::MacAddr, &["mac_address"]),
    ("PgInterval", NativeType::Interval, &[]),
    ("PgTimeTz", NativeType::TimeTz, &[]),
    ("BitVec", NativeType::VarBit, &["bit_vec"]),
    ("PgHstore", NativeType::Hstore, &[]),
    ("PgLTree", NativeType::LTree, &[]),
    ("PgLQuery", NativeType::LQuery, &[]),
    ("PgCiText", NativeType::CiText, &[]),
    ("PgCube", NativeType::Cube, &[]),
    ("PgMoney", NativeType::Money, &[]),
    ("Oid", NativeType::Oid, &[]),
    ("PgPoint", NativeType::Point, &[]),
    ("PgLine", NativeType::Line, &[]),
    ("PgLSeg", NativeType::LSeg, &[]),
    ("PgBox", NativeType::Box, &[]),
    ("PgPath", NativeType::Path, &[]),
    ("PgPolygon", NativeType::Polygon, &[]),
    ("PgCircle", NativeType::Circle, &[]),
];

/// Returns the type of a name, and the crates that provide it.
pub(crate) fn named(name: &str) -> Option<(NativeType, &'static [&'static str])> {
    NAMED.iter().find(|(known, ..)| *known == name).map(|(_, native, from)| (*native, *from))
}

/// Returns the names of all types.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    NAMED.iter().map(|(name, ..)| *name).chain(["PgRange"])
}

/// Returns the spelling of a type in a migration.
pub(crate) fn spell(native: NativeType) -> &'static str {
    match native {
        NativeType::Range(RangeOf::I32) => "PgRange<i32>",
        NativeType::Range(RangeOf::I64) => "PgRange<i64>",
        NativeType::Range(RangeOf::Decimal) => "PgRange<Decimal>",
        NativeType::Range(RangeOf::Date) => "PgRange<Date>",
        NativeType::Range(RangeOf::DateTime) => "PgRange<DateTime>",
        NativeType::Range(RangeOf::DateTimeTz) => "PgRange<DateTime<Utc>>",
        NativeType::Inet => "IpNetwork",
        NativeType::MacAddr => "MacAddress",
        NativeType::Interval => "PgInterval",
        NativeType::TimeTz => "PgTimeTz",
        NativeType::VarBit => "BitVec",
        NativeType::Hstore => "PgHstore",
        NativeType::LTree => "PgLTree",
        NativeType::LQuery => "PgLQuery",
        NativeType::CiText => "PgCiText",
        NativeType::Cube => "PgCube",
        NativeType::Money => "PgMoney",
        NativeType::Oid => "Oid",
        NativeType::Point => "PgPoint",
        NativeType::Line => "PgLine",
        NativeType::LSeg => "PgLSeg",
        NativeType::Box => "PgBox",
        NativeType::Path => "PgPath",
        NativeType::Polygon => "PgPolygon",
        NativeType::Circle => "PgCircle",
    }
}
