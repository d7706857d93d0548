//! Operations that do not fit the state.

use crate::name::{FieldName, ModelKey, ObjectName};

/// An operation that does not fit the state it meets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// There is no such model.
    #[error("there is no model `{model}` at this point of the history")]
    NoModel {
        /// The model that was looked for.
        model: ModelKey,
    },
    /// A model of that name is there already.
    #[error("model `{model}` exists already at this point of the history")]
    ModelExists {
        /// The model that is there.
        model: ModelKey,
    },
    /// The model would be without a primary key.
    #[error("model `{model}` would have no primary key; keep a field `id` or one with `primary_key`")]
    NoKey {
        /// The model.
        model: ModelKey,
    },
    /// The values of a reference would become others, and another reference holds them too.
    #[error(
        "`{field}` of `{model}` cannot refer by another field while `{by}` refers to it by its value; let that reference go \
         first, in a migration of its own, and add it again afterwards"
    )]
    TranslatedKey {
        /// The model.
        model: ModelKey,
        /// The field whose values would become others.
        field: FieldName,
        /// A model that refers to it.
        by: ModelKey,
    },
    /// The order that is told of a primary key does not name each of its fields once.
    #[error(
        "the order of the primary key of `{model}` must name each of its fields once, and nothing else; compare it with the fields that are `primary_key`"
    )]
    KeyOrder {
        /// The model.
        model: ModelKey,
    },
    /// Another model refers to the one that is to go.
    #[error("model `{model}` cannot go: `{field}` of `{by}` refers to it; remove that first")]
    PastReferences {
        /// The model that is to go.
        model: ModelKey,
        /// The model that refers to it.
        by: ModelKey,
        /// The field or constraint by which it does.
        field: FieldName,
    },
    /// There is no such field.
    #[error("model `{model}` has no field `{field}` at this point of the history")]
    NoField {
        /// The model.
        model: ModelKey,
        /// The field that was looked for.
        field: FieldName,
    },
    /// A field of that name is there already.
    #[error("model `{model}` has a field `{field}` already at this point of the history")]
    FieldExists {
        /// The model.
        model: ModelKey,
        /// The field that is there.
        field: FieldName,
    },
    /// An index or a constraint names the field that is to go.
    #[error("field `{field}` of `{model}` cannot go: `{by}` uses it; remove that first")]
    FieldInUse {
        /// The model.
        model: ModelKey,
        /// The field that is to go.
        field: FieldName,
        /// The index or constraint that names it.
        by: ObjectName,
    },
    /// There is no index or constraint of that name.
    #[error("model `{model}` has no index or constraint `{name}` at this point of the history")]
    NoObject {
        /// The model.
        model: ModelKey,
        /// The name that was looked for.
        name: ObjectName,
    },
    /// An index or a constraint of that name is there already.
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
    /// A model that a relation leads through, and that does not refer to both ends.
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
        /// The model whose rows are the relation.
        through: ModelKey,
        /// The end that it does not refer to.
        to: ModelKey,
    },
    /// A reference by a field that is not there, or has no column.
    #[error(
        "`{field}` of `{model}` refers to `{to}.{to_field}`, which is no field with a column; name one of `{to}` that is \
         unique, or refer to the primary key"
    )]
    NoTargetField {
        /// The model that refers.
        model: ModelKey,
        /// The field or constraint by which it does.
        field: FieldName,
        /// The model that is referred to.
        to: ModelKey,
        /// The field that is looked for.
        to_field: FieldName,
    },
    /// A reference by fields of which two rows may hold the same values.
    #[error(
        "`{field}` of `{model}` refers to `{to}` by `{to_fields}`, which is not unique; say `unique` at the field, or \
         `unique(fields({to_fields}))` without a condition, or let the reference go first"
    )]
    TargetNotUnique {
        /// The model that refers.
        model: ModelKey,
        /// The field or constraint by which it does.
        field: FieldName,
        /// The model that is referred to.
        to: ModelKey,
        /// The fields that are referred to.
        to_fields: String,
    },
    /// A field of a reference over several that holds something else than what it refers to.
    #[error(
        "field `{field}` of `{model}` refers to `{to}.{to_field}`, which is of another type; give both the same type and \
         `collation`"
    )]
    OtherType {
        /// The model that refers.
        model: ModelKey,
        /// The field by which it does.
        field: FieldName,
        /// The model that is referred to.
        to: ModelKey,
        /// The field that is referred to.
        to_field: FieldName,
    },
    /// Something else refers to the field that is to go.
    #[error("field `{field}` of `{model}` cannot go: `{by_field}` of `{by}` refers to it; change that first")]
    FieldReferred {
        /// The model.
        model: ModelKey,
        /// The field that is to go.
        field: FieldName,
        /// The model that refers to it.
        by: ModelKey,
        /// The field or constraint by which it does.
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
        /// The field by which it does.
        field: FieldName,
        /// The model that is referred to.
        to: ModelKey,
    },
    /// A reference to a model whose primary key is of a type that the database makes for that column alone.
    #[error(
        "field `{field}` of `{model}` refers to a model whose primary key is an enum with `#[choices(native)]`; store \
         that enum as text or as an integer"
    )]
    NativeKey {
        /// The model that refers.
        model: ModelKey,
        /// The field by which it does.
        field: FieldName,
    },
    /// Keys that refer to each other in a circle, so that none of them has a type.
    #[error(
        "the primary key of `{model}` refers to itself through other primary keys, so that it has no type"
    )]
    KeyCycle {
        /// A model in the circle.
        model: ModelKey,
    },
    /// The operation cannot be taken back.
    #[error("{operation} cannot be taken back; {remedy}")]
    Irreversible {
        /// What the operation does, as it describes itself.
        operation: String,
        /// What to do about it.
        remedy: String,
    },
}

impl StateError {
    /// Returns the field of the model that the error is about, where it is about one.
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
