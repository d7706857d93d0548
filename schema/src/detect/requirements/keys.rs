//! Requirements about primary keys and columns.

use super::references::{reference_released, references_removed};
use super::uniqueness::{is_unique, is_whole_key};
use super::{field_ready, field_released};
use crate::detect::order::Fact;
use crate::detect::{Context, Pair};
use crate::model::constraint::Constraint;
use crate::model::field::Field;
use crate::model::references::Link;
use crate::name::ModelKey;
use crate::state::ProjectState;

/// Requires that no reference to the old primary key is left when a field joins the key.
pub(in crate::detect) fn before_new_key(
    context: &Context<'_>,
    state: &ProjectState,
    pair: &Pair<'_>,
    field: &Field,
) -> Vec<Fact> {
    if !pair.joined_key().any(|it| it.name == field.name) {
        return Vec::new();
    }
    let mut references = references_to_key(state, pair.key);
    // The state holds other apps in their final form, without references that they remove.
    let removed = references_to_key(&context.after_renames, pair.key);
    references.extend(removed.into_iter().filter(|(by, _)| by.app != pair.key.app));
    let mut facts: Vec<Fact> =
        references.into_iter().flat_map(|(by, field)| reference_released(by, Link::Field(field))).collect();
    // A field that was the whole key is no longer unique, unless it is `unique` before and after.
    for key in pair.before.primary_key().filter(|key| {
        is_whole_key(pair.before, &key.name)
            && !(is_unique(pair.before, &key.name) && is_unique(pair.after, &key.name))
    }) {
        facts.extend(references_removed(context, state, pair.key, &key.name));
    }
    facts
}

/// Requires that the new primary key exists when a field leaves the old one: a model always has a key.
pub(in crate::detect) fn after_new_key(pair: &Pair<'_>, field: &Field) -> Vec<Fact> {
    if !field.primary_key {
        return Vec::new();
    }
    pair.joined_key().flat_map(|it| field_ready(pair.key, &it.name)).collect()
}

/// Returns the references to the primary key of a model, its own included.
pub(in crate::detect) fn references_to_key<'a>(
    state: &'a ProjectState,
    key: &'a ModelKey,
) -> Vec<(&'a ModelKey, &'a Field)> {
    let of_others = state.referrers(key).into_iter();
    let mut found: Vec<_> = of_others.filter_map(|(by, link)| Some((by, link.field()?))).collect();
    if let Ok(model) = state.model(key) {
        found.extend(model.fields.iter().map(|field| (key, field)));
    }
    found.retain(|(own, field)| field.holds_keys_of(own, key));
    found
}

/// Requires that constraints over a field are removed, if they are removed later than others since references depend on
/// them.
pub(in crate::detect) fn constraints_removed(
    context: &Context<'_>,
    state: &ProjectState,
    pair: &Pair<'_>,
    field: &Field,
) -> Vec<Fact> {
    let mut facts = Vec::new();
    for constraint in pair.before.constraints.iter().filter(|it| uses(it, field)) {
        let mut unique = constraint.unique_fields().iter();
        if unique.any(|field| !references_removed(context, state, pair.key, field).is_empty()) {
            facts.extend(
                constraint.name().map(|name| Fact::ConstraintRemoved(pair.key.clone(), name.clone())),
            );
        }
    }
    facts
}

fn uses(constraint: &Constraint, field: &Field) -> bool {
    constraint.field_names().iter().any(|name| field.name == **name)
        || constraint.expressions().into_iter().any(|expr| expr.may_read(field))
}

/// Requires that the field which had the column before no longer has it.
pub(in crate::detect) fn column_free(pair: &Pair<'_>, field: &Field) -> Vec<Fact> {
    if !field.has_column() {
        return Vec::new();
    }
    let column = field.column_name();
    let mut others = pair.before.fields.iter().filter(|it| it.name != field.name && it.has_column());
    let holder = others.find(|it| it.column_name() == column);
    holder.into_iter().flat_map(|it| field_released(pair.key, &it.name)).collect()
}
