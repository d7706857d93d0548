//! The types of columns, as a service sees them: one variant for each thing that a value can be.
//!
//! How a dialect spells a type is the dialect's own; how Rust spells it is the grammar's.

use serde::{Deserialize, Serialize};

use crate::model::choices::{Choices, Storage};
use crate::model::native_type::NativeType;

/// The type of a column, independent of dialect and of the Rust crate that provides the type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ColumnType {
    /// True or false.
    Bool,
    /// A signed integer of 8 bits.
    I8,
    /// A signed integer of 16 bits.
    I16,
    /// A signed integer of 32 bits.
    I32,
    /// A signed integer of 64 bits.
    I64,
    /// An unsigned integer of 8 bits.
    U8,
    /// An unsigned integer of 16 bits.
    U16,
    /// An unsigned integer of 32 bits.
    U32,
    /// An unsigned integer of 64 bits; where the database has none, its largest signed one.
    U64,
    /// A binary floating-point number of 32 bits.
    F32,
    /// A binary floating-point number of 64 bits.
    F64,
    /// Text of any length.
    Text,
    /// Text of at most so many characters.
    Varchar {
        /// The largest number of characters.
        max_length: u32,
    },
    /// Bytes of any length.
    Bytes,
    /// Bytes with a maximum length, which MySQL requires in a key; other databases store any number of bytes.
    Varbinary {
        /// The largest number of bytes.
        max_length: u32,
    },
    /// A calendar date.
    Date,
    /// A time of day.
    Time,
    /// A date and a time of day without a zone.
    DateTime,
    /// A timestamp: an instant, whatever its zone.
    DateTimeTz,
    /// A UUID.
    Uuid,
    /// An exact decimal number.
    Decimal {
        /// The number of digits in all.
        precision: u32,
        /// The number of digits after the point.
        scale: u32,
    },
    /// A JSON document.
    Json,
    /// One of the named values of an enum.
    Choices(Choices),
    /// A list of values of one type, which is not a list itself; PostgreSQL only.
    Array(Box<ColumnType>),
    /// A type that only PostgreSQL has.
    Native(NativeType),
}

impl ColumnType {
    /// Returns one or more samples of every plain type, for tests that cover them all; those of enums are
    /// [`Choices::samples`].
    pub fn samples() -> Vec<Self> {
        vec![
            Self::Bool,
            Self::I8,
            Self::I16,
            Self::I32,
            Self::I64,
            Self::U8,
            Self::U16,
            Self::U32,
            Self::U64,
            Self::F32,
            Self::F64,
            Self::Text,
            Self::Varchar { max_length: 80 },
            Self::Bytes,
            Self::Varbinary { max_length: 80 },
            Self::Date,
            Self::Time,
            Self::DateTime,
            Self::DateTimeTz,
            Self::Uuid,
            Self::Decimal { precision: 20, scale: 4 },
            Self::Json,
        ]
    }

    /// Returns samples of the types that only PostgreSQL has.
    pub fn native_samples() -> Vec<Self> {
        let items = [
            Self::Bool,
            Self::I64,
            Self::F64,
            Self::Text,
            Self::Varchar { max_length: 80 },
            Self::Bytes,
            Self::DateTimeTz,
            Self::Uuid,
            Self::Decimal { precision: 20, scale: 4 },
        ];
        let arrays = items.into_iter().map(|item| Self::Array(Box::new(item)));
        arrays.chain(NativeType::all().map(Self::Native)).collect()
    }

    /// Returns the type that a column of it has: that of an enum is text, an integer, or a type of the database.
    #[must_use]
    pub fn stored(&self) -> Self {
        if let Self::Choices(choices) = self { choices.stored() } else { self.clone() }
    }

    /// Returns the largest number of characters or bytes; `None` if there is no limit.
    pub fn max_length(&self) -> Option<u32> {
        if let Self::Varchar { max_length } | Self::Varbinary { max_length } = self {
            Some(*max_length)
        } else {
            None
        }
    }

    /// Returns the digits of a decimal: all of them, and those after the point.
    pub fn digits(&self) -> Option<(u32, u32)> {
        if let Self::Decimal { precision, scale } = self { Some((*precision, *scale)) } else { None }
    }

    /// Returns the type of the items of a list.
    pub fn item(&self) -> Option<&Self> {
        if let Self::Array(item) = self { Some(item) } else { None }
    }

    /// Returns the type that only PostgreSQL has.
    pub fn native(&self) -> Option<NativeType> {
        if let Self::Native(native) = self { Some(*native) } else { None }
    }

    /// Returns the enum of the column.
    pub fn choices(&self) -> Option<&Choices> {
        if let Self::Choices(choices) = self { Some(choices) } else { None }
    }
}

impl Choices {
    /// Returns the type of the column: itself where the database has a type for the values.
    pub fn stored(&self) -> ColumnType {
        match self.storage {
            Storage::Native => ColumnType::Choices(self.clone()),
            Storage::Text => ColumnType::Varchar { max_length: self.stored_width().unwrap_or_default() },
            Storage::I16 => ColumnType::I16,
            Storage::I32 => ColumnType::I32,
            Storage::I64 => ColumnType::I64,
        }
    }
}
