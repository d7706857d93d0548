//! What `renamed_from` says -> renames that can be done one after the other, and what is wrong with the rest.
//!
//! A `renamed_from` counts while its name is recorded and the new one is not; afterwards it is inert. Chains count as
//! well (`b` was `a`, and `c` was `b`), and so does a name that is taken again: by another thing (`b` was `a`, and `a` is
//! `new`), or in a circle (`a` was `b`, and `b` was `a`). A circle would be turned with every build if the state did not
//! remember the names that things had before.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Model;
use crate::model::field::Field;
use crate::model::hints::SourceModel;
use crate::name::{AppLabel, FieldName, ModelKey, ModelName};
use crate::state::ProjectState;

use super::{alike, keeps_values, other_targets};

/// Renames, and what is in doubt.
pub(super) struct Origins<N> {
    /// In an order in which every new name is free.
    pub(super) renames: Vec<Rename<N>>,
    /// The new name, and what is wrong with its `renamed_from`.
    pub(super) invalid_hints: Vec<(N, InvalidHint<N>)>,
}

/// Returns a name for a while in the place of another, which is not taken.
type Aside<'a, N> = &'a dyn Fn(&N, &dyn Fn(&N) -> bool) -> N;

/// One rename.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rename<N> {
    /// The name before.
    pub(super) before: N,
    /// The name after, which is one for a while where names are exchanged.
    pub(super) after: N,
    /// The name in the end; none for what goes.
    pub(super) last: Option<N>,
}

/// What is wrong with a `renamed_from`.
pub(super) enum InvalidHint<N> {
    /// The name is not recorded.
    Unknown { from: N },
    /// The name is still wanted.
    StillThere { from: N },
    /// Another claims the name too.
    Shared { from: N, other: N },
    /// The new name is recorded too.
    Taken { from: N },
}

/// What is said of a wanted name.
#[derive(Clone, Copy)]
pub(super) struct Said<'a, N> {
    /// `renamed_from`, unless the rename is recorded already.
    pub(super) from: Option<&'a N>,
    /// Whether what is recorded under the name is something else: it is said, or plain to see.
    pub(super) is_other: bool,
    /// Whether `new` says so.
    pub(super) is_new: bool,
    /// Whether `keep_values` says that it is still what is recorded under its name.
    pub(super) is_kept: bool,
}

/// Returns the origins of an app's models.
pub(super) fn of_models(
    recorded: &ProjectState,
    wanted: &BTreeMap<ModelKey, SourceModel>,
    app: &AppLabel,
) -> Origins<ModelName> {
    let names = recorded.models().map(|(key, _)| key).filter(|key| key.app == *app).map(|key| &key.name);
    let mut said = BTreeMap::new();
    for (key, source) in wanted.iter().filter(|(key, _)| key.app == *app) {
        let (from, is_new) = (source.hints.renamed_from.as_ref(), source.hints.new);
        let before = recorded.model(key).ok();
        let is_plain = before.is_some_and(|before| !alike::models(before, &source.model, &|_, _| true));
        let from = from.filter(|from| **from != key.name && !recorded.former_names().had_model(key, from));
        said.insert(&key.name, Said { from, is_other: is_new || is_plain, is_new, is_kept: false });
    }
    origins(&names.collect(), &said, &|name, is_taken| {
        aside(name.as_str(), "Aside", &|name| is_taken(&ModelName::new(name))).into()
    })
}

/// Returns the origins of a model's fields.
pub(super) fn of_fields(
    recorded: &ProjectState,
    source: &SourceModel,
    (key, before, after): (&ModelKey, &Model, &Model),
) -> Origins<FieldName> {
    let names: BTreeSet<&FieldName> = before.fields.iter().map(|field| &field.name).collect();
    let (mut wanted, mut invalid_hints) = (BTreeMap::new(), Vec::new());
    for field in &after.fields {
        let hints = source.hints.fields.get(&field.name);
        let (is_shared, is_new) = hints.map_or((false, false), |hints| (hints.is_shared, hints.new));
        // What a struct says that several models embed is about those that it fits.
        let fits = |from: &&FieldName| {
            let is_free = is_new || !names.contains(&field.name);
            !is_shared || (names.contains(from) && after.field(from).is_none() && is_free)
        };
        let from = hints.and_then(|hints| hints.renamed_from.as_ref());
        let from = from.filter(|from| **from != field.name).filter(fits);
        let is_kept = hints.is_some_and(|hints| hints.keep_values);
        let is_plain = before.field(&field.name).is_some_and(|it| alike::is_another(it, field)) && !is_kept;
        let from = from.filter(|from| !recorded.former_names().had_field(key, &field.name, from));
        // What is recorded under both names or said to be new, and cannot become the one by the other, was never renamed.
        let is_kept_as =
            |it: &Field| it.is_stored_like(field) && (!before.managed || keeps_values(it, field));
        let can_become = |from: &&FieldName| before.field(from).is_none_or(is_kept_as);
        let may_be_new = is_new || names.contains(&field.name);
        let (from, other) = (from.filter(|it| !may_be_new || can_become(it)), from);
        // Once the other one is recorded, it could.
        let could_become = |from: &&FieldName| after.field(from).is_some_and(is_kept_as);
        let misled = other.filter(|it| is_new && !can_become(it) && could_become(it));
        invalid_hints
            .extend(misled.map(|from| (field.name.clone(), InvalidHint::StillThere { from: from.clone() })));
        // What is new for one of several models need not be so for all.
        let is_new = is_new && (!is_shared || from.is_some());
        wanted.insert(&field.name, Said { from, is_other: is_new || is_plain, is_new, is_kept });
    }
    let room = |name: &FieldName, is_taken: &dyn Fn(&FieldName) -> bool| -> FieldName {
        aside(name.as_str(), "_aside", &|name| is_taken(&FieldName::new(name))).into()
    };
    let mut found = origins(&names, &wanted, &room);
    found.invalid_hints.extend(invalid_hints);
    // A reference that is new and leads elsewhere takes the name of the one that is recorded.
    let is_replaced = |field: &&Field| {
        let leads_elsewhere = |before| other_targets::targets(before, field).is_some();
        source.hints.fields.get(&field.name).is_some_and(|hints| hints.new)
            && before.field(&field.name).is_some_and(leads_elsewhere)
            && found.renames.iter().all(|it| it.before != field.name && it.after != field.name)
    };
    let replaced: Vec<&Field> = after.fields.iter().filter(is_replaced).collect();
    for field in replaced {
        let is_taken = |name: &FieldName| names.contains(name) || wanted.contains_key(name);
        let after = room(&field.name, &is_taken);
        found.renames.push(Rename { before: field.name.clone(), after, last: None });
    }
    found
}

/// Returns a name that is free for a while.
pub(super) fn aside(name: &str, suffix: &str, is_taken: &dyn Fn(&str) -> bool) -> String {
    let mut aside = format!("{name}{suffix}");
    while is_taken(&aside) {
        aside.push_str(suffix);
    }
    aside
}

/// Returns the renames that the hints of `wanted` tell; `aside` gives a name for a while that is not taken.
pub(super) fn origins<'a, N: Clone + Ord>(
    recorded: &BTreeSet<&N>,
    wanted: &BTreeMap<&'a N, Said<'a, N>>,
    aside: Aside<'_, N>,
) -> Origins<N> {
    let mut found = Origins { renames: Vec::new(), invalid_hints: Vec::new() };
    let mut claims: BTreeMap<&'a N, &'a N> = BTreeMap::new();
    // What begins at a name that is not recorded comes before what is exchanged.
    free(recorded, wanted, &mut claims, &mut found);
    exchanged(recorded, wanted, aside, &mut claims, &mut found);
    found
}

/// Finds the renames that begin at a name which is not recorded.
fn free<'a, N: Clone + Ord>(
    recorded: &BTreeSet<&N>,
    wanted: &BTreeMap<&'a N, Said<'a, N>>,
    claims: &mut BTreeMap<&'a N, &'a N>,
    found: &mut Origins<N>,
) {
    for (&new, said) in wanted.iter().filter(|(new, _)| !recorded.contains(**new)) {
        let Some(from) = said.from else { continue };
        match chain(recorded, wanted, new, from) {
            Err(doubt) => found.invalid_hints.push((new.clone(), doubt)),
            Ok((links, _)) => {
                let claimed = links.iter().find_map(|(from, _)| claims.get_key_value(*from));
                if let Some((from, other)) = claimed {
                    let doubt = InvalidHint::Shared { from: (*from).clone(), other: (*other).clone() };
                    found.invalid_hints.push((new.clone(), doubt));
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
    wanted: &BTreeMap<&'a N, Said<'a, N>>,
    aside: Aside<'_, N>,
    claims: &mut BTreeMap<&'a N, &'a N>,
    found: &mut Origins<N>,
) {
    let is_taken = |name: &N| recorded.contains(name) || wanted.contains_key(name);
    // What one takes over from goes on under the other's name, and need not make room.
    let origins: BTreeSet<&N> = wanted.values().filter_map(|said| said.from).collect();
    let said = wanted.iter().filter(|(new, _)| recorded.contains(**new));
    let (inner, last): (Vec<_>, Vec<_>) = said.partition(|(new, _)| origins.contains(*new));
    for (&new, said) in last.into_iter().chain(inner) {
        let Some(from) = said.from else { continue };
        let (links, end) = match chain(recorded, wanted, new, from) {
            Ok(chain) => chain,
            Err(doubt) => {
                let doubt = if matches!(doubt, InvalidHint::Shared { .. }) {
                    Some((new.clone(), doubt))
                } else {
                    coming(recorded, wanted, new)
                };
                found.invalid_hints.extend(doubt.filter(|_| said.is_new));
                continue;
            }
        };
        let claimed = links.iter().find_map(|(from, to)| {
            let (_, other) = claims.get_key_value(*from).filter(|(_, other)| *other != to)?;
            Some(InvalidHint::Shared { from: (*from).clone(), other: (*other).clone() })
        });
        if let Some(doubt) = claimed.filter(|_| said.is_new) {
            found.invalid_hints.push((new.clone(), doubt));
            continue;
        }
        let is_claimed = |name: &N| claims.contains_key(name) || claims.values().any(|to| *to == name);
        if is_claimed(new) || links.iter().any(|(from, _)| is_claimed(from)) {
            continue;
        }
        if end != End::Circle && !said.is_new {
            if end == End::Gone && !said.is_kept {
                found.invalid_hints.push((new.clone(), InvalidHint::Taken { from: from.clone() }));
            }
            continue;
        }
        // What is recorded under the name makes room for a while, or for good.
        let room = aside(new, &is_taken);
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

/// Returns what is in doubt where names that are recorded lead to one that comes only now: once that is recorded, it would
/// be taken for what they lead to.
fn coming<'a, N: Clone + Ord>(
    recorded: &BTreeSet<&N>,
    wanted: &BTreeMap<&'a N, Said<'a, N>>,
    new: &'a N,
) -> Option<(N, InvalidHint<N>)> {
    let (mut seen, mut last) = (BTreeSet::new(), new);
    while seen.insert(last) {
        let from = wanted.get(last)?.from?;
        if !recorded.contains(from) {
            let doubt = InvalidHint::Unknown { from: from.clone() };
            return wanted.contains_key(from).then(|| (last.clone(), doubt));
        }
        last = from;
    }
    None
}

fn rename<N: Clone>(before: &N, after: &N) -> Rename<N> {
    Rename { before: before.clone(), after: after.clone(), last: Some(after.clone()) }
}

/// Names, each with what it becomes.
type Links<'a, N> = Vec<(&'a N, &'a N)>;

/// How a chain of renames ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// At a name that is no longer wanted.
    Gone,
    /// At a name that something else takes.
    TakenAgain,
    /// Where it begins.
    Circle,
}

/// Follows `renamed_from` until a name that is free; gives each name and what it becomes.
fn chain<'a, N: Clone + Ord>(
    recorded: &BTreeSet<&N>,
    wanted: &BTreeMap<&'a N, Said<'a, N>>,
    new: &'a N,
    from: &'a N,
) -> Result<(Links<'a, N>, End), InvalidHint<N>> {
    if !recorded.contains(from) {
        return Err(InvalidHint::Unknown { from: from.clone() });
    }
    let mut links = vec![(from, new)];
    let mut last = from;
    while let Some(said) = wanted.get(last) {
        if last == new {
            return Ok((links, End::Circle));
        }
        match said.from {
            Some(next) if links.iter().any(|(from, _)| *from == next) => {
                return Err(InvalidHint::Shared { from: next.clone(), other: last.clone() });
            }
            Some(next) if recorded.contains(next) => {
                links.push((next, last));
                last = next;
            }
            Some(_) | None if said.is_other => return Ok((links, End::TakenAgain)),
            Some(_) | None => return Err(InvalidHint::StillThere { from: from.clone() }),
        }
    }
    Ok((links, End::Gone))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `wanted` is written as `new<old`, with `!` behind it for what is another thing under a recorded name, and `=` for
    /// what is recorded already; gives the renames as `old>new`, and invalid_hints as `new?`.
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
        let said = |it: &'_ (String, Option<String>, bool, bool)| (it.2, it.3);
        let said = wanted.iter().map(|it| {
            let (is_new, is_done) = said(it);
            (
                &it.0,
                Said { from: it.1.as_ref().filter(|_| !is_done), is_other: is_new, is_new, is_kept: false },
            )
        });
        let found = origins(&recorded.iter().collect(), &said.collect(), &|name, is_taken| {
            super::aside(name, "_", &|it| is_taken(&it.to_owned()))
        });
        let renames = found.renames.iter().map(|it| format!("{}>{}", it.before, it.after));
        let invalid_hints = found.invalid_hints.iter().map(|(new, doubt)| match doubt {
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
    fn chains_are_done_from_their_free_end() {
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
    fn a_name_is_given_up_and_taken_again() {
        check("a", "a! b<a", "a>b");
        check("a b", "b<a", "b?taken");
        check("a b", "b<a!", "b>b_ a>b");
        check("a b", "a b<a!", "");
        check("a b", "b<a=", "");
    }

    #[test]
    fn what_is_wrong_is_in_doubt() {
        check("x", "b<a x", "b?unknown");
        check("a", "a b<a", "b?still");
        check("a", "b<a c<a", "a>b c?shared");
    }
}
