//! The fields by which rows of a model are unique.

use super::field_released;
use crate::detect::Pair;
use crate::detect::order::Fact;
use crate::model::Model;
use crate::name::FieldName;

/// Returns whether a field is unique by itself, without a constraint.
pub(in crate::detect) fn is_unique_over(model: &Model, name: &FieldName) -> bool {
    is_unique(model, name) || is_whole_key(model, name)
}

pub(in crate::detect) fn is_unique(model: &Model, name: &FieldName) -> bool {
    model.field(name).is_some_and(|field| field.unique)
}

pub(in crate::detect) fn is_whole_key(model: &Model, name: &FieldName) -> bool {
    is_key(model, std::slice::from_ref(name))
}

pub(in crate::detect) fn is_key(model: &Model, names: &[FieldName]) -> bool {
    model.primary_key().count() == names.len() && model.primary_key().all(|field| names.contains(&field.name))
}

/// Requires that the fields which leave the primary key have left it.
pub(in crate::detect) fn old_key_removed(pair: &Pair<'_>) -> Vec<Fact> {
    pair.left_key().flat_map(|field| field_released(pair.key, &field.name)).collect()
}
