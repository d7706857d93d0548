//! The schema's models, fields, indexes and constraints -> struct source; the inverse of reading, byte-stable.
//!
//! A list is on one line if it fits, else it has one item on each line.

mod objects;

use modelshift_schema::choices::{ChoiceMoves, Choices};
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::Expr;
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::generated::{Generated, Storage};
use modelshift_schema::model::Model;
use modelshift_schema::name::{AppLabel, ModelKey};
use modelshift_schema::operation::AlterField;
use modelshift_schema::per_database::PerDatabase;
use modelshift_schema::relation::{ForeignKey, ManyToMany, ReferentialAction};
use modelshift_schema::sqlite_options::SqliteOptions;

pub(crate) use self::objects::{Object, constraint, index};
use self::objects::{deferrable, fields};
use crate::grammar::expr::print;
use crate::grammar::ident;
use crate::grammar::rust_type;
use crate::grammar::text::quoted;
use crate::structs::lower::indexed_by_itself;

/// The width that a list may fill.
pub(crate) const WIDTH: usize = 100;

/// Whether the key is spelled at the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// A single field declares it itself.
    Spelled,
    /// The struct declares its key, or its only key is `id`, which needs no attribute.
    Understood,
}

/// Prints a struct, each line indented by so many columns.
pub(crate) fn model(model: &Model, app: &AppLabel, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let key = key_of(model);
    let fields: String = model
        .fields
        .iter()
        .flat_map(|item| [field(item, None, key, app, indent + 4), ",\n".to_owned()])
        .collect();
    let attribute = model_attribute(model, app, indent);
    format!("{attribute}{margin}struct {} {{\n{fields}{margin}}}\n", ident::spell(model.name.as_str()))
}

/// Returns whether the key of a struct is spelled at its fields.
pub(crate) fn key_of(model: &Model) -> Key {
    let mut keys = model.primary_key();
    let is_understood = keys.next().is_some_and(|key| key.name == "id") && keys.next().is_none();
    if is_understood || !model.key_order.is_empty() { Key::Understood } else { Key::Spelled }
}

/// Prints `#[model(…)]`; nothing if it would be empty.
fn model_attribute(model: &Model, app: &AppLabel, indent: usize) -> String {
    let mut items = model_items(model);
    items.extend(objects(model, app).map(|object| object.fitted(indent + 4)));
    attribute("model", &items, indent)
}

/// Prints the indexes and constraints of a model.
pub(crate) fn objects<'a>(model: &'a Model, app: &'a AppLabel) -> impl Iterator<Item = Object> + 'a {
    model.indexes.iter().map(index).chain(model.constraints.iter().map(|it| constraint(it, app)))
}

/// Prints the items of `#[model(…)]` except indexes and constraints.
pub(crate) fn model_items(model: &Model) -> Vec<String> {
    let mut items = Vec::new();
    items.extend(model.table.iter().map(|table| format!("table = {}", quoted(table.as_str()))));
    items.extend(model.schema.iter().map(|schema| format!("schema = {}", quoted(schema.as_str()))));
    items.extend(model.comment.iter().map(|comment| format!("comment = {}", quoted(comment))));
    items.extend((!model.managed).then(|| "managed = false".to_owned()));
    items.extend((!model.sqlite.is_plain()).then(|| sqlite_options(model.sqlite)));
    items.extend((!model.key_order.is_empty()).then(|| format!("primary_key({})", fields(&model.key_order))));
    let natural = &model.natural_key;
    items.extend((!natural.is_empty()).then(|| format!("natural_key({})", fields(natural))));
    items
}

/// Prints the options of a table in SQLite.
pub(crate) fn sqlite_options(options: SqliteOptions) -> String {
    format!("sqlite({})", options.words().collect::<Vec<_>>().join(", "))
}

/// Prints a field without the comma after it.
pub(crate) fn field(
    field: &Field,
    backfill: Option<&Expr>,
    key: Key,
    app: &AppLabel,
    indent: usize,
) -> String {
    edited_field(field, backfill, &ChoiceMoves::default(), key, app, indent)
}

/// Prints an altered field without the comma after it.
pub(crate) fn altered_field(alter: &AlterField, app: &AppLabel, indent: usize) -> String {
    edited_field(&alter.field, alter.backfill.as_ref(), &alter.moves, Key::Spelled, app, indent)
}

fn edited_field(
    field: &Field,
    backfill: Option<&Expr>,
    choice_moves: &ChoiceMoves,
    key: Key,
    app: &AppLabel,
    indent: usize,
) -> String {
    let items = items(field, backfill, choice_moves, key, app);
    let type_name = type_name(field, app, rust_type::spell);
    let margin = " ".repeat(indent);
    format!(
        "{}{margin}{}: {type_name}",
        attribute("field", &items, indent),
        ident::spell(field.name.as_str())
    )
}

/// Prints the items of `#[field(…)]`.
pub(crate) fn field_items(field: &Field, key: Key, app: &AppLabel) -> Vec<String> {
    items(field, None, &ChoiceMoves::default(), key, app)
}

/// Prints the type of a field; that of a plain column as `spell` says.
pub(crate) fn type_name(field: &Field, app: &AppLabel, spell: fn(&ColumnType) -> String) -> String {
    let type_name = match &field.kind {
        FieldKind::Column(column_type) => spell(column_type),
        FieldKind::ForeignKey(relation) => {
            let name = if is_one_to_one(field) { "OneToOne" } else { "ForeignKey" };
            format!("{name}<{}>", target(&relation.to, app))
        }
        FieldKind::ManyToMany(relation) => format!("ManyToMany<{}>", target(&relation.to, app)),
    };
    if field.null { format!("Option<{type_name}>") } else { type_name }
}

fn is_one_to_one(field: &Field) -> bool {
    field.unique && field.relation().is_some()
}

fn items(
    field: &Field,
    backfill: Option<&Expr>,
    choice_moves: &ChoiceMoves,
    key: Key,
    app: &AppLabel,
) -> Vec<String> {
    let mut items = Vec::new();
    if field.primary_key && key == Key::Spelled {
        items.push("primary_key".to_owned());
    }
    if field.unique && !is_one_to_one(field) {
        items.push("unique".to_owned());
    }
    if field.index != indexed_by_itself(&field.kind, field.primary_key, field.unique) {
        items.push(if field.index { "index" } else { "index = false" }.to_owned());
    }
    if let FieldKind::Column(column_type) = &field.kind {
        items.extend(size(column_type));
    }
    items.extend(moves(choice_moves, &[]));
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
    items
}

fn per_database(key: &str, words: &PerDatabase) -> String {
    if let Some(name) = words.name_everywhere() {
        return format!("{key} = {}", quoted(name));
    }
    let names: Vec<String> =
        words.iter().map(|(dialect, name)| format!("{dialect} = {}", quoted(name))).collect();
    format!("{key}({})", names.join(", "))
}

/// Returns a line for each item.
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

/// A model of the same app is printed as its name, one of another app as `app::Name`.
fn target(to: &ModelKey, app: &AppLabel) -> String {
    let name = ident::spell(to.name.as_str());
    if to.app == *app { name } else { format!("{}::{name}", ident::spell(to.app.as_str())) }
}

fn size(column_type: &ColumnType) -> Vec<String> {
    if let ColumnType::Varchar { max_length } | ColumnType::Varbinary { max_length } = column_type {
        vec![format!("max_length = {max_length}")]
    } else if let ColumnType::Decimal { precision, scale } = column_type {
        vec![format!("precision = {precision}"), format!("scale = {scale}")]
    } else if let ColumnType::Array(item) = column_type {
        size(item)
    } else {
        column_type.choices().and_then(choices).into_iter().collect()
    }
}

/// Prints an enum; nothing if only its name is known.
fn choices(choices: &Choices) -> Option<String> {
    let mut items: Vec<String> = choices.storage.word().map(str::to_owned).into_iter().collect();
    items.extend(choices.variants.iter().map(|variant| {
        format!("{} = {}", ident::spell(&variant.name), print(&Expr::Literal(variant.value.clone())))
    }));
    choices.is_resolved().then(|| format!("choices({})", items.join(", ")))
}

/// Prints what replaces removed variants; if no row may have one, its name alone.
pub(crate) fn moves(moves: &ChoiceMoves, unused: &[String]) -> impl Iterator<Item = String> {
    let renamed = move_list("renamed", &moves.renamed, &[]);
    renamed.into_iter().chain(move_list("removed", &moves.removed, unused))
}

fn move_list(word: &str, pairs: &[(String, String)], alone: &[String]) -> Option<String> {
    let pairs =
        pairs.iter().map(|(before, after)| format!("{} -> {}", ident::spell(before), ident::spell(after)));
    let items: Vec<String> = pairs.chain(alone.iter().map(|name| ident::spell(name))).collect();
    (!items.is_empty()).then(|| format!("{word}({})", items.join(", ")))
}

fn way(relation: &ManyToMany, app: &AppLabel) -> impl Iterator<Item = String> {
    let through = relation.through.as_ref().map(|through| format!("through = {}", target(through, app)));
    let table = relation.table.as_ref().map(|table| format!("table = {}", quoted(table.as_str())));
    let name = relation.related_name.as_ref().map(|name| format!("related_name = {}", quoted(name)));
    through.into_iter().chain(table).chain(name)
}

fn of_events(on_delete: ReferentialAction, on_update: ReferentialAction) -> impl Iterator<Item = String> {
    let said = [("on_delete", on_delete), ("on_update", on_update)].into_iter();
    let said = said.filter(|(_, action)| *action != ReferentialAction::default());
    said.map(|(name, action)| format!("{name} = {}", action.name()))
}

fn actions(relation: &ForeignKey) -> Vec<String> {
    let mut items = Vec::new();
    items.extend(relation.to_field.iter().map(|field| format!("to_field = {}", quoted(field.as_str()))));
    items.extend(of_events(relation.on_delete, relation.on_update));
    if !relation.db_constraint {
        items.push("db_constraint = false".to_owned());
    }
    items.extend(deferrable(relation.deferrable));
    items.extend(relation.related_name.iter().map(|name| format!("related_name = {}", quoted(name))));
    items
}
