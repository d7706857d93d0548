//! References that lead to another model from now on, under the same name: their values would come to mean other rows.

use std::collections::BTreeSet;

use super::{Context, Findings, Pair, alike};
use crate::detect::question::{OtherTarget, QuestionKind};
use crate::model::constraint::{Constraint, ReferenceRule};
use crate::model::field::{Field, FieldKind};
use crate::name::{FieldName, ModelKey};
use crate::state::ProjectState;

/// Asks what becomes of the values of references that lead to another model.
pub(super) fn ask(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    for pair in context.pairs(state).filter(|pair| pair.before.managed) {
        for after in &pair.after.fields {
            let is_kept = context.field_hints(pair.key, &after.name).is_some_and(|hints| hints.keep_values);
            let before = pair.twin(after);
            let Some((old, new)) = before.and_then(|before| targets(before, after)) else { continue };
            let can_keep =
                before.is_some_and(|before| go_by_the_same(context, state, pair.key, (before, after)));
            if is_kept && can_keep {
                continue;
            }
            if found.has_asked(pair.key, &after.name) || found.asks_whether(old, new) {
                continue;
            }
            let missing = context.missing_in_rows(pair.key, after);
            let kind = OtherTarget { can_keep, missing, ..about(context, old, new) };
            found.ask(pair.key, Some(&after.name), QuestionKind::OtherTarget(kind));
        }
        let rules = pair.after.constraints.iter().filter_map(Constraint::reference);
        for rule in rules {
            let Some(before) = rule_before(&pair, rule) else { continue };
            let says_so = |field: &FieldName| {
                context.field_hints(pair.key, field).is_some_and(|hints| hints.keep_values)
            };
            let Some(first) = rule.fields.first() else { continue };
            if rule.fields.iter().any(says_so)
                || found.has_asked(pair.key, first)
                || found.asks_whether(&before.to, &rule.to)
            {
                continue;
            }
            let fields = rule.fields.iter().map(ToString::to_string).collect();
            let kind = OtherTarget { fields, can_keep: true, ..about(context, &before.to, &rule.to) };
            found.ask(pair.key, Some(first), QuestionKind::OtherTarget(kind));
        }
    }
}

/// Returns the models that a reference leads to before and after, where they differ and values would be kept.
pub(super) fn targets<'a>(before: &'a Field, after: &'a Field) -> Option<(&'a ModelKey, &'a ModelKey)> {
    let (old, new) = match (&before.kind, &after.kind) {
        (FieldKind::ForeignKey(old), FieldKind::ForeignKey(new)) => (&old.to, &new.to),
        (FieldKind::ManyToMany(old), FieldKind::ManyToMany(new))
            if old.through.is_none() && new.through.is_none() =>
        {
            (&old.to, &new.to)
        }
        (FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_) | FieldKind::Column(_), _) => return None,
    };
    (old != new).then_some((old, new))
}

/// Returns whether a reference holds values of one kind before and after. What is not known is left to the databases.
fn go_by_the_same(
    context: &Context<'_>,
    state: &ProjectState,
    own: &ModelKey,
    (before, after): (&Field, &Field),
) -> bool {
    let held = |state: &ProjectState, field: &Field| match &field.kind {
        FieldKind::ManyToMany(relation) => {
            let mut key = state.model(&relation.to).ok()?.primary_key();
            let first = key.next().filter(|_| key.next().is_none())?;
            state.column_type(&relation.to, first).ok()
        }
        FieldKind::ForeignKey(_) | FieldKind::Column(_) => state.column_type(own, field).ok(),
    };
    match (held(state, before), held(&context.target, after)) {
        (Some(one), Some(other)) => alike::are_of_one_family(&one, &other),
        (Some(_) | None, Some(_) | None) => true,
    }
}

/// Returns the recorded rule in whose place another one stands, over the same fields and to another model.
fn rule_before<'a>(pair: &Pair<'a>, rule: &ReferenceRule) -> Option<&'a ReferenceRule> {
    let fields: BTreeSet<&FieldName> = rule.fields.iter().collect();
    let is_kept = |name: &&FieldName| pair.before.field(name).is_some() && pair.after.field(name).is_some();
    let is_over_them = |it: &&ReferenceRule| it.fields.iter().collect::<BTreeSet<_>>() == fields;
    let rules = || pair.before.constraints.iter().filter_map(Constraint::reference).filter(is_over_them);
    let is_there = rules().any(|before| before.to == rule.to);
    let goes = |before: &&ReferenceRule| {
        let mut kept = pair.after.constraints.iter().filter_map(Constraint::reference);
        !kept.any(|after| is_over_them(&after) && after.to == before.to)
    };
    rules().find(goes).filter(|_| !is_there && fields.iter().all(is_kept))
}

fn about(context: &Context<'_>, before: &ModelKey, after: &ModelKey) -> OtherTarget {
    let may_be_renamed = !context.target.contains(before) && !context.recorded.contains(after);
    OtherTarget {
        before: before.clone(),
        after: after.clone(),
        may_be_renamed,
        can_keep: false,
        fields: Vec::new(),
        missing: None,
    }
}
