//! Which types become which when a column is altered: the same pairs in every database, so that an edit means the same
//! everywhere.
//!
//! A pair is here when every value has one obvious counterpart, or when a migration stops at values that have none.
//! Anything else is for a person to decide: the detector asks.

use crate::model::column_type::ColumnType;
use crate::model::native_type::NativeType;

/// What a type is like, as far as its values go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// True or false.
    Bool,
    /// Whole numbers.
    Integer,
    /// Floating-point numbers.
    Float,
    /// Exact decimal numbers.
    Decimal,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// Dates.
    Date,
    /// Times of day.
    Time,
    /// Dates with times.
    DateTime,
    /// Timestamps with a zone.
    Timestamp,
    /// UUIDs.
    Uuid,
    /// JSON documents.
    Json,
    /// Values of an enum that is a type of the database.
    Enum,
    /// Lists.
    Array,
    /// Values of a type of PostgreSQL's own.
    Native,
}

impl Kind {
    /// Returns the kind of a type.
    pub fn of(holds: &ColumnType) -> Self {
        match holds {
            ColumnType::Bool => Self::Bool,
            ColumnType::I8
            | ColumnType::I16
            | ColumnType::I32
            | ColumnType::I64
            | ColumnType::U8
            | ColumnType::U16
            | ColumnType::U32
            | ColumnType::U64 => Self::Integer,
            ColumnType::F32 | ColumnType::F64 => Self::Float,
            ColumnType::Decimal { .. } => Self::Decimal,
            ColumnType::Bytes | ColumnType::Varbinary { .. } => Self::Bytes,
            ColumnType::Date => Self::Date,
            ColumnType::Time => Self::Time,
            ColumnType::DateTime => Self::DateTime,
            ColumnType::DateTimeTz => Self::Timestamp,
            ColumnType::Uuid => Self::Uuid,
            ColumnType::Json => Self::Json,
            ColumnType::Choices(choices) if choices.is_native() => Self::Enum,
            ColumnType::Choices(choices) if choices.storage.is_integer() => Self::Integer,
            ColumnType::Text | ColumnType::Varchar { .. } | ColumnType::Choices(_) => Self::Text,
            ColumnType::Array(_) => Self::Array,
            ColumnType::Native(_) => Self::Native,
        }
    }

    /// Returns what the values are called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "booleans",
            Self::Integer => "integers",
            Self::Float => "floating-point numbers",
            Self::Decimal => "decimals",
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Date => "dates",
            Self::Time => "times of day",
            Self::DateTime => "dates with times",
            Self::Timestamp => "timestamps",
            Self::Uuid => "UUIDs",
            Self::Json => "JSON",
            Self::Enum => "values of an enum",
            Self::Array => "lists",
            Self::Native => "values of a type of PostgreSQL's own",
        }
    }

    fn becomes(self, to: Self) -> bool {
        match (self, to) {
            (from, to) if from == to => true,
            (Self::Bool, Self::Integer)
            | (Self::Integer, Self::Bool)
            | (Self::Integer | Self::Float | Self::Decimal, Self::Integer | Self::Float | Self::Decimal)
            | (Self::Date, Self::DateTime | Self::Timestamp)
            | (Self::DateTime | Self::Timestamp, Self::Date | Self::DateTime | Self::Timestamp) => true,
            (Self::Text, to) | (to, Self::Text) => to != Self::Bool && to != Self::Bytes,
            _ => false,
        }
    }
}

/// Returns whether a column of the one type can become one of the other, its values kept.
pub fn becomes(from: &ColumnType, to: &ColumnType) -> bool {
    match (from, to) {
        (ColumnType::Native(NativeType::Hstore), ColumnType::Json) => true,
        (ColumnType::Native(from), ColumnType::Native(to)) => from == to,
        // Items that would need an expression of their own cannot be given one.
        (ColumnType::Array(from), ColumnType::Array(to)) => {
            from == to || (Kind::of(from) == Kind::of(to) && Kind::of(from) != Kind::Native)
        }
        (from, to) => Kind::of(from).becomes(Kind::of(to)),
    }
}
