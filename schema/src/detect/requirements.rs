//! What an operation requires of others before it can be applied.

pub(super) mod computed;
pub(super) mod keys;
pub(super) mod raw_text;
pub(super) mod references;
pub(super) mod tables;
pub(super) mod uniqueness;

use super::order::Fact;
use crate::name::{FieldName, ModelKey, ObjectName};

/// Requires that a field exists in its final form.
pub(super) fn field_ready(key: &ModelKey, field: &FieldName) -> [Fact; 2] {
    [Fact::FieldExists(key.clone(), field.clone()), Fact::FieldAltered(key.clone(), field.clone())]
}

/// Requires that fields exist in their final form.
pub(super) fn fields_ready(key: &ModelKey, names: Vec<&str>) -> impl Iterator<Item = Fact> {
    names.into_iter().flat_map(|name| field_ready(key, &FieldName::new(name)))
}

/// Requires that a field is removed, or altered so that it no longer has what another operation needs.
pub(super) fn field_released(key: &ModelKey, field: &FieldName) -> [Fact; 2] {
    [Fact::FieldRemoved(key.clone(), field.clone()), Fact::FieldAltered(key.clone(), field.clone())]
}

/// Requires that the name of an index or a constraint is free.
pub(super) fn name_free(key: &ModelKey, name: Option<&ObjectName>) -> Option<Fact> {
    name.map(|name| Fact::NameFree(key.app.clone(), name.clone()))
}
