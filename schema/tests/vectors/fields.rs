//! Django's fields -> ours: what a field's column is, or the table of its relation.

use modelshift_schema::collation::Collation;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::field::Field;
use modelshift_schema::generated::{Generated, Storage};
use modelshift_schema::name::{FieldName, ModelKey};
use modelshift_schema::relation::{ForeignKey, ManyToMany, ReferentialAction};
use serde_json::Value;

use crate::expressions::{default, expression};
use crate::models::{Names, Untranslatable, comment};

/// Fields that have neither a column nor a table: Django's queries alone know them.
const VIRTUAL: [&str; 4] = ["ForeignObject", "GenericForeignKey", "GenericRelation", "CompositePrimaryKey"];

/// Reads one field; none where it has neither a column nor a table.
pub(crate) fn field(
    name: &str,
    told: &Value,
    own: &ModelKey,
    names: &mut Names,
) -> Result<Option<Field>, Untranslatable> {
    let kind = told["type"].as_str().unwrap_or_default();
    if VIRTUAL.contains(&kind) {
        return Ok(None);
    }
    let mut field = if told["to"].is_string() || told["to"].is_object() {
        relation(name, kind, told, own, names)?
    } else {
        // A reference whose target only its program knows is a column.
        Field::new(name, column_type(kind, told))
    };
    let flag = |flag: &str| told[flag] == true;
    field.null = flag("null");
    field.primary_key = flag("primary_key");
    field.unique |= flag("unique");
    field.index |= flag("db_index") || kind == "SlugField";
    field.index &= told["db_index"] != false;
    field.column = told["db_column"].as_str().map(Into::into);
    field.comment = comment(&told["db_comment"]);
    field.collation = told["db_collation"].as_str().map(Collation::everywhere);
    if kind == "GeneratedField" {
        let storage = if told["db_persist"] == false { Storage::Virtual } else { Storage::Stored };
        field.generated = Some(Generated { expression: expression(&told["expression"]), storage });
    }
    field.default = told.get("db_default").filter(|it| !it.is_null()).map(default);
    Ok(Some(field))
}

fn relation(
    name: &str,
    kind: &str,
    told: &Value,
    own: &ModelKey,
    names: &mut Names,
) -> Result<Field, Untranslatable> {
    let to = &told["to"];
    // A class, a setting and the like are told by their names.
    let inner = || to.as_object().into_iter().flatten().find_map(|(_, value)| value.as_str());
    let to = match to.as_str().or_else(inner) {
        Some("self") => own.clone(),
        Some(text) if text.contains('.') => names.find(text)?,
        Some(text) => names.of_app(own.app.as_str(), text)?,
        None => return Err(format!("reference to {to}")),
    };
    let related_name = told["related_name"].as_str().map(str::to_owned);
    if kind.contains("ManyToMany") {
        let through = told["through"].as_str().map(|through| names.find(through)).transpose()?;
        let table = told["db_table"].as_str().map(Into::into);
        return Ok(Field::many_to_many(name, ManyToMany { to, through, table, related_name }));
    }
    let on_delete = match told["on_delete"].as_str().unwrap_or_default() {
        "CASCADE" => ReferentialAction::Cascade,
        "RESTRICT" => ReferentialAction::Restrict,
        "SET_NULL" => ReferentialAction::SetNull,
        "SET_DEFAULT" => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    };
    let to_field = told["to_field"].as_str().map(FieldName::new);
    let relation = ForeignKey {
        on_delete,
        related_name,
        to_field,
        db_constraint: told["db_constraint"] != false,
        ..ForeignKey::new(to)
    };
    let is_unique = kind.contains("OneToOne");
    Ok(Field { unique: is_unique, index: !is_unique, ..Field::foreign_key(name, relation) })
}

/// Returns the type of a field's column; a kind that is not Django's own tells it by its options.
fn column_type(kind: &str, told: &Value) -> ColumnType {
    let number = |name: &str, or: u64| u32::try_from(told[name].as_u64().unwrap_or(or)).unwrap();
    let text = |length| ColumnType::Varchar { max_length: number("max_length", length) };
    match kind {
        "AutoField" | "IntegerField" | "OrderWrt" => ColumnType::I32,
        "BigAutoField" | "BigIntegerField" | "DurationField" => ColumnType::I64,
        "SmallAutoField" | "SmallIntegerField" => ColumnType::I16,
        "PositiveIntegerField" => ColumnType::U32,
        "PositiveBigIntegerField" => ColumnType::U64,
        "PositiveSmallIntegerField" => ColumnType::U16,
        "BooleanField" | "NullBooleanField" => ColumnType::Bool,
        "FloatField" => ColumnType::F64,
        "DecimalField" => {
            ColumnType::Decimal { precision: number("max_digits", 19), scale: number("decimal_places", 2) }
        }
        "CharField" | "CommaSeparatedIntegerField" => text(255),
        "EmailField" => text(254),
        "URLField" => text(200),
        "SlugField" => text(50),
        "FileField" | "ImageField" | "FilePathField" => text(100),
        "GenericIPAddressField" | "IPAddressField" => text(39),
        "DateField" => ColumnType::Date,
        "TimeField" => ColumnType::Time,
        "DateTimeField" => ColumnType::DateTimeTz,
        "UUIDField" => ColumnType::Uuid,
        "BinaryField" => ColumnType::Bytes,
        "JSONField" => ColumnType::Json,
        "GeneratedField" => {
            let output = &told["output_field"];
            column_type(output["type"].as_str().unwrap_or_default(), output)
        }
        _ if told["max_length"].is_u64() => text(255),
        _ => ColumnType::Text,
    }
}

/// Returns whether the field has a column or a table.
pub(crate) fn is_virtual(told: &Value) -> bool {
    told["type"].as_str().is_some_and(|kind| VIRTUAL.contains(&kind))
}
