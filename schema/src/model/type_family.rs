//! The families of column types: the one classification of types.

use crate::model::column_type::ColumnType;
use crate::model::expr::{Expr, Literal};
use crate::model::native_type::NativeType;

/// The family of a column type: types whose values mean the same kind of thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeFamily {
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
    /// Values of a type that only PostgreSQL has.
    Native,
}

impl TypeFamily {
    /// Returns the name of such values in messages.
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
}

impl ColumnType {
    /// Returns the name of its values in messages: that of the family, or of the type where only PostgreSQL has it.
    pub fn values_name(&self) -> &'static str {
        self.native().map_or_else(|| self.family().name(), NativeType::name)
    }

    /// Returns the bits of an integer type, and whether it is signed; `None` for other types.
    pub fn integer(&self) -> Option<(u32, bool)> {
        match self {
            Self::I8 => Some((8, true)),
            Self::I16 => Some((16, true)),
            Self::I32 => Some((32, true)),
            Self::I64 => Some((64, true)),
            Self::U8 => Some((8, false)),
            Self::U16 => Some((16, false)),
            Self::U32 => Some((32, false)),
            Self::U64 => Some((64, false)),
            Self::Bool
            | Self::F32
            | Self::F64
            | Self::Text
            | Self::Varchar { .. }
            | Self::Bytes
            | Self::Varbinary { .. }
            | Self::Date
            | Self::Time
            | Self::DateTime
            | Self::DateTimeTz
            | Self::Uuid
            | Self::Decimal { .. }
            | Self::Json
            | Self::Choices(_)
            | Self::Array(_)
            | Self::Native(_) => None,
        }
    }

    /// Returns the smallest and the largest integer that every database holds in the type; `None` for other types.
    ///
    /// Those of `u64` end with the largest `i64`, since SQLite and PostgreSQL have no larger integer.
    pub fn integer_range(&self) -> Option<(i128, i128)> {
        let (bits, is_signed) = self.integer()?;
        let largest_signed = (1_i128 << (bits - 1)) - 1;
        Some(match (is_signed, bits) {
            (true, _) => (-largest_signed - 1, largest_signed),
            (false, 64) => (0, largest_signed),
            (false, _) => (0, 2 * largest_signed + 1),
        })
    }

    /// Returns the family of the type; that of an enum is the family of the values in its column.
    pub fn family(&self) -> TypeFamily {
        match self {
            Self::Bool => TypeFamily::Bool,
            Self::I8 | Self::I16 | Self::I32 | Self::I64 | Self::U8 | Self::U16 | Self::U32 | Self::U64 => {
                TypeFamily::Integer
            }
            Self::F32 | Self::F64 => TypeFamily::Float,
            Self::Decimal { .. } => TypeFamily::Decimal,
            Self::Bytes | Self::Varbinary { .. } => TypeFamily::Bytes,
            Self::Date => TypeFamily::Date,
            Self::Time => TypeFamily::Time,
            Self::DateTime => TypeFamily::DateTime,
            Self::DateTimeTz => TypeFamily::Timestamp,
            Self::Uuid => TypeFamily::Uuid,
            Self::Json => TypeFamily::Json,
            Self::Choices(choices) if choices.is_native() => TypeFamily::Enum,
            Self::Choices(choices) if choices.storage.is_integer() => TypeFamily::Integer,
            Self::Text | Self::Varchar { .. } | Self::Choices(_) => TypeFamily::Text,
            Self::Array(_) => TypeFamily::Array,
            Self::Native(_) => TypeFamily::Native,
        }
    }

    /// Returns whether the type is an integer of any width; an enum is not one, whatever its storage.
    pub fn is_integer(&self) -> bool {
        self.choices().is_none() && self.family() == TypeFamily::Integer
    }
}

impl ColumnType {
    /// Returns the neutral value of the type: zero, empty, false, or the first timestamp of 1970.
    pub fn neutral_value(&self) -> Expr {
        if let Self::Choices(choices) = self {
            let first = choices.variants.first().map(|variant| variant.value.clone());
            return Expr::Literal(first.unwrap_or(Literal::Text(String::new())));
        }
        match self.family() {
            TypeFamily::Bool => Expr::Literal(Literal::Bool(false)),
            TypeFamily::Integer | TypeFamily::Float | TypeFamily::Decimal => Expr::int(0),
            TypeFamily::Text | TypeFamily::Enum => Expr::text(""),
            TypeFamily::Bytes => Expr::Literal(Literal::Bytes(Vec::new())),
            TypeFamily::Date => Expr::text("1970-01-01"),
            TypeFamily::Time => Expr::text("00:00:00"),
            TypeFamily::DateTime => Expr::text("1970-01-01 00:00:00"),
            TypeFamily::Timestamp => Expr::text("1970-01-01 00:00:00+00:00"),
            TypeFamily::Uuid => Expr::text("00000000-0000-0000-0000-000000000000"),
            TypeFamily::Json => Expr::text("null"),
            TypeFamily::Array => Expr::text("{}"),
            TypeFamily::Native => Expr::text(self.native().map(NativeType::neutral_text).unwrap_or_default()),
        }
    }
}
