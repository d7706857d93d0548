//! The syntax tree of a struct -> the model, and the hints about the edit.

use std::collections::BTreeMap;

use modelshift_schema::choices::Choices;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::{Constraint, ExclusionPart, ExclusionRule, ReferenceRule, UniqueRule};
use modelshift_schema::expr::Expr;
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::generated::{Generated, Storage};
use modelshift_schema::hints::{FieldHints, ModelHints, SourceModel};
use modelshift_schema::index::{Index, IndexPart};
use modelshift_schema::model::Model;
use modelshift_schema::name::{
    ColumnName, FieldName, ModelKey, ModelName, ObjectName, SchemaName, TableName,
};
use modelshift_schema::relation::{ForeignKey, ManyToMany};
use syn::Path;

use crate::grammar::ctxt::Ctxt;
use crate::grammar::expr::Spelled;
use crate::grammar::resolver;
use crate::grammar::resolver::{NamedType, Resolver};
use crate::grammar::rust_type;
use crate::grammar::rust_type::Shape;
use crate::structs::ast::{FieldAst, StructAst};
use crate::structs::attr::At;
use crate::structs::attr::constraint::ConstraintAttr;
use crate::structs::attr::field::FieldAttrs;
use crate::structs::attr::index::{IndexAttr, PartAttr};

/// Turns a struct into its model. A field of unknown type is left out; its error is reported already.
pub(crate) fn model(source: &StructAst, resolver: &dyn Resolver, ctxt: &mut Ctxt) -> SourceModel {
    let has_own_key = source.has_said_key();
    let mut fields = Vec::new();
    let mut hints = BTreeMap::new();
    for field_ast in source.columns() {
        if let Some(mut field) = field(field_ast, &source.name(), resolver, ctxt) {
            if source.attrs.has_in_key(&field_ast.name) || (!has_own_key && field_ast.name == "id") {
                field.primary_key = true;
                // A key has an index of its own, and so has a reference.
                field.index &= field_ast.attrs.index.is_some();
            }
            fields.push(field);
        }
        let said = field_hints(&field_ast.attrs);
        if said != FieldHints::default() {
            hints.insert(FieldName::new(&field_ast.name), said);
        }
    }
    let attrs = &source.attrs;
    let mut model = Model {
        name: ModelName::new(source.name()),
        comment: attrs.comment.as_ref().map(|comment| comment.value.clone()),
        managed: attrs.managed.as_ref().is_none_or(|managed| managed.value),
        sqlite: attrs.sqlite.as_ref().map(|sqlite| sqlite.value).unwrap_or_default(),
        table: attrs.table.as_ref().map(|table| TableName::new(&table.value)),
        schema: attrs.schema.as_ref().map(|schema| SchemaName::new(&schema.value)),
        fields,
        natural_key: attrs.natural_key.as_ref().map(|key| names(&key.value)).unwrap_or_default(),
        key_order: attrs.primary_key.as_ref().map(|key| names(&key.value)).unwrap_or_default(),
        indexes: attrs.indexes.iter().map(index).collect(),
        constraints: attrs.constraints.iter().map(|it| constraint(it, &source.name(), resolver)).collect(),
    };
    if let Some(sqlite) = attrs.sqlite.as_ref().filter(|it| it.value.without_rowid)
        && let Some(key) = model.automatic_key()
    {
        let message = format!(
            "a table `without_rowid` counts no keys, and `{}` is counted; write `#[field(primary_key, identity = none)]` \
             where the program sets the keys, or use a key of another type",
            key.name
        );
        ctxt.error(sqlite.span, message);
    }
    model.remove_repetitions();
    let from = attrs.renamed_from.as_ref().map(|from| from.value.as_str());
    // A name with an app is that of a model of another app.
    let moved_from = from.and_then(|from| from.parse().ok());
    let renamed_from = from.filter(|_| moved_from.is_none()).map(ModelName::new);
    let new = attrs.new.is_some();
    SourceModel {
        model,
        hints: ModelHints { renamed_from, moved_from, new, fields: hints, ..ModelHints::default() },
    }
}

/// Turns one field into the schema's; `None` if its type is unknown or contradicts its attributes.
///
/// A lone field is the key only where it says so: whether `id` is, is the struct's to say.
pub(crate) fn field(
    source: &FieldAst,
    model: &str,
    resolver: &dyn Resolver,
    ctxt: &mut Ctxt,
) -> Option<Field> {
    let attrs = &source.attrs;
    let field_type = source.field_type.as_ref()?;
    refuse_foreign_attributes(source, &field_type.shape, ctxt);
    let kind = match &field_type.shape {
        Shape::ForeignKey(path) | Shape::OneToOne(path) => {
            FieldKind::ForeignKey(relation(attrs, path, model, resolver))
        }
        Shape::ManyToMany(path) => FieldKind::ManyToMany(many_to_many(attrs, path, model, resolver)),
        Shape::Fixed(ColumnType::Bytes) => FieldKind::Column(bytes(attrs, ctxt)),
        Shape::Fixed(column_type) => FieldKind::Column(column_type.clone()),
        Shape::Text => FieldKind::Column(text(attrs, ctxt)),
        Shape::Decimal => FieldKind::Column(decimal(source, ctxt)?),
        Shape::Named(path) => FieldKind::Column(choices(source, path, resolver, ctxt)?),
        Shape::Array(item) => FieldKind::Column(ColumnType::Array(Box::new(match &**item {
            Shape::Text => text(attrs, ctxt),
            Shape::Decimal => decimal(source, ctxt)?,
            Shape::Fixed(column_type) => column_type.clone(),
            Shape::Named(_)
            | Shape::Array(_)
            | Shape::ForeignKey(_)
            | Shape::OneToOne(_)
            | Shape::ManyToMany(_) => {
                return None;
            }
        }))),
    };
    let primary_key = attrs.primary_key.is_some();
    let unique = attrs.unique.is_some() || matches!(field_type.shape, Shape::OneToOne(_));
    let index =
        attrs.index.as_ref().map_or(indexed_by_itself(&kind, primary_key, unique), |index| index.value);
    Some(Field {
        name: FieldName::new(&source.name),
        kind,
        null: field_type.null,
        primary_key,
        unique,
        index,
        default: attrs.default.as_ref().map(|default| default.value.expr.clone()),
        column: attrs.column.as_ref().map(|column| ColumnName::new(&column.value)),
        comment: attrs.comment.as_ref().map(|comment| comment.value.clone()),
        collation: attrs.collation.as_ref().map(|collation| collation.value.clone()),
        generated: generated(attrs),
        identity: attrs.identity.as_ref().map(|identity| identity.value),
        sql_type: attrs.sql_type.as_ref().map(|sql_type| sql_type.value.clone()),
    })
}

fn generated(attrs: &FieldAttrs) -> Option<Generated> {
    let storage = if attrs.is_virtual.is_some() { Storage::Virtual } else { Storage::Stored };
    attrs.generated.as_ref().map(|at| Generated { expression: at.value.expr.clone(), storage })
}

/// Returns whether a field has an index by default: a reference has, unless another rule makes one.
pub(crate) fn indexed_by_itself(kind: &FieldKind, primary_key: bool, unique: bool) -> bool {
    match kind {
        FieldKind::ForeignKey(_) => !primary_key && !unique,
        FieldKind::Column(_) | FieldKind::ManyToMany(_) => false,
    }
}

/// Returns the hints of a field about the edit.
pub(crate) fn field_hints(attrs: &FieldAttrs) -> FieldHints {
    FieldHints {
        renamed_from: attrs.renamed_from.as_ref().map(|name| FieldName::new(&name.value)),
        new: attrs.new.is_some(),
        keep_rows: attrs.keep_rows.is_some(),
        keep_values: attrs.keep_values.is_some(),
        was: attrs.was.as_ref().map(|was| was.value.clone()),
        filled: attrs.filled.is_some(),
        backfill: attrs.backfill.as_ref().map(|value| value.value.expr.clone()),
        is_shared: false,
        choices: crate::structs::enums::hints(attrs.choices.renamed.as_ref(), attrs.choices.removed.as_ref()),
    }
}

/// Returns the enum of a field: the one that the field declares, else the one that the resolver knows.
fn choices(source: &FieldAst, path: &Path, resolver: &dyn Resolver, ctxt: &mut Ctxt) -> Option<ColumnType> {
    let name = resolver::last_name(path);
    if let Some(At { value: (storage, variants), .. }) = &source.attrs.choices.choices {
        let choices = Choices { storage: *storage, variants: variants.clone(), ..Choices::as_written(name) };
        return Some(ColumnType::Choices(choices));
    }
    match resolver.named(path) {
        NamedType::AsWritten => Some(ColumnType::Choices(Choices::as_written(name))),
        NamedType::Choices(choices, _) => Some(ColumnType::Choices(choices)),
        NamedType::Unknown | NamedType::Unresolved(_) => {
            ctxt.error(source.field_type.as_ref()?.span, rust_type::unknown_path(path));
            None
        }
    }
}

/// Turns an index into the schema's.
pub(crate) fn index(source: &IndexAttr) -> Index {
    Index {
        name: object_name(source.name.as_ref()),
        parts: source.parts.iter().map(part).collect(),
        when: condition(source.when.as_ref()),
        include: source.include.iter().map(|field| FieldName::new(&field.value)).collect(),
        method: source.method.as_ref().map(|method| method.value),
    }
}

fn part(part: &PartAttr) -> IndexPart {
    IndexPart {
        value: part.value.expr.clone(),
        descending: part.descending,
        nulls: part.nulls,
        operator_class: part.operator_class.clone(),
    }
}

fn names(fields: &[At<String>]) -> Vec<FieldName> {
    fields.iter().map(|field| FieldName::new(&field.value)).collect()
}

/// Turns a constraint into the schema's; `model` is what `Self` means.
pub(crate) fn constraint(source: &ConstraintAttr, model: &str, resolver: &dyn Resolver) -> Constraint {
    match source {
        ConstraintAttr::Unique(unique) => Constraint::Unique(UniqueRule {
            name: object_name(unique.name.as_ref()),
            when: condition(unique.when.as_ref()),
            include: names(&unique.include),
            nulls_not_distinct: unique.nulls_not_distinct.is_some(),
            deferrable: unique.deferrable.as_ref().map(|at| at.value),
            ..UniqueRule::over_parts(unique.parts.iter().map(part).collect())
        }),
        ConstraintAttr::Reference(reference) => Constraint::Reference(ReferenceRule {
            name: object_name(reference.name.as_ref()),
            on_delete: reference.on_delete.as_ref().map(|at| at.value).unwrap_or_default(),
            on_update: reference.on_update.as_ref().map(|at| at.value).unwrap_or_default(),
            deferrable: reference.deferrable.as_ref().map(|at| at.value),
            index: reference.index.as_ref().is_none_or(|at| at.value),
            ..ReferenceRule::new(
                names(&reference.fields),
                target(&reference.to, model, resolver),
                names(&reference.to_fields),
            )
        }),
        ConstraintAttr::Exclude(exclude) => {
            let parts = exclude
                .parts
                .iter()
                .map(|(it, operator)| ExclusionPart { part: part(it), operator: operator.clone() });
            let rule = ExclusionRule::new(parts.collect());
            Constraint::Exclude(ExclusionRule {
                name: object_name(exclude.name.as_ref()),
                method: exclude.method.as_ref().map_or(rule.method, |at| at.value),
                when: condition(exclude.when.as_ref()),
                deferrable: exclude.deferrable.as_ref().map(|at| at.value),
                ..rule
            })
        }
        ConstraintAttr::Check { name, condition } => {
            Constraint::Check { name: object_name(name.as_ref()), condition: condition.expr.clone() }
        }
    }
}

fn object_name(name: Option<&At<String>>) -> Option<ObjectName> {
    name.map(|name| ObjectName::new(&name.value))
}

fn condition(when: Option<&At<Spelled>>) -> Option<Expr> {
    when.map(|when| when.value.expr.clone())
}

/// Returns the target of a reference; `Self` is the model that has the field.
pub(crate) fn target(path: &Path, model: &str, resolver: &dyn Resolver) -> ModelKey {
    if path.is_ident("Self") { resolver.own(model) } else { resolver.model(path) }
}

fn relation(attrs: &FieldAttrs, path: &Path, model: &str, resolver: &dyn Resolver) -> ForeignKey {
    ForeignKey {
        to: target(path, model, resolver),
        to_field: attrs.relation.to_field.as_ref().map(|at| FieldName::new(&at.value)),
        on_delete: attrs.relation.on_delete.as_ref().map(|at| at.value).unwrap_or_default(),
        on_update: attrs.relation.on_update.as_ref().map(|at| at.value).unwrap_or_default(),
        related_name: attrs.relation.related_name.as_ref().map(|at| at.value.clone()),
        db_constraint: attrs.relation.db_constraint.as_ref().is_none_or(|at| at.value),
        deferrable: attrs.relation.deferrable.as_ref().map(|at| at.value),
    }
}

fn many_to_many(attrs: &FieldAttrs, path: &Path, model: &str, resolver: &dyn Resolver) -> ManyToMany {
    let through = attrs.relation.through.as_ref();
    ManyToMany {
        to: target(path, model, resolver),
        through: through.map(|path| target(&path.value, model, resolver)),
        table: attrs.relation.table.as_ref().map(|at| TableName::new(&at.value)),
        related_name: attrs.relation.related_name.as_ref().map(|at| at.value.clone()),
    }
}

fn text(attrs: &FieldAttrs, ctxt: &mut Ctxt) -> ColumnType {
    match &attrs.max_length {
        None => ColumnType::Text,
        Some(max_length) => {
            if max_length.value == 0 {
                ctxt.error(max_length.span, "expected at least one character, such as `max_length = 200`");
            }
            ColumnType::Varchar { max_length: max_length.value }
        }
    }
}

fn bytes(attrs: &FieldAttrs, ctxt: &mut Ctxt) -> ColumnType {
    let Some(max_length) = &attrs.max_length else { return ColumnType::Bytes };
    if max_length.value == 0 {
        ctxt.error(max_length.span, "expected at least one byte, such as `max_length = 200`");
    }
    ColumnType::Varbinary { max_length: max_length.value }
}

/// A decimal without a size is another type in every database, so both numbers are required.
fn decimal(source: &FieldAst, ctxt: &mut Ctxt) -> Option<ColumnType> {
    let attrs = &source.attrs;
    let (Some(precision), Some(scale)) = (&attrs.precision, &attrs.scale) else {
        let message =
            "expected the digits in all and after the point, such as `#[field(precision = 10, scale = 2)]`";
        ctxt.error(source.field_type.as_ref()?.span, message);
        return None;
    };
    if precision.value == 0 {
        ctxt.error(precision.span, "expected at least one digit, such as `precision = 10`");
    } else if scale.value > precision.value {
        let message = format!(
            "expected at most as many digits after the point as in all, such as `precision = {0}, scale = {1}`",
            scale.value, precision.value
        );
        ctxt.error(scale.span, message);
    }
    Some(ColumnType::Decimal { precision: precision.value, scale: scale.value })
}

/// Attributes that only some types have would be lost on the others.
fn refuse_foreign_attributes(source: &FieldAst, shape: &Shape, ctxt: &mut Ctxt) {
    let attrs = &source.attrs;
    let mut refuse = |at: Option<proc_macro2::Span>, name: &str, only: &str| {
        if let Some(span) = at {
            ctxt.error(span, format!("`{name}` cannot be used with this type; it is for {only} only"));
        }
    };
    if !matches!(shape.item(), Shape::Text) && !matches!(shape, Shape::Fixed(ColumnType::Bytes)) {
        refuse(attrs.max_length.as_ref().map(|at| at.span), "max_length", "`String` and `Vec<u8>`");
    }
    if !matches!(shape, Shape::Text) {
        refuse(attrs.collation.as_ref().map(|at| at.span), "collation", "`String`");
    }
    if !matches!(shape, Shape::Named(_)) {
        for (name, span) in attrs.choices.said() {
            refuse(Some(span), name, "enums");
        }
    }
    if !matches!(shape.item(), Shape::Decimal) {
        refuse(attrs.precision.as_ref().map(|at| at.span), "precision", "`Decimal`");
        refuse(attrs.scale.as_ref().map(|at| at.span), "scale", "`Decimal`");
    }
    if !shape.is_reference() {
        for (name, span) in attrs.relation.said_of_references() {
            refuse(Some(span), name, "`ForeignKey<…>` and `OneToOne<…>`");
        }
    }
    if !shape.is_many_to_many() {
        for (name, span) in attrs.relation.said_of_many_to_many() {
            refuse(Some(span), name, "`ManyToMany<…>`");
        }
    }
    if !matches!(shape, Shape::Fixed(column_type) if column_type.is_integer()) {
        refuse(attrs.identity.as_ref().map(|at| at.span), "identity", "integers");
    }
    if shape.target().is_some() {
        refuse(attrs.generated.as_ref().map(|at| at.span), "generated", "plain columns");
        refuse(attrs.sql_type.as_ref().map(|at| at.span), "sql_type", "plain columns");
    }
    if shape.target().is_none() {
        refuse(attrs.relation.related_name.as_ref().map(|at| at.span), "related_name", "relations");
    }
}
