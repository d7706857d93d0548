//! New models that follow each other -> the order in which their structs stand, as far as references let them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::Context;
use crate::name::ModelKey;
use crate::operation::{CreateModel, Operation};

/// Sorts every run of new models: each comes after those that it refers to, and otherwise in the order of the source.
pub(super) fn sort(context: &Context<'_>, operations: &mut [Operation]) {
    let is_creation = |it: &Operation| matches!(it, Operation::CreateModel(_));
    for run in operations.chunk_by_mut(|one, next| is_creation(one) && is_creation(next)) {
        let order = order(context, run);
        let sorted: Vec<Operation> = order.into_iter().map(|position| run[position].clone()).collect();
        run.clone_from_slice(&sorted);
    }
}

/// Returns the positions of new models in the order in which they are to come; of other operations, as they stand.
fn order(context: &Context<'_>, run: &[Operation]) -> Vec<usize> {
    let created: Vec<(ModelKey, &CreateModel)> = run
        .iter()
        .filter_map(|it| if let Operation::CreateModel(create) = it { Some(create) } else { None })
        .map(|create| (ModelKey::new(context.app, &create.model.name), create))
        .collect();
    if created.len() < run.len() {
        return (0..run.len()).collect();
    }
    let places: BTreeMap<&ModelKey, usize> =
        created.iter().enumerate().map(|(place, (key, _))| (key, place)).collect();
    let mut open = vec![0; run.len()];
    let mut referrers = vec![Vec::new(); run.len()];
    for (place, (_, create)) in created.iter().enumerate() {
        let targets: BTreeSet<usize> = create
            .model
            .targets()
            .filter_map(|to| places.get(to).copied())
            .filter(|to| *to != place)
            .collect();
        open[place] = targets.len();
        for to in targets {
            referrers[to].push(place);
        }
    }
    let rank = |place: usize| {
        let hints = created.get(place).and_then(|(key, _)| context.hints(key));
        Reverse((hints.map_or(0, |hints| hints.position), place))
    };
    let mut ready: BinaryHeap<_> = (0..run.len()).filter(|place| open[*place] == 0).map(rank).collect();
    let mut sorted = Vec::with_capacity(run.len());
    while let Some(Reverse((_, place))) = ready.pop() {
        sorted.push(place);
        for referrer in &referrers[place] {
            open[*referrer] -= 1;
            if open[*referrer] == 0 {
                ready.push(rank(*referrer));
            }
        }
    }
    sorted
}
