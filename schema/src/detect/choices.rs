//! Variants of an enum that went: those that say what becomes of their rows, and questions about the others.

use super::{Context, Findings};
use crate::detect::question::QuestionKind;
use crate::model::choices::ChoiceMoves;
use crate::model::field::Field;
use crate::name::ModelKey;

/// Returns what becomes of the variants of a field's enum, and asks where nobody said it.
pub(super) fn moves(
    context: &Context<'_>,
    key: &ModelKey,
    before: &Field,
    after: &Field,
    found: &mut Findings,
) -> ChoiceMoves {
    let (Some(old), Some(new)) = (before.choices(), after.choices()) else { return ChoiceMoves::default() };
    let hints = context.field_hints(key, &after.name).map(|hints| hints.choices.clone()).unwrap_or_default();
    let is_gone = |name: &str| old.variant(name).is_some() && new.variant(name).is_none();
    let came = |name: &str| old.variant(name).is_none() && new.variant(name).is_some();
    let renamed: Vec<_> =
        hints.moves.renamed.into_iter().filter(|(from, to)| is_gone(from) && came(to)).collect();
    let is_free = |from: &str| is_gone(from) && !renamed.iter().any(|(renamed, _)| renamed == from);
    let removed = hints.moves.removed.into_iter();
    let removed = removed.filter(|(from, to)| is_free(from) && new.variant(to).is_some()).collect();
    let moves = ChoiceMoves { renamed, removed };
    let is_taken = |name: &str| moves.renamed.iter().any(|(_, to)| to == name);
    let destinies = old.destinies(new, &moves);
    let by_value: Vec<&str> =
        destinies.iter().filter_map(|(_, to)| to.map(|to| to.name.as_str())).filter(|it| came(it)).collect();
    let unclaimed = |name: &&str| came(name) && !is_taken(name) && !by_value.contains(name);
    for (gone, _) in destinies.iter().filter(|(gone, to)| to.is_none() && !hints.unused.contains(&gone.name))
    {
        let names = || new.variants.iter().map(|variant| variant.name.as_str());
        let kind = QuestionKind::RemovedChoice {
            choices: new.name.clone(),
            gone: gone.name.clone(),
            came: names().filter(unclaimed).map(str::to_owned).collect(),
            kept: names().find(|name| !unclaimed(name)).map(str::to_owned),
        };
        found.ask(key, Some(&after.name), kind);
    }
    moves
}

#[cfg(test)]
mod tests;
