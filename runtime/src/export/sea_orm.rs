//! Tables -> entities of SeaORM, a module for each.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use modelshift_schema::choices::{Choice, Choices};
use modelshift_schema::expr::Literal;
use modelshift_schema::relation::ReferentialAction;
use modelshift_schema::table::{Column, ForeignKeyConstraint, Table};

use super::entity_type::{entity_type, enum_name};
use super::identifier::{camel, literal, snake};
use super::plain_references;
use crate::dialect::Dialect;

/// Returns the text of the file.
pub(crate) fn print(tables: &[Table], dialect: Dialect) -> String {
    let mut text =
        "// Made from the migrations by `manage export sea-orm`. Make it again rather than edit it.\n"
            .to_owned();
    for table in tables {
        if table.primary_key.is_none() {
            let _ = writeln!(text, "\n// `{}` has no primary key, which SeaORM needs.", table.name);
            continue;
        }
        let _ = writeln!(
            text,
            "\npub mod {} {{\n    use sea_orm::entity::prelude::*;\n",
            snake(table.name.as_str())
        );
        print_model(&mut text, table, dialect);
        print_relations(&mut text, table, tables);
        print_enums(&mut text, table, dialect);
        text.push_str("    impl ActiveModelBehavior for ActiveModel {}\n}\n");
    }
    text
}

fn print_model(text: &mut String, table: &Table, dialect: Dialect) {
    for line in table.comment.iter().flat_map(|comment| comment.lines()) {
        let _ = writeln!(text, "    #[doc = {}]", literal(line));
    }
    let schema =
        table.name.schema().map(|schema| format!(", schema_name = {}", literal(&schema.to_string())));
    let _ = write!(
        text,
        "    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]\n    #[sea_orm(table_name = {}{})]\n    pub struct Model {{\n",
        literal(table.name.as_str()),
        schema.unwrap_or_default()
    );
    for column in &table.columns {
        print_field(text, table, column, dialect);
    }
    text.push_str("    }\n\n");
}

fn print_field(text: &mut String, table: &Table, column: &Column, dialect: Dialect) {
    let (name, ident) = (column.name.as_str(), snake(column.name.as_str()));
    let Some(holds) = entity_type(column, dialect) else {
        let _ = writeln!(text, "        // `{name}` has a type that SeaORM does not have.");
        return;
    };
    for line in column.comment.iter().flat_map(|comment| comment.lines()) {
        let _ = writeln!(text, "        #[doc = {}]", literal(line));
    }
    let mut attributes = Vec::new();
    let key = table.primary_key.iter().flat_map(|key| &key.columns).any(|it| *it == column.name);
    attributes.extend(key.then(|| "primary_key".to_owned()));
    attributes.extend((key && !column.automatic).then(|| "auto_increment = false".to_owned()));
    attributes.extend((name != ident).then(|| format!("column_name = {}", literal(name))));
    if ident.contains(|it: char| !it.is_ascii_lowercase() && it != '_') {
        attributes.push(format!("enum_name = {}", literal(&camel(&ident))));
    }
    attributes.extend(holds.column_type.map(|it| format!("column_type = {}", literal(&it))));
    attributes.extend(column.null.then(|| "nullable".to_owned()));
    let is_unique = table.uniques.iter().any(|it| it.columns == [column.name.clone()]);
    attributes.extend(is_unique.then(|| "unique".to_owned()));
    if !attributes.is_empty() {
        let _ = writeln!(text, "        #[sea_orm({})]", attributes.join(", "));
    }
    let rust = if column.null { format!("Option<{}>", holds.rust) } else { holds.rust };
    let _ = writeln!(text, "        pub {ident}: {rust},");
}

fn print_relations(text: &mut String, table: &Table, all: &[Table]) {
    let references: Vec<(&ForeignKeyConstraint, &Table)> = plain_references(table, all).collect();
    text.push_str("    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]\n    pub enum Relation {");
    for (reference, target) in &references {
        let [to, column, key] =
            [target.name.as_str(), column(reference), target_column(reference)].map(snake);
        let entity =
            if target.name == table.name { "Entity".to_owned() } else { format!("super::{to}::Entity") };
        let target_column = entity.replace("Entity", &format!("Column::{}", camel(&key)));
        let _ = write!(
            text,
            "\n        #[sea_orm(\n            belongs_to = {},\n            from = {},\n            to = {},\n            \
             on_update = {},\n            on_delete = {}\n        )]\n        {},",
            literal(&entity),
            literal(&format!("Column::{}", camel(&column))),
            literal(&target_column),
            literal(action(reference.on_update)),
            literal(action(reference.on_delete)),
            variant(reference)
        );
    }
    text.push_str(if references.is_empty() { "}\n\n" } else { "\n    }\n\n" });
    for (reference, target) in &references {
        let is_only = references.iter().filter(|(_, other)| other.name == target.name).count() == 1;
        if is_only && target.name != table.name {
            let _ = write!(
                text,
                "    impl Related<super::{0}::Entity> for Entity {{\n        fn to() -> RelationDef {{\n            \
                 Relation::{1}.def()\n        }}\n    }}\n\n",
                snake(target.name.as_str()),
                variant(reference)
            );
        }
    }
}

fn column(reference: &ForeignKeyConstraint) -> &str {
    reference.columns.first().map_or("", |column| column.as_str())
}

fn target_column(reference: &ForeignKeyConstraint) -> &str {
    reference.target_columns.first().map_or("", |column| column.as_str())
}

/// Returns the name of a relation: that of its column, without `_id`.
fn variant(reference: &ForeignKeyConstraint) -> String {
    let column = column(reference);
    camel(column.strip_suffix("_id").filter(|stem| !stem.is_empty()).unwrap_or(column))
}

fn action(action: ReferentialAction) -> &'static str {
    match action {
        ReferentialAction::NoAction => "NoAction",
        ReferentialAction::Restrict => "Restrict",
        ReferentialAction::Cascade => "Cascade",
        ReferentialAction::SetNull => "SetNull",
        ReferentialAction::SetDefault => "SetDefault",
    }
}

fn print_enums(text: &mut String, table: &Table, dialect: Dialect) {
    let mut printed = BTreeSet::new();
    for column in &table.columns {
        let (Some(name), Some(choices)) = (enum_name(column, dialect), column.column_type.choices()) else {
            continue;
        };
        if printed.insert(name) {
            print_enum(text, name, choices);
        }
    }
}

fn print_enum(text: &mut String, name: &str, choices: &Choices) {
    let _ = write!(
        text,
        "    #[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]\n    \
         #[sea_orm(rs_type = \"String\", db_type = \"Enum\", enum_name = {})]\n    pub enum {} {{\n",
        literal(name),
        camel(name)
    );
    for variant in &choices.variants {
        let _ = write!(
            text,
            "        #[sea_orm(string_value = {})]\n        {},\n",
            literal(&value(variant)),
            variant.name
        );
    }
    text.push_str("    }\n\n");
}

/// Returns the text that a row has for a variant.
fn value(variant: &Choice) -> String {
    match &variant.value {
        Literal::Text(text) | Literal::Float(text) => text.clone(),
        Literal::Int(number) => number.to_string(),
        Literal::Bool(value) => value.to_string(),
        Literal::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    }
}
