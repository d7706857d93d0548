//! Our own view of a struct: its attributes and fields, read but not yet judged.

use proc_macro2::Span;
use syn::{Attribute, Fields, Generics, Ident, Path, Type};

use crate::grammar::ctxt::Ctxt;
use crate::grammar::ident;
use crate::grammar::rust_type;
use crate::grammar::rust_type::{FieldType, Shape};
use crate::structs::attr::field::FieldAttrs;
use crate::structs::attr::model::ModelAttrs;

/// The parts of a struct, for each source of structs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) attributes: &'a [Attribute],
    pub(crate) generics: &'a Generics,
    pub(crate) fields: &'a Fields,
}

impl<'a> From<&'a syn::ItemStruct> for Source<'a> {
    fn from(item: &'a syn::ItemStruct) -> Self {
        Self { ident: &item.ident, attributes: &item.attrs, generics: &item.generics, fields: &item.fields }
    }
}

/// A struct.
#[derive(Clone, Debug)]
pub(crate) struct StructAst {
    pub(crate) ident: Ident,
    pub(crate) attrs: ModelAttrs,
    pub(crate) fields: Vec<FieldAst>,
}

/// A field of a struct.
#[derive(Clone, Debug)]
pub(crate) struct FieldAst {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) attrs: FieldAttrs,
    /// None where the field is skipped or flattened, or no column can have its type (that error is noted already).
    pub(crate) field_type: Option<FieldType>,
    /// The struct whose fields stand for this one; or, where they do already, the one that this comes from.
    pub(crate) shared: Option<Path>,
}

impl StructAst {
    /// Reads a struct, and reports its mistakes.
    pub(crate) fn read(source: Source<'_>, ctxt: &mut Ctxt) -> Self {
        let is_generic = source.generics.params.first();
        if let Some(parameter) = is_generic {
            let message = "`Model` cannot be used with generics, since a table has one set of columns; write the types \
                           out, such as `struct Post { id: i64 }`";
            ctxt.push(syn::Error::new_spanned(parameter, message));
        }
        let attrs = ModelAttrs::read(source.attributes, ctxt);
        let fields = match source.fields {
            // The type of a parameter is not known.
            Fields::Named(_) if is_generic.is_some() => Vec::new(),
            Fields::Named(fields) => {
                fields.named.iter().filter_map(|field| FieldAst::read(field, ctxt)).collect()
            }
            Fields::Unnamed(fields) => {
                let message = "`Model` cannot be used with tuple structs; give the fields names, such as \
                               `struct Post { id: i64 }`";
                ctxt.push(syn::Error::new_spanned(fields, message));
                Vec::new()
            }
            Fields::Unit => {
                let message = "`Model` cannot be used with structs without fields; expected at least a primary key, \
                               such as `struct Post { id: i64 }`";
                ctxt.error(source.ident.span(), message);
                Vec::new()
            }
        };
        Self { ident: source.ident.clone(), attrs, fields }
    }

    /// Returns the name of the model: the declared one, else that of the struct.
    pub(crate) fn name(&self) -> String {
        self.attrs.name.as_ref().map_or_else(|| ident::name(&self.ident), |name| name.value.clone())
    }

    /// Finds a field by name.
    pub(crate) fn field(&self, name: &str) -> Option<&FieldAst> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Returns whether the field or the struct declares that the field is part of the key.
    pub(crate) fn says_key(&self, field: &FieldAst) -> bool {
        field.attrs.primary_key.is_some() || self.attrs.has_in_key(&field.name)
    }

    /// Returns whether the key is declared; otherwise it is `id`.
    pub(crate) fn has_said_key(&self) -> bool {
        self.attrs.primary_key.is_some() || self.fields.iter().any(|field| field.attrs.primary_key.is_some())
    }

    /// Returns the fields of the model itself: those that are neither skipped nor flattened.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &FieldAst> {
        self.fields.iter().filter(|field| field.attrs.skip.is_none() && field.attrs.flatten.is_none())
    }

    /// Returns the flattened fields.
    pub(crate) fn flattened(&self) -> impl Iterator<Item = &FieldAst> {
        self.fields.iter().filter(|field| field.attrs.flatten.is_some())
    }
}

impl FieldAst {
    /// Returns whether the field has a column, as far as its type is known.
    pub(crate) fn has_column(&self) -> bool {
        self.attrs.skip.is_none()
            && self.attrs.flatten.is_none()
            && !self.field_type.as_ref().is_some_and(|it| it.shape.is_many_to_many())
    }

    /// Reads a field, and reports its mistakes; `None` for a field without a name.
    pub(crate) fn read(source: &syn::Field, ctxt: &mut Ctxt) -> Option<Self> {
        let name = source.ident.as_ref()?;
        let attrs = FieldAttrs::read(&source.attrs, ctxt);
        let is_plain = attrs.skip.is_none() && attrs.flatten.is_none();
        let field_type = if is_plain { ctxt.take(read_type(&source.ty, &attrs)) } else { None };
        let shared = attrs.flatten.as_ref().and_then(|_| ctxt.take(shared_struct(&source.ty)));
        Some(Self { name: ident::name(name), span: name.span(), attrs, field_type, shared })
    }
}

/// Reads the type of a flattened field, which is the path of a struct.
fn shared_struct(source: &Type) -> syn::Result<Path> {
    if let Type::Group(syn::TypeGroup { elem, .. }) | Type::Paren(syn::TypeParen { elem, .. }) = source {
        return shared_struct(elem);
    }
    if let Type::Path(path) = source
        && path.qself.is_none()
        && path.path.segments.iter().all(|segment| segment.arguments.is_none())
    {
        return Ok(path.path.clone());
    }
    let message = "expected a struct with `#[model(abstract)]`, by itself, such as `Timestamps`";
    Err(syn::Error::new_spanned(source, message))
}

/// `as = "i64"` declares the type behind an alias; an `Option` around the alias still counts.
fn read_type(source: &Type, attrs: &FieldAttrs) -> syn::Result<FieldType> {
    match &attrs.rust_type {
        None => rust_type::read(source),
        Some(said) => {
            let read = rust_type::read(&said.value)?;
            if let Shape::Named(path) = &read.shape {
                return Err(syn::Error::new(read.span, rust_type::unknown_path(path)));
            }
            Ok(FieldType { null: read.null || rust_type::option(source).is_some(), ..read })
        }
    }
}
