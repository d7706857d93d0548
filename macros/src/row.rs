//! `#[model(from_row)]`: what makes the struct of a row.
//!
//! The implementation is one for all databases, with a bound for each field: it holds for a database whose values the
//! fields can have. So a struct with a type that only PostgreSQL has is made of rows of PostgreSQL.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::field::FieldKind;
use modelshift_schema::native_type::NativeType;
use modelshift_syntax::{Flattened, ParsedModel, bare_type, ident, is_abstract, is_from_row};
use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Field, Ident, Type};

use crate::columns::named;

/// How a field gets its value.
enum Reading<'a> {
    /// As sqlx reads the type.
    Plain,
    /// As sqlx reads the type in a wrapper of ours.
    Wrapped(&'static str),
    /// As a number of microseconds.
    Microseconds,
    /// From the columns of another struct.
    Flattened(usize, &'a Flattened),
    /// It has no column.
    WithoutColumn,
}

/// Returns the implementations of a struct that is right; none without `from_row`.
pub(crate) fn items(item: &DeriveInput, parsed: &ParsedModel) -> TokenStream {
    if !parsed.is_from_row {
        return TokenStream::new();
    }
    let fields: Vec<(&Ident, &Type, Reading<'_>)> = named(item)
        .filter_map(|field| Some((field.ident.as_ref()?, &field.ty, reading(field, parsed))))
        .collect();
    let errors = named(item).filter_map(|field| refused(field, parsed));
    let errors: Vec<TokenStream> = errors.map(|error| error.to_compile_error()).collect();
    if !errors.is_empty() {
        return errors.into_iter().chain([fallback(item)]).collect();
    }
    let prefixes = fields.iter().filter_map(|(_, _, reading)| prefix(reading));
    let checks = fields.iter().filter_map(|(_, of, reading)| check(of, reading));
    let bounds = fields.iter().map(|(_, of, reading)| bound(of, reading, parsed.is_abstract));
    let values = fields.iter().map(|(name, of, reading)| {
        let column = column(name, parsed);
        let value = value(of, reading, &column, parsed.is_abstract);
        quote!(#name: #value)
    });
    let (name, parts) = (&item.ident, [quote!(#(#bounds)*), quote!(#(#values,)*)]);
    let implementation = if parsed.is_abstract { abstract_struct(name, &parts) } else { model(name, &parts) };
    let embedded = parsed.is_abstract.then(|| quote!(impl ::modelshift::row::Embedded for #name {}));
    quote! {
        const _: () = {
            #(#prefixes)*
            #embedded
            // In an implementation, since a type may be spelled with `Self`.
            impl ::modelshift::row::Checks for #name {
                fn checks() {
                    #(#checks)*
                }
            }
            ::modelshift::__from_row! { #implementation }
        };
    }
}

fn model(name: &Ident, [bounds, values]: &[TokenStream; 2]) -> TokenStream {
    quote! {
        impl<'__row, __Row: ::modelshift::__sqlx::Row> ::modelshift::__sqlx::FromRow<'__row, __Row> for #name
        where
            &'static str: ::modelshift::__sqlx::ColumnIndex<__Row>,
            #bounds
        {
            fn from_row(__row: &'__row __Row) -> ::core::result::Result<Self, ::modelshift::__sqlx::Error> {
                ::core::result::Result::Ok(Self { #values })
            }
        }
    }
}

fn abstract_struct(name: &Ident, [bounds, values]: &[TokenStream; 2]) -> TokenStream {
    quote! {
        impl<'__row, __Row, __Prefix> ::modelshift::row::FromRowUnder<'__row, __Row, __Prefix> for #name
        where
            __Row: ::modelshift::__sqlx::Row,
            __Prefix: ::modelshift::shared::Prefix,
            &'static str: ::modelshift::__sqlx::ColumnIndex<__Row>,
            #bounds
        {
            fn from_row_under(
                __row: &'__row __Row,
            ) -> ::core::result::Result<Self, ::modelshift::__sqlx::Error> {
                ::core::result::Result::Ok(Self { #values })
            }
        }

        impl<'__row, __Row: ::modelshift::__sqlx::Row> ::modelshift::__sqlx::FromRow<'__row, __Row> for #name
        where
            Self: ::modelshift::row::FromRowUnder<'__row, __Row, ::modelshift::shared::NoPrefix>,
        {
            fn from_row(__row: &'__row __Row) -> ::core::result::Result<Self, ::modelshift::__sqlx::Error> {
                <Self as ::modelshift::row::FromRowUnder<
                    '__row,
                    __Row,
                    ::modelshift::shared::NoPrefix,
                >>::from_row_under(__row)
            }
        }
    }
}

/// Returns implementations that compile, for a struct with mistakes that has `from_row`; so one mistake is one message.
pub(crate) fn fallback(item: &DeriveInput) -> TokenStream {
    if !is_from_row(&item.attrs) || !item.generics.params.is_empty() {
        return TokenStream::new();
    }
    let name = &item.ident;
    let embedded = is_abstract(&item.attrs).then(|| quote!(impl ::modelshift::row::Embedded for #name {}));
    quote! {
        #embedded
        ::modelshift::__from_row! {
            impl<'__row, __Row, __Prefix> ::modelshift::row::FromRowUnder<'__row, __Row, __Prefix> for #name
            where
                __Row: ::modelshift::__sqlx::Row,
                __Prefix: ::modelshift::shared::Prefix,
            {
                fn from_row_under(
                    _: &'__row __Row,
                ) -> ::core::result::Result<Self, ::modelshift::__sqlx::Error> {
                    ::core::result::Result::Err(::modelshift::__sqlx::Error::Decode(
                        ::std::boxed::Box::new(::modelshift::row::NotMade),
                    ))
                }
            }

            impl<'__row, __Row: ::modelshift::__sqlx::Row> ::modelshift::__sqlx::FromRow<'__row, __Row> for #name {
                fn from_row(_: &'__row __Row) -> ::core::result::Result<Self, ::modelshift::__sqlx::Error> {
                    ::core::result::Result::Err(::modelshift::__sqlx::Error::Decode(
                        ::std::boxed::Box::new(::modelshift::row::NotMade),
                    ))
                }
            }
        }
    }
}

fn reading<'a>(field: &Field, parsed: &'a ParsedModel) -> Reading<'a> {
    let name = field.ident.as_ref().map(ident::name).unwrap_or_default();
    let mut flattened = parsed.flattened.iter().enumerate();
    if let Some((number, other)) = flattened.find(|(_, other)| other.field == name.as_str()) {
        return Reading::Flattened(number, other);
    }
    let Some(known) = parsed.written.model.field(&name.as_str().into()) else {
        return Reading::WithoutColumn;
    };
    match &known.kind {
        FieldKind::ManyToMany(_) => Reading::WithoutColumn,
        FieldKind::ForeignKey(_) => Reading::Plain,
        // A type of the user's own says itself how it is read.
        FieldKind::Column(_) if parsed.has_declared_type(&name) => Reading::Plain,
        FieldKind::Column(holds) => of_type(holds, bare_type(&field.ty)),
    }
}

fn of_type(holds: &ColumnType, of: &Type) -> Reading<'static> {
    match holds {
        ColumnType::I8 | ColumnType::U8 | ColumnType::U16 | ColumnType::U32 | ColumnType::U64 => {
            Reading::Wrapped("Narrow")
        }
        ColumnType::Decimal { .. } => Reading::Wrapped("Exact"),
        ColumnType::Native(NativeType::Inet) => Reading::Wrapped("Address"),
        ColumnType::I64 if is_named(of, &["Duration", "TimeDelta"]) => Reading::Microseconds,
        ColumnType::Bool
        | ColumnType::I16
        | ColumnType::I32
        | ColumnType::I64
        | ColumnType::F32
        | ColumnType::F64
        | ColumnType::Text
        | ColumnType::Varchar { .. }
        | ColumnType::Bytes
        | ColumnType::Varbinary { .. }
        | ColumnType::Date
        | ColumnType::Time
        | ColumnType::DateTime
        | ColumnType::DateTimeTz
        | ColumnType::Uuid
        | ColumnType::Json
        | ColumnType::Choices(_)
        | ColumnType::Array(_)
        | ColumnType::Native(_) => Reading::Plain,
    }
}

fn is_named(of: &Type, names: &[&str]) -> bool {
    let Type::Path(path) = of else { return false };
    path.path.segments.last().is_some_and(|last| names.iter().any(|name| last.ident == name))
}

/// Returns the error for a field that no row has a value for.
fn refused(field: &Field, parsed: &ParsedModel) -> Option<syn::Error> {
    if let Some(attribute) = field.attrs.iter().find(|attribute| attribute.path().is_ident("sqlx")) {
        let message = "`#[sqlx(…)]` cannot be used with `from_row`, which reads each column by its real name; leave it \
                       out, and write `#[field(column = \"…\")]` for another name, or `#[field(skip)]` for none";
        return Some(syn::Error::new(attribute.span(), message));
    }
    let name = ident::name(field.ident.as_ref()?);
    let known = parsed.written.model.field(&name.as_str().into())?;
    let of = bare_type(&field.ty);
    let is_text =
        known.kind == FieldKind::Column(ColumnType::Uuid) && is_named(of, &["Hyphenated", "Simple"]);
    (is_text && !parsed.has_declared_type(&name)).then(|| {
        let message = "`from_row` reads a UUID as a `Uuid`, since its column holds no text; write `Uuid`, and call \
                       `hyphenated()` or `simple()` where you print it";
        syn::Error::new(of.span(), message)
    })
}

/// Returns the name of a column as an expression.
fn column(name: &Ident, parsed: &ParsedModel) -> TokenStream {
    if parsed.is_abstract {
        return quote!(<Self as ::modelshift::shared::ColumnsUnder<__Prefix>>::COLUMNS.#name);
    }
    let field = parsed.written.model.field(&ident::name(name).as_str().into());
    let column = field.map(|field| field.column_name().to_string()).unwrap_or_default();
    quote!(#column)
}

/// Returns the type of a prefix of a flattened struct.
fn prefix(reading: &Reading<'_>) -> Option<TokenStream> {
    let Reading::Flattened(number, other) = reading else { return None };
    let (name, text) = (format_ident!("Prefix{number}"), &other.prefix);
    Some(quote! {
        #[doc(hidden)]
        pub struct #name;
        impl ::modelshift::shared::Prefix for #name {
            const TEXT: &'static str = #text;
        }
    })
}

/// Returns what does not compile if a field cannot have a value, whatever the database is.
fn check(of: &Type, reading: &Reading<'_>) -> Option<TokenStream> {
    match reading {
        Reading::Flattened(..) => Some(quote_spanned!(of.span() => ::modelshift::row::embedded::<#of>();)),
        Reading::WithoutColumn => {
            Some(quote_spanned!(of.span() => ::modelshift::row::without_column::<#of>();))
        }
        Reading::Plain | Reading::Wrapped(_) | Reading::Microseconds => None,
    }
}

/// Returns the whole prefix of a flattened struct.
fn whole_prefix(number: usize, is_abstract: bool) -> TokenStream {
    let own = format_ident!("Prefix{number}");
    if is_abstract { quote!(::modelshift::shared::Both<__Prefix, #own>) } else { quote!(#own) }
}

/// Returns the condition under which a field has a value.
fn bound(of: &Type, reading: &Reading<'_>, is_abstract: bool) -> TokenStream {
    let read = match reading {
        Reading::Plain => quote!(#of),
        Reading::Wrapped(wrapper) => wrapped(wrapper, of),
        Reading::Microseconds => quote!(i64),
        Reading::Flattened(number, _) => {
            let prefix = whole_prefix(*number, is_abstract);
            return quote!(#of: ::modelshift::row::FromRowUnder<'__row, __Row, #prefix>,);
        }
        Reading::WithoutColumn => return TokenStream::new(),
    };
    quote_spanned! { of.span() =>
        #read: ::modelshift::__sqlx::Decode<'__row, __Row::Database> + ::modelshift::__sqlx::Type<__Row::Database>,
    }
}

fn wrapped(wrapper: &str, of: &Type) -> TokenStream {
    let (wrapper, bare) = (format_ident!("{wrapper}"), bare_type(of));
    quote!(::modelshift::row::#wrapper<#bare>)
}

/// Returns the value of a field as an expression.
fn value(of: &Type, reading: &Reading<'_>, column: &TokenStream, is_abstract: bool) -> TokenStream {
    let is_optional = !std::ptr::eq(bare_type(of), of);
    let get = |read: TokenStream| {
        let read = if is_optional { quote!(::core::option::Option<#read>) } else { read };
        quote!(::modelshift::__sqlx::Row::try_get::<#read, &'static str>(__row, #column)?)
    };
    match reading {
        Reading::Plain => quote!(::modelshift::__sqlx::Row::try_get::<#of, &'static str>(__row, #column)?),
        Reading::Wrapped(wrapper) if is_optional => {
            let value = get(wrapped(wrapper, of));
            quote!(#value.map(|it| it.0))
        }
        Reading::Wrapped(wrapper) => {
            let value = get(wrapped(wrapper, of));
            quote!(#value.0)
        }
        Reading::Microseconds => microseconds(of, &get(quote!(i64)), column, is_optional),
        Reading::Flattened(number, _) => {
            let prefix = whole_prefix(*number, is_abstract);
            quote! {
                <#of as ::modelshift::row::FromRowUnder<'__row, __Row, #prefix>>::from_row_under(__row)?
            }
        }
        Reading::WithoutColumn => quote!(<#of as ::core::default::Default>::default()),
    }
}

/// A function of the type itself comes before that of our trait.
fn microseconds(of: &Type, value: &TokenStream, column: &TokenStream, is_optional: bool) -> TokenStream {
    let bare = bare_type(of);
    let made = quote! {
        ::modelshift::row::Checked::<#bare>::checked(<#bare>::microseconds(__number)).map_err(|source| {
            ::modelshift::__sqlx::Error::ColumnDecode { index: ::std::format!("{:?}", #column), source }
        })?
    };
    let made = if is_optional {
        quote! {
            match #value {
                ::core::option::Option::Some(__number) => ::core::option::Option::Some(#made),
                ::core::option::Option::None => ::core::option::Option::None,
            }
        }
    } else {
        quote!({ let __number = #value; #made })
    };
    quote! {{
        #[allow(unused_imports)]
        use ::modelshift::row::Microseconds as _;
        #made
    }}
}
