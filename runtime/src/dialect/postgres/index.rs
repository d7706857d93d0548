//! Indexes and exclusion constraints, where the method of the index can do what is asked of it.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::index::{IndexMethod, IndexPart};
use modelshift_schema::name::ColumnName;
use modelshift_schema::table::{Exclusion, Table, TableIndex};

use super::native::{has_equality, has_operator_class, refuse_unordered};
use super::parts;
use crate::dialect::Unsupported;
use crate::dialect::render::table_parts::plain_column;

/// Writes CREATE INDEX, where the method of the index can do what is asked of it.
pub(super) fn create_index(table: &Table, index: &TableIndex) -> Result<String, Unsupported> {
    create_index_as(table, index, "")
}

/// Writes CREATE INDEX with a word that says how it is built.
pub(super) fn create_index_as(table: &Table, index: &TableIndex, how: &str) -> Result<String, Unsupported> {
    let columns: Vec<ColumnName> = index.parts.iter().filter_map(|part| plain_column(&part.value)).collect();
    if index.method.is_none() {
        refuse_unordered(table, &columns, &format!("index `{}`", index.name))?;
    }
    if let Some(method) = index.method {
        let refused = |what: &str, remedy: &str| {
            let what =
                format!("postgres: an index of the method `{}` {what} (`{}`)", method.name(), index.name);
            Err(Unsupported::new(what, remedy))
        };
        if !index.include.is_empty() && !method.can_include() {
            return refused(
                "cannot hold other fields",
                "leave `include` out, or use `method = gist` or none",
            );
        }
        if index.parts.len() > 1 && !method.can_have_parts() {
            return refused("is over one field", "make an index of each, or use another `method` or none");
        }
        if index.parts.iter().any(|part| part.descending || part.nulls.is_some()) {
            return refused("has no order", "leave out what makes a field descending");
        }
        let lacks_class = |part: &&IndexPart| needs_operator_class(table, method, part);
        if let Some(part) = index.parts.iter().find(lacks_class) {
            return refused("cannot compare this type by itself", &class_to_name(table, method, part));
        }
    }
    parts(table).create_index_as(index, how)
}

/// Writes an exclusion constraint, where the method of its index can compare what it is about.
pub(super) fn constraint_of_exclusion(table: &Table, exclusion: &Exclusion) -> Result<String, Unsupported> {
    let (method, name) = (exclusion.method, &exclusion.name);
    let refused = |what: &str, remedy: &str| {
        let what =
            format!("postgres: an exclusion constraint of the method `{}` {what} (`{name}`)", method.name());
        Err(Unsupported::new(what, remedy))
    };
    match method {
        IndexMethod::Gist | IndexMethod::Spgist | IndexMethod::Hash => {}
        IndexMethod::Brin | IndexMethod::Gin => return refused("cannot be", "use `method = gist`"),
    }
    if exclusion.parts.iter().any(|it| it.part.descending || it.part.nulls.is_some()) {
        return refused("has no order", "leave out what makes a field descending");
    }
    if exclusion.parts.iter().any(|it| needs_operator_class(table, method, &it.part)) {
        return refused(
            "cannot compare this type by itself",
            "name an operator class, such as `with(ops(room, \"gist_int8_ops\"), \"=\")` of the extension `btree_gist`",
        );
    }
    let by_equality =
        exclusion.parts.iter().filter(|it| it.operator == "=" && it.part.operator_class.is_none());
    let column = |part: &IndexPart| plain_column(&part.value).and_then(|name| table.column(&name));
    if by_equality
        .into_iter()
        .filter_map(|it| column(&it.part))
        .any(|it| !has_equality(method, &it.column_type))
    {
        return refused(
            "cannot compare this type by `=`",
            "use an operator that the type has, such as `~=` or `&&`",
        );
    }
    parts(table).exclusion(exclusion)
}

/// Says which operator class the type of a part has in which extension.
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

/// Returns what the operator classes of a type are called by in the extensions that give it an order.
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

/// Returns whether a column has a type for which the method brings no operator class along.
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
