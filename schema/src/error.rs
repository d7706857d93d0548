//! What can be wrong with a history: errors of states, named after the user's trouble.

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
    /// Another model refers to the one that is to go.
    #[error("model `{model}` cannot go: field `{field}` of `{by}` refers to it; remove that field first")]
    Referred {
        /// The model that is to go.
        model: ModelKey,
        /// The model that refers to it.
        by: ModelKey,
        /// The field by which it does.
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
    /// A reference to a model whose primary key has several fields.
    #[error("field `{field}` of `{model}` refers to `{to}`, whose primary key has more than one field")]
    CompositeTarget {
        /// The model that refers.
        model: ModelKey,
        /// The field by which it does.
        field: FieldName,
        /// The model that is referred to.
        to: ModelKey,
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
