//! Models -> the source of a module with a struct for each.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use modelshift_schema::choices::Storage;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::error::StateError;
use modelshift_schema::field::Field;
use modelshift_schema::model::Model;
use modelshift_schema::name::{AppLabel, ModelKey, ModelName};
use modelshift_schema::state::ProjectState;
use modelshift_syntax::historical::NamedModel;
use modelshift_syntax::{ident, spelled_type, text};

use super::{Place, reach};

const DATA: &str = "::modelshift::data";

/// Returns the source of the module with these models. A model that is not there is an error for the compiler where the name is
/// used.
pub(super) fn module(place: &Place, named: &BTreeSet<NamedModel>) -> String {
    let mut modules = BTreeMap::<Option<AppLabel>, BTreeSet<ModelKey>>::new();
    let mut code = String::new();
    for name in named {
        let (app, keys) = keys(place, name);
        if keys.is_empty() {
            let _ = writeln!(code, "::core::compile_error!({});", text::quoted(&reach::no_app(place, &app)));
        }
        let is_own = matches!(name, NamedModel::Own(_) | NamedModel::AllOwn);
        modules.entry((!is_own).then_some(app)).or_default().extend(keys);
    }
    for (app, keys) in modules {
        let structs = structs(place, &keys);
        match app {
            None => code.push_str(&structs),
            Some(app) => {
                let _ = write!(code, "pub mod {} {{\n{structs}}}\n", ident::spell(app.as_str()));
            }
        }
    }
    code
}

/// Returns the app and the models that a name means.
fn keys(place: &Place, name: &NamedModel) -> (AppLabel, Vec<ModelKey>) {
    let (app, model) = match name {
        NamedModel::Own(model) => (place.app.clone(), Some(model)),
        NamedModel::AllOwn => (place.app.clone(), None),
        NamedModel::Other(app, model) => (AppLabel::new(app), Some(model)),
        NamedModel::AllOther(app) => (AppLabel::new(app), None),
    };
    let keys = match model {
        Some(model) => vec![ModelKey::new(&app, model.as_str())],
        None => place.state.models().map(|(key, _)| key.clone()).filter(|key| key.app == app).collect(),
    };
    (app, keys)
}

fn structs(place: &Place, keys: &BTreeSet<ModelKey>) -> String {
    let mut code = String::new();
    for key in keys {
        if !place.state.contains(key) {
            code.push_str(&missing(&key.name, &reach::missing(place, key)));
            continue;
        }
        match structure(&place.state, key) {
            Ok(text) => code.push_str(&text),
            Err(error) => {
                let _ = writeln!(code, "::core::compile_error!({});", text::quoted(&error.to_string()));
            }
        }
    }
    code
}

/// Returns a name whose use is an error with this message: `compile_error!` would stand in a file that nobody wrote.
fn missing(name: &ModelName, message: &str) -> String {
    let plain = name.as_str();
    format!(
        "#[diagnostic::on_unimplemented(message = {}, label = \"not there\")]\npub trait {plain}IsMissing {{ type Model; }}\n\
         pub type {} = <() as {plain}IsMissing>::Model;\n",
        text::quoted(message),
        ident::spell(plain),
    )
}

fn structure(state: &ProjectState, key: &ModelKey) -> Result<String, StateError> {
    let model = state.model(key)?;
    let name = ident::spell(key.name.as_str());
    let (mut fields, mut names, mut columns, mut values) =
        (String::new(), String::new(), String::new(), String::new());
    let (mut read, mut written) = (String::new(), String::new());
    for field in model.fields.iter().filter(|field| field.has_column()) {
        let (field_name, holds) = (ident::spell(field.name.as_str()), field_type(state, key, field)?);
        let label = text::quoted(field.name.as_str());
        let _ = writeln!(fields, "    pub {field_name}: {holds},");
        let _ = write!(names, "{label}, ");
        let _ = write!(columns, "pub {field_name}: {DATA}::Column<{name}, {holds}>, ");
        let _ = write!(values, "{field_name}: {DATA}::Column::new({label}), ");
        let _ = write!(read, "{field_name}: cells.read()?, ");
        let _ = write!(written, "{DATA}::Stored::to_literal(&self.{field_name}), ");
    }
    let (key_type, key_value, key_names) = key_of(state, key, model)?;
    let plain = key.name.as_str();
    let mut code = format!(
        "#[derive(Clone, Debug, PartialEq)]\npub struct {name} {{\n{fields}}}\n\
         const _: () = {{\n\
         impl {DATA}::Row for {name} {{\n\
         const MODEL: (&'static str, &'static str) = ({}, {});\n\
         const FIELDS: &'static [&'static str] = &[{names}];\n\
         const KEY: &'static [&'static str] = &[{key_names}];\n\
         type Key = {key_type};\n\
         fn key(&self) -> Self::Key {{ {key_value} }}\n\
         fn from_cells(cells: &mut {DATA}::Cells<'_>) -> {DATA}::Result<Self> {{ ::core::result::Result::Ok(Self {{ {read}}}) }}\n\
         fn to_literals(&self) -> ::std::vec::Vec<::core::option::Option<{DATA}::Literal>> {{ ::std::vec![{written}] }}\n\
         }}\n\
         pub struct {plain}Columns {{ {columns}}}\n\
         impl {name} {{ pub const COLUMNS: {plain}Columns = {plain}Columns {{ {values}}}; }}\n",
        text::quoted(key.app.as_str()),
        text::quoted(key.name.as_str()),
    );
    let (mut relations, mut made) = (String::new(), String::new());
    for field in &model.fields {
        if let Some(join) = field.join() {
            let (other, _, _) = key_of(state, &join.to, state.model(&join.to)?)?;
            let field_name = ident::spell(field.name.as_str());
            let _ = write!(relations, "pub {field_name}: {DATA}::Relation<{name}, {other}>, ");
            let _ =
                write!(made, "{field_name}: {DATA}::Relation::new({}), ", text::quoted(field.name.as_str()));
        }
    }
    if !relations.is_empty() {
        let _ = write!(
            code,
            "pub struct {plain}Relations {{ {relations}}}\n\
             impl {name} {{ pub const RELATIONS: {plain}Relations = {plain}Relations {{ {made}}}; }}\n"
        );
    }
    code.push_str("};\n");
    Ok(code)
}

/// Returns the type of the primary key, its value, and the names of its fields.
fn key_of(
    state: &ProjectState,
    key: &ModelKey,
    model: &Model,
) -> Result<(String, String, String), StateError> {
    let (mut types, mut values, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for field in model.primary_key() {
        types.push(field_type(state, key, field)?);
        values.push(format!("::core::clone::Clone::clone(&self.{})", ident::spell(field.name.as_str())));
        names.push(text::quoted(field.name.as_str()));
    }
    Ok((joined(&types), joined(&values), names.join(", ")))
}

/// Returns one part as it is, and several as a tuple.
fn joined(parts: &[String]) -> String {
    if let [one] = parts { one.clone() } else { format!("({})", parts.join(", ")) }
}

fn field_type(state: &ProjectState, key: &ModelKey, field: &Field) -> Result<String, StateError> {
    let holds = rust_type(&state.column_type(key, field)?);
    Ok(if field.null { format!("::core::option::Option<{holds}>") } else { holds })
}

/// Returns the Rust type of the values of a column.
fn rust_type(holds: &ColumnType) -> String {
    match holds {
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
        | ColumnType::F64 => spelled_type(holds),
        ColumnType::Text | ColumnType::Varchar { .. } => "::std::string::String".to_owned(),
        ColumnType::Bytes | ColumnType::Varbinary { .. } => "::std::vec::Vec<u8>".to_owned(),
        ColumnType::Date
        | ColumnType::Time
        | ColumnType::DateTime
        | ColumnType::Uuid
        | ColumnType::Decimal { .. } => format!("{DATA}::{}", spelled_type(holds)),
        ColumnType::DateTimeTz => format!("{DATA}::Timestamp"),
        ColumnType::Json => format!("{DATA}::Json"),
        ColumnType::Choices(choices) => match choices.storage {
            Storage::Text | Storage::Native => rust_type(&ColumnType::Text),
            Storage::I16 => rust_type(&ColumnType::I16),
            Storage::I32 => rust_type(&ColumnType::I32),
            Storage::I64 => rust_type(&ColumnType::I64),
        },
        ColumnType::Array(_) | ColumnType::Native(_) => format!("{DATA}::Native"),
    }
}
