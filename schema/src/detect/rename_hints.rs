//! `renamed_from` hints -> renames that can be applied one after the other, and hints that are invalid.
//!
//! A `renamed_from` counts while its name is recorded and the new name is not; afterwards it has no effect. Chains count
//! too (`b` was `a`, and `c` was `b`), and so does a name that is used again: by something new (`b` was `a`, and `a` is
//! `new`), or in a circle (`a` was `b`, and `b` was `a`). A circle would be turned in every build if the state did not
//! remember former names.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Model;
use crate::model::field::Field;
use crate::model::hints::SourceModel;
use crate::name::{AppLabel, FieldName, ModelKey, ModelName};
use crate::state::ProjectState;

use super::alike;
use super::pair::{Pair, is_without_conversion, keeps_values};
use super::recorded_kind;

/// Renames, and invalid hints.
pub(super) struct Origins<N> {
    /// In an order in which each new name is free.
    pub(super) renames: Vec<Rename<N>>,
    /// The new name, and why its `renamed_from` is invalid.
    pub(super) invalid_hints: Vec<(N, InvalidHint<N>)>,
}

/// Returns a temporary name for another name that is not taken.
type TemporaryName<'a, N> = &'a dyn Fn(&N, &dyn Fn(&N) -> bool) -> N;

/// One rename.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rename<N> {
    /// The name before.
    pub(super) before: N,
    /// The name after. It is temporary if names are exchanged.
    pub(super) after: N,
    /// The final name; none for a model or field that is removed.
    pub(super) last: Option<N>,
}

/// Why a `renamed_from` is invalid.
pub(super) enum InvalidHint<N> {
    /// The name is not recorded.
    Unknown { from: N },
    /// The name is still in the source.
    StillThere { from: N },
    /// Another hint claims the same name.
    Shared { from: N, other: N },
    /// The new name is recorded too.
    Taken { from: N },
}

/// What the hints declare about a wanted name.
#[derive(Clone, Copy)]
pub(super) struct Declared<'a, N> {
    /// `renamed_from`, unless the rename is recorded already.
    pub(super) from: Option<&'a N>,
    /// Whether the recorded model or field of the name is another one: by a hint, or obviously.
    pub(super) is_other: bool,
    /// Whether a `new` hint declares it.
    pub(super) is_new: bool,
    /// Whether `keep_values` declares that it is still the recorded one.
    pub(super) is_kept: bool,
}

/// Returns the renames of an app's models.
pub(super) fn of_models(
    recorded: &ProjectState,
    wanted: &BTreeMap<ModelKey, SourceModel>,
    app: &AppLabel,
) -> Origins<ModelName> {
    let names = recorded.models().map(|(key, _)| key).filter(|key| key.app == *app).map(|key| &key.name);
    let mut declared = BTreeMap::new();
    for (key, source) in wanted.iter().filter(|(key, _)| key.app == *app) {
        let (from, is_new) = (source.hints.renamed_from.as_ref(), source.hints.new);
        let before = recorded.model(key).ok();
        let is_plain = before.is_some_and(|before| !alike::models(before, &source.model, &|_, _| true));
        let past = recorded.former_names();
        let from = from.filter(|from| **from != key.name && !past.had_model(key, from));
        // The rename is also done where the model that was renamed gave the name to a new one.
        let from = from.filter(|from| !(is_new && before.is_some() && past.was_renamed(key, from)));
        declared.insert(&key.name, Declared { from, is_other: is_new || is_plain, is_new, is_kept: false });
    }
    let names = names.collect();
    let mut found = origins(&names, &declared, &temporary_model);
    // A new model takes the name of the recorded one, which has another key.
    for (key, source) in wanted.iter().filter(|(key, source)| key.app == *app && source.hints.new) {
        let is_renamed = found.renames.iter().any(|it| it.before == key.name || it.after == key.name);
        if !is_renamed && may_be_replaced(recorded, key, source) {
            let after =
                temporary_model(&key.name, &|name| names.contains(name) || declared.contains_key(name));
            found.renames.push(Rename { before: key.name.clone(), after, last: None });
        }
    }
    found
}

fn temporary_model(name: &ModelName, is_taken: &dyn Fn(&ModelName) -> bool) -> ModelName {
    unused_name(name.as_str(), "Aside", &|name| is_taken(&ModelName::new(name))).into()
}

/// Returns whether `new` at a model declares that the recorded one of its name goes with its rows: its rows could not have
/// the key of the new one.
///
/// A name is taken in this way once: otherwise a `new` that stays in the source would answer later questions.
pub(super) fn may_be_replaced(recorded: &ProjectState, key: &ModelKey, source: &SourceModel) -> bool {
    let Ok(before) = recorded.model(key) else { return false };
    before.managed
        && source.model.managed
        && !recorded.former_names().was_removed(key)
        && source.model.primary_key().any(|field| {
            let hints = source.hints.fields.get(&field.name);
            let is_said = hints.is_some_and(|it| it.renamed_from.is_some() || it.backfill.is_some());
            !is_said && lacks_key(before, &source.model, field)
        })
}

/// Returns whether rows of the recorded model have no value for a field of the key.
fn lacks_key(before: &Model, after: &Model, field: &Field) -> bool {
    let is_automatic = after.automatic_key().is_some_and(|key| key.name == field.name);
    let is_made = is_automatic || field.makes_values() || field.default.is_some();
    match before.field(&field.name) {
        None => !is_made,
        Some(before) => is_without_conversion(before, field),
    }
}

/// Returns the renames of a model's fields.
pub(super) fn of_fields(
    recorded: &ProjectState,
    wanted_models: &BTreeMap<ModelKey, SourceModel>,
    source: &SourceModel,
    (key, before, after): (&ModelKey, &Model, &Model),
) -> Origins<FieldName> {
    let names: BTreeSet<&FieldName> = before.fields.iter().map(|field| &field.name).collect();
    let (mut wanted, mut invalid_hints) = (BTreeMap::new(), Vec::new());
    for field in &after.fields {
        let hints = source.hints.fields.get(&field.name);
        let (is_shared, is_new) = hints.map_or((false, false), |hints| (hints.is_shared, hints.new));
        let from = hints.and_then(|hints| hints.renamed_from.as_ref());
        // Hints of a struct that several models embed apply to the models that they fit.
        let from = from.filter(|from| **from != field.name).filter(|from| {
            let is_free = is_new || !names.contains(&field.name);
            !is_shared || (names.contains(from) && after.field(from).is_none() && is_free)
        });
        let pair = Pair { key, before, after };
        let is_kept = hints.is_some_and(|hints| hints.keep_values) && pair.can_keep(field);
        let is_plain = before.field(&field.name).is_some_and(|it| alike::is_another(it, field)) && !is_kept;
        let past = recorded.former_names();
        let from = from.filter(|from| !past.had_field(key, &field.name, from));
        // The rename is also done where the field that was renamed gave the name to a new one.
        let is_taken = is_new && names.contains(&field.name);
        let from = from.filter(|from| !(is_taken && past.was_field_renamed(key, &field.name, from)));
        // A field that is recorded under both names, or declared to be new, was never renamed if the one cannot become the
        // other.
        let can_become =
            from.is_none_or(|from| before.field(from).is_none_or(|it| can_be_stored_as(before, it, field)));
        let may_be_new = is_new || names.contains(&field.name);
        if let Some(from) = from
            && may_be_new
            && !can_become
            // It could become the other one after that is recorded.
            && after.field(from).is_some_and(|it| can_be_stored_as(before, it, field))
        {
            invalid_hints.push((field.name.clone(), InvalidHint::StillThere { from: from.clone() }));
        }
        let from = from.filter(|_| !may_be_new || can_become);
        // A field that is new in one of several models need not be new in all.
        let is_new = is_new && (!is_shared || from.is_some());
        wanted.insert(&field.name, Declared { from, is_other: is_new || is_plain, is_new, is_kept });
    }
    let mut found = origins(&names, &wanted, &temporary_field);
    found.invalid_hints.extend(invalid_hints);
    // A new reference with another target takes the name of the recorded one.
    let mut replaced = Vec::new();
    for field in &after.fields {
        let hints = source.hints.fields.get(&field.name).filter(|hints| hints.new);
        let (Some(hints), Some(before)) = (hints, before.field(&field.name)) else { continue };
        let kind = recorded_kind::of_field(before, &key.app, wanted_models, recorded.former_names());
        if hints.speak_of(&kind)
            && alike::changed_target(before, field).is_some()
            && found.renames.iter().all(|it| it.before != field.name && it.after != field.name)
        {
            replaced.push(&field.name);
        }
    }
    for name in replaced {
        let after = temporary_field(name, &|name| names.contains(name) || wanted.contains_key(name));
        found.renames.push(Rename { before: name.clone(), after, last: None });
    }
    found
}

fn can_be_stored_as(model: &Model, before: &Field, after: &Field) -> bool {
    before.is_stored_like(after) && (!model.managed || keeps_values(before, after))
}

fn temporary_field(name: &FieldName, is_taken: &dyn Fn(&FieldName) -> bool) -> FieldName {
    unused_name(name.as_str(), "_aside", &|name| is_taken(&FieldName::new(name))).into()
}

/// Returns a temporary name that is not taken.
pub(super) fn unused_name(name: &str, suffix: &str, is_taken: &dyn Fn(&str) -> bool) -> String {
    let mut unused = format!("{name}{suffix}");
    while is_taken(&unused) {
        unused.push_str(suffix);
    }
    unused
}

/// Returns the renames that the hints of `wanted` declare. `temporary` returns a name that is not taken.
pub(super) fn origins<'a, N: Clone + Ord>(
    recorded: &BTreeSet<&N>,
    wanted: &BTreeMap<&'a N, Declared<'a, N>>,
    temporary: TemporaryName<'_, N>,
) -> Origins<N> {
    let mut found = Origins { renames: Vec::new(), invalid_hints: Vec::new() };
    let mut claims: BTreeMap<&'a N, &'a N> = BTreeMap::new();
    // Renames that begin at a new name come before exchanges.
    free(recorded, wanted, &mut claims, &mut found);
    exchanged(recorded, wanted, temporary, &mut claims, &mut found);
    found
}

/// Finds the renames to names that are not recorded.
fn free<'a, N: Clone + Ord>(
    recorded: &BTreeSet<&N>,
    wanted: &BTreeMap<&'a N, Declared<'a, N>>,
    claims: &mut BTreeMap<&'a N, &'a N>,
    found: &mut Origins<N>,
) {
    for (&new, declared) in wanted.iter().filter(|(new, _)| !recorded.contains(**new)) {
        let Some(from) = declared.from else { continue };
        match chain(recorded, wanted, new, from) {
            Err(hint) => found.invalid_hints.push((new.clone(), hint)),
            Ok((links, _)) => {
                let claimed = links.iter().find_map(|(from, _)| claims.get_key_value(*from));
                if let Some((from, other)) = claimed {
                    let hint = InvalidHint::Shared { from: (*from).clone(), other: (*other).clone() };
                    found.invalid_hints.push((new.clone(), hint));
                    continue;
                }
                claims.extend(links.iter().copied());
                found.renames.extend(links.into_iter().map(|(from, to)| rename(from, to)));
            }
        }
    }
}

/// Finds the renames to names that are recorded: those that are exchanged, and those that replace something.
fn exchanged<'a, N: Clone + Ord>(
    recorded: &BTreeSet<&N>,
    wanted: &BTreeMap<&'a N, Declared<'a, N>>,
    temporary: TemporaryName<'_, N>,
    claims: &mut BTreeMap<&'a N, &'a N>,
    found: &mut Origins<N>,
) {
    // A name from which another one is renamed continues under that name, and need not make room.
    let origins: BTreeSet<&N> = wanted.values().filter_map(|declared| declared.from).collect();
    let declared = wanted.iter().filter(|(new, _)| recorded.contains(**new));
    let (inner, last): (Vec<_>, Vec<_>) = declared.partition(|(new, _)| origins.contains(*new));
    for (&new, declared) in last.into_iter().chain(inner) {
        let Some(from) = declared.from else { continue };
        let (links, end) = match chain(recorded, wanted, new, from) {
            Ok(chain) => chain,
            Err(hint) => {
                let hint = if matches!(hint, InvalidHint::Shared { .. }) {
                    Some((new.clone(), hint))
                } else {
                    unrecorded_origin(recorded, wanted, new)
                };
                found.invalid_hints.extend(hint.filter(|_| declared.is_new));
                continue;
            }
        };
        let claimed = links.iter().find_map(|(from, to)| {
            let (_, other) = claims.get_key_value(*from).filter(|(_, other)| *other != to)?;
            Some(InvalidHint::Shared { from: (*from).clone(), other: (*other).clone() })
        });
        if let Some(hint) = claimed.filter(|_| declared.is_new) {
            found.invalid_hints.push((new.clone(), hint));
            continue;
        }
        if is_claimed(claims, new) || links.iter().any(|(from, _)| is_claimed(claims, from)) {
            continue;
        }
        if end != End::Circle && !declared.is_new {
            if end == End::Gone && !declared.is_kept {
                found.invalid_hints.push((new.clone(), InvalidHint::Taken { from: from.clone() }));
            }
            continue;
        }
        // The recorded model or field of the name gets another name, temporarily or until it is removed.
        let room = temporary(new, &|name| recorded.contains(name) || wanted.contains_key(name));
        let to = links.iter().find(|(from, _)| *from == new).map(|(_, to)| (*to).clone());
        found.renames.push(Rename { before: new.clone(), after: room.clone(), last: to.clone() });
        let others = links.iter().filter(|(from, _)| *from != new);
        found.renames.extend(others.map(|(from, to)| rename(*from, *to)));
        if let Some(to) = to {
            found.renames.push(Rename { before: room, after: to.clone(), last: Some(to) });
        }
        claims.extend(links);
    }
}

fn is_claimed<N: Ord>(claims: &BTreeMap<&N, &N>, name: &N) -> bool {
    claims.contains_key(name) || claims.values().any(|to| *to == name)
}

/// Returns the invalid hint if recorded names lead to a name that is only being created: once that is recorded, it would be
/// taken for the origin.
fn unrecorded_origin<'a, N: Clone + Ord>(
    recorded: &BTreeSet<&N>,
    wanted: &BTreeMap<&'a N, Declared<'a, N>>,
    new: &'a N,
) -> Option<(N, InvalidHint<N>)> {
    let (mut seen, mut last) = (BTreeSet::new(), new);
    while seen.insert(last) {
        let from = wanted.get(last)?.from?;
        if !recorded.contains(from) {
            let hint = InvalidHint::Unknown { from: from.clone() };
            return wanted.contains_key(from).then(|| (last.clone(), hint));
        }
        last = from;
    }
    None
}

fn rename<N: Clone>(before: &N, after: &N) -> Rename<N> {
    Rename { before: before.clone(), after: after.clone(), last: Some(after.clone()) }
}

/// Names, each with its new name.
type Links<'a, N> = Vec<(&'a N, &'a N)>;

/// How a chain of renames ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// At a name that is not in the source.
    Gone,
    /// At a name that another model or field takes.
    TakenAgain,
    /// At its beginning.
    Circle,
}

/// Follows `renamed_from` until a name that is free, and returns each name with its new name.
fn chain<'a, N: Clone + Ord>(
    recorded: &BTreeSet<&N>,
    wanted: &BTreeMap<&'a N, Declared<'a, N>>,
    new: &'a N,
    from: &'a N,
) -> Result<(Links<'a, N>, End), InvalidHint<N>> {
    if !recorded.contains(from) {
        return Err(InvalidHint::Unknown { from: from.clone() });
    }
    let mut links = vec![(from, new)];
    let mut last = from;
    while let Some(declared) = wanted.get(last) {
        if last == new {
            return Ok((links, End::Circle));
        }
        match declared.from {
            Some(next) if links.iter().any(|(from, _)| *from == next) => {
                return Err(InvalidHint::Shared { from: next.clone(), other: last.clone() });
            }
            Some(next) if recorded.contains(next) => {
                links.push((next, last));
                last = next;
            }
            Some(_) | None if declared.is_other => return Ok((links, End::TakenAgain)),
            Some(_) | None => return Err(InvalidHint::StillThere { from: from.clone() }),
        }
    }
    Ok((links, End::Gone))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the renames and the invalid hints of a list of names.
    ///
    /// `wanted` is written as `new<old`, followed by `!` for another thing under a recorded name, and by `=` for a rename that
    /// is already recorded. The result is written as `old>new` for a rename, and `new?` for an invalid hint.
    fn check(recorded: &str, wanted: &str, expect: &str) {
        let recorded: Vec<String> = recorded.split_whitespace().map(str::to_owned).collect();
        let wanted: Vec<(String, Option<String>, bool, bool)> = wanted
            .split_whitespace()
            .map(|text| {
                let bare = text.trim_end_matches(['!', '=']);
                let (new, old) = bare.split_once('<').map_or((bare, None), |(new, old)| (new, Some(old)));
                (new.to_owned(), old.map(str::to_owned), text.ends_with('!'), text.ends_with('='))
            })
            .collect();
        let declared = wanted.iter().map(|(new, old, is_new, is_recorded)| {
            let from = old.as_ref().filter(|_| !is_recorded);
            (new, Declared { from, is_other: *is_new, is_new: *is_new, is_kept: false })
        });
        let found = origins(&recorded.iter().collect(), &declared.collect(), &|name, is_taken| {
            super::unused_name(name, "_", &|it| is_taken(&it.to_owned()))
        });
        let renames = found.renames.iter().map(|it| format!("{}>{}", it.before, it.after));
        let invalid_hints = found.invalid_hints.iter().map(|(new, hint)| match hint {
            InvalidHint::Unknown { .. } => format!("{new}?unknown"),
            InvalidHint::StillThere { .. } => format!("{new}?still"),
            InvalidHint::Shared { .. } => format!("{new}?shared"),
            InvalidHint::Taken { .. } => format!("{new}?taken"),
        });
        assert_eq!(renames.chain(invalid_hints).collect::<Vec<_>>().join(" "), expect);
    }

    #[test]
    fn a_rename_counts_once() {
        check("a", "b<a", "a>b");
        check("b", "b<a", "");
        check("a x", "b<a x", "a>b");
    }

    #[test]
    fn chains_are_applied_from_their_free_end() {
        check("a b", "c<b b<a", "b>c a>b");
        check("b c", "c<b b<a", "");
    }

    #[test]
    fn names_are_exchanged_once() {
        check("a b", "a<b b<a", "a>a_ b>a a_>b");
        check("a b c", "a<b b<c c<a", "a>a_ b>a c>b a_>c");
        check("a b a_", "a<b b<a a_", "a>a__ b>a a__>b");
        check("a b", "a<b= b<a=", "");
        check("a b c d", "a<b b<a c<d d<c", "a>a_ b>a a_>b c>c_ d>c c_>d");
    }

    #[test]
    fn a_name_is_released_and_used_again() {
        check("a", "a! b<a", "a>b");
        check("a b", "b<a", "b?taken");
        check("a b", "b<a!", "b>b_ a>b");
        check("a b", "a b<a!", "");
        check("a b", "b<a=", "");
    }

    #[test]
    fn invalid_hints_are_found() {
        check("x", "b<a x", "b?unknown");
        check("a", "a b<a", "b?still");
        check("a", "b<a c<a", "a>b c?shared");
    }
}
