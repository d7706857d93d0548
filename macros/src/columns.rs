//! The columns of a struct, as the text of the struct that names them.

use std::fmt::Write;

use modelshift_syntax::{Flattened, ParsedModel, ident, text};
use quote::{ToTokens, quote};
use syn::{Data, DeriveInput, Field, Fields, Path, Type};

/// The prefix of the names of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prefix {
    /// None, in a model; or that of a flattened field.
    Fixed,
    /// The one of the struct that flattens this one, `P`.
    Outer,
}

const SHARED: &str = "::modelshift::shared";

impl Prefix {
    /// Returns a column of the struct itself.
    pub(crate) fn own(self, field: &str, column: &str) -> Member {
        let column = text::quoted(column);
        Member::column(
            field,
            match self {
                Self::Fixed => column,
                Self::Outer => format!("const {{ &{SHARED}::Name::new(P::TEXT, {column}) }}.text()"),
            },
        )
    }

    /// Returns the columns of a struct that is flattened; `number` distinguishes it from others.
    pub(crate) fn embedded(self, number: usize, other: &Flattened) -> Member {
        let field = other.field.as_str();
        let prefix = text::quoted(&other.prefix);
        let (own, item) = if other.prefix.is_empty() {
            (format!("{SHARED}::NoPrefix"), String::new())
        } else {
            let item = format!(
                "#[doc(hidden)] pub struct Prefix{number}; \
                 impl {SHARED}::Prefix for Prefix{number} {{ const TEXT: &'static str = {prefix}; }}"
            );
            (format!("Prefix{number}"), item)
        };
        let whole = match self {
            Self::Fixed => own,
            Self::Outer => format!("{SHARED}::Both<P, {own}>"),
        };
        let path = spelled(&other.shared);
        Member {
            name: ident::spell(field),
            type_name: format!("<{path} as ::modelshift::Abstract>::Columns"),
            value: format!("<{path} as {SHARED}::ColumnsUnder<{whole}>>::COLUMNS"),
            item,
        }
    }
}

fn spelled(path: &Path) -> String {
    quote!(#path).to_string()
}

/// Returns the columns of a struct, and in their place those of the structs that it flattens.
pub(crate) fn columns(parsed: &ParsedModel, prefix: Prefix) -> Vec<Member> {
    let mut columns = Vec::new();
    let mut flattened = parsed.flattened.iter().peekable();
    for (position, field) in parsed.written.model.fields.iter().enumerate() {
        while let Some(other) = flattened.next_if(|other| other.position <= position) {
            columns.push(prefix.embedded(columns.len(), other));
        }
        if field.has_column() {
            columns.push(prefix.own(field.name.as_str(), field.column_name().as_str()));
        }
    }
    for other in flattened {
        columns.push(prefix.embedded(columns.len(), other));
    }
    columns
}

/// Returns the type of the primary key, in the order of its fields, which may be that of the one struct that is flattened.
pub(crate) fn key(item: &DeriveInput, parsed: &ParsedModel) -> proc_macro2::TokenStream {
    let model = &parsed.written.model;
    let keys: Vec<&Type> = model.primary_key().filter_map(|key| type_of(item, key.name.as_str())).collect();
    match (keys.as_slice(), parsed.flattened.as_slice()) {
        ([], [Flattened { shared, .. }]) => quote!(<#shared as ::modelshift::Abstract>::Key),
        ([key], _) => key.to_token_stream(),
        (keys, _) => quote!((#(#keys),*)),
    }
}

fn type_of<'a>(item: &'a DeriveInput, name: &str) -> Option<&'a Type> {
    let mut fields = named(item);
    let field = fields.find(|field| field.ident.as_ref().is_some_and(|ident| ident::name(ident) == name));
    field.map(|field| &field.ty)
}

/// A field of the struct of columns, as text.
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) type_name: String,
    pub(crate) value: String,
    /// What must stand beside it.
    pub(crate) item: String,
}

impl Member {
    /// Returns a column by its name.
    pub(crate) fn column(field: &str, value: String) -> Self {
        Self { name: ident::spell(field), type_name: "&'static str".to_owned(), value, item: String::new() }
    }
}

/// Returns the struct of columns with its value, and what must stand beside both.
pub(crate) fn struct_of_columns(name: &str, columns: &[Member]) -> (String, String) {
    let (mut fields, mut values, mut items) = (String::new(), String::new(), String::new());
    for Member { name, type_name, value, item } in columns {
        // Writing into a `String` cannot fail.
        let _ = write!(fields, "pub {name}: {type_name},");
        let _ = write!(values, "{name}: {value},");
        items.push_str(item);
    }
    let definition = format!("#[doc(hidden)] pub struct {name}Columns {{ {fields} }} {items}");
    (definition, format!("{name}Columns {{ {values} }}"))
}

/// Returns the fields that have names.
pub(crate) fn named(item: &DeriveInput) -> impl Iterator<Item = &Field> {
    let fields = match &item.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Some(&fields.named),
            Fields::Unnamed(_) | Fields::Unit => None,
        },
        Data::Enum(_) | Data::Union(_) => None,
    };
    fields.into_iter().flatten()
}
