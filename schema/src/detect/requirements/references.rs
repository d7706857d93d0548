//! Requirements about the two ends of references.

use super::uniqueness::{is_key, is_unique, is_whole_key, old_key_removed};
use super::{field_ready, field_released};
use crate::detect::order::Fact;
use crate::detect::{Context, Pair};
use crate::model::Model;
use crate::model::constraint::ReferenceRule;
use crate::model::field::Field;
use crate::model::references::Link;
use crate::name::{FieldName, ModelKey};
use crate::state::ProjectState;

/// Requires that the models to which a field of model `own` refers exist, with their final keys.
pub(in crate::detect) fn target_ready(
    context: &Context<'_>,
    state: &ProjectState,
    own: &ModelKey,
    field: &Field,
) -> Vec<Fact> {
    let mut facts: Vec<Fact> = field.targets().map(|to| Fact::ModelExists(to.clone())).collect();
    let ends = field.targets().chain(field.join().map(|_| own));
    for to in ends.filter(|to| field.holds_keys_of(own, to)) {
        if let (Some(before), Ok(after)) = (context.before(state, to), context.target.model(to)) {
            facts.extend(old_key_removed(&Pair { key: to, before, after }));
        }
    }
    facts.extend(target_field_unique(context, state, field));
    facts
}

/// Requires, of a reference to which others may refer, that the fields which it follows are in their final form: until
/// then one of them might refer back to it.
pub(in crate::detect) fn followed_fields_altered(
    context: &Context<'_>,
    own: &ModelKey,
    field: &Field,
) -> Vec<Fact> {
    let mut facts = Vec::new();
    let (mut key, mut end) = (own, field);
    // The models are checked, so that references do not form a circle.
    while let Some(relation) = end.relation().filter(|_| field.primary_key || field.unique)
        && let Ok(next) = context.target.target_field(key, end, relation)
    {
        (key, end) = (&relation.to, next);
        facts.push(Fact::FieldAltered(key.clone(), end.name.clone()));
    }
    facts
}

/// Requires that the field which a reference names exists and is unique.
fn target_field_unique(context: &Context<'_>, state: &ProjectState, field: &Field) -> Vec<Fact> {
    let Some(relation) = field.relation() else { return Vec::new() };
    let (to, Some(name)) = (&relation.to, &relation.to_field) else { return Vec::new() };
    let mut facts = vec![Fact::FieldRenamed(to.clone(), name.clone())];
    let sides = [context.before(state, to), context.target.model(to).ok().map(AsRef::as_ref)];
    if both(sides, |model| is_unique(model, name)) || both(sides, |model| is_whole_key(model, name)) {
        return facts;
    }
    facts.extend(field_ready(to, name));
    facts.extend(uniqueness_ready(context, state, to, std::slice::from_ref(name)));
    facts
}

fn both(sides: [Option<&Model>; 2], holds: impl Fn(&Model) -> bool) -> bool {
    sides.into_iter().all(|model| model.is_some_and(&holds))
}

/// Requires that these fields are unique together: by the constraint, or by the primary key without the fields that leave
/// it.
fn uniqueness_ready(
    context: &Context<'_>,
    state: &ProjectState,
    to: &ModelKey,
    names: &[FieldName],
) -> Vec<Fact> {
    let mut facts: Vec<Fact> = unique_constraint_ready(context, to, names).into_iter().collect();
    if let (Some(before), Ok(after)) = (context.before(state, to), context.target.model(to))
        && is_key(after, names)
    {
        facts.extend(old_key_removed(&Pair { key: to, before, after }));
    }
    facts
}

/// Requires that the unique constraint over these fields exists.
fn unique_constraint_ready(context: &Context<'_>, key: &ModelKey, names: &[FieldName]) -> Option<Fact> {
    let model = context.target.model(key).ok()?;
    let constraint = model.unique_constraint(names)?.name()?;
    Some(Fact::ConstraintExists(key.clone(), constraint.clone()))
}

/// Requires that the model and the fields to which a foreign key constraint refers exist in their final form.
pub(in crate::detect) fn foreign_key_target_ready(
    context: &Context<'_>,
    state: &ProjectState,
    rule: &ReferenceRule,
) -> Vec<Fact> {
    let mut facts = Vec::new();
    for field in &rule.to_fields {
        facts.push(Fact::FieldRenamed(rule.to.clone(), field.clone()));
        facts.extend(field_ready(&rule.to, field));
    }
    facts.extend(uniqueness_ready(context, state, &rule.to, &rule.to_fields));
    facts.push(Fact::ModelExists(rule.to.clone()));
    facts
}

/// Requires that references to a field are removed, or that the field is unique by other means.
pub(in crate::detect) fn references_removed(
    context: &Context<'_>,
    state: &ProjectState,
    key: &ModelKey,
    name: &FieldName,
) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (by, link) in state.references_to(key, name) {
        facts.extend(link_removed(context, key, name, (by, link)));
    }
    for (by, link) in references_of_other_apps(context, key, name) {
        facts.extend(reference_released(by, link));
    }
    facts
}

/// Requires the same of references to all fields of a unique constraint.
pub(in crate::detect) fn references_to_unique_removed(
    context: &Context<'_>,
    state: &ProjectState,
    key: &ModelKey,
    fields: &[FieldName],
) -> Vec<Fact> {
    let Some(first) = fields.first() else { return Vec::new() };
    // The primary key makes the fields unique too.
    let sides = [state, &context.target].map(|side| side.model(key));
    if sides.into_iter().all(|model| model.is_ok_and(|model| is_key(model, fields))) {
        return Vec::new();
    }
    let own = state.references_to(key, first).filter(|(_, link)| names_exactly(*link, fields));
    let mut facts: Vec<Fact> = own.flat_map(|it| link_removed(context, key, first, it)).collect();
    for (by, link) in references_of_other_apps(context, key, first) {
        if names_exactly(link, fields) {
            facts.extend(reference_released(by, link));
        }
    }
    facts
}

fn names_exactly(link: Link<'_>, fields: &[FieldName]) -> bool {
    link.named().len() == fields.len() && link.named().iter().all(|name| fields.contains(name))
}

fn link_removed(
    context: &Context<'_>,
    key: &ModelKey,
    name: &FieldName,
    (by, link): (&ModelKey, Link<'_>),
) -> Vec<Fact> {
    let after = context.target.model(by).ok().and_then(|model| {
        model.links().find(|it| it.name() == link.name() && it.leads_to(key) && it.named().contains(name))
    });
    let Some(after) = after else { return reference_released(by, link) };
    let altered = after.named().iter().map(|name| Fact::FieldAltered(key.clone(), name.clone()));
    altered.chain(unique_constraint_ready(context, key, after.named())).collect()
}

/// Returns the references of other apps to a field, including those that these apps remove: the state holds the models of
/// other apps in their final form.
fn references_of_other_apps<'a>(
    context: &'a Context<'_>,
    key: &'a ModelKey,
    field: &'a FieldName,
) -> impl Iterator<Item = (&'a ModelKey, Link<'a>)> {
    context.after_renames.references_to(key, field).filter(|(by, _)| by.app != key.app)
}

/// Requires that a reference is removed, or refers to another field. A reference that is removed with its model is taken
/// out of it before, unless it is part of the primary key.
pub(in crate::detect) fn reference_released(by: &ModelKey, link: Link<'_>) -> Vec<Fact> {
    match link {
        Link::Rule(rule) => {
            let name = rule.name.iter().cloned();
            name.map(|name| Fact::ConstraintRemoved(by.clone(), name)).collect()
        }
        Link::Field(field) => {
            let mut facts = field_released(by, &field.name).to_vec();
            facts.extend(field.primary_key.then(|| Fact::ModelRemoved(by.clone())));
            facts
        }
    }
}

/// Requires that the models of other apps which refer to a model are in the form that its own app knows.
pub(in crate::detect) fn referrers_of_other_apps(context: &Context<'_>, key: &ModelKey) -> Vec<Fact> {
    let referrers = context.recorded.referrers(key).into_iter().filter(|(by, _)| by.app != key.app);
    referrers.map(|(by, _)| Fact::ModelExists(by.clone())).collect()
}
