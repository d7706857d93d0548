//! What `renamed_from` says -> renames that can be done one after the other, and what is wrong with the rest.
//!
//! A `renamed_from` counts while its name is recorded and the new one is not; afterwards it is inert. Chains count as
//! well (`b` was `a`, and `c` was `b`), as long as they start at a name that is not recorded: a circle never does, and
//! would otherwise turn round with every build.

use std::collections::{BTreeMap, BTreeSet};

use crate::hints::SourceModel;
use crate::name::{AppLabel, ModelKey, ModelName};
use crate::state::ProjectState;

/// Renames, and what is in doubt.
pub(super) struct Origins<N> {
    /// The name before and after, in an order in which every new name is free.
    pub(super) renames: Vec<(N, N)>,
    /// The new name, and what is wrong with its `renamed_from`.
    pub(super) doubts: Vec<(N, Doubt<N>)>,
}

/// What is wrong with a `renamed_from`.
pub(super) enum Doubt<N> {
    /// The name is not recorded.
    Unknown { from: N },
    /// The name is still wanted.
    StillThere { from: N },
    /// Another claims the name too.
    Shared { from: N, other: N },
}

/// Gives the origins of an app's models.
pub(super) fn of_models(
    recorded: &ProjectState,
    wanted: &BTreeMap<ModelKey, SourceModel>,
    app: &AppLabel,
) -> Origins<ModelName> {
    let recorded = recorded.models().map(|(key, _)| key).filter(|key| key.app == *app).map(|key| &key.name);
    let wanted = wanted.iter().filter(|(key, _)| key.app == *app);
    origins(
        &recorded.collect(),
        &wanted.map(|(key, it)| (&key.name, it.hints.renamed_from.as_ref())).collect(),
    )
}

/// Gives the renames that the hints of `wanted` (name, `renamed_from`) tell.
pub(super) fn origins<N: Clone + Ord>(
    recorded: &BTreeSet<&N>,
    wanted: &BTreeMap<&N, Option<&N>>,
) -> Origins<N> {
    let mut found = Origins { renames: Vec::new(), doubts: Vec::new() };
    let mut claims: BTreeMap<&N, &N> = BTreeMap::new();
    for (new, from) in wanted.iter().filter(|(new, _)| !recorded.contains(*new)) {
        let Some(from) = from else { continue };
        match chain(recorded, wanted, new, from) {
            Err(doubt) => found.doubts.push(((*new).clone(), doubt)),
            Ok(links) => {
                let claimed = links.iter().find_map(|(from, _)| claims.get_key_value(*from));
                if let Some((from, other)) = claimed {
                    let doubt = Doubt::Shared { from: (*from).clone(), other: (*other).clone() };
                    found.doubts.push(((*new).clone(), doubt));
                    continue;
                }
                claims.extend(links.iter().copied());
                found.renames.extend(links.into_iter().map(|(from, to)| (from.clone(), to.clone())));
            }
        }
    }
    found
}

/// Follows `renamed_from` until a name that is no longer wanted; gives each name and what it becomes.
fn chain<'a, N: Clone + Ord>(
    recorded: &BTreeSet<&N>,
    wanted: &BTreeMap<&'a N, Option<&'a N>>,
    new: &'a N,
    from: &'a N,
) -> Result<Vec<(&'a N, &'a N)>, Doubt<N>> {
    if !recorded.contains(from) {
        return Err(Doubt::Unknown { from: from.clone() });
    }
    let mut links = vec![(from, new)];
    let mut last = from;
    while let Some(hint) = wanted.get(last) {
        match hint {
            Some(next) if recorded.contains(next) && links.iter().all(|(from, _)| from != next) => {
                links.push((next, last));
                last = next;
            }
            Some(_) | None => return Err(Doubt::StillThere { from: from.clone() }),
        }
    }
    Ok(links)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `wanted` is written as `new<old`; gives the renames as `old>new`, and doubts as `new?`.
    fn check(recorded: &str, wanted: &str, expect: &str) {
        let recorded: Vec<String> = recorded.split_whitespace().map(str::to_owned).collect();
        let wanted: Vec<(String, Option<String>)> = wanted
            .split_whitespace()
            .map(|text| match text.split_once('<') {
                Some((new, old)) => (new.to_owned(), Some(old.to_owned())),
                None => (text.to_owned(), None),
            })
            .collect();
        let found = origins(
            &recorded.iter().collect(),
            &wanted.iter().map(|(new, old)| (new, old.as_ref())).collect(),
        );
        let renames = found.renames.iter().map(|(old, new)| format!("{old}>{new}"));
        let doubts = found.doubts.iter().map(|(new, doubt)| match doubt {
            Doubt::Unknown { .. } => format!("{new}?unknown"),
            Doubt::StillThere { .. } => format!("{new}?still"),
            Doubt::Shared { .. } => format!("{new}?shared"),
        });
        assert_eq!(renames.chain(doubts).collect::<Vec<_>>().join(" "), expect);
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
    fn circles_are_inert() {
        check("a b", "a<b b<a", "");
        check("a b", "a<b b<a c<a", "c?still");
    }

    #[test]
    fn what_is_wrong_is_in_doubt() {
        check("x", "b<a x", "b?unknown");
        check("a", "a b<a", "b?still");
        check("a", "b<a c<a", "a>b c?shared");
    }
}
