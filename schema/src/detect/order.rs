//! Operations and what each needs -> an order that can be applied, as Django sorts: an operation comes after all that
//! it needs, and else stays where its stage put it.

use std::collections::BTreeMap;

use crate::name::{FieldName, ModelKey, ObjectName};
use crate::operation::Operation;

/// What an operation brings about, and others may need.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact {
    /// The model is there.
    ModelMade(ModelKey),
    /// The model is gone.
    ModelGone(ModelKey),
    /// The field is there.
    FieldMade(ModelKey, FieldName),
    /// The field has the name that it is to have.
    FieldRenamed(ModelKey, FieldName),
    /// The field is as it is to be.
    FieldAltered(ModelKey, FieldName),
    /// The field is gone.
    FieldGone(ModelKey, FieldName),
    /// The name of an index is free for another index or constraint.
    NameFree(ModelKey, ObjectName),
    /// The constraint is there.
    ConstraintMade(ModelKey, ObjectName),
}

/// An operation with what it brings about and what it needs; what no operation brings about is there already.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) operation: Operation,
    pub(super) gives: Option<Fact>,
    pub(super) needs: Vec<Fact>,
}

impl Planned {
    pub(super) fn new(operation: Operation) -> Self {
        Self { operation, gives: None, needs: Vec::new() }
    }

    pub(super) fn gives(self, fact: Fact) -> Self {
        Self { gives: Some(fact), ..self }
    }

    pub(super) fn needs(mut self, facts: impl IntoIterator<Item = Fact>) -> Self {
        self.needs.extend(facts);
        self
    }
}

/// Sorts by the length of the longest chain of needs, then by position.
///
/// What needs each other in a circle comes last, by position; the detector finds out by applying it.
pub(super) fn arrange(planned: Vec<Planned>) -> Vec<Operation> {
    let givers: BTreeMap<&Fact, usize> = planned
        .iter()
        .enumerate()
        .filter_map(|(position, it)| it.gives.as_ref().map(|fact| (fact, position)))
        .collect();
    let mut open: Vec<usize> = vec![0; planned.len()];
    let mut dependants: Vec<Vec<usize>> = vec![Vec::new(); planned.len()];
    for (position, it) in planned.iter().enumerate() {
        for giver in it.needs.iter().filter_map(|fact| givers.get(fact)).filter(|giver| **giver != position) {
            dependants[*giver].push(position);
            open[position] += 1;
        }
    }
    let mut levels: Vec<usize> = vec![usize::MAX; planned.len()];
    let mut level = 0;
    let mut ready: Vec<usize> = (0..planned.len()).filter(|position| open[*position] == 0).collect();
    while !ready.is_empty() {
        let mut next = Vec::new();
        for position in ready {
            levels[position] = level;
            for dependant in &dependants[position] {
                open[*dependant] -= 1;
                if open[*dependant] == 0 {
                    next.push(*dependant);
                }
            }
        }
        ready = next;
        level += 1;
    }
    let mut sorted: Vec<(usize, Operation)> =
        levels.into_iter().zip(planned.into_iter().map(|it| it.operation)).collect();
    sorted.sort_by_key(|(level, _)| *level);
    sorted.into_iter().map(|(_, operation)| operation).collect()
}
