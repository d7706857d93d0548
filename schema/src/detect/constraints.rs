//! Constraints that went, came, or bear another name; one that changes in anything else goes and comes.

use std::collections::BTreeMap;

use super::differences::Differences;
use super::fields::{rule_let_go, rule_made};
use super::indexes::{Phase, fields_are_there, is_late, name_is_free};
use super::order::{Fact, PlannedOperation};
use super::raw_sql::all_fields_ready;
use super::{Context, Findings, Pair};
use crate::model::Model;
use crate::model::constraint::{Constraint, UniqueRule};
use crate::name::{AppLabel, FieldName, ModelKey, ObjectName};
use crate::operation::{AddConstraint, AlterConstraint, Operation, RemoveConstraint, RenameConstraint};
use crate::state::ProjectState;

/// Finds constraints that went; gives those that go only when fields have been renamed.
pub(super) fn removed(
    context: &Context<'_>,
    state: &ProjectState,
    unrenamed: &ProjectState,
    found: &mut Findings,
) -> Vec<PlannedOperation> {
    let mut late = Vec::new();
    for pair in context.pairs(state) {
        let Ok(before) = unrenamed.model(pair.key) else { continue };
        let settled = pair.with_columns_of_after();
        let gone = Differences::of_constraints(&settled, pair.after).removed;
        let sets = sets(pair.before, &pair.key.app);
        let is_gone = |position: &usize| becomes(&settled, &pair, *position).is_none();
        for position in gone.into_iter().filter(is_gone).chain(broken(context, state, &pair).into_keys()) {
            let constraint = &pair.before.constraints[position];
            let Some(name) = constraint.name().cloned() else { continue };
            let needs = rule_let_go(context, state, pair.key, constraint.unique_fields());
            // It goes before columns change, by the name that it has then; and before fields are renamed, unless it
            // must wait for others and would have another name by then.
            let is_late = sets.contains(&Some(&name)) || !needs.is_empty();
            let earlier = before.constraints[position].name().cloned().filter(|_| !is_late);
            let gone = Fact::ConstraintGone(pair.key.clone(), name.clone());
            let name = earlier.unwrap_or(name);
            let free = Fact::NameFree(pair.key.app.clone(), name.clone());
            let remove = RemoveConstraint { model: pair.key.name.clone(), name };
            let planned = PlannedOperation::new(Operation::RemoveConstraint(remove))
                .gives(gone)
                .gives(free)
                .needs(needs);
            if is_late {
                late.push(planned);
            } else {
                found.planned.push(planned);
            }
        }
    }
    late
}

/// Returns the names of the constraints that are no more than sets of fields which hold rows apart, under names that
/// nobody chose: Django's `unique_together`, which goes after fields are renamed, and comes before indexes do.
fn sets<'a>(model: &'a Model, app: &AppLabel) -> Vec<Option<&'a ObjectName>> {
    let bare = model.clone().without_derived_names(app);
    let is_set = |it: &Constraint| match it {
        Constraint::Unique(rule) => *rule == UniqueRule::over(rule.fields.clone()),
        Constraint::Check { .. } | Constraint::Reference(_) | Constraint::Exclude(_) => false,
    };
    let both = model.constraints.iter().zip(&bare.constraints);
    both.filter(|(_, bare)| is_set(bare)).map(|(it, _)| it.name()).collect()
}

/// Finds constraints that a database changes where they are.
pub(super) fn altered(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    for pair in context.pairs(state) {
        let settled = pair.with_columns_of_after();
        let broken = broken(context, state, &pair);
        let positions = (0..settled.constraints.len()).filter(|position| !broken.contains_key(position));
        for constraint in positions.filter_map(|position| becomes(&settled, &pair, position)) {
            let alter = AlterConstraint { model: pair.key.name.clone(), constraint: constraint.clone() };
            let needs = fields_are_there(pair.key, constraint.field_names());
            found.planned.push(PlannedOperation::new(Operation::AlterConstraint(alter)).needs(needs));
        }
    }
}

fn is_altered(old: &Constraint, new: &Constraint) -> bool {
    old.name() == new.name() && old.can_become(new)
}

/// Returns what a constraint is to be that a database changes where it is.
fn becomes<'a>(settled: &Model, pair: &Pair<'a>, position: usize) -> Option<&'a Constraint> {
    let old = settled.constraints.get(position)?;
    pair.after.constraints.iter().find(|new| is_altered(old, new))
}

/// Returns the references (by position before, and as they are to be) that must go and come again, since both of their
/// sides change their types, which no database does at once.
fn broken(context: &Context<'_>, state: &ProjectState, pair: &Pair<'_>) -> BTreeMap<usize, Constraint> {
    let is_retyped = |field: &FieldName| {
        let (Some(before), Some(after)) = (pair.before.field(field), pair.after.field(field)) else {
            return false;
        };
        before.kind != after.kind
            && state.column_type(pair.key, before).ok() != context.target.column_type(pair.key, after).ok()
    };
    let settled = pair.with_columns_of_after();
    let differences = Differences::of_constraints(&settled, pair.after);
    let mut found = BTreeMap::new();
    for (position, constraint) in settled.constraints.iter().enumerate() {
        let Some(rule) = constraint.reference().filter(|rule| rule.fields.iter().any(is_retyped)) else {
            continue;
        };
        let renamed = differences.renamed.iter().find(|(it, _)| *it == position).map(|(_, after)| *after);
        let kept = || {
            let same = |it: &&Constraint| it.reference() == Some(rule) || is_altered(constraint, it);
            pair.after.constraints.iter().find(same)
        };
        found.extend(renamed.or_else(kept).map(|after| (position, after.clone())));
    }
    found
}

/// Finds constraints that bear another name, and get it at this phase.
pub(super) fn renamed(context: &Context<'_>, state: &ProjectState, found: &mut Findings, phase: Phase) {
    for pair in context.pairs(state) {
        let settled = pair.with_columns_of_after();
        let broken = broken(context, state, &pair);
        for (position, new) in Differences::of_constraints(&settled, pair.after).renamed {
            if broken.contains_key(&position) {
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
            let mut planned = PlannedOperation::new(Operation::RenameConstraint(rename)).gives(free);
            if phase == Phase::AfterFields {
                planned = planned.needs(fields_are_there(pair.key, old.field_names()));
            }
            found.planned.push(planned);
        }
    }
}

/// Finds constraints that came: either the sets among them, or the others.
pub(super) fn added(context: &Context<'_>, state: &ProjectState, found: &mut Findings, are_sets: bool) {
    for pair in context.pairs(state) {
        let settled = pair.with_columns_of_after();
        let new = Differences::of_constraints(&settled, pair.after).added;
        let again = broken(context, state, &pair);
        let is_there = |new: &Constraint| settled.constraints.iter().any(|old| is_altered(old, new));
        let new = new.into_iter().filter(|new| !is_there(new)).chain(again.values());
        let sets = sets(pair.after, &pair.key.app);
        let new = new.filter(|it| sets.contains(&it.name()) == are_sets);
        found.planned.extend(new.map(|it| planned(context, state, pair.key, it)));
    }
}

/// Plans a constraint for when its fields are there, and what it refers to.
pub(super) fn planned(
    context: &Context<'_>,
    state: &ProjectState,
    key: &ModelKey,
    constraint: &Constraint,
) -> PlannedOperation {
    let add = AddConstraint { model: key.name.clone(), constraint: constraint.clone() };
    let rule = constraint.reference().map(|rule| rule_made(context, state, rule)).unwrap_or_default();
    let planned = PlannedOperation::new(Operation::AddConstraint(add))
        .needs(fields_are_there(key, constraint.field_names()))
        .needs(name_is_free(key, constraint.name()))
        .needs(constraint.name().map(|name| Fact::ConstraintGone(key.clone(), name.clone())))
        .wishes(all_fields_ready(context, key, constraint.expressions()))
        .needs(rule);
    match constraint.name() {
        Some(name) => planned.gives(Fact::ConstraintMade(key.clone(), name.clone())),
        None => planned,
    }
}
