//! Constraints that are removed, added, or renamed. Any other change removes the constraint and adds it again.

use std::collections::BTreeMap;

use super::differences::Differences;
use super::indexes::{Phase, is_late};
use crate::detect::order::{Fact, PlannedOperation};
use crate::detect::requirements::raw_text::all_fields_ready;
use crate::detect::requirements::references::{foreign_key_target_ready, references_to_unique_removed};
use crate::detect::requirements::{fields_ready, name_free};
use crate::detect::{Context, Findings, Pair};
use crate::model::Model;
use crate::model::constraint::{Constraint, ReferenceRule, UniqueRule};
use crate::name::{AppLabel, ModelKey, ObjectName};
use crate::operation::{AddConstraint, AlterConstraint, Operation, RemoveConstraint, RenameConstraint};
use crate::state::ProjectState;

/// Plans the removal of constraints, and returns those removals that come after fields are renamed.
pub(in crate::detect) fn removed(
    context: &Context<'_>,
    state: &ProjectState,
    unrenamed: &ProjectState,
    found: &mut Findings,
) -> Vec<PlannedOperation> {
    let mut late = Vec::new();
    for pair in context.pairs(state) {
        let Ok(before) = unrenamed.model(pair.key) else { continue };
        let settled = pair.with_columns_of_after();
        let mut removed = Differences::of_constraints(&settled, pair.after).removed;
        removed.retain(|position| altered_form(&settled, &pair, *position).is_none());
        removed.extend(retyped(context, state, &pair).into_keys());
        let sets = unique_sets(pair.before, &pair.key.app);
        for position in removed {
            let constraint = &pair.before.constraints[position];
            let Some(name) = constraint.name().cloned() else { continue };
            let requires = references_to_unique_removed(context, state, pair.key, constraint.unique_fields());
            // A constraint is removed before columns change, by its name at that point. It is also removed before fields
            // are renamed, unless it must wait for others: then it has its later name.
            let is_late = sets.contains(&Some(&name)) || !requires.is_empty();
            let earlier = before.constraints[position].name().cloned().filter(|_| !is_late);
            let removed = Fact::ConstraintRemoved(pair.key.clone(), name.clone());
            let name = earlier.unwrap_or(name);
            let free = Fact::NameFree(pair.key.app.clone(), name.clone());
            let remove = RemoveConstraint { model: pair.key.name.clone(), name };
            let planned = PlannedOperation::new(Operation::RemoveConstraint(remove))
                .provides(removed)
                .provides(free)
                .requires(requires);
            if is_late {
                late.push(planned);
            } else {
                found.planned.push(planned);
            }
        }
    }
    late
}

/// Returns the names of the constraints that are plain unique sets of fields with derived names, as Django's
/// `unique_together`: they are removed after fields are renamed, and added before indexes.
fn unique_sets<'a>(model: &'a Model, app: &AppLabel) -> Vec<Option<&'a ObjectName>> {
    let bare = model.clone().without_derived_names(app);
    let both = model.constraints.iter().zip(&bare.constraints);
    both.filter(|(_, bare)| is_unique_set(bare)).map(|(it, _)| it.name()).collect()
}

fn is_unique_set(constraint: &Constraint) -> bool {
    match constraint {
        Constraint::Unique(rule) => *rule == UniqueRule::over(rule.fields.clone()),
        Constraint::Check { .. } | Constraint::Reference(_) | Constraint::Exclude(_) => false,
    }
}

/// Plans changes of constraints that a database alters in place.
pub(in crate::detect) fn altered(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    for pair in context.pairs(state) {
        let settled = pair.with_columns_of_after();
        let retyped = retyped(context, state, &pair);
        let positions = (0..settled.constraints.len()).filter(|position| !retyped.contains_key(position));
        for constraint in positions.filter_map(|position| altered_form(&settled, &pair, position)) {
            let alter = AlterConstraint { model: pair.key.name.clone(), constraint: constraint.clone() };
            let requires = fields_ready(pair.key, constraint.field_names());
            found.planned.push(PlannedOperation::new(Operation::AlterConstraint(alter)).requires(requires));
        }
    }
}

fn is_altered(old: &Constraint, new: &Constraint) -> bool {
    old.name() == new.name() && old.can_become(new)
}

/// Returns the final form of a constraint that a database alters in place.
fn altered_form<'a>(settled: &Model, pair: &Pair<'a>, position: usize) -> Option<&'a Constraint> {
    let old = settled.constraints.get(position)?;
    pair.after.constraints.iter().find(|new| is_altered(old, new))
}

/// Returns the foreign key constraints of which both ends change their types, which no database does at once: they are
/// removed and added again. Each stands at its position before, with its final form.
fn retyped(context: &Context<'_>, state: &ProjectState, pair: &Pair<'_>) -> BTreeMap<usize, Constraint> {
    let settled = pair.with_columns_of_after();
    let differences = Differences::of_constraints(&settled, pair.after);
    let mut found = BTreeMap::new();
    for (position, constraint) in settled.constraints.iter().enumerate() {
        let Some(rule) = constraint.reference().filter(|rule| is_retyped(context, state, pair, rule)) else {
            continue;
        };
        let renamed = differences.renamed.iter().find(|(it, _)| *it == position).map(|(_, after)| *after);
        let mut constraints = pair.after.constraints.iter();
        let after = renamed
            .or_else(|| constraints.find(|it| it.reference() == Some(rule) || is_altered(constraint, it)));
        found.extend(after.map(|after| (position, after.clone())));
    }
    found
}

fn is_retyped(context: &Context<'_>, state: &ProjectState, pair: &Pair<'_>, rule: &ReferenceRule) -> bool {
    rule.fields.iter().any(|field| {
        let (Some(before), Some(after)) = (pair.before.field(field), pair.after.field(field)) else {
            return false;
        };
        before.kind != after.kind
            && state.column_type(pair.key, before).ok() != context.target.column_type(pair.key, after).ok()
    })
}

/// Plans renames of constraints in this phase.
pub(in crate::detect) fn renamed(
    context: &Context<'_>,
    state: &ProjectState,
    found: &mut Findings,
    phase: Phase,
) {
    for pair in context.pairs(state) {
        let settled = pair.with_columns_of_after();
        let retyped = retyped(context, state, &pair);
        for (position, new) in Differences::of_constraints(&settled, pair.after).renamed {
            if retyped.contains_key(&position) {
                continue;
            }
            let Some(after) = new.name().cloned() else { continue };
            let is_late = is_late(state, &pair, &settled, &after);
            let (is_now, old) = match phase {
                Phase::BeforeFields => (!is_late, &pair.before.constraints[position]),
                Phase::AfterFields => (is_late, &settled.constraints[position]),
            };
            let Some(before) = old.name().cloned().filter(|_| is_now) else { continue };
            let free = Fact::NameFree(pair.key.app.clone(), before.clone());
            let rename = RenameConstraint { model: pair.key.name.clone(), before, after };
            let mut planned = PlannedOperation::new(Operation::RenameConstraint(rename)).provides(free);
            if phase == Phase::AfterFields {
                planned = planned.requires(fields_ready(pair.key, old.field_names()));
            }
            found.planned.push(planned);
        }
    }
}

/// Plans new constraints: either the plain unique sets among them, or the others.
pub(in crate::detect) fn added(
    context: &Context<'_>,
    state: &ProjectState,
    found: &mut Findings,
    are_sets: bool,
) {
    for pair in context.pairs(state) {
        let settled = pair.with_columns_of_after();
        let mut new = Differences::of_constraints(&settled, pair.after).added;
        new.retain(|new| !settled.constraints.iter().any(|old| is_altered(old, new)));
        let retyped = retyped(context, state, &pair);
        let new = new.into_iter().chain(retyped.values());
        let sets = unique_sets(pair.after, &pair.key.app);
        let new = new.filter(|it| sets.contains(&it.name()) == are_sets);
        found.planned.extend(new.map(|it| planned(context, state, pair.key, it)));
    }
}

/// Plans a constraint after its fields, and after the fields to which it refers.
pub(in crate::detect) fn planned(
    context: &Context<'_>,
    state: &ProjectState,
    key: &ModelKey,
    constraint: &Constraint,
) -> PlannedOperation {
    let add = AddConstraint { model: key.name.clone(), constraint: constraint.clone() };
    let target =
        constraint.reference().map(|rule| foreign_key_target_ready(context, state, rule)).unwrap_or_default();
    let planned = PlannedOperation::new(Operation::AddConstraint(add))
        .requires(fields_ready(key, constraint.field_names()))
        .requires(name_free(key, constraint.name()))
        .requires(constraint.name().map(|name| Fact::ConstraintRemoved(key.clone(), name.clone())))
        .prefers(all_fields_ready(context, key, constraint.expressions()))
        .requires(target);
    match constraint.name() {
        Some(name) => planned.provides(Fact::ConstraintExists(key.clone(), name.clone())),
        None => planned,
    }
}
