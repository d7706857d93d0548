//! PostgreSQL's own types and arrays: which index methods can compare them.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::index::IndexMethod;
use modelshift_schema::name::ColumnName;
use modelshift_schema::native_type::NativeType;
use modelshift_schema::table::{ForeignKeyConstraint, Table};

use crate::dialect::{Dialect, Unsupported, spelled_type};

/// Refuses columns without an order in a key or in a B-tree index.
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

/// Refuses foreign keys over arrays of sized items, which the server cannot compare.
pub(super) fn refuse_sized_lists(table: &Table, reference: &ForeignKeyConstraint) -> Result<(), Unsupported> {
    let mut columns = reference.columns.iter().filter_map(|name| table.column(name));
    columns.find(|column| is_sized_list(&column.column_type)).map_or(Ok(()), |column| {
        let what = format!(
            "postgres cannot compare the lists of column `{}` in a reference, since their items have a size",
            column.name
        );
        Err(Unsupported::new(what, "refer to another field, such as an `id`, by `to_field`"))
    })
}

fn is_sized_list(holds: &ColumnType) -> bool {
    matches!(holds, ColumnType::Array(item)
        if matches!(**item, ColumnType::Varchar { .. } | ColumnType::Decimal { .. }))
}

fn has_order(holds: &ColumnType) -> bool {
    if let ColumnType::Array(item) = holds {
        return has_order(item);
    }
    if let ColumnType::Native(native) = holds { native.has_order() } else { true }
}

/// Returns whether an index method has a default operator class for the type; `None` for types of all databases.
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

/// Returns whether the default operator class of an index method for the type contains `=`.
pub(super) fn has_equality(method: IndexMethod, holds: &ColumnType) -> bool {
    use NativeType::{Box, Circle, Hstore, Point, Polygon};
    let is_searched_only = matches!(holds, ColumnType::Native(Box | Circle | Hstore | Point | Polygon));
    method == IndexMethod::Hash || !is_searched_only
}
