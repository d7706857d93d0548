//! Indexes and exclusion constraints, and the features that the method of an index lacks.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::index::{IndexMethod, IndexPart};
use modelshift_schema::name::{ColumnName, ObjectName};
use modelshift_schema::table::{Exclusion, Table, TableIndex};
use modelshift_schema::type_family::TypeFamily;
use sea_query::{IndexCreateStatement, IndexDropStatement};

use super::column_type::column_type;
use super::native::{has_equality, has_operator_class, refuse_unordered};
use super::{Postgres, parts};
use crate::dialect::Unsupported;
use crate::dialect::render::built::{Name, built};
use crate::dialect::render::spelled_types::meant;
use crate::dialect::render::table_parts::plain_column;
use crate::plan::statement::Written;

/// Writes CREATE INDEX.
///
/// # Errors
/// If the method of the index lacks a feature.
pub(super) fn create_index(table: &Table, index: &TableIndex) -> Result<Written, Unsupported> {
    Ok(built(&Postgres, index_of(table, index)?))
}

/// Returns CREATE INDEX.
///
/// # Errors
/// If the method of the index lacks a feature.
pub(super) fn index_of(table: &Table, index: &TableIndex) -> Result<IndexCreateStatement, Unsupported> {
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
    parts(table).built_index(index)
}

/// Writes DROP INDEX.
pub(super) fn drop_index(table: &Table, name: &ObjectName) -> Result<Written, Unsupported> {
    Ok(built(&Postgres, dropped(table, name)?))
}

/// Returns DROP INDEX. An index is in the schema of its table, which sea-query takes from the table.
pub(super) fn dropped(table: &Table, name: &ObjectName) -> Result<IndexDropStatement, Unsupported> {
    let name = Name::of(&Postgres, name.as_str())?.escaped();
    Ok(sea_query::Index::drop().name(name).table(parts(table).table_name()?).to_owned())
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
    let is_text = holds.is_none_or(|it| it.choices().is_some() || it.family() == TypeFamily::Text);
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
fn base_type(holds: &ColumnType) -> Option<String> {
    if matches!(
        holds.family(),
        TypeFamily::Text | TypeFamily::Json | TypeFamily::Enum | TypeFamily::Array | TypeFamily::Native
    ) {
        return None;
    }
    let written = column_type(holds).ok()?;
    let name = written.split('(').next().unwrap_or(&written);
    Some(match name {
        "boolean" => "bool".to_owned(),
        "smallint" => "int2".to_owned(),
        "integer" => "int4".to_owned(),
        "bigint" => "int8".to_owned(),
        "real" => "float4".to_owned(),
        "double precision" => "float8".to_owned(),
        other => other.to_owned(),
    })
}

/// Returns whether the method has no default operator class for the type of a column.
fn needs_operator_class(table: &Table, method: IndexMethod, part: &IndexPart) -> bool {
    let Some(column) = plain_column(&part.value).and_then(|name| table.column(&name)) else { return false };
    // Of a type that the author spells, only the server knows, unless it is one of ours.
    let Some(holds) = meant(&Postgres, column) else { return false };
    if let Some(has_class) = has_operator_class(method, &holds) {
        return part.operator_class.is_none() && !has_class;
    }
    let is_text = holds.choices().is_none() && holds.family() == TypeFamily::Text;
    let is_document = holds.family() == TypeFamily::Json;
    part.operator_class.is_none()
        && match method {
            IndexMethod::Gin => !is_document,
            IndexMethod::Gist => true,
            IndexMethod::Spgist => !is_text,
            IndexMethod::Brin => is_document || holds == ColumnType::Bool,
            IndexMethod::Hash => false,
        }
}
