//! Variants of an enum that are removed: renames and replacements that hints declare, and questions about the others.

use crate::detect::question::QuestionKind;
use crate::detect::{Context, Findings};
use crate::model::choices::{Choice, ChoiceMoves, Choices};
use crate::model::field::Field;
use crate::name::ModelKey;

/// Returns what happens to the removed variants of a field's enum, and asks if no hint declares it.
pub(in crate::detect) fn moves(
    context: &Context<'_>,
    key: &ModelKey,
    before: &Field,
    after: &Field,
    found: &mut Findings,
) -> ChoiceMoves {
    let (Some(old), Some(new)) = (before.choices(), after.choices()) else { return ChoiceMoves::default() };
    let hints = context.field_hints(key, &after.name).map(|hints| hints.choices.clone()).unwrap_or_default();
    let renamed: Vec<_> = hints
        .moves
        .renamed
        .into_iter()
        .filter(|(from, to)| is_only_in(old, new, from) && is_only_in(new, old, to))
        .collect();
    let removed = hints.moves.removed.into_iter().filter(|(from, to)| {
        is_only_in(old, new, from)
            && new.variant(to).is_some()
            && !renamed.iter().any(|(renamed, _)| renamed == from)
    });
    let removed = removed.collect();
    let moves = ChoiceMoves { renamed, removed };
    let replacements = old.replacements(new, &moves);
    // New variants that no recorded variant becomes, by a hint or by its value.
    let (unclaimed, kept): (Vec<&Choice>, Vec<&Choice>) = new.variants.iter().partition(|variant| {
        is_only_in(new, old, &variant.name)
            && !moves.renamed.iter().any(|(_, to)| *to == variant.name)
            && !replacements.iter().any(|(_, to)| to.is_some_and(|to| to.name == variant.name))
    });
    for (removed, _) in
        replacements.iter().filter(|(removed, to)| to.is_none() && !hints.unused.contains(&removed.name))
    {
        let kind = QuestionKind::RemovedChoice {
            choices: new.name.clone(),
            gone: removed.name.clone(),
            came: unclaimed.iter().map(|variant| variant.name.clone()).collect(),
            kept: kept.first().map(|variant| variant.name.clone()),
        };
        found.ask(key, Some(&after.name), kind);
    }
    moves
}

fn is_only_in(choices: &Choices, other: &Choices, variant: &str) -> bool {
    choices.variant(variant).is_some() && other.variant(variant).is_none()
}

#[cfg(test)]
mod tests;
