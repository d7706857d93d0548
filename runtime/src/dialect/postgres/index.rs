//! Indexes and exclusion constraints, and the features that the method of an index lacks.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::index::{IndexMethod, IndexPart};
use modelshift_schema::name::ColumnName;
use modelshift_schema::table::{Exclusion, Table, TableIndex};

use super::native::{has_equality, has_operator_class, refuse_unordered};
use super::parts;
use crate::dialect::Unsupported;
use crate::dialect::render::table_parts::plain_column;

/// Writes CREATE INDEX.
///
/// # Errors
/// If the method of the index lacks a feature.
pub(super) fn create_index(table: &Table, index: &TableIndex) -> Result<String, Unsupported> {
    create_index_as(table, index, "")
}

/// Writes CREATE INDEX with a keyword such as `CONCURRENTLY`.
pub(super) fn create_index_as(table: &Table, index: &TableIndex, how: &str) -> Result<String, Unsupported> {
    let columns: Vec<ColumnName> = index.parts.iter().filter_map(|part| plain_column(&part.value)).collect();
    if index.method.is_none() {
        refuse_unordered(table, &columns, &format!("index `{}`", index.name))?;
    }
    if let Some(method) = index.method {
        let whose = format!("an index of the method `{}`", method.name());
        let name = index.name.as_str();
        if !index.include.is_empty() && !method.can_include() {
            let remedy = "leave `include` out, or use `method = gist` or none";
            return Err(refusal(&whose, name, "cannot hold other fields", remedy));
        }
        if index.parts.len() > 1 && !method.can_have_parts() {
            let remedy = "make an index of each, or use another `method` or none";
            return Err(refusal(&whose, name, "is over one field", remedy));
        }
        if index.parts.iter().any(|part| part.descending || part.nulls.is_some()) {
            return Err(refusal(&whose, name, "has no order", "leave out what makes a field descending"));
        }
        if let Some(part) = index.parts.iter().find(|part| needs_operator_class(table, method, part)) {
            let remedy = class_to_name(table, method, part);
            return Err(refusal(&whose, name, "cannot compare this type by itself", &remedy));
        }
    }
    parts(table).create_index_as(index, how)
}

fn refusal(whose: &str, name: &str, what: &str, remedy: &str) -> Unsupported {
    Unsupported::new(format!("postgres: {whose} {what} (`{name}`)"), remedy)
}

/// Writes an exclusion constraint.
///
/// # Errors
/// If the method of its index lacks a feature.
pub(super) fn constraint_of_exclusion(table: &Table, exclusion: &Exclusion) -> Result<String, Unsupported> {
    let (method, name) = (exclusion.method, exclusion.name.as_str());
    let whose = format!("an exclusion constraint of the method `{}`", method.name());
    match method {
        IndexMethod::Gist | IndexMethod::Spgist | IndexMethod::Hash => {}
        IndexMethod::Brin | IndexMethod::Gin => {
            return Err(refusal(&whose, name, "cannot be", "use `method = gist`"));
        }
    }
    if exclusion.parts.iter().any(|it| it.part.descending || it.part.nulls.is_some()) {
        return Err(refusal(&whose, name, "has no order", "leave out what makes a field descending"));
    }
    if exclusion.parts.iter().any(|it| needs_operator_class(table, method, &it.part)) {
        let remedy = "name an operator class, such as `with(ops(room, \"gist_int8_ops\"), \"=\")` of the extension \
                      `btree_gist`";
        return Err(refusal(&whose, name, "cannot compare this type by itself", remedy));
    }
    let by_equality =
        exclusion.parts.iter().filter(|it| it.operator == "=" && it.part.operator_class.is_none());
    let mut columns = by_equality.filter_map(|it| table.column(&plain_column(&it.part.value)?));
    if columns.any(|it| !has_equality(method, &it.column_type)) {
        let remedy = "use an operator that the type has, such as `~=` or `&&`";
        return Err(refusal(&whose, name, "cannot compare this type by `=`", remedy));
    }
    parts(table).exclusion(exclusion)
}

/// Returns the remedy for a part without operator class: the class to name, and its extension.
fn class_to_name(table: &Table, method: IndexMethod, part: &IndexPart) -> String {
    let column = plain_column(&part.value).and_then(|name| table.column(&name));
    let name = column.map_or("field", |column| column.name.as_str());
    let holds = column.map(|column| &column.column_type);
    let is_text =
        matches!(holds, None | Some(ColumnType::Text | ColumnType::Varchar { .. } | ColumnType::Choices(_)));
    let by_order = holds.and_then(base_type);
    let (class, extension) = match (method, by_order) {
        (IndexMethod::Gin | IndexMethod::Gist, _) if is_text => {
            (format!("{}_trgm_ops", method.name()), "of the extension `pg_trgm`")
        }
        (IndexMethod::Gin, Some(base)) => (format!("{base}_ops"), "of the extension `btree_gin`"),
        (IndexMethod::Gist, Some(base)) => (format!("gist_{base}_ops"), "of the extension `btree_gist`"),
        (
            IndexMethod::Gin
            | IndexMethod::Gist
            | IndexMethod::Spgist
            | IndexMethod::Brin
            | IndexMethod::Hash,
            _,
        ) => {
            return "leave `method` out, for a B-tree, or name an operator class with `ops(…)`".to_owned();
        }
    };
    format!("name an operator class, such as `on(ops({name}, \"{class}\"))` {extension}")
}

/// Returns the name of a type in the operator classes of `btree_gin` and `btree_gist`.
fn base_type(holds: &ColumnType) -> Option<&'static str> {
    Some(match holds {
        ColumnType::Bool => "bool",
        ColumnType::I8 | ColumnType::I16 | ColumnType::U8 => "int2",
        ColumnType::I32 | ColumnType::U16 => "int4",
        ColumnType::I64 | ColumnType::U32 => "int8",
        ColumnType::U64 | ColumnType::Decimal { .. } => "numeric",
        ColumnType::F32 => "float4",
        ColumnType::F64 => "float8",
        ColumnType::Bytes | ColumnType::Varbinary { .. } => "bytea",
        ColumnType::Date => "date",
        ColumnType::Time => "time",
        ColumnType::DateTime => "timestamp",
        ColumnType::DateTimeTz => "timestamptz",
        ColumnType::Uuid => "uuid",
        ColumnType::Text
        | ColumnType::Varchar { .. }
        | ColumnType::Json
        | ColumnType::Choices(_)
        | ColumnType::Array(_)
        | ColumnType::Native(_) => return None,
    })
}

/// Returns whether the method has no default operator class for the type of a column.
fn needs_operator_class(table: &Table, method: IndexMethod, part: &IndexPart) -> bool {
    let Some(column) = plain_column(&part.value).and_then(|name| table.column(&name)) else { return false };
    if let Some(has_class) = has_operator_class(method, &column.column_type) {
        return part.operator_class.is_none() && !has_class;
    }
    let is_text = matches!(column.column_type, ColumnType::Text | ColumnType::Varchar { .. });
    let is_document = matches!(column.column_type, ColumnType::Json);
    part.operator_class.is_none()
        && match method {
            IndexMethod::Gin => !is_document,
            IndexMethod::Gist => true,
            IndexMethod::Spgist => !is_text,
            IndexMethod::Brin => is_document || column.column_type == ColumnType::Bool,
            IndexMethod::Hash => false,
        }
}
