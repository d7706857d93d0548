//! Which types become which when a column is altered: the same pairs in every dialect, so that an edit means the same
//! everywhere.
//!
//! A pair is here when every value has one obvious counterpart, or when a value that has none makes the migration fail.
//! Anything else is for a person to say: a new field, filled by `RunSql`.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::table::Column;

use super::{Dialect, Unsupported};

/// What a type is like, as far as its values go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    Integer,
    Float,
    Decimal,
    Text,
    Bytes,
    Date,
    Time,
    DateTime,
    Moment,
    Uuid,
    Json,
    Enum,
    Array,
    Native,
}

impl Kind {
    /// Gives the kind of a type.
    pub(crate) fn of(holds: &ColumnType) -> Self {
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
            ColumnType::Bytes => Self::Bytes,
            ColumnType::Date => Self::Date,
            ColumnType::Time => Self::Time,
            ColumnType::DateTime => Self::DateTime,
            ColumnType::DateTimeTz => Self::Moment,
            ColumnType::Uuid => Self::Uuid,
            ColumnType::Json => Self::Json,
            ColumnType::Choices(choices) if choices.is_native() => Self::Enum,
            ColumnType::Choices(choices) if choices.storage.is_integer() => Self::Integer,
            ColumnType::Text | ColumnType::Varchar { .. } | ColumnType::Choices(_) => Self::Text,
            ColumnType::Array(_) => Self::Array,
            ColumnType::Native(_) => Self::Native,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Bool => "truth values",
            Self::Integer => "integers",
            Self::Float => "floating-point numbers",
            Self::Decimal => "decimals",
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Date => "dates",
            Self::Time => "times",
            Self::DateTime => "dates with times",
            Self::Moment => "moments",
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
            | (Self::Date, Self::DateTime | Self::Moment)
            | (Self::DateTime | Self::Moment, Self::Date | Self::Time | Self::DateTime | Self::Moment) => {
                true
            }
            (Self::Text, to) | (to, Self::Text) => to != Self::Bool && to != Self::Bytes,
            _ => false,
        }
    }
}

/// Refuses a change of type between kinds that have no obvious way from one to the other.
pub(crate) fn refuse_strange(dialect: Dialect, before: &Column, after: &Column) -> Result<(), Unsupported> {
    let is_known = match (&before.column_type, &after.column_type) {
        (ColumnType::Native(before), ColumnType::Native(after)) => before == after,
        // Items that would need an expression of their own cannot be given one.
        (ColumnType::Array(before), ColumnType::Array(after)) => {
            before == after || (Kind::of(before) == Kind::of(after) && Kind::of(before) != Kind::Native)
        }
        (before, after) => Kind::of(before).becomes(Kind::of(after)),
    };
    if is_known { Ok(()) } else { Err(refusal(dialect, before, after)) }
}

/// Says that a column cannot change its type.
pub(crate) fn refusal(dialect: Dialect, before: &Column, after: &Column) -> Unsupported {
    let (from, to) = (Kind::of(&before.column_type).name(), Kind::of(&after.column_type).name());
    let what = format!("{dialect} has no way from {from} to {to} for the values of column `{}`", after.name);
    Unsupported::new(what, "add a new field, fill it with `RunSql`, and remove the old one")
}
