//! What PostgreSQL can do with its own types and with arrays: which kinds of index know how to compare them.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::index::IndexMethod;
use modelshift_schema::name::ColumnName;
use modelshift_schema::native_type::NativeType;
use modelshift_schema::table::{ForeignKeyConstraint, Table};

use crate::dialect::{Dialect, Unsupported, spelled_type};

/// Refuses columns whose values have no order in a key, or in an index of the ordinary kind.
pub(super) fn refuse_unordered(
    table: &Table,
    columns: &[ColumnName],
    whose: &str,
) -> Result<(), Unsupported> {
    let column = columns
        .iter()
        .filter_map(|name| table.column(name))
        .find(|column| spelled_type(Dialect::Postgres, column).is_none() && !has_order(&column.column_type));
    column.map_or(Ok(()), |column| {
        let what =
            format!("postgres: the values of column `{}` have no order, which {whose} needs", column.name);
        Err(Unsupported::new(what, "take the field out, or index it with `method = gist`"))
    })
}

/// Refuses references by lists whose items have a size: the server does not know how to compare them in its own query.
pub(super) fn refuse_sized_lists(table: &Table, reference: &ForeignKeyConstraint) -> Result<(), Unsupported> {
    let is_sized = |holds: &ColumnType| {
        matches!(holds, ColumnType::Array(item)
            if matches!(**item, ColumnType::Varchar { .. } | ColumnType::Decimal { .. }))
    };
    let mut columns = reference.columns.iter().filter_map(|name| table.column(name));
    columns.find(|column| is_sized(&column.column_type)).map_or(Ok(()), |column| {
        let what = format!(
            "postgres cannot compare the lists of column `{}` in a reference, since their items have a size",
            column.name
        );
        Err(Unsupported::new(what, "refer to another field, such as an `id`, by `to_field`"))
    })
}

fn has_order(holds: &ColumnType) -> bool {
    match holds {
        ColumnType::Array(item) => has_order(item),
        ColumnType::Native(native) => native.has_order(),
        ColumnType::Bool
        | ColumnType::I8
        | ColumnType::I16
        | ColumnType::I32
        | ColumnType::I64
        | ColumnType::U8
        | ColumnType::U16
        | ColumnType::U32
        | ColumnType::U64
        | ColumnType::F32
        | ColumnType::F64
        | ColumnType::Text
        | ColumnType::Varchar { .. }
        | ColumnType::Bytes
        | ColumnType::Varbinary { .. }
        | ColumnType::Date
        | ColumnType::Time
        | ColumnType::DateTime
        | ColumnType::DateTimeTz
        | ColumnType::Uuid
        | ColumnType::Decimal { .. }
        | ColumnType::Json
        | ColumnType::Choices(_) => true,
    }
}

/// Returns whether a kind of index has an operator class for the type by itself; none where the type is of all databases.
pub(super) fn has_operator_class(method: IndexMethod, holds: &ColumnType) -> Option<bool> {
    use NativeType::{
        Box, CiText, Circle, Hstore, Inet, Interval, LTree, MacAddr, Oid, Point, Polygon, Range, TimeTz,
        VarBit,
    };
    if let ColumnType::Array(item) = holds {
        return Some(match method {
            IndexMethod::Gin | IndexMethod::Hash => has_order(item),
            IndexMethod::Brin | IndexMethod::Gist | IndexMethod::Spgist => false,
        });
    }
    let ColumnType::Native(native) = holds else { return None };
    Some(match method {
        IndexMethod::Gin => *native == Hstore,
        IndexMethod::Gist => {
            matches!(native, Range(_) | Point | Box | Polygon | Circle | Hstore | LTree | NativeType::Cube)
        }
        IndexMethod::Spgist => matches!(native, Range(_) | Inet | Point | Box | Polygon),
        IndexMethod::Brin => {
            matches!(native, Range(_) | Inet | MacAddr | Interval | TimeTz | VarBit | Oid | Box)
        }
        IndexMethod::Hash => {
            matches!(native, Range(_) | Inet | MacAddr | Interval | TimeTz | Oid | Hstore | CiText)
        }
    })
}

/// Returns whether the operator class that a kind of index has for the type by itself knows `=`.
pub(super) fn has_equality(method: IndexMethod, holds: &ColumnType) -> bool {
    use NativeType::{Box, Circle, Hstore, Point, Polygon};
    let is_searched_only = matches!(holds, ColumnType::Native(Box | Circle | Hstore | Point | Polygon));
    method == IndexMethod::Hash || !is_searched_only
}
