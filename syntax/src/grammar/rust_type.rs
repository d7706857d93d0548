//! Rust types <-> [`ColumnType`].
//!
//! A type is known by its name: `i64`, `String`, `DateTime<Utc>`. What stands before the name must be a crate that
//! provides the type, so that somebody's own `models::Uuid` is not taken for a UUID.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::native_type::{NativeType, RangeOf};
use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{GenericArgument, Path, PathArguments, PathSegment, Type};

use crate::grammar::ident;
use crate::grammar::native_type;
use crate::grammar::nesting;
use crate::grammar::nesting::Limit;
use crate::structs::attr::symbol::nearest;

/// What the type of a field says.
#[derive(Clone, Debug)]
pub(crate) struct FieldType {
    /// True for `Option<T>`.
    pub(crate) null: bool,
    /// What is in it.
    pub(crate) shape: Shape,
    /// The type of the value that a reference holds, where it is said: `ForeignKey<Author, String>`.
    pub(crate) held: Option<Box<Type>>,
    /// Where it stands.
    pub(crate) span: Span,
}

/// What a type is before the attributes are heard.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// A type that needs no attribute.
    Fixed(ColumnType),
    /// `String`: with `max_length` a `Varchar`.
    Text,
    /// `Decimal`: it needs `precision` and `scale`.
    Decimal,
    /// `Vec<T>`: what `T` is, which is neither a reference nor a list.
    Array(Box<Shape>),
    /// `ForeignKey<T>`: the path of `T`.
    ForeignKey(Path),
    /// `OneToOne<T>`, a `ForeignKey<T>` that is unique: the path of `T`.
    OneToOne(Path),
    /// `ManyToMany<T>`, which has no column: the path of `T`.
    ManyToMany(Path),
    /// A type of the crate's own, which may be an enum with `#[derive(Choices)]`.
    Named(Path),
}

impl Shape {
    /// Returns whether the type is a reference, which has a column.
    pub(crate) fn is_reference(&self) -> bool {
        matches!(self, Self::ForeignKey(_) | Self::OneToOne(_))
    }

    /// Returns what the attributes are about: the items of a list, else the type itself.
    pub(crate) fn item(&self) -> &Self {
        match self {
            Self::Array(item) => item,
            Self::Fixed(_)
            | Self::Text
            | Self::Decimal
            | Self::ForeignKey(_)
            | Self::OneToOne(_)
            | Self::Named(_)
            | Self::ManyToMany(_) => self,
        }
    }

    /// Returns whether the type has no column.
    pub(crate) fn is_many_to_many(&self) -> bool {
        matches!(self, Self::ManyToMany(_))
    }

    /// Returns the path of the model that the type refers to.
    pub(crate) fn target(&self) -> Option<&Path> {
        match self {
            Self::ForeignKey(path) | Self::OneToOne(path) | Self::ManyToMany(path) => Some(path),
            Self::Fixed(_) | Self::Text | Self::Decimal | Self::Array(_) | Self::Named(_) => None,
        }
    }
}

/// Types of known names: the name, the type, the crates that provide it.
static NAMED: [(&str, ColumnType, &[&str]); 30] = [
    ("bool", ColumnType::Bool, PRIMITIVE),
    ("i8", ColumnType::I8, PRIMITIVE),
    ("i16", ColumnType::I16, PRIMITIVE),
    ("i32", ColumnType::I32, PRIMITIVE),
    ("i64", ColumnType::I64, PRIMITIVE),
    ("u8", ColumnType::U8, PRIMITIVE),
    ("u16", ColumnType::U16, PRIMITIVE),
    ("u32", ColumnType::U32, PRIMITIVE),
    ("u64", ColumnType::U64, PRIMITIVE),
    ("f32", ColumnType::F32, PRIMITIVE),
    ("f64", ColumnType::F64, PRIMITIVE),
    ("NaiveDate", ColumnType::Date, &["chrono"]),
    ("NaiveTime", ColumnType::Time, &["chrono"]),
    ("NaiveDateTime", ColumnType::DateTime, &["chrono"]),
    ("Date", ColumnType::Date, &["time", "jiff", "jiff_sqlx"]),
    ("Time", ColumnType::Time, &["time", "jiff", "jiff_sqlx"]),
    ("DateTime", ColumnType::DateTime, &["jiff", "jiff_sqlx"]),
    ("PrimitiveDateTime", ColumnType::DateTime, &["time"]),
    ("OffsetDateTime", ColumnType::DateTimeTz, &["time"]),
    ("UtcDateTime", ColumnType::DateTimeTz, &["time"]),
    ("Timestamp", ColumnType::DateTimeTz, &["jiff", "jiff_sqlx"]),
    // Microseconds: sqlx reads a span of time from no database but as a number.
    ("Duration", ColumnType::I64, &["chrono", "time", "std", "core"]),
    ("TimeDelta", ColumnType::I64, &["chrono"]),
    ("Uuid", ColumnType::Uuid, &["uuid"]),
    ("Hyphenated", ColumnType::Uuid, &["uuid"]),
    ("Simple", ColumnType::Uuid, &["uuid"]),
    ("Value", ColumnType::Json, &["serde_json"]),
    ("JsonValue", ColumnType::Json, &["serde_json"]),
    ("JsonRawValue", ColumnType::Json, &["serde_json"]),
    ("Json", ColumnType::Json, &["serde_json"]),
];

const PRIMITIVE: &[&str] = &["std", "core"];

/// Crates that hand on the types of others.
const PROVIDERS: [&str; 2] = ["sqlx", "modelshift"];

/// What to write in place of types that no column has.
static REMEDIES: [(&str, &str); 21] = [
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

/// Reads the type of a field.
pub(crate) fn read(source: &Type) -> syn::Result<FieldType> {
    check_nesting(source)?;
    let source = unwrapped(source);
    let span = place(source);
    if let Some(content) = option(source) {
        let content = unwrapped(content);
        if option(content).is_some() {
            return Err(syn::Error::new(span, "expected one `Option`, such as `Option<String>`"));
        }
        return Ok(FieldType { null: true, shape: shape(content)?, held: held(content), span });
    }
    Ok(FieldType { null: false, shape: shape(source)?, held: held(source), span })
}

/// Checks that a type does not nest too deep; most types are one name.
fn check_nesting(source: &Type) -> syn::Result<()> {
    if let Type::Path(path) = source
        && path.qself.is_none()
        && path.path.segments.iter().all(|segment| segment.arguments.is_none())
    {
        return Ok(());
    }
    nesting::check(source.to_token_stream(), Limit::MODEL)
}

/// Returns the type of the value that a reference says it holds.
fn held(source: &Type) -> Option<Box<Type>> {
    let Type::Path(path) = source else { return None };
    let segment =
        path.path.segments.last().filter(|it| it.ident == "ForeignKey" || it.ident == "OneToOne")?;
    match arguments(segment).as_slice() {
        [_, held] => Some(Box::new((*held).clone())),
        _ => None,
    }
}

/// Returns the type of a column that a Rust type is known to mean; sizes are none of its business.
pub(crate) fn known(source: &Type) -> Option<ColumnType> {
    match shape(unwrapped(source)).ok()? {
        Shape::Fixed(column_type) => Some(column_type),
        Shape::Text => Some(ColumnType::Text),
        Shape::Decimal => Some(ColumnType::Decimal { precision: 1, scale: 0 }),
        Shape::Array(_)
        | Shape::ForeignKey(_)
        | Shape::OneToOne(_)
        | Shape::ManyToMany(_)
        | Shape::Named(_) => None,
    }
}

/// Returns the place where a type begins; asking for the whole of it would spell it out again.
fn place(source: &Type) -> Span {
    let path = if let Type::Path(path) = source { path.path.segments.first() } else { None };
    path.map_or_else(|| source.span(), |segment| segment.ident.span())
}

/// Returns the spelling of a type in a migration; `max_length`, `precision` and `scale` stand in the attribute.
pub fn spell(column_type: &ColumnType) -> String {
    match column_type {
        ColumnType::Bool => "bool",
        ColumnType::I8 => "i8",
        ColumnType::I16 => "i16",
        ColumnType::I32 => "i32",
        ColumnType::I64 => "i64",
        ColumnType::U8 => "u8",
        ColumnType::U16 => "u16",
        ColumnType::U32 => "u32",
        ColumnType::U64 => "u64",
        ColumnType::F32 => "f32",
        ColumnType::F64 => "f64",
        ColumnType::Text | ColumnType::Varchar { .. } => "String",
        ColumnType::Bytes | ColumnType::Varbinary { .. } => "Vec<u8>",
        ColumnType::Date => "Date",
        ColumnType::Time => "Time",
        ColumnType::DateTime => "DateTime",
        ColumnType::DateTimeTz => "DateTime<Utc>",
        ColumnType::Uuid => "Uuid",
        ColumnType::Decimal { .. } => "Decimal",
        ColumnType::Json => "JsonValue",
        ColumnType::Choices(choices) => return ident::spell(&choices.name),
        ColumnType::Array(item) => return format!("Vec<{}>", spell(item)),
        ColumnType::Native(native) => native_type::spell(*native),
    }
    .to_owned()
}

/// Takes off the invisible group that a `macro_rules` puts around `$ty`, and parentheses.
fn unwrapped(source: &Type) -> &Type {
    if let Type::Group(syn::TypeGroup { elem, .. }) | Type::Paren(syn::TypeParen { elem, .. }) = source {
        return unwrapped(elem);
    }
    source
}

/// Returns what is in an `Option`.
pub(crate) fn option(source: &Type) -> Option<&Type> {
    let Type::Path(path) = unwrapped(source) else { return None };
    let segment = path.path.segments.last()?;
    if segment.ident != "Option" || !is_from(&path.path, PRIMITIVE) {
        return None;
    }
    match arguments(segment).as_slice() {
        [content] => Some(content),
        _ => None,
    }
}

/// Returns the type itself where it stands in an `Option`.
pub fn bare(source: &Type) -> &Type {
    unwrapped(option(source).unwrap_or(source))
}

fn shape(source: &Type) -> syn::Result<Shape> {
    let Type::Path(path) = source else { return Err(syn::Error::new_spanned(source, strange(source))) };
    let Some(segment) = path.path.segments.last().filter(|_| path.qself.is_none()) else {
        return Err(syn::Error::new_spanned(source, unknown("", source, false)));
    };
    let name = ident::name(&segment.ident);
    let content = arguments(segment);
    let shape = match (name.as_str(), content.as_slice()) {
        ("String", []) if is_from(&path.path, &["std", "alloc"]) => Some(Shape::Text),
        ("Decimal", []) if is_from(&path.path, &["rust_decimal"]) => Some(Shape::Decimal),
        ("Vec", [item]) if is_byte(item) => Some(Shape::Fixed(ColumnType::Bytes)),
        ("Vec", [item]) if is_from(&path.path, &["std", "alloc"]) => Some(list(item)?),
        ("PgRange", [item]) if is_from(&path.path, &[]) => {
            range(item).map(|of| Shape::Fixed(ColumnType::Native(NativeType::Range(of))))
        }
        ("DateTime", [zone]) if is_from(&path.path, &["chrono"]) && is_zone(zone) => {
            Some(Shape::Fixed(ColumnType::DateTimeTz))
        }
        ("Json", [_]) if is_from(&path.path, &[]) => Some(Shape::Fixed(ColumnType::Json)),
        ("ForeignKey", [Type::Path(target)] | [Type::Path(target), _]) if target.qself.is_none() => {
            Some(Shape::ForeignKey(target.path.clone()))
        }
        ("OneToOne", [Type::Path(target)] | [Type::Path(target), _]) if target.qself.is_none() => {
            Some(Shape::OneToOne(target.path.clone()))
        }
        ("ManyToMany", [Type::Path(target)]) if target.qself.is_none() => {
            Some(Shape::ManyToMany(target.path.clone()))
        }
        ("ForeignKey" | "OneToOne" | "ManyToMany", _) => {
            let message = format!("expected a model, such as `{name}<Author>`");
            return Err(syn::Error::new_spanned(source, message));
        }
        (name, []) => {
            let known = NAMED.iter().find(|(known, _, from)| *known == name && is_from(&path.path, from));
            let native = || {
                let (native, _) = native_type::named(name).filter(|(_, from)| is_from(&path.path, from))?;
                Some(ColumnType::Native(native))
            };
            known.map(|(_, column_type, _)| column_type.clone()).or_else(native).map(Shape::Fixed)
        }
        _ => None,
    };
    let is_strange = REMEDIES.iter().any(|(other, _)| *other == name);
    // Of a type without arguments the crate may know more than the grammar does.
    let is_named = matches!(segment.arguments, PathArguments::None) && !is_strange;
    match shape {
        Some(shape) => Ok(shape),
        None if is_named => Ok(Shape::Named(path.path.clone())),
        None => {
            // What takes a path as its only argument may be one of our relations.
            let is_relation = matches!(content.as_slice(), [Type::Path(_)] | [Type::Path(_), _] if known(content[0]).is_none());
            Err(syn::Error::new_spanned(source, unknown(&name, source, is_relation)))
        }
    }
}

/// Describes what to write in place of a type of the crate's own that no column can have.
pub(crate) fn unknown_path(path: &Path) -> String {
    let name = path.segments.last().map(|segment| ident::name(&segment.ident)).unwrap_or_default();
    unknown(&name, path, false)
}

/// Reads what is in a `Vec`. A database makes no difference between items that may be NULL and those that may not.
fn list(item: &Type) -> syn::Result<Shape> {
    let shape = shape(option(item).map_or(item, unwrapped))?;
    match shape {
        Shape::Fixed(_) | Shape::Text | Shape::Decimal => Ok(Shape::Array(Box::new(shape))),
        Shape::Named(path) => Err(syn::Error::new_spanned(item, unknown_path(&path))),
        Shape::Array(_) | Shape::ForeignKey(_) | Shape::OneToOne(_) | Shape::ManyToMany(_) => {
            let message = "expected a list of single values, such as `Vec<String>`, or `Json<Vec<…>>`";
            Err(syn::Error::new_spanned(item, message))
        }
    }
}

/// Returns what a range is of.
fn range(item: &Type) -> Option<RangeOf> {
    match shape(item).ok()? {
        Shape::Decimal => Some(RangeOf::Decimal),
        Shape::Fixed(holds) => [
            (ColumnType::I32, RangeOf::I32),
            (ColumnType::I64, RangeOf::I64),
            (ColumnType::Date, RangeOf::Date),
            (ColumnType::DateTime, RangeOf::DateTime),
            (ColumnType::DateTimeTz, RangeOf::DateTimeTz),
        ]
        .into_iter()
        .find_map(|(known, of)| (known == holds).then_some(of)),
        Shape::Text
        | Shape::Array(_)
        | Shape::Named(_)
        | Shape::ForeignKey(_)
        | Shape::OneToOne(_)
        | Shape::ManyToMany(_) => None,
    }
}

/// Returns whether a path is a bare name, or leads through a crate that provides the type.
fn is_from(path: &Path, crates: &[&str]) -> bool {
    path.segments.len() == 1
        || path.segments.first().is_some_and(|first| {
            let first = ident::name(&first.ident);
            crates.contains(&first.as_str()) || PROVIDERS.contains(&first.as_str())
        })
}

fn is_byte(source: &Type) -> bool {
    matches!(unwrapped(source), Type::Path(path) if path.path.is_ident("u8"))
}

fn is_zone(source: &Type) -> bool {
    let Type::Path(path) = unwrapped(source) else { return false };
    path.path
        .segments
        .last()
        .is_some_and(|last| ["Utc", "FixedOffset", "Local"].iter().any(|zone| last.ident == zone))
}

fn arguments(segment: &PathSegment) -> Vec<&Type> {
    match &segment.arguments {
        PathArguments::AngleBracketed(list) => list
            .args
            .iter()
            .map_while(|argument| {
                if let GenericArgument::Type(content) = argument { Some(unwrapped(content)) } else { None }
            })
            .collect(),
        PathArguments::None | PathArguments::Parenthesized(_) => Vec::new(),
    }
}

/// Describes what to write in place of a type that is not a path.
fn strange(source: &Type) -> &'static str {
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

fn unknown(name: &str, source: &impl quote::ToTokens, is_renamed_relation: bool) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(source: &str) -> String {
        let source: Type = syn::parse_str(source).unwrap();
        match read(&source) {
            Ok(FieldType { null, shape, .. }) => format!("{}{shape:?}", if null { "NULL " } else { "" }),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn types_are_known_by_name_and_crate() {
        for (source, expected) in [
            ("i64", "Fixed(I64)"),
            ("std::string::String", "Text"),
            ("Option<u8>", "NULL Fixed(U8)"),
            ("std::option::Option<Vec<u8>>", "NULL Fixed(Bytes)"),
            ("chrono::DateTime<chrono::Utc>", "Fixed(DateTimeTz)"),
            ("DateTime<FixedOffset>", "Fixed(DateTimeTz)"),
            ("jiff::civil::DateTime", "Fixed(DateTime)"),
            ("time::OffsetDateTime", "Fixed(DateTimeTz)"),
            ("sqlx::types::chrono::NaiveDate", "Fixed(Date)"),
            ("sqlx::types::Json<Vec<String>>", "Fixed(Json)"),
            ("serde_json::Value", "Fixed(Json)"),
            ("chrono::Duration", "Fixed(I64)"),
            ("Option<TimeDelta>", "NULL Fixed(I64)"),
            ("std::time::Duration", "Fixed(I64)"),
            ("time::Duration", "Fixed(I64)"),
            ("IpAddr", "Fixed(Native(Inet))"),
            ("rust_decimal::Decimal", "Decimal"),
            ("Vec<Option<String>>", "Array(Text)"),
            ("Option<Vec<std::net::IpAddr>>", "NULL Array(Fixed(Native(Inet)))"),
            ("sqlx::postgres::types::PgRange<DateTime<Utc>>", "Fixed(Native(Range(DateTimeTz)))"),
            ("PgRange<Decimal>", "Fixed(Native(Range(Decimal)))"),
        ] {
            assert_eq!(reading(source), expected, "{source}");
        }
    }

    #[test]
    fn what_no_column_holds_is_refused_with_what_to_write() {
        for (source, expected) in [
            ("usize", "`u64`"),
            ("Vec<Vec<String>>", "`Json<Vec<…>>`"),
            ("PgRange<String>", "unknown type `PgRange<String>`"),
            ("&'static str", "`String`"),
            ("Slug<4>", "`#[field(as = \"i64\")]`"),
            ("Option<Option<i64>>", "one `Option`"),
            ("ManyToMany<(Tag,)>", "`ManyToMany<Author>`"),
            ("Strin<u8>", "did you mean `String`?"),
            ("ForeignKey", "`ForeignKey<Author>`"),
            ("OneToOne<(i64,), i64>", "`OneToOne<Author>`"),
            ("[u8; 4]", "`Vec<u8>`"),
            ("(i32, i32)", "`Json<(…)>`"),
        ] {
            let message = reading(source);
            assert!(message.contains(expected), "{source}: {message}");
        }
    }

    #[test]
    fn a_type_of_the_crate_is_known_by_its_path() {
        for (source, expected) in
            [("UserId", "UserId"), ("models::Uuid", "models::Uuid"), ("Option<r#Type>", "r#Type")]
        {
            let source: Type = syn::parse_str(source).unwrap();
            let Ok(FieldType { shape: Shape::Named(path), .. }) = read(&source) else { panic!("{source:?}") };
            assert_eq!(quote::quote!(#path).to_string().replace(' ', ""), expected);
        }
    }

    #[test]
    fn every_type_reads_back_from_its_spelling() {
        for native in NativeType::all() {
            assert_eq!(reading(native_type::spell(native)), format!("Fixed(Native({native:?}))"));
        }
        for column_type in ColumnType::samples() {
            let reading = reading(&spell(&column_type));
            let expected = if matches!(column_type, ColumnType::Text | ColumnType::Varchar { .. }) {
                "Text".to_owned()
            } else if matches!(column_type, ColumnType::Varbinary { .. }) {
                "Fixed(Bytes)".to_owned()
            } else if matches!(column_type, ColumnType::Decimal { .. }) {
                "Decimal".to_owned()
            } else {
                format!("Fixed({column_type:?})")
            };
            assert_eq!(reading, expected);
        }
    }
}
