//! Names of tables and columns -> names of structs, fields and variants, by the rules of Django's `inspectdb` where Rust has
//! no others.

use std::collections::BTreeSet;

use modelshift_schema::naming::snake_case;

/// Names that the printed file has already.
const TAKEN: [&str; 26] = [
    "BitVec",
    "Box",
    "Choices",
    "DateTime",
    "Decimal",
    "Err",
    "ForeignKey",
    "IpNetwork",
    "MacAddress",
    "ManyToMany",
    "Model",
    "NaiveDate",
    "NaiveDateTime",
    "NaiveTime",
    "None",
    "Ok",
    "OneToOne",
    "Option",
    "Result",
    "Self",
    "Some",
    "String",
    "Utc",
    "Uuid",
    "Value",
    "Vec",
];

/// Names that no field can have, not even with `r#`.
const NO_FIELDS: [&str; 4] = ["crate", "self", "super", "_"];

/// Makes names of structs and enums, each once.
#[derive(Debug)]
pub(super) struct TypeNames(BTreeSet<String>);

impl Default for TypeNames {
    fn default() -> Self {
        Self(TAKEN.iter().map(|name| (*name).to_owned()).collect())
    }
}

impl TypeNames {
    /// Returns the name for a table or a type, such as `AuthUser` for `auth_user`.
    pub(super) fn take(&mut self, name: &str, otherwise: &str) -> String {
        let camel = camel_case(name);
        let camel = if camel.is_empty() || camel.starts_with(|it: char| it.is_numeric()) {
            format!("{otherwise}{camel}")
        } else {
            camel
        };
        let is_of_sqlx = camel.starts_with("Pg") || camel == "Oid";
        let camel = if TAKEN.contains(&camel.as_str()) || is_of_sqlx { format!("{camel}Row") } else { camel };
        unused(&mut self.0, &camel, |name, number| format!("{name}{}", number + 2))
    }
}

/// Makes the names of the fields of a struct, each once.
#[derive(Debug, Default)]
pub(super) struct FieldNames(BTreeSet<String>);

impl FieldNames {
    /// Returns the name for a column; that of a reference is without `_id`.
    pub(super) fn take(&mut self, column: &str, is_reference: bool) -> String {
        let mut name = snake_case(column);
        if is_reference && let Some(stem) = name.strip_suffix("_id").filter(|stem| !stem.is_empty()) {
            name = stem.to_owned();
        }
        let mut name: String = name.chars().map(|it| if it.is_alphanumeric() { it } else { '_' }).collect();
        while name.contains("__") {
            name = name.replace("__", "_");
        }
        if name.starts_with('_') {
            name = format!("field{name}");
        }
        if name.ends_with('_') {
            name.push_str("field");
        }
        if name.starts_with(|it: char| it.is_numeric()) {
            name = format!("number_{name}");
        }
        if name.is_empty() || NO_FIELDS.contains(&name.as_str()) {
            name.push_str("_field");
        }
        unused(&mut self.0, &name, |name, number| format!("{name}_{number}"))
    }
}

/// Returns the names of variants for values, each once.
pub(super) fn variants(values: &[String]) -> Vec<String> {
    let mut used = BTreeSet::from(["Self".to_owned()]);
    let mut names = Vec::new();
    for value in values {
        let camel = camel_case(value);
        let name = if camel.is_empty() {
            "Empty".to_owned()
        } else if camel.starts_with(|it: char| it.is_numeric()) {
            format!("Value{camel}")
        } else {
            camel
        };
        names.push(unused(&mut used, &name, |name, number| format!("{name}{}", number + 2)));
    }
    names
}

fn unused(used: &mut BTreeSet<String>, name: &str, numbered: fn(&str, usize) -> String) -> String {
    let mut free = name.to_owned();
    let mut number = 0;
    while used.contains(&free) {
        free = numbered(name, number);
        number += 1;
    }
    used.insert(free.clone());
    free
}

/// Joins words: `auth_user` becomes `AuthUser`, `InvoiceLine` stays, `ACCOUNT` becomes `Account`.
fn camel_case(name: &str) -> String {
    let mut camel = String::new();
    for word in name.split(|it: char| !it.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let has_lower = word.chars().any(char::is_lowercase);
        for (position, character) in word.chars().enumerate() {
            if position == 0 {
                camel.extend(character.to_uppercase());
            } else if has_lower {
                camel.push(character);
            } else {
                camel.extend(character.to_lowercase());
            }
        }
    }
    camel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_010_and_in_011_columns_become_fields() {
        let mut names = FieldNames::default();
        for (column, field) in [
            ("123", "number_123"),
            ("4extra", "number_4extra"),
            ("Field", "field"),
            ("Field_", "field_field"),
            ("Field__", "field_field_0"),
            ("__field", "field_field_1"),
            ("prc(%) x", "prc_x"),
            ("tamaño", "tamaño"),
            ("AlbumId", "album_id"),
            ("type", "type"),
            ("self", "self_field"),
        ] {
            assert_eq!(names.take(column, false), field, "{column}");
        }
        let mut names = FieldNames::default();
        assert_eq!(names.take("AlbumId", true), "album");
        assert_eq!(names.take("author_id", true), "author");
        assert_eq!(names.take("author", false), "author_0");
        assert_eq!(names.take("_id", true), "field_id");
    }

    #[test]
    fn in_012_tables_become_structs() {
        let mut names = TypeNames::default();
        for (table, name) in [
            ("auth_user", "AuthUser"),
            ("inspectdb_special.table name", "InspectdbSpecialTableName"),
            ("InvoiceLine", "InvoiceLine"),
            ("FILM_ACTOR", "FilmActor"),
            ("film-actor", "FilmActor2"),
            ("2024", "Table2024"),
            ("option", "OptionRow"),
            ("%", "Table"),
        ] {
            assert_eq!(names.take(table, "Table"), name, "{table}");
        }
    }

    #[test]
    fn values_become_variants() {
        let values = ["G", "PG-13", "NC-17", "", "13", "a b", "a_b", "self"].map(str::to_owned);
        let expected = ["G", "Pg13", "Nc17", "Empty", "Value13", "AB", "AB2", "Self2"];
        assert_eq!(variants(&values), expected);
    }
}
