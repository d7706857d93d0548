//! [`ColumnType`] -> the type of a PostgreSQL column.

use modelshift_schema::column_type::ColumnType;

use super::names::qualified;

use crate::dialect::Unsupported;

/// Writes the type. An unsigned integer has the next wider signed type, and `u64` has `bigint`.
pub(super) fn column_type(holds: &ColumnType) -> Result<String, Unsupported> {
    Ok(match holds {
        ColumnType::Bool => "boolean",
        ColumnType::I8 | ColumnType::I16 | ColumnType::U8 => "smallint",
        ColumnType::I32 | ColumnType::U16 => "integer",
        ColumnType::I64 | ColumnType::U32 | ColumnType::U64 => "bigint",
        ColumnType::F32 => "real",
        ColumnType::F64 => "double precision",
        ColumnType::Text => "text",
        ColumnType::Varchar { max_length } => return varchar(*max_length),
        ColumnType::Bytes | ColumnType::Varbinary { .. } => "bytea",
        ColumnType::Date => "date",
        ColumnType::Time => "time",
        ColumnType::DateTime => "timestamp",
        ColumnType::DateTimeTz => "timestamptz",
        ColumnType::Uuid => "uuid",
        ColumnType::Decimal { precision, scale } => return numeric(*precision, *scale),
        ColumnType::Json => "jsonb",
        ColumnType::Choices(choices) if choices.is_native() => {
            return qualified(choices.schema.as_ref(), &choices.name);
        }
        ColumnType::Choices(choices) => return column_type(&choices.stored()),
        ColumnType::Array(item) => return Ok(format!("{}[]", column_type(item)?)),
        ColumnType::Native(native) => native.name(),
    }
    .to_owned())
}

fn varchar(max_length: u32) -> Result<String, Unsupported> {
    const LARGEST: u32 = 10_485_760;
    if (1..=LARGEST).contains(&max_length) {
        return Ok(format!("varchar({max_length})"));
    }
    let what = format!("postgres has no varchar of {max_length} characters");
    Err(Unsupported::new(what, format!("give a `max_length` between 1 and {LARGEST}, or none")))
}

fn numeric(precision: u32, scale: u32) -> Result<String, Unsupported> {
    if (1..=1000).contains(&precision) && scale <= precision {
        return Ok(format!("numeric({precision}, {scale})"));
    }
    let what = format!("postgres has no numeric({precision}, {scale})");
    Err(Unsupported::new(what, "give a `precision` between 1 and 1000, and a `scale` that is not larger"))
}
