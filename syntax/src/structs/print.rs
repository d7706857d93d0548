//! The schema's models, fields, indexes and constraints -> struct source; the inverse of reading, byte-stable.
//!
//! A list that fits into the line stands in it; one that does not has an item in each line.

use modelshift_schema::choices::{Choice, ChoiceMoves, Choices};
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::{Constraint, ExclusionPart, ExclusionRule, ReferenceRule, UniqueRule};
use modelshift_schema::expr::Expr;
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::generated::{Generated, Storage};
use modelshift_schema::index::{Index, IndexMethod, IndexPart};
use modelshift_schema::model::Model;
use modelshift_schema::name::{AppLabel, FieldName, ModelKey, ObjectName};
use modelshift_schema::operation::AlterField;
use modelshift_schema::per_database::PerDatabase;
use modelshift_schema::relation::{Deferrable, ForeignKey, ManyToMany, ReferentialAction};

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
    /// A field alone says so itself.
    Spelled,
    /// The struct has `id` for its only key, which goes without saying, or says what its key is.
    Understood,
}

/// Prints a struct, each line indented by so many columns.
pub(crate) fn model(model: &Model, app: &AppLabel, indent: usize) -> String {
    let mut items = Vec::new();
    items.extend(model.table.iter().map(|table| format!("table = {}", quoted(table.as_str()))));
    items.extend(model.comment.iter().map(|comment| format!("comment = {}", quoted(comment))));
    items.extend((!model.managed).then(|| "managed = false".to_owned()));
    items.extend((!model.key_order.is_empty()).then(|| format!("primary_key({})", fields(&model.key_order))));
    let objects =
        model.indexes.iter().map(index).chain(model.constraints.iter().map(|it| constraint(it, app)));
    items.extend(objects.map(|object| object.fitted(indent + 4)));
    let margin = " ".repeat(indent);
    let mut keys = model.primary_key();
    let is_understood = keys.next().is_some_and(|key| key.name == "id") && keys.next().is_none();
    let is_understood = is_understood || !model.key_order.is_empty();
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
    edited_field(field, backfill, &ChoiceMoves::default(), key, app, indent)
}

/// Prints a field that changes, without what ends it.
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
            rust_type::spell(column_type)
        }
        FieldKind::ForeignKey(relation) => {
            let name = if is_one_to_one { "OneToOne" } else { "ForeignKey" };
            format!("{name}<{}>", target(&relation.to, app))
        }
        FieldKind::ManyToMany(relation) => format!("ManyToMany<{}>", target(&relation.to, app)),
    };
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
    let content = if index.parts.iter().all(IndexPart::is_plain) {
        let spell =
            |part: &IndexPart| format!("{}{}", if part.descending { "-" } else { "" }, print(&part.value));
        format!("fields({})", joined(&index.parts, spell))
    } else {
        format!("on({})", joined(&index.parts, part))
    };
    let mut object = object("index", index.name.as_ref(), &content, index.when.as_ref());
    object.items.extend(include(&index.include));
    object.items.extend(index.method.map(|method| format!("method = {}", method.name())));
    object
}

/// Prints a part as it stands in `on(…)`.
fn part(part: &IndexPart) -> String {
    let mut value = print(&part.value);
    if let Some(class) = &part.operator_class {
        value = format!("ops({value}, {})", quoted(class));
    }
    if part.descending {
        value = format!("desc({value})");
    }
    part.nulls.map_or(value.clone(), |nulls| format!("{}({value})", nulls.name()))
}

fn joined<T>(items: &[T], spell: impl Fn(&T) -> String) -> String {
    items.iter().map(spell).collect::<Vec<_>>().join(", ")
}

fn fields(names: &[FieldName]) -> String {
    joined(names, |name| ident::spell(name.as_str()))
}

fn include(names: &[FieldName]) -> Option<String> {
    (!names.is_empty()).then(|| format!("include({})", fields(names)))
}

fn deferrable(when: Option<Deferrable>) -> Option<String> {
    when.map(|when| format!("deferrable = {}", when.name()))
}

/// Prints `unique(…)`, `check(…)`, `foreign_key(…)` or `exclude(…)`.
pub(crate) fn constraint(constraint: &Constraint, app: &AppLabel) -> Object {
    match constraint {
        Constraint::Unique(rule) => unique(rule),
        Constraint::Check { name, condition } => object("check", name.as_ref(), &print(condition), None),
        Constraint::Reference(rule) => reference(rule, app),
        Constraint::Exclude(rule) => exclude(rule),
    }
}

fn unique(rule: &UniqueRule) -> Object {
    let content = if rule.parts.is_empty() {
        format!("fields({})", fields(&rule.fields))
    } else {
        format!("on({})", joined(&rule.parts, part))
    };
    let mut object = object("unique", rule.name.as_ref(), &content, rule.when.as_ref());
    object.items.extend(include(&rule.include));
    object.items.extend(rule.nulls_not_distinct.then(|| "nulls_not_distinct".to_owned()));
    object.items.extend(deferrable(rule.deferrable));
    object
}

fn reference(rule: &ReferenceRule, app: &AppLabel) -> Object {
    let mut object =
        object("foreign_key", rule.name.as_ref(), &format!("fields({})", fields(&rule.fields)), None);
    object.items.push(format!("references = {}({})", target(&rule.to, app), fields(&rule.to_fields)));
    object.items.extend(of_events(rule.on_delete, rule.on_update));
    object.items.extend(deferrable(rule.deferrable));
    object.items.extend((!rule.index).then(|| "index = false".to_owned()));
    object
}

fn exclude(rule: &ExclusionRule) -> Object {
    let spell = |it: &ExclusionPart| format!("with({}, {})", part(&it.part), quoted(&it.operator));
    let content = format!("on({})", joined(&rule.parts, spell));
    let mut object = object("exclude", rule.name.as_ref(), &content, rule.when.as_ref());
    if rule.method != IndexMethod::Gist {
        object.items.push(format!("method = {}", rule.method.name()));
    }
    object.items.extend(deferrable(rule.deferrable));
    object
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
    /// Returns it in one line.
    pub(crate) fn inline(&self) -> String {
        format!("{}({})", self.word, self.items.join(", "))
    }

    /// Returns it in one line where it fits behind so many columns, else with an item in each line.
    pub(crate) fn fitted(&self, indent: usize) -> String {
        let inline = self.inline();
        // A comma or nothing may follow.
        if indent + inline.chars().count() < WIDTH {
            return inline;
        }
        format!("{}(\n{}{})", self.word, lines(&self.items, indent + 4), " ".repeat(indent))
    }
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

/// A model of the same app goes by its name, one of another by `app::Name`.
fn target(to: &ModelKey, app: &AppLabel) -> String {
    let name = ident::spell(to.name.as_str());
    if to.app == *app { name } else { format!("{}::{name}", ident::spell(to.app.as_str())) }
}

fn size(column_type: &ColumnType) -> Vec<String> {
    match column_type {
        ColumnType::Varchar { max_length } | ColumnType::Varbinary { max_length } => {
            vec![format!("max_length = {max_length}")]
        }
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
        | ColumnType::Json
        | ColumnType::Native(_) => Vec::new(),
        ColumnType::Array(item) => size(item),
        ColumnType::Choices(choices) => self::choices(choices).into_iter().collect(),
    }
}

/// Prints what an enum was; nothing where only its name is known.
fn choices(choices: &Choices) -> Option<String> {
    let mut items: Vec<String> = choices.storage.word().map(str::to_owned).into_iter().collect();
    let item = |variant: &Choice| {
        format!("{} = {}", ident::spell(&variant.name), print(&Expr::Literal(variant.value.clone())))
    };
    items.extend(choices.variants.iter().map(item));
    choices.is_resolved().then(|| format!("choices({})", items.join(", ")))
}

/// Prints what becomes of variants that are gone; of those that no row may hold, their names alone.
pub(crate) fn moves(moves: &ChoiceMoves, unused: &[String]) -> impl Iterator<Item = String> {
    let list = |word: &str, pairs: &[(String, String)], alone: &[String]| {
        let pair = |(before, after): &(String, String)| {
            format!("{} -> {}", ident::spell(before), ident::spell(after))
        };
        let alone = alone.iter().map(|name| ident::spell(name));
        let items: Vec<String> = pairs.iter().map(pair).chain(alone).collect();
        (!items.is_empty()).then(|| format!("{word}({})", items.join(", ")))
    };
    list("renamed", &moves.renamed, &[]).into_iter().chain(list("removed", &moves.removed, unused))
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
