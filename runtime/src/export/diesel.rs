//! Tables -> `schema.rs` of Diesel.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use modelshift_schema::table::{Column, Table};

use super::diesel_type::{diesel_type, enum_type};
use super::identifier::{literal, snake};
use super::plain_references;
use crate::dialect::Dialect;

/// Returns the text of the file.
pub(crate) fn print(tables: &[Table], dialect: Dialect) -> String {
    let mut text =
        "// Made from the migrations by `manage export diesel`. Make it again rather than edit it.\n"
            .to_owned();
    let enums = enums(tables, dialect);
    if !enums.is_empty() {
        text.push_str("\npub mod sql_types {\n");
        let types = enums.iter().map(|(name, postgres)| {
            format!(
                "    #[derive(diesel::query_builder::QueryId, diesel::sql_types::SqlType)]\n    \
                 #[diesel(postgres_type(name = {postgres}))]\n    pub struct {name};\n"
            )
        });
        text.push_str(&types.collect::<Vec<_>>().join("\n"));
        text.push_str("}\n");
    }
    let printed: Vec<&Table> = tables.iter().filter(|table| table.primary_key.is_some()).collect();
    for table in &printed {
        print_table(&mut text, table, dialect);
    }
    for table in tables.iter().filter(|table| table.primary_key.is_none()) {
        let _ = writeln!(text, "\n// `{}` has no primary key, which Diesel needs.", table.name);
    }
    let joins = joins(tables);
    if !joins.is_empty() {
        let _ = write!(text, "\n{}", joins.concat());
    }
    if printed.len() > 1 {
        text.push_str("\ndiesel::allow_tables_to_appear_in_same_query!(\n");
        for table in printed {
            let _ = writeln!(text, "    {},", snake(table.name.as_str()));
        }
        text.push_str(");\n");
    }
    text
}

fn print_table(text: &mut String, table: &Table, dialect: Dialect) {
    text.push_str("\ndiesel::table! {\n");
    let is_postgres_type = table.columns.iter().any(|column| enum_type(column, dialect).is_some());
    if is_postgres_type {
        text.push_str("    use diesel::sql_types::*;\n    use super::sql_types::*;\n\n");
    }
    for line in table.comment.iter().flat_map(|comment| comment.lines()) {
        let _ = writeln!(text, "    #[doc = {}]", literal(line));
    }
    let (name, ident) = (table.name.as_str(), snake(table.name.as_str()));
    if name != ident {
        let _ = writeln!(text, "    #[sql_name = {}]", literal(name));
    }
    let schema =
        table.name.schema().map(|schema| format!("{}.", snake(&schema.to_string()))).unwrap_or_default();
    let key = table.primary_key.iter().flat_map(|key| &key.columns);
    let key: Vec<String> = key.map(|column| snake(column.as_str())).collect();
    let _ = writeln!(text, "    {schema}{ident} ({}) {{", key.join(", "));
    for column in &table.columns {
        print_column(text, column, dialect);
    }
    text.push_str("    }\n}\n");
}

fn print_column(text: &mut String, column: &Column, dialect: Dialect) {
    for line in column.comment.iter().flat_map(|comment| comment.lines()) {
        let _ = writeln!(text, "        #[doc = {}]", literal(line));
    }
    let (name, ident) = (column.name.as_str(), snake(column.name.as_str()));
    let Some(holds) = diesel_type(column, dialect) else {
        let _ = writeln!(text, "        // `{name}` has a type that Diesel does not have.");
        return;
    };
    if name != ident {
        let _ = writeln!(text, "        #[sql_name = {}]", literal(name));
    }
    if let Some(length) = column.column_type.stored().max_length() {
        let _ = writeln!(text, "        #[max_length = {length}]");
    }
    let holds = if column.null { format!("Nullable<{holds}>") } else { holds };
    let _ = writeln!(text, "        {ident} -> {holds},");
}

/// Returns the types of native enums, by the names of their types in Diesel.
fn enums(tables: &[Table], dialect: Dialect) -> BTreeMap<String, String> {
    tables.iter().flat_map(|table| &table.columns).filter_map(|column| enum_type(column, dialect)).collect()
}

/// Returns a line for each pair of tables with one reference. Of several, Diesel could not know which is meant.
fn joins(tables: &[Table]) -> Vec<String> {
    let mut joins = Vec::new();
    for table in tables.iter().filter(|table| table.primary_key.is_some()) {
        for (reference, target) in plain_references(table, tables) {
            let between = |one: &Table, other: &Table| {
                one.references.iter().filter(|it| it.target == other.name).count()
            };
            let is_only = target.name != table.name && between(table, target) + between(target, table) == 1;
            if let (true, [column]) = (is_only, reference.columns.as_slice()) {
                let [from, to] = [table, target].map(|it| snake(it.name.as_str()));
                joins.push(format!("diesel::joinable!({from} -> {to} ({}));\n", snake(column.as_str())));
            }
        }
    }
    joins
}
