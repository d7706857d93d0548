//! References that refer to another model under the same name: their values would identify other rows.

use std::collections::BTreeSet;

use crate::detect::alike::{self, changed_target};
use crate::detect::question::{OtherTarget, QuestionKind};
use crate::detect::{Context, Findings, Pair, recorded_kind};
use crate::model::Model;
use crate::model::column_type::ColumnType;
use crate::model::constraint::{Constraint, ReferenceRule};
use crate::model::field::{Field, FieldKind};
use crate::name::{FieldName, ModelKey};
use crate::state::ProjectState;

/// Asks what happens to the values of references that refer to another model.
pub(in crate::detect) fn ask(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    for pair in context.pairs(state).filter(|pair| pair.before.managed) {
        for after in &pair.after.fields {
            let Some(before) = pair.counterpart(after) else { continue };
            let Some((old, new)) = changed_target(before, after) else { continue };
            let was = recorded_kind::of_field(before, &pair.key.app, context.wanted, state.former_names());
            let is_kept = context
                .field_hints(pair.key, &after.name)
                .is_some_and(|hints| hints.keep_values && hints.speak_of(&was));
            let can_keep = hold_the_same_type(context, state, pair.key, (before, after));
            if is_kept && can_keep {
                continue;
            }
            if found.has_asked(pair.key, &after.name) || found.asks_whether(old, new) {
                continue;
            }
            let missing = context.missing_in_rows(pair.key, after);
            let kind = OtherTarget { can_keep, missing, was: was.spelled, ..about(context, old, new) };
            found.ask(pair.key, Some(&after.name), QuestionKind::OtherTarget(kind));
        }
        let rules = pair.after.constraints.iter().filter_map(Constraint::reference);
        for rule in rules {
            let Some(before) = replaced_rule(&pair, rule) else { continue };
            let was = recorded_kind::of_rule(before, &pair.key.app, context.wanted, state.former_names());
            let mut hints = rule.fields.iter().filter_map(|field| context.field_hints(pair.key, field));
            let is_kept = hints.any(|hints| hints.keep_values && hints.speak_of(&was));
            let Some(first) = rule.fields.first() else { continue };
            if is_kept || found.has_asked(pair.key, first) || found.asks_whether(&before.to, &rule.to) {
                continue;
            }
            let fields = rule.fields.iter().map(ToString::to_string).collect();
            let kind = OtherTarget {
                fields,
                can_keep: true,
                was: was.spelled,
                ..about(context, &before.to, &rule.to)
            };
            found.ask(pair.key, Some(first), QuestionKind::OtherTarget(kind));
        }
    }
}

/// Returns whether a reference holds values of the same type before and after. Unknown types are left to the databases.
fn hold_the_same_type(
    context: &Context<'_>,
    state: &ProjectState,
    own: &ModelKey,
    (before, after): (&Field, &Field),
) -> bool {
    match (type_of_values(state, own, before), type_of_values(&context.target, own, after)) {
        (Some(one), Some(other)) => alike::are_of_one_family(&one, &other),
        (Some(_) | None, Some(_) | None) => true,
    }
}

fn type_of_values(state: &ProjectState, own: &ModelKey, field: &Field) -> Option<ColumnType> {
    match &field.kind {
        FieldKind::ManyToMany(relation) => {
            let mut key = state.model(&relation.to).ok()?.primary_key();
            let first = key.next().filter(|_| key.next().is_none())?;
            state.column_type(&relation.to, first).ok()
        }
        FieldKind::ForeignKey(_) | FieldKind::Column(_) => state.column_type(own, field).ok(),
    }
}

/// Returns the recorded constraint that another one replaces, over the same fields, and to another model or to other fields.
fn replaced_rule<'a>(pair: &Pair<'a>, rule: &ReferenceRule) -> Option<&'a ReferenceRule> {
    let fields: BTreeSet<&FieldName> = rule.fields.iter().collect();
    if fields.iter().any(|name| pair.before.field(name).is_none() || pair.after.field(name).is_none()) {
        return None;
    }
    let before: Vec<&ReferenceRule> = rules_over(pair.before, &fields).collect();
    if before.iter().any(|before| means_the_same(before, rule)) {
        return None;
    }
    before
        .into_iter()
        .find(|before| !rules_over(pair.after, &fields).any(|after| means_the_same(before, after)))
}

/// Returns whether two constraints over the same fields identify the same rows.
fn means_the_same(one: &ReferenceRule, other: &ReferenceRule) -> bool {
    one.to == other.to && ends(one) == ends(other)
}

/// Returns each field with the field to which it refers.
fn ends(rule: &ReferenceRule) -> BTreeSet<(&FieldName, &FieldName)> {
    rule.fields.iter().zip(&rule.to_fields).collect()
}

fn rules_over<'a>(
    model: &'a Model,
    fields: &BTreeSet<&FieldName>,
) -> impl Iterator<Item = &'a ReferenceRule> {
    let rules = model.constraints.iter().filter_map(Constraint::reference);
    rules.filter(move |rule| rule.fields.iter().collect::<BTreeSet<_>>() == *fields)
}

fn about(context: &Context<'_>, before: &ModelKey, after: &ModelKey) -> OtherTarget {
    let is_removed = !context.target.contains(before);
    // Until it is removed it has a temporary name.
    let is_another = is_removed && context.after_renames.former_names().had_model(before, &after.name);
    OtherTarget {
        before: if is_another { after.clone() } else { before.clone() },
        after: after.clone(),
        may_be_renamed: is_removed && !context.recorded.contains(after),
        is_another,
        can_keep: false,
        fields: Vec::new(),
        missing: None,
        was: String::new(),
    }
}
