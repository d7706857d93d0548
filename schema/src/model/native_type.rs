//! Types that PostgreSQL alone has, of which a service gets values by types of sqlx.

use serde::{Deserialize, Serialize};

/// A type that only PostgreSQL has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NativeType {
    /// An address of the Internet, or a network.
    Inet,
    /// The address of a network card.
    MacAddr,
    /// A span of time, in months, days and microseconds.
    Interval,
    /// A time of day with a zone.
    TimeTz,
    /// A range of values.
    Range(RangeOf),
    /// Bits, of any number.
    VarBit,
    /// Texts by texts; of the extension `hstore`.
    Hstore,
    /// A path of labels; of the extension `ltree`.
    LTree,
    /// A pattern of such paths; of the extension `ltree`.
    LQuery,
    /// Text that compares without regard to case; of the extension `citext`.
    CiText,
    /// A box of any number of dimensions; of the extension `cube`.
    Cube,
    /// An amount of money, in the currency of the server.
    Money,
    /// The number of an object of the database.
    Oid,
    /// A point of a plane.
    Point,
    /// A line without ends.
    Line,
    /// A line between two points.
    LSeg,
    /// A rectangle.
    Box,
    /// Points one after another.
    Path,
    /// A polygon.
    Polygon,
    /// A circle.
    Circle,
}

/// The type of the bounds of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RangeOf {
    /// Integers of 32 bits.
    I32,
    /// Integers of 64 bits.
    I64,
    /// Decimals, with any number of digits.
    Decimal,
    /// Dates.
    Date,
    /// Dates with times.
    DateTime,
    /// Timestamps.
    DateTimeTz,
}

impl RangeOf {
    /// Everything that ranges are of.
    pub const ALL: [Self; 6] =
        [Self::I32, Self::I64, Self::Decimal, Self::Date, Self::DateTime, Self::DateTimeTz];
}

impl NativeType {
    /// Every type but the ranges, in the order of the enum.
    const SINGLE: [Self; 19] = [
        Self::Inet,
        Self::MacAddr,
        Self::Interval,
        Self::TimeTz,
        Self::VarBit,
        Self::Hstore,
        Self::LTree,
        Self::LQuery,
        Self::CiText,
        Self::Cube,
        Self::Money,
        Self::Oid,
        Self::Point,
        Self::Line,
        Self::LSeg,
        Self::Box,
        Self::Path,
        Self::Polygon,
        Self::Circle,
    ];

    /// Returns every type.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::SINGLE.into_iter().chain(RangeOf::ALL.map(Self::Range))
    }

    /// Returns the name that PostgreSQL has for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Inet => "inet",
            Self::MacAddr => "macaddr",
            Self::Interval => "interval",
            Self::TimeTz => "timetz",
            Self::Range(RangeOf::I32) => "int4range",
            Self::Range(RangeOf::I64) => "int8range",
            Self::Range(RangeOf::Decimal) => "numrange",
            Self::Range(RangeOf::Date) => "daterange",
            Self::Range(RangeOf::DateTime) => "tsrange",
            Self::Range(RangeOf::DateTimeTz) => "tstzrange",
            Self::VarBit => "varbit",
            Self::Hstore => "hstore",
            Self::LTree => "ltree",
            Self::LQuery => "lquery",
            Self::CiText => "citext",
            Self::Cube => "cube",
            Self::Money => "money",
            Self::Oid => "oid",
            Self::Point => "point",
            Self::Line => "line",
            Self::LSeg => "lseg",
            Self::Box => "box",
            Self::Path => "path",
            Self::Polygon => "polygon",
            Self::Circle => "circle",
        }
    }

    /// Returns the neutral value, as text.
    pub fn neutral_text(self) -> &'static str {
        match self {
            Self::Inet => "0.0.0.0",
            Self::MacAddr => "00:00:00:00:00:00",
            Self::Interval => "00:00:00",
            Self::TimeTz => "00:00:00+00",
            Self::Range(_) => "empty",
            Self::VarBit | Self::Hstore | Self::LTree | Self::CiText => "",
            Self::LQuery => "*",
            Self::Cube => "(0)",
            Self::Money | Self::Oid => "0",
            Self::Point => "(0,0)",
            Self::Line => "{1,0,0}",
            Self::LSeg => "[(0,0),(0,0)]",
            Self::Box => "(0,0),(0,0)",
            Self::Path => "[(0,0)]",
            Self::Polygon => "((0,0))",
            Self::Circle => "<(0,0),0>",
        }
    }

    /// Returns the extension that provides the type, if the server itself does not.
    pub fn extension(self) -> Option<&'static str> {
        match self {
            Self::Hstore => Some("hstore"),
            Self::LTree | Self::LQuery => Some("ltree"),
            Self::CiText => Some("citext"),
            Self::Cube => Some("cube"),
            Self::Inet
            | Self::MacAddr
            | Self::Interval
            | Self::TimeTz
            | Self::Range(_)
            | Self::VarBit
            | Self::Money
            | Self::Oid
            | Self::Point
            | Self::Line
            | Self::LSeg
            | Self::Box
            | Self::Path
            | Self::Polygon
            | Self::Circle => None,
        }
    }

    /// Returns whether values have an order, and so can be in a key or an ordinary index.
    pub fn has_order(self) -> bool {
        match self {
            Self::LQuery
            | Self::Point
            | Self::Line
            | Self::LSeg
            | Self::Box
            | Self::Path
            | Self::Polygon
            | Self::Circle => false,
            Self::Inet
            | Self::MacAddr
            | Self::Interval
            | Self::TimeTz
            | Self::Range(_)
            | Self::VarBit
            | Self::Hstore
            | Self::LTree
            | Self::CiText
            | Self::Cube
            | Self::Money
            | Self::Oid => true,
        }
    }
}
