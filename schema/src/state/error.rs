//! Errors of operations that do not fit the state.

use crate::name::{FieldName, ModelKey, ObjectName};

/// An operation that does not fit the state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// The model does not exist.
    #[error("model `{model}` does not exist at this point of the history")]
    NoModel {
        /// The model that was looked for.
        model: ModelKey,
    },
    /// A model of that name exists already.
    #[error("model `{model}` exists already at this point of the history")]
    ModelExists {
        /// The existing model.
        model: ModelKey,
    },
    /// The model would be without a primary key.
    #[error("model `{model}` would have no primary key; keep a field `id` or one with `primary_key`")]
    NoKey {
        /// The model.
        model: ModelKey,
    },
    /// The values of a reference would change, and another reference holds them too.
    #[error(
        "`{field}` of `{model}` cannot refer by another field while `{by}` refers to it by its value; remove that reference \
         first, in a migration of its own, and add it again afterwards"
    )]
    TranslatedKey {
        /// The model.
        model: ModelKey,
        /// The field whose values would change.
        field: FieldName,
        /// A model that refers to it.
        by: ModelKey,
    },
    /// The declared order of a primary key does not name each of its fields once.
    #[error(
        "the order of the primary key of `{model}` must name each of its fields once, and nothing else; compare it with the fields that are `primary_key`"
    )]
    KeyOrder {
        /// The model.
        model: ModelKey,
    },
    /// Another model refers to the model to remove.
    #[error("model `{model}` cannot be removed: `{field}` of `{by}` refers to it; remove that first")]
    PastReferences {
        /// The model to remove.
        model: ModelKey,
        /// The model that refers to it.
        by: ModelKey,
        /// The field or constraint of the reference.
        field: FieldName,
    },
    /// The field does not exist.
    #[error("model `{model}` has no field `{field}` at this point of the history")]
    NoField {
        /// The model.
        model: ModelKey,
        /// The field that was looked for.
        field: FieldName,
    },
    /// A field of that name exists already.
    #[error("model `{model}` has a field `{field}` already at this point of the history")]
    FieldExists {
        /// The model.
        model: ModelKey,
        /// The existing field.
        field: FieldName,
    },
    /// An index or a constraint names the field to remove.
    #[error("field `{field}` of `{model}` cannot be removed: `{by}` uses it; remove that first")]
    FieldInUse {
        /// The model.
        model: ModelKey,
        /// The field to remove.
        field: FieldName,
        /// The index or constraint that names it.
        by: ObjectName,
    },
    /// The index or constraint does not exist.
    #[error("model `{model}` has no index or constraint `{name}` at this point of the history")]
    NoObject {
        /// The model.
        model: ModelKey,
        /// The name that was looked for.
        name: ObjectName,
    },
    /// An index or a constraint of that name exists already.
    #[error("model `{model}` has an index or constraint `{name}` already; give one of them another `name`")]
    ObjectExists {
        /// The model.
        model: ModelKey,
        /// The name that is taken.
        name: ObjectName,
    },
    /// A field without a column where one is needed.
    #[error("field `{field}` of `{model}` has no column: its rows are in a table of their own")]
    NoColumn {
        /// The model.
        model: ModelKey,
        /// The field.
        field: FieldName,
    },
    /// A `through` model that does not refer to both ends of the relation.
    #[error(
        "field `{field}` of `{model}` goes through `{through}`, which has no reference to `{to}`; give it one, such \
         as a field of the type `ForeignKey<{}>`",
        .to.name
    )]
    NoWayThrough {
        /// The model that has the relation.
        model: ModelKey,
        /// The field.
        field: FieldName,
        /// The `through` model.
        through: ModelKey,
        /// The end to which it does not refer.
        to: ModelKey,
    },
    /// A reference to a field that does not exist, or has no column.
    #[error(
        "`{field}` of `{model}` refers to `{to}.{to_field}`, which is not a field with a column; name one of `{to}` that is \
         unique, or refer to the primary key"
    )]
    NoTargetField {
        /// The model that refers.
        model: ModelKey,
        /// The field or constraint of the reference.
        field: FieldName,
        /// The model that is referred to.
        to: ModelKey,
        /// The field that is looked for.
        to_field: FieldName,
    },
    /// A reference to fields that are not unique.
    #[error(
        "`{field}` of `{model}` refers to `{to}` by `{to_fields}`, which is not unique; say `unique` at the field, or \
         `unique(fields({to_fields}))` without a condition, or remove the reference first"
    )]
    TargetNotUnique {
        /// The model that refers.
        model: ModelKey,
        /// The field or constraint of the reference.
        field: FieldName,
        /// The model that is referred to.
        to: ModelKey,
        /// The fields that are referred to.
        to_fields: String,
    },
    /// A field of a foreign key constraint whose type differs from that of its target.
    #[error(
        "field `{field}` of `{model}` refers to `{to}.{to_field}`, which is of another type; give both the same type and \
         `collation`"
    )]
    OtherType {
        /// The model that refers.
        model: ModelKey,
        /// The field of the reference.
        field: FieldName,
        /// The model that is referred to.
        to: ModelKey,
        /// The field that is referred to.
        to_field: FieldName,
    },
    /// Something else refers to the field to remove.
    #[error(
        "field `{field}` of `{model}` cannot be removed: `{by_field}` of `{by}` refers to it; change that first"
    )]
    FieldReferred {
        /// The model.
        model: ModelKey,
        /// The field to remove.
        field: FieldName,
        /// The model that refers to it.
        by: ModelKey,
        /// The field or constraint of the reference.
        by_field: FieldName,
    },
    /// A reference to a model whose primary key has several fields.
    #[error(
        "field `{field}` of `{model}` refers to `{to}`, whose primary key has more than one field, and a field holds one \
         value; write a field for each and `#[model(foreign_key(fields(…), references = {}(…)))]`, or in place of a \
         `ManyToMany<…>` a model that it goes `through`",
        .to.name
    )]
    CompositeTarget {
        /// The model that refers.
        model: ModelKey,
        /// The field of the reference.
        field: FieldName,
        /// The model that is referred to.
        to: ModelKey,
    },
    /// A reference to a model whose primary key has a type that the database creates for that column alone.
    #[error(
        "field `{field}` of `{model}` refers to a model whose primary key is an enum with `#[choices(native)]`; store \
         that enum as text or as an integer"
    )]
    NativeKey {
        /// The model that refers.
        model: ModelKey,
        /// The field of the reference.
        field: FieldName,
    },
    /// Primary keys that refer to each other in a circle, so that none of them has a type.
    #[error(
        "the primary key of `{model}` refers to itself through other primary keys, so that it has no type"
    )]
    KeyCycle {
        /// A model in the circle.
        model: ModelKey,
    },
    /// The operation cannot be reverted.
    #[error("{operation} cannot be reverted; {remedy}")]
    Irreversible {
        /// The description of the operation.
        operation: String,
        /// What to do about it.
        remedy: String,
    },
}

impl StateError {
    /// Returns the field of the model in which the error is, if it is in one.
    pub fn field(&self) -> Option<&FieldName> {
        match self {
            Self::NoField { field, .. }
            | Self::FieldExists { field, .. }
            | Self::FieldInUse { field, .. }
            | Self::NoColumn { field, .. }
            | Self::NoWayThrough { field, .. }
            | Self::NoTargetField { field, .. }
            | Self::TargetNotUnique { field, .. }
            | Self::OtherType { field, .. }
            | Self::FieldReferred { field, .. }
            | Self::NativeKey { field, .. }
            | Self::CompositeTarget { field, .. }
            | Self::TranslatedKey { field, .. } => Some(field),
            Self::NoModel { .. }
            | Self::ModelExists { .. }
            | Self::NoKey { .. }
            | Self::KeyOrder { .. }
            | Self::PastReferences { .. }
            | Self::NoObject { .. }
            | Self::ObjectExists { .. }
            | Self::KeyCycle { .. }
            | Self::Irreversible { .. } => None,
        }
    }
}
