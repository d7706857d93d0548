//! What to write in place of types that no column has.

use syn::{Path, Type};

use super::NAMED;
use crate::grammar::ident;
use crate::grammar::native_type;
use crate::structs::attr::symbol::nearest;

/// What to write in place of types that no column has.
pub(super) static REMEDIES: [(&str, &str); 21] = [
    ("usize", "expected an integer of a known width, such as `u64` or `i64`"),
    ("isize", "expected an integer of a known width, such as `i64`"),
    ("u128", "expected at most 64 bits, such as `u64`, or `Decimal` with `precision` and `scale`"),
    ("i128", "expected at most 64 bits, such as `i64`, or `Decimal` with `precision` and `scale`"),
    ("char", "expected `String` with `#[field(max_length = 1)]`"),
    ("str", "expected `String`"),
    ("Cow", "expected `String`"),
    ("Box", "expected the type in the `Box`, such as `String`"),
    ("Arc", "expected the type in the `Arc`, such as `String`"),
    ("Rc", "expected the type in the `Rc`, such as `String`"),
    ("PathBuf", "expected `String`"),
    ("Url", "expected `String`, or name the column's type with `#[field(as = \"String\")]`"),
    ("Bytes", "expected `Vec<u8>`"),
    ("HashMap", "expected `Json<HashMap<…>>`"),
    ("BTreeMap", "expected `Json<BTreeMap<…>>`"),
    ("Map", "expected `serde_json::Value` or `Json<…>`"),
    ("Vec", "expected a list of a type that has a column, such as `Vec<String>`, or `Json<Vec<…>>`"),
    ("SystemTime", "expected a date and time such as `DateTime<Utc>`"),
    ("Instant", "expected a date and time such as `DateTime<Utc>`"),
    ("Zoned", "expected `Timestamp`; a column keeps no name of a zone"),
    ("BigDecimal", "expected `Decimal`, or name the column's type with `#[field(as = \"Decimal\")]`"),
];

/// Describes what to write in place of a type of the crate that is not a column type.
pub(crate) fn unknown_path(path: &Path) -> String {
    let name = path.segments.last().map(|segment| ident::name(&segment.ident)).unwrap_or_default();
    unknown(&name, path, false)
}

/// Describes what to write in place of a type that is not a path.
pub(super) fn strange(source: &Type) -> &'static str {
    if let Type::Reference(_) = source {
        "expected a type that owns its value, such as `String`"
    } else if let Type::Array(_) | Type::Slice(_) = source {
        "expected `Vec<u8>` for bytes, or `Json<Vec<…>>` for a list"
    } else if let Type::Tuple(_) = source {
        "expected a single value, or `Json<(…)>`"
    } else {
        "expected the type of a column, such as `i64`, `String` or `ForeignKey<Author>`"
    }
}

/// Describes what to write in place of an unknown type.
pub(super) fn unknown(name: &str, source: &impl quote::ToTokens, is_renamed_relation: bool) -> String {
    let spelled = quote::quote!(#source).to_string().replace(' ', "");
    if let Some((_, remedy)) = REMEDIES.iter().find(|(other, _)| *other == name) {
        return format!("unknown type `{spelled}`; {remedy}");
    }
    let known = NAMED.iter().map(|(known, ..)| *known).chain([
        "String",
        "Decimal",
        "ForeignKey",
        "OneToOne",
        "ManyToMany",
    ]);
    let known = known.chain(native_type::names());
    let near = nearest(name, known).filter(|near| *near != name);
    let near = near.map(|near| format!("did you mean `{near}`? or ")).unwrap_or_default();
    if is_renamed_relation {
        return format!(
            "unknown type `{spelled}`; {near}write `ForeignKey<…>`, `OneToOne<…>` or `ManyToMany<…>` where it is one of \
             these under another name (`use … as …`, `type … = …`), since the derive goes by the name; else say what is in \
             the column with `#[field(as = \"i64\")]`, or that it has none with `#[field(skip)]`"
        );
    }
    format!(
        "unknown type `{spelled}`; {near}derive `Choices` where it is an enum of this crate, say what is in the column \
         with `#[field(as = \"i64\")]`, or that it has none with `#[field(skip)]`"
    )
}
