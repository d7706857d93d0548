//! Rust types <-> [`ColumnType`].
//!
//! A type is recognized by its name: `i64`, `String`, `DateTime<Utc>`. The path before the name must be a crate that
//! provides the type: the user's own `models::Uuid` is not a UUID.

mod remedies;

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::native_type::{NativeType, RangeOf};
use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{GenericArgument, Path, PathArguments, PathSegment, Type};

pub(crate) use self::remedies::unknown_path;
use self::remedies::{REMEDIES, strange, unknown};
use crate::grammar::ident;
use crate::grammar::native_type;
use crate::grammar::nesting;
use crate::grammar::nesting::Limit;

/// The type of a field, as the source declares it.
#[derive(Clone, Debug)]
pub(crate) struct FieldType {
    /// True for `Option<T>`.
    pub(crate) null: bool,
    /// What is in it.
    pub(crate) shape: Shape,
    /// The type of the value of a reference, if the source declares it: `ForeignKey<Author, String>`.
    pub(crate) held: Option<Box<Type>>,
    /// Where it stands.
    pub(crate) span: Span,
}

/// A type, before the attributes of its field are considered.
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

    /// Returns the type that the attributes are about: that of the items of a list, else the type itself.
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

/// Returns the type of the value of a reference, if it is declared.
fn held(source: &Type) -> Option<Box<Type>> {
    let Type::Path(path) = source else { return None };
    let segment =
        path.path.segments.last().filter(|it| it.ident == "ForeignKey" || it.ident == "OneToOne")?;
    match arguments(segment).as_slice() {
        [_, held] => Some(Box::new((*held).clone())),
        _ => None,
    }
}

/// Returns the column type of a Rust type, if it is known; without its size.
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

/// Returns the spelling of a type in a migration; `max_length`, `precision` and `scale` are in the attribute.
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

/// Returns the type in an `Option`.
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

/// Returns the type without its `Option`.
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
            let known = known.map(|(_, column_type, _)| column_type.clone());
            known.or_else(|| native(name, &path.path)).map(Shape::Fixed)
        }
        _ => None,
    };
    let is_strange = REMEDIES.iter().any(|(other, _)| *other == name);
    // A type without arguments may be one of the crate.
    let is_named = matches!(segment.arguments, PathArguments::None) && !is_strange;
    match shape {
        Some(shape) => Ok(shape),
        None if is_named => Ok(Shape::Named(path.path.clone())),
        None => {
            // A type whose only argument is a path may be a relation under another name.
            let is_relation = matches!(content.as_slice(), [Type::Path(_)] | [Type::Path(_), _] if known(content[0]).is_none());
            Err(syn::Error::new_spanned(source, unknown(&name, source, is_relation)))
        }
    }
}

/// Returns the type of PostgreSQL with this name, if the path leads to a crate that provides it.
fn native(name: &str, path: &Path) -> Option<ColumnType> {
    let (native, _) = native_type::named(name).filter(|(_, from)| is_from(path, from))?;
    Some(ColumnType::Native(native))
}

/// Reads the items of a `Vec`. A database does not distinguish items that may be NULL from those that may not.
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

/// Returns the type of the bounds of a range.
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

/// Returns whether a path is a bare name, or begins with a crate that provides the type.
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

#[cfg(test)]
mod tests;
