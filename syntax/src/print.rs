//! The schema's models, fields, indexes and constraints -> struct source; the inverse of reading, byte-stable.
//!
//! A list that fits into the line stands in it; one that does not has an item in each line.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::Constraint;
use modelshift_schema::expr::Expr;
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::generated::{Generated, Storage};
use modelshift_schema::index::{Index, IndexPart};
use modelshift_schema::model::Model;
use modelshift_schema::name::{AppLabel, ModelKey, ObjectName};
use modelshift_schema::per_database::PerDatabase;
use modelshift_schema::relation::{ForeignKey, ManyToMany, ReferentialAction};

use crate::expr::print;
use crate::ident;
use crate::lower::indexed_by_itself;
use crate::rust_type;
use crate::text::quoted;

/// The width that a list may fill.
pub(crate) const WIDTH: usize = 100;

/// Whether the key is spelled at the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// A field alone says so itself.
    Spelled,
    /// The struct has `id` for its only key, which goes without saying.
    Understood,
}

/// Prints a struct, each line indented by so many columns.
pub(crate) fn model(model: &Model, app: &AppLabel, indent: usize) -> String {
    let mut items = Vec::new();
    items.extend(model.table.iter().map(|table| format!("table = {}", quoted(table.as_str()))));
    items.extend(model.comment.iter().map(|comment| format!("comment = {}", quoted(comment))));
    let objects = model.indexes.iter().map(index).chain(model.constraints.iter().map(constraint));
    items.extend(objects.map(|object| object.fitted(indent + 4)));
    let margin = " ".repeat(indent);
    let mut keys = model.primary_key();
    let is_understood = keys.next().is_some_and(|key| key.name == "id") && keys.next().is_none();
    let key = if is_understood { Key::Understood } else { Key::Spelled };
    let fields: String = model
        .fields
        .iter()
        .flat_map(|item| [field(item, None, key, app, indent + 4), ",\n".to_owned()])
        .collect();
    let attribute = attribute("model", &items, indent);
    format!("{attribute}{margin}struct {} {{\n{fields}{margin}}}\n", ident::spell(model.name.as_str()))
}

/// Prints a field without what ends it.
pub(crate) fn field(
    field: &Field,
    backfill: Option<&Expr>,
    key: Key,
    app: &AppLabel,
    indent: usize,
) -> String {
    let mut items = Vec::new();
    if field.primary_key && key == Key::Spelled {
        items.push("primary_key".to_owned());
    }
    let is_one_to_one = field.unique && field.relation().is_some();
    if field.unique && !is_one_to_one {
        items.push("unique".to_owned());
    }
    if field.index != indexed_by_itself(&field.kind, field.primary_key, field.unique) {
        items.push(if field.index { "index" } else { "index = false" }.to_owned());
    }
    let type_name = match &field.kind {
        FieldKind::Column(column_type) => {
            items.extend(size(column_type));
            rust_type::spell(column_type).to_owned()
        }
        FieldKind::ForeignKey(relation) => {
            let name = if is_one_to_one { "OneToOne" } else { "ForeignKey" };
            format!("{name}<{}>", target(&relation.to, app))
        }
        FieldKind::ManyToMany(relation) => format!("ManyToMany<{}>", target(&relation.to, app)),
    };
    items.extend(field.default.iter().map(|value| format!("default = {}", print(value))));
    items.extend(backfill.map(|value| format!("backfill = {}", print(value))));
    if let Some(Generated { expression, storage }) = &field.generated {
        items.push(format!("generated = {}", print(expression)));
        items.extend((*storage == Storage::Virtual).then(|| "virtual".to_owned()));
    }
    items.extend(field.identity.map(|identity| format!("identity = {}", identity.name())));
    items.extend(field.sql_type.iter().map(|word| per_database("sql_type", word)));
    items.extend(field.column.iter().map(|column| format!("column = {}", quoted(column.as_str()))));
    items.extend(field.collation.iter().map(|word| per_database("collation", word)));
    items.extend(field.relation().into_iter().flat_map(actions));
    if let FieldKind::ManyToMany(relation) = &field.kind {
        items.extend(way(relation, app));
    }
    items.extend(field.comment.iter().map(|comment| format!("comment = {}", quoted(comment))));
    let type_name = if field.null { format!("Option<{type_name}>") } else { type_name };
    let margin = " ".repeat(indent);
    format!(
        "{}{margin}{}: {type_name}",
        attribute("field", &items, indent),
        ident::spell(field.name.as_str())
    )
}

fn per_database(key: &str, words: &PerDatabase) -> String {
    if let Some(name) = words.name_everywhere() {
        return format!("{key} = {}", quoted(name));
    }
    let names: Vec<String> =
        words.names().map(|(database, name)| format!("{database} = {}", quoted(name))).collect();
    format!("{key}({})", names.join(", "))
}

/// Prints `index(…)`.
pub(crate) fn index(index: &Index) -> Object {
    let parts: Vec<String>;
    let word = if index.parts.iter().all(IndexPart::is_plain) {
        parts = index
            .parts
            .iter()
            .map(|part| format!("{}{}", if part.descending { "-" } else { "" }, print(&part.value)))
            .collect();
        "fields"
    } else {
        let spell = |part: &IndexPart| {
            let mut value = print(&part.value);
            if let Some(class) = &part.operator_class {
                value = format!("ops({value}, {})", quoted(class));
            }
            if part.descending { format!("desc({value})") } else { value }
        };
        parts = index.parts.iter().map(spell).collect();
        "on"
    };
    let content = format!("{word}({})", parts.join(", "));
    let mut object = object("index", index.name.as_ref(), &content, index.when.as_ref());
    if !index.include.is_empty() {
        let fields: Vec<String> = index.include.iter().map(|field| ident::spell(field.as_str())).collect();
        object.items.push(format!("include({})", fields.join(", ")));
    }
    object.items.extend(index.method.map(|method| format!("method = {}", method.name())));
    object
}

/// Prints `unique(…)` or `check(…)`.
pub(crate) fn constraint(constraint: &Constraint) -> Object {
    match constraint {
        Constraint::Unique { name, fields, when } => {
            let fields: Vec<String> = fields.iter().map(|field| ident::spell(field.as_str())).collect();
            object("unique", name.as_ref(), &format!("fields({})", fields.join(", ")), when.as_ref())
        }
        Constraint::Check { name, condition } => object("check", name.as_ref(), &print(condition), None),
    }
}

fn object(word: &'static str, name: Option<&ObjectName>, content: &str, when: Option<&Expr>) -> Object {
    let mut items = Vec::new();
    items.extend(name.map(|name| format!("name = {}", quoted(name.as_str()))));
    items.push(content.to_owned());
    items.extend(when.map(|when| format!("when = {}", print(when))));
    Object { word, items }
}

/// An index or a constraint, ready to be laid out.
pub(crate) struct Object {
    word: &'static str,
    items: Vec<String>,
}

impl Object {
    /// Gives it in one line.
    pub(crate) fn inline(&self) -> String {
        format!("{}({})", self.word, self.items.join(", "))
    }

    /// Gives it in one line where it fits behind so many columns, else with an item in each line.
    pub(crate) fn fitted(&self, indent: usize) -> String {
        let inline = self.inline();
        // A comma or nothing may follow.
        if indent + inline.chars().count() < WIDTH {
            return inline;
        }
        format!("{}(\n{}{})", self.word, lines(&self.items, indent + 4), " ".repeat(indent))
    }
}

/// Gives a line for each item.
pub(crate) fn lines(items: &[String], indent: usize) -> String {
    let margin = " ".repeat(indent);
    items.iter().flat_map(|item| [margin.as_str(), item, ",\n"]).collect()
}

/// Prints `#[name(…)]` with the line's end; nothing where the list is empty.
fn attribute(name: &str, items: &[String], indent: usize) -> String {
    if items.is_empty() {
        return String::new();
    }
    let margin = " ".repeat(indent);
    let line = format!("{margin}#[{name}({})]\n", items.join(", "));
    if line.trim_end().chars().count() <= WIDTH && !line.trim_end().contains('\n') {
        return line;
    }
    format!("{margin}#[{name}(\n{}{margin})]\n", lines(items, indent + 4))
}

/// A model of the same app goes by its name, one of another by `app::Name`.
fn target(to: &ModelKey, app: &AppLabel) -> String {
    let name = ident::spell(to.name.as_str());
    if to.app == *app { name } else { format!("{}::{name}", ident::spell(to.app.as_str())) }
}

fn size(column_type: &ColumnType) -> Vec<String> {
    match column_type {
        ColumnType::Varchar { max_length } => vec![format!("max_length = {max_length}")],
        ColumnType::Decimal { precision, scale } => {
            vec![format!("precision = {precision}"), format!("scale = {scale}")]
        }
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
        | ColumnType::Bytes
        | ColumnType::Date
        | ColumnType::Time
        | ColumnType::DateTime
        | ColumnType::DateTimeTz
        | ColumnType::Uuid
        | ColumnType::Json => Vec::new(),
    }
}

fn way(relation: &ManyToMany, app: &AppLabel) -> impl Iterator<Item = String> {
    let through = relation.through.as_ref().map(|through| format!("through = {}", target(through, app)));
    let table = relation.table.as_ref().map(|table| format!("table = {}", quoted(table.as_str())));
    let name = relation.related_name.as_ref().map(|name| format!("related_name = {}", quoted(name)));
    through.into_iter().chain(table).chain(name)
}

fn actions(relation: &ForeignKey) -> Vec<String> {
    let mut items = Vec::new();
    items.extend(relation.to_field.iter().map(|field| format!("to_field = {}", quoted(field.as_str()))));
    for (name, action) in [("on_delete", relation.on_delete), ("on_update", relation.on_update)] {
        if action != ReferentialAction::default() {
            items.push(format!("{name} = {}", action.name()));
        }
    }
    if !relation.db_constraint {
        items.push("db_constraint = false".to_owned());
    }
    items.extend(relation.deferrable.map(|when| format!("deferrable = {}", when.name())));
    items.extend(relation.related_name.iter().map(|name| format!("related_name = {}", quoted(name))));
    items
}
