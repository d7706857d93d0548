//! Models and enums -> a file of Rust source, as a person writes it: with derives, `use` and comments.

use std::collections::{BTreeMap, BTreeSet};

use modelshift_schema::choices::{Choice, Choices, Storage};
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::{Expr, Literal};
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::model::Model;
use modelshift_schema::name::{AppLabel, FieldName};
use modelshift_schema::naming::snake_case;
use modelshift_schema::native_type::{NativeType, RangeOf};
use modelshift_schema::relation::ForeignKey;
use modelshift_schema::type_family::TypeFamily;

use super::print::{WIDTH, field_items, key_of, model_items, objects, type_name};
use crate::grammar::expr::print;
use crate::grammar::text::quoted;
use crate::grammar::{ident, native_type, rust_type};

/// The most characters of a list in one line: `attr_fn_like_width` of rustfmt.
const LIST_WIDTH: usize = 70;

/// A part of the file.
#[derive(Clone, Debug)]
pub enum SourceItem {
    /// A struct.
    Struct(Box<SourceStruct>),
    /// A comment where no struct can stand, a paragraph each.
    Comment(Vec<String>),
}

impl SourceItem {
    fn model(&self) -> Option<&Model> {
        match self {
            Self::Struct(it) => Some(&it.model),
            Self::Comment(_) => None,
        }
    }
}

/// A struct of the file, with what is written above it and above its fields.
#[derive(Clone, Debug)]
pub struct SourceStruct {
    /// The model.
    pub model: Model,
    /// The comments above the struct, a paragraph each.
    pub notes: Vec<String>,
    /// The comments above fields.
    pub field_notes: BTreeMap<FieldName, Vec<String>>,
}

/// Prints a file of models of one app: comments, `use`, the enums of its fields, and the structs in their order.
///
/// Enums are printed with `#[derive(Choices)]`, each once.
pub fn print_source(head: &[String], items: &[SourceItem], app: &AppLabel) -> String {
    let mut parts = Vec::new();
    let imports = imports(items);
    if !imports.is_empty() {
        parts.push(uses(&imports));
    }
    let mut enums: Vec<&Choices> = Vec::new();
    for choices in fields(items).filter_map(Field::choices) {
        if !enums.iter().any(|known| known.name == choices.name) {
            enums.push(choices);
        }
    }
    parts.extend(enums.into_iter().map(enumeration));
    parts.extend(items.iter().map(|item| match item {
        SourceItem::Struct(it) => structure(it, items, app),
        SourceItem::Comment(notes) => comments(notes, 0),
    }));
    let head = comments(head, 0);
    let gap = if head.is_empty() || parts.is_empty() { "" } else { "\n" };
    format!("{head}{gap}{}", parts.join("\n"))
}

/// Returns the crates beside modelshift that provide the types of fields, in order.
pub fn source_crates(items: &[SourceItem]) -> Vec<&'static str> {
    let crates = imports(items).into_keys().map(|path| path.split("::").next().unwrap_or(path));
    let crates: BTreeSet<&str> = crates.filter(|name| *name != "modelshift").collect();
    crates.into_iter().collect()
}

fn fields(items: &[SourceItem]) -> impl Iterator<Item = &Field> {
    items.iter().filter_map(SourceItem::model).flat_map(|model| &model.fields)
}

fn structure(it: &SourceStruct, all: &[SourceItem], app: &AppLabel) -> String {
    let SourceStruct { model, notes, field_notes } = it;
    let key = key_of(model);
    let mut lines = String::new();
    for field in &model.fields {
        let notes = field_notes.get(&field.name).map(Vec::as_slice).unwrap_or_default();
        let plain = without_variants(field);
        lines.push_str(&comments(notes, 4));
        lines.push_str(&attribute("field", &field_items(&plain, key, app), 4));
        let type_name = with_held(type_name(&plain, app, spell), field, all);
        lines.extend(["    pub ", &ident::spell(field.name.as_str()), ": ", &type_name, ",\n"]);
    }
    let mut items = model_items(model);
    items.extend(objects(model, app).map(|object| list(object.word, &object.items, 4)));
    format!(
        "{}#[derive(Model)]\n{}pub struct {} {{\n{lines}}}\n",
        comments(notes, 0),
        attribute("model", &items, 0),
        ident::spell(model.name.as_str())
    )
}

/// Prints `#[name(…)]` as rustfmt does, with the line's end; nothing where the list is empty.
fn attribute(name: &str, items: &[String], indent: usize) -> String {
    if items.is_empty() {
        return String::new();
    }
    format!("{}#[{}]\n", " ".repeat(indent), list(name, items, indent))
}

/// Prints a list in one line where it is short, else with an item in each line.
fn list(word: &str, items: &[String], indent: usize) -> String {
    let inline = items.join(", ");
    let width = inline.chars().count();
    if width <= LIST_WIDTH && !inline.contains('\n') && indent + word.len() + width + 5 <= WIDTH {
        return format!("{word}({inline})");
    }
    let margin = " ".repeat(indent + 4);
    let lines: Vec<String> =
        items.iter().map(|item| format!("{margin}{}", fitted(item, indent + 4))).collect();
    format!("{word}(\n{}\n{})", lines.join(",\n"), " ".repeat(indent))
}

/// Breaks an item that is a list itself where it is long.
fn fitted(item: &str, indent: usize) -> String {
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|it| it.is_alphanumeric() || it == '_');
    match item.split_once('(').and_then(|(word, rest)| Some((word, rest.strip_suffix(')')?))) {
        Some((word, inside)) if is_word(word) && !item.contains('\n') => list(word, &split(inside), indent),
        Some(_) | None => item.to_owned(),
    }
}

/// Splits at the commas outside of parentheses and texts.
fn split(inside: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    for character in inside.chars() {
        let is_quote = character == '"' && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
        is_text ^= is_quote;
        if !is_text {
            match character {
                '(' | '[' => depth += 1,
                ')' | ']' => depth = depth.saturating_sub(1),
                ',' if depth == 0 => {
                    items.push(String::new());
                    continue;
                }
                _ => {}
            }
        }
        if let Some(last) = items.last_mut() {
            last.push(character);
        }
    }
    items.iter().map(|item| item.trim().to_owned()).collect()
}

/// Adds the type that a reference holds, where it is not the key: `ForeignKey<Language, String>`.
fn with_held(type_name: String, field: &Field, all: &[SourceItem]) -> String {
    let by_field = field.relation().filter(|relation| relation.to_field.is_some());
    let held = by_field.and_then(|relation| held(relation, all, 0)).map(|held| spell(&held));
    match (held, type_name.find('>')) {
        (Some(held), Some(end)) => format!("{}, {held}{}", &type_name[..end], &type_name[end..]),
        (_, _) => type_name,
    }
}

/// Returns the type at the end of a reference.
fn held(relation: &ForeignKey, all: &[SourceItem], depth: usize) -> Option<ColumnType> {
    let model = all.iter().filter_map(SourceItem::model).find(|model| model.name == relation.to.name)?;
    let target = match &relation.to_field {
        Some(name) => model.field(name),
        None => model.primary_key().next(),
    };
    match &target?.kind {
        FieldKind::Column(column_type) => Some(column_type.clone()),
        FieldKind::ForeignKey(next) if depth < all.len() => held(next, all, depth + 1),
        FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_) => None,
    }
}

/// Returns the field of an enum without the variants, which the enum has.
fn without_variants(field: &Field) -> Field {
    match field.choices() {
        None => field.clone(),
        Some(choices) => {
            let column_type = ColumnType::Choices(Choices::as_written(choices.name.as_str()));
            let default = field.default.clone().map(|default| as_variant(default, choices));
            Field { kind: FieldKind::Column(column_type), default, ..field.clone() }
        }
    }
}

fn as_variant(default: Expr, choices: &Choices) -> Expr {
    let variant = choices.variants.iter().find(|it| default == Expr::Literal(it.value.clone()));
    variant.map_or(default, |it| Expr::Variant { choices: choices.name.clone(), variant: it.name.clone() })
}

fn enumeration(choices: &Choices) -> String {
    let word = match choices.storage {
        Storage::Text => "",
        Storage::Native => "#[choices(native)]\n",
        Storage::I16 | Storage::I32 | Storage::I64 => "#[choices(integer)]\n",
    };
    let variants: String = choices.variants.iter().map(variant).collect();
    format!(
        "#[derive(Clone, Copy, Debug, PartialEq, Eq, Choices)]\n{word}pub enum {} {{\n{variants}}}\n",
        ident::spell(&choices.name)
    )
}

fn variant(choice: &Choice) -> String {
    let name = ident::spell(&choice.name);
    match &choice.value {
        Literal::Text(value) if *value == snake_case(&choice.name) => format!("    {name},\n"),
        Literal::Text(value) => format!("    #[choice(value = {})]\n    {name},\n", quoted(value)),
        Literal::Int(_) | Literal::Bool(_) | Literal::Float(_) | Literal::Bytes(_) => {
            format!("    {name} = {},\n", print(&Expr::Literal(choice.value.clone())))
        }
    }
}

/// Writes paragraphs as comments, broken at spaces.
fn comments(paragraphs: &[String], indent: usize) -> String {
    let margin = " ".repeat(indent);
    let mut text = String::new();
    for line in paragraphs.iter().flat_map(|paragraph| paragraph.lines()) {
        let mut written = format!("{margin}//");
        for word in line.split(' ') {
            let is_full = written.chars().count() + 1 + word.chars().count() > WIDTH;
            if is_full && written.len() > margin.len() + 2 {
                text.push_str(written.trim_end());
                text.push('\n');
                written = format!("{margin}//");
            }
            written.push(' ');
            written.push_str(word);
        }
        text.push_str(written.trim_end());
        text.push('\n');
    }
    text
}

type Imports = BTreeMap<&'static str, BTreeSet<&'static str>>;

fn imports(items: &[SourceItem]) -> Imports {
    let mut imports = Imports::new();
    for field in fields(items) {
        let relation = match &field.kind {
            FieldKind::Column(column_type) => {
                for (path, name) in provided(column_type) {
                    imports.entry(path).or_default().insert(name);
                }
                continue;
            }
            FieldKind::ForeignKey(_) if field.unique => "OneToOne",
            FieldKind::ForeignKey(_) => "ForeignKey",
            FieldKind::ManyToMany(_) => "ManyToMany",
        };
        imports.entry("modelshift").or_default().insert(relation);
    }
    if items.iter().any(|item| item.model().is_some()) {
        imports.entry("modelshift").or_default().insert("Model");
    }
    imports
}

fn uses(imports: &Imports) -> String {
    let mut lines = String::new();
    for (path, names) in imports {
        let names: Vec<&str> = names.iter().copied().collect();
        match names.as_slice() {
            [name] => lines.extend(["use ", path, "::", name, ";\n"]),
            several => lines.extend(["use ", path, "::{", &several.join(", "), "};\n"]),
        }
    }
    lines
}

/// Returns the types of other crates that a field of this type names, each with the path of its module.
fn provided(column_type: &ColumnType) -> Vec<(&'static str, &'static str)> {
    match column_type.family() {
        _ if column_type.choices().is_some() => vec![("modelshift", "Choices")],
        TypeFamily::Date => vec![("chrono", "NaiveDate")],
        TypeFamily::Time => vec![("chrono", "NaiveTime")],
        TypeFamily::DateTime => vec![("chrono", "NaiveDateTime")],
        TypeFamily::Timestamp => vec![("chrono", "DateTime"), ("chrono", "Utc")],
        TypeFamily::Uuid => vec![("uuid", "Uuid")],
        TypeFamily::Decimal => vec![("rust_decimal", "Decimal")],
        TypeFamily::Json => vec![("serde_json", "Value")],
        TypeFamily::Array => column_type.item().map(provided).unwrap_or_default(),
        TypeFamily::Native => column_type.native().map(of_native).unwrap_or_default(),
        TypeFamily::Bool
        | TypeFamily::Integer
        | TypeFamily::Float
        | TypeFamily::Text
        | TypeFamily::Bytes
        | TypeFamily::Enum => Vec::new(),
    }
}

fn of_native(native: NativeType) -> Vec<(&'static str, &'static str)> {
    const SQLX: &str = "sqlx::postgres::types";
    match native {
        NativeType::Inet => vec![("ipnetwork", "IpNetwork")],
        NativeType::MacAddr => vec![("mac_address", "MacAddress")],
        NativeType::VarBit => vec![("bit_vec", "BitVec")],
        NativeType::Range(of) => {
            let mut all = provided(&range_item(of));
            all.push((SQLX, "PgRange"));
            all
        }
        NativeType::Interval
        | NativeType::TimeTz
        | NativeType::Hstore
        | NativeType::LTree
        | NativeType::LQuery
        | NativeType::CiText
        | NativeType::Cube
        | NativeType::Money
        | NativeType::Oid
        | NativeType::Point
        | NativeType::Line
        | NativeType::LSeg
        | NativeType::Box
        | NativeType::Path
        | NativeType::Polygon
        | NativeType::Circle => vec![(SQLX, native_type::spell(native))],
    }
}

fn range_item(of: RangeOf) -> ColumnType {
    match of {
        RangeOf::I32 => ColumnType::I32,
        RangeOf::I64 => ColumnType::I64,
        RangeOf::Decimal => ColumnType::Decimal { precision: 1, scale: 0 },
        RangeOf::Date => ColumnType::Date,
        RangeOf::DateTime => ColumnType::DateTime,
        RangeOf::DateTimeTz => ColumnType::DateTimeTz,
    }
}

/// Spells a type by the names that crates have for it.
fn spell(column_type: &ColumnType) -> String {
    match (column_type.item(), column_type.native()) {
        (Some(item), _) => return format!("Vec<{}>", spell(item)),
        (None, Some(NativeType::Range(of))) => return format!("PgRange<{}>", spell(&range_item(of))),
        (None, _) => {}
    }
    match provided(column_type).as_slice() {
        [("chrono" | "serde_json", name)] => (*name).to_owned(),
        _ => rust_type::spell(column_type),
    }
}
