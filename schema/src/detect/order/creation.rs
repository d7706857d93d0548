//! New models that follow each other -> the order of their structs, as far as references allow it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use crate::detect::Context;
use crate::name::ModelKey;
use crate::operation::{CreateModel, Operation};

/// Sorts every run of new models: each comes after the models to which it refers, and otherwise in the order of the source.
pub(in crate::detect) fn sort(context: &Context<'_>, operations: &mut [Operation]) {
    for run in operations.chunk_by_mut(|one, next| is_creation(one) && is_creation(next)) {
        let order = order(context, run);
        let sorted: Vec<Operation> = order.into_iter().map(|position| run[position].clone()).collect();
        run.clone_from_slice(&sorted);
    }
}

fn is_creation(operation: &Operation) -> bool {
    matches!(operation, Operation::CreateModel(_))
}

/// Returns the positions of new models in their final order. Other operations keep their positions.
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
    let ranks: Vec<(usize, usize)> = (0..run.len())
        .map(|place| {
            let hints = created.get(place).and_then(|(key, _)| context.hints(key));
            (hints.map_or(0, |hints| hints.position), place)
        })
        .collect();
    let mut ready: BinaryHeap<_> =
        (0..run.len()).filter(|place| open[*place] == 0).map(|place| Reverse(ranks[place])).collect();
    let mut sorted = Vec::with_capacity(run.len());
    while let Some(Reverse((_, place))) = ready.pop() {
        sorted.push(place);
        for referrer in &referrers[place] {
            open[*referrer] -= 1;
            if open[*referrer] == 0 {
                ready.push(Reverse(ranks[*referrer]));
            }
        }
    }
    sorted
}
