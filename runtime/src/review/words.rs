//! What a review says, in words that all forms share.

use modelshift_schema::name::TableName;

use super::{Effect, Review, Reviewed, ReviewedOperation};
use crate::planner::impact::{Blocks, Impact, Rewrite};

/// How much attention something needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// Nothing happens that others notice.
    Nothing,
    /// It is worth a look.
    Look,
    /// It may stop others for as long as the table has rows, or lose rows.
    Danger,
}

/// Returns what others notice of an operation, with the weights.
pub(super) fn effects(operation: &ReviewedOperation) -> Vec<(Weight, String)> {
    let own = "its text is the author's: what it blocks, rewrites or loses was not measured";
    let own = operation.by_hand.then(|| (Weight::Look, own.to_owned()));
    let measured = operation.effects.iter().filter_map(effect);
    own.into_iter().chain(unmeasured(&operation.effects)).chain(measured).collect()
}

/// Returns what was not measured, a line for each table.
fn unmeasured(effects: &[Effect]) -> Vec<(Weight, String)> {
    let mut tables: Vec<(&TableName, Vec<&str>)> = Vec::new();
    for it in effects.iter().filter(|it| it.impact.is_none()) {
        match tables.iter_mut().find(|(table, _)| **table == it.table) {
            Some((_, dialects)) => dialects.push(it.dialect.name()),
            None => tables.push((&it.table, vec![it.dialect.name()])),
        }
    }
    let lines = tables.into_iter().map(|(table, dialects)| {
        let dialects = dialects.join(", ");
        (Weight::Look, format!("{dialects}: what it does to others who use `{table}` was not measured"))
    });
    lines.collect()
}

/// Returns what an effect is, and its weight; none if others do not notice it, or if it was not measured.
fn effect(it: &Effect) -> Option<(Weight, String)> {
    let Effect { dialect, table, impact } = it;
    let Impact { blocks, rewrite } = (*impact)?;
    let blocked = match blocks {
        None | Some(Blocks::Nothing) => None,
        Some(Blocks::Writes) => Some(format!("blocks writes to `{table}`")),
        Some(Blocks::Everything) => Some(format!("blocks reads and writes of `{table}`")),
    };
    let rewritten = match rewrite {
        Rewrite::Never => None,
        Rewrite::Sometimes => Some((Weight::Look, format!("may rewrite `{table}`"))),
        Rewrite::Always => Some((Weight::Danger, format!("rewrites `{table}`"))),
    };
    match (blocked, rewritten) {
        (None, None) => None,
        (Some(blocked), None) => Some((Weight::Look, format!("{dialect}: {blocked}"))),
        (None, Some((weight, rewritten))) => Some((weight, format!("{dialect}: {rewritten}"))),
        (Some(blocked), Some((weight, rewritten))) => Some((
            weight,
            format!("{dialect}: {blocked} and {rewritten}, which takes as long as it has rows"),
        )),
    }
}

/// Returns what is to be known of a migration as a whole.
pub(super) fn notes(it: &Reviewed) -> Vec<(Weight, String)> {
    let mut notes = Vec::new();
    for (what, table) in &it.losses {
        notes.push((Weight::Danger, format!("loses what `{table}` holds: {what}")));
    }
    if let Some(why) = &it.irreversible {
        notes.push((Weight::Look, format!("cannot be reverted: {why}")));
    }
    if !it.atomic {
        notes.push((Weight::Look, "is not one transaction; each stage is kept".to_owned()));
    }
    if !it.replaces.is_empty() {
        let replaced: Vec<String> = it.replaces.iter().map(|id| format!("`{id}`")).collect();
        let replaced = replaced.join(", ");
        notes.push((
            Weight::Nothing,
            format!("replaces {replaced}: a database that has all of them runs nothing"),
        ));
    }
    notes
}

/// Returns the sentence at the head of a review.
pub(super) fn summary(review: &Review) -> String {
    let count = match review.migrations.as_slice() {
        [] => return format!("No migration is new {}.", review.since),
        [_] => "1 migration is new".to_owned(),
        several => format!("{} migrations are new", several.len()),
    };
    let losing = review.migrations.iter().filter(|it| !it.losses.is_empty()).count();
    let losing = match (losing, review.migrations.len()) {
        (0, 1) => "it loses no rows or values".to_owned(),
        (0, _) => "none of them loses rows or values".to_owned(),
        (_, 1) => "it may lose rows or values".to_owned(),
        (losing, _) => format!("{losing} of them may lose rows or values"),
    };
    format!("{count} {}; {losing}.", review.since)
}

/// Returns the warning for migrations that were edited; none if there are none.
pub(super) fn edited(review: &Review) -> Option<String> {
    if review.edited.is_empty() {
        return None;
    }
    let files: Vec<String> = review.edited.iter().map(|file| format!("`{file}`")).collect();
    Some(format!(
        "Files of migrations that were there before are edited or gone: {}. A database that has applied them refuses to \
         migrate if their operations differ.",
        files.join(", ")
    ))
}
