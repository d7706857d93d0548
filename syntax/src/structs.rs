//! A struct in source -> [`SourceModel`].

pub(crate) mod ast;
pub(crate) mod attr;
pub(crate) mod check;
pub mod derives;
pub mod enums;
pub(crate) mod flatten;
pub(crate) mod lower;
pub(crate) mod print;
pub mod source;
pub mod variants;

use std::collections::BTreeMap;

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::field::FieldKind;
use modelshift_schema::fingerprint::fingerprint;
use modelshift_schema::hints::SourceModel;
use modelshift_schema::name::FieldName;
use proc_macro2::Span;
use serde::Serialize;
use syn::{Data, DeriveInput};

use self::ast::{Source, StructAst};
use self::attr::constraint::ConstraintAttr;

use self::flatten::{Flattened, SharedField};
use crate::grammar::ctxt::Ctxt;

use self::variants::Problem;
use crate::grammar::resolver::{AsWritten, NamedType, Resolver};
use crate::grammar::rust_type;
use crate::grammar::rust_type::Shape;

/// A model, and the places of its parts.
#[derive(Clone, Debug)]
pub struct ParsedModel {
    /// The model as the resolver understands it.
    pub source: SourceModel,
    /// The same model with every reference as it is written; hashes and the derive's constant are made of it.
    pub written: SourceModel,
    /// Where the name of the struct stands.
    pub span: Span,
    /// Where the names of the fields stand; skipped fields are left out.
    pub field_spans: BTreeMap<FieldName, Span>,
    /// What the values are that references say they hold, as in `ForeignKey<Author, String>`; none where the type is not
    /// known here.
    pub held: BTreeMap<FieldName, Option<ColumnType>>,
    /// True for a struct without a table, which others embed.
    pub is_abstract: bool,
    /// True for `from_row`: the derive implements the traits by which sqlx makes the struct of a row.
    pub is_from_row: bool,
    /// The flattened fields, in order.
    pub flattened: Vec<Flattened>,
    /// The fields of other structs; none before [`Self::embedding`].
    pub shared: BTreeMap<FieldName, SharedField>,
    /// What was read, for [`Self::embedding`].
    pub(crate) ast: StructAst,
    /// The types of the crate's own that fields name and do not describe themselves.
    pub named: BTreeMap<FieldName, syn::Path>,
    /// What is wrong once names are known: types that no column can have, variants that their enum does not have.
    pub problems: Vec<Problem>,
}

impl ParsedModel {
    /// Returns the models that attributes name, as they are written, in order; the struct itself is left out.
    pub fn models_in_attributes(&self) -> impl Iterator<Item = &syn::Path> {
        let through = self.ast.fields.iter().filter_map(|field| field.attrs.relation.through.as_ref());
        let rules = self.ast.attrs.constraints.iter().filter_map(ConstraintAttr::target);
        through.map(|path| &path.value).chain(rules).filter(|path| !path.is_ident("Self"))
    }

    /// Returns whether `as` declares what is in the column, since the type of the field does not show it.
    pub fn has_declared_type(&self, field: &str) -> bool {
        self.ast.field(field).is_some_and(|field| field.attrs.rust_type.is_some())
    }
}

/// Reads a struct that derives `Model`.
///
/// # Errors
/// All mistakes of the struct at once, each at its place and with what to write instead.
pub fn parse_model(item: &DeriveInput, resolver: &dyn Resolver) -> syn::Result<ParsedModel> {
    let mut ctxt = Ctxt::default();
    let parsed = match &item.data {
        Data::Struct(data) => {
            let source = Source {
                ident: &item.ident,
                attributes: &item.attrs,
                generics: &item.generics,
                fields: &data.fields,
            };
            Some(read(source, resolver, &mut ctxt))
        }
        Data::Enum(_) => {
            ctxt.error(item.ident.span(), refused_shape("enums"));
            None
        }
        Data::Union(_) => {
            ctxt.error(item.ident.span(), refused_shape("unions"));
            None
        }
    };
    ctxt.finish(parsed)
}

/// Reads a struct that derives `Model`, as [`parse_model`] does.
///
/// # Errors
/// As [`parse_model`].
pub fn parse_struct(item: &syn::ItemStruct, resolver: &dyn Resolver) -> syn::Result<ParsedModel> {
    let mut ctxt = Ctxt::default();
    let parsed = read(Source::from(item), resolver, &mut ctxt);
    ctxt.finish(Some(parsed))
}

/// Returns the hash of a model as it is written.
///
/// It is the same for the build script, which knows where paths lead, and for the derive, which does not.
pub fn schema_hash(parsed: &ParsedModel) -> String {
    fingerprint(schema_text(parsed).as_bytes())[..16].to_owned()
}

/// Returns a model as it is written, in JSON.
pub fn schema_text(parsed: &ParsedModel) -> String {
    #[derive(Serialize)]
    struct Written<'a> {
        #[serde(flatten)]
        source: &'a SourceModel,
        #[serde(rename = "abstract", skip_serializing_if = "std::ops::Not::not")]
        is_abstract: bool,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        flattened: &'a Vec<Flattened>,
    }
    let ParsedModel { written: source, is_abstract, flattened, .. } = parsed;
    let written = Written { source, is_abstract: *is_abstract, flattened };
    // Our own trees have no map keys that JSON cannot say, so an error cannot arise.
    serde_json::to_string(&written).unwrap_or_default()
}

fn refused_shape(shape: &str) -> String {
    format!(
        "`Model` cannot be used with {shape}; expected a struct with named fields, such as `struct Post {{ id: i64 }}`"
    )
}

fn read(source: Source<'_>, resolver: &dyn Resolver, ctxt: &mut Ctxt) -> ParsedModel {
    let ast = StructAst::read(source, ctxt);
    let name = ast.name();
    let written = lower::model(&ast, &AsWritten, ctxt);
    check::model(&ast, &written.model, ctxt);
    let mut source = written.clone();
    let mut problems = Vec::new();
    let mut named = BTreeMap::new();
    // Only references and enums depend on the resolver.
    for field in &mut source.model.fields {
        let place = ast.field(field.name.as_str()).and_then(|field| field.field_type.as_ref());
        if let Some(Shape::Named(path)) = place.map(|place| &place.shape)
            && let FieldKind::Column(ColumnType::Choices(choices)) = &mut field.kind
            && !choices.is_resolved()
        {
            named.insert(field.name.clone(), path.clone());
            match resolver.named(path) {
                NamedType::AsWritten => {}
                NamedType::Choices(found, hints) => {
                    *choices = found;
                    source.hints.fields.entry(field.name.clone()).or_default().choices = hints;
                }
                NamedType::Unknown => {
                    problems.push((Some(field.name.clone()), rust_type::unknown_path(path)));
                }
                NamedType::Unresolved(why) => {
                    let message = format!("{}\n{why}", rust_type::unknown_path(path));
                    problems.push((Some(field.name.clone()), message));
                }
            }
        }
        let Some(path) = place.and_then(|place| place.shape.target()) else { continue };
        let to = lower::target(path, &name, resolver);
        match &mut field.kind {
            FieldKind::Column(_) => {}
            FieldKind::ForeignKey(relation) => relation.to = to,
            FieldKind::ManyToMany(relation) => {
                let said = ast.field(field.name.as_str()).and_then(|it| it.attrs.relation.through.as_ref());
                relation.to = to;
                relation.through = said.map(|path| lower::target(&path.value, &name, resolver));
            }
        }
    }
    for (constraint, said) in source.model.constraints.iter_mut().zip(&ast.attrs.constraints) {
        if let (Some(rule), ConstraintAttr::Reference(said)) = (constraint.reference_mut(), said) {
            rule.to = lower::target(&said.to, &name, resolver);
        }
    }
    if problems.is_empty() {
        problems.extend(variants::resolve(&mut source, resolver));
    }
    let held = ast.columns().filter_map(|field| {
        let held = field.field_type.as_ref()?.held.as_ref()?;
        Some((FieldName::new(&field.name), rust_type::known(held)))
    });
    let held = held.collect();
    let fields = ast.columns().chain(ast.flattened());
    ParsedModel {
        source,
        written,
        span: ast.ident.span(),
        field_spans: fields.map(|field| (FieldName::new(&field.name), field.span)).collect(),
        is_abstract: ast.attrs.is_abstract.is_some(),
        is_from_row: ast.attrs.from_row.is_some(),
        held,
        flattened: flatten::flattened(&ast),
        shared: BTreeMap::new(),
        named,
        problems,
        ast,
    }
}
