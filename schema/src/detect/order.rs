//! Operations and what each needs -> an order that can be applied, as Django sorts: an operation comes when all that it
//! needs is there, and else stays where its stage put it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::backfills::Before;
use crate::model::Model;
use crate::model::constraint::Constraint;
use crate::model::field::Field;
use crate::model::index::Index;
use crate::name::{AppLabel, FieldName, ModelKey, ObjectName, TableName};
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
    /// The name of an index or a constraint is free for another one of the app.
    NameFree(AppLabel, ObjectName),
    /// The constraint is there.
    ConstraintMade(ModelKey, ObjectName),
    /// The constraint is gone.
    ConstraintGone(ModelKey, ObjectName),
    /// The name of a table is free for the table of another model of the app.
    TableFree(AppLabel, TableName),
    /// The table of the model has the name that it is to have.
    TableNamed(ModelKey),
    /// Raw text has taken values for existing rows from whatever it reads.
    TextRead(AppLabel),
}

impl Fact {
    /// Returns the app whose operations can bring it about.
    pub(super) fn app(&self) -> &AppLabel {
        match self {
            Self::ModelMade(key)
            | Self::ModelGone(key)
            | Self::FieldMade(key, _)
            | Self::FieldRenamed(key, _)
            | Self::FieldAltered(key, _)
            | Self::FieldGone(key, _)
            | Self::ConstraintMade(key, _)
            | Self::ConstraintGone(key, _)
            | Self::TableNamed(key) => &key.app,
            Self::TableFree(app, _) | Self::NameFree(app, _) | Self::TextRead(app) => app,
        }
    }
}

/// An operation with what it brings about and what it needs; what no operation brings about is there already.
#[derive(Clone, Debug)]
pub(super) struct PlannedOperation {
    pub(super) operation: Operation,
    pub(super) gives: Vec<Fact>,
    pub(super) needs: Vec<Fact>,
    /// What is better there before, as far as nothing needs it the other way round.
    pub(super) wishes: Vec<Fact>,
    /// True where what needs nothing comes first all the same.
    pub(super) lets_pass: bool,
}

impl PlannedOperation {
    pub(super) fn new(operation: Operation) -> Self {
        Self { operation, gives: Vec::new(), needs: Vec::new(), wishes: Vec::new(), lets_pass: false }
    }

    pub(super) fn gives(mut self, fact: Fact) -> Self {
        self.gives.push(fact);
        self
    }

    pub(super) fn needs(mut self, facts: impl IntoIterator<Item = Fact>) -> Self {
        self.needs.extend(facts);
        self
    }

    pub(super) fn wishes(mut self, facts: impl IntoIterator<Item = Fact>) -> Self {
        self.wishes.extend(facts);
        self
    }

    pub(super) fn comes_after(self, before: Before) -> Self {
        self.needs(before.needs).wishes(before.wishes)
    }
}

/// What each operation still waits for, by its position, and which wait for it.
struct Waiting {
    needed: Vec<usize>,
    wished: Vec<usize>,
    /// With true for what only wishes for it.
    dependants: Vec<Vec<(usize, bool)>>,
}

impl Waiting {
    fn of(planned: &[PlannedOperation]) -> Self {
        let mut givers: BTreeMap<&Fact, Vec<usize>> = BTreeMap::new();
        for (position, it) in planned.iter().enumerate() {
            for fact in &it.gives {
                givers.entry(fact).or_default().push(position);
            }
        }
        let none = || vec![0; planned.len()];
        let mut waiting =
            Self { needed: none(), wished: none(), dependants: vec![Vec::new(); planned.len()] };
        for (position, it) in planned.iter().enumerate() {
            for (facts, is_wish) in [(&it.needs, false), (&it.wishes, true)] {
                let of_fact = facts.iter().filter_map(|fact| givers.get(fact)).flatten();
                for giver in of_fact.filter(|giver| **giver != position) {
                    waiting.dependants[*giver].push((position, is_wish));
                    *waiting.count(position, is_wish) += 1;
                }
            }
        }
        waiting
    }

    fn count(&mut self, position: usize, is_wish: bool) -> &mut usize {
        if is_wish { &mut self.wished[position] } else { &mut self.needed[position] }
    }

    fn is_ready(&self, position: usize) -> bool {
        self.needed[position] == 0 && self.wished[position] == 0
    }

    /// Returns, of the operations that are left, the first of those that have all that they need, and wish for least.
    fn least_wishing(&self, left: &[Option<PlannedOperation>]) -> Option<usize> {
        let positions = (0..left.len()).filter(|it| left[*it].is_some() && self.needed[*it] == 0);
        positions.min_by_key(|it| self.wished[*it])
    }
}

/// Sorts so that every operation comes after those that bring about what it needs: first what needs none of the others,
/// then what has all that it needs, in the order in which that comes about. What it wishes for closes no circle.
///
/// What needs each other in a circle comes last, by position, and is told; the detector finds out by applying it.
pub(super) fn arrange(planned: Vec<PlannedOperation>) -> (Vec<PlannedOperation>, bool) {
    let mut waiting = Waiting::of(&planned);
    let mut ready: VecDeque<usize> = (0..planned.len()).filter(|it| waiting.is_ready(*it)).collect();
    let mut letting_pass: BTreeSet<usize> =
        ready.iter().copied().filter(|position| planned[*position].lets_pass).collect();
    let mut left: Vec<Option<PlannedOperation>> = planned.into_iter().map(Some).collect();
    let mut sorted = Vec::with_capacity(left.len());
    while let Some(position) = ready.pop_front().or_else(|| waiting.least_wishing(&left)) {
        if letting_pass.remove(&position) {
            ready.push_back(position);
            continue;
        }
        sorted.extend(left[position].take());
        for (dependant, is_wish) in std::mem::take(&mut waiting.dependants[position]) {
            *waiting.count(dependant, is_wish) -= 1;
            if waiting.is_ready(dependant) && left[dependant].is_some() {
                ready.push_back(dependant);
            }
        }
    }
    let is_circular = left.iter().any(Option::is_some);
    sorted.extend(left.into_iter().flatten());
    (sorted, is_circular)
}

/// Puts fields, indexes and constraints of a new model in the order of the model as it is wanted.
pub(super) fn as_wanted(model: &mut Model, wanted: &Model) {
    let of_field = |field: &Field| wanted.fields.iter().position(|it| it.name == field.name);
    model.fields.sort_by_key(|field| of_field(field).unwrap_or(usize::MAX));
    let of_index = |index: &Index| wanted.indexes.iter().position(|it| it.name == index.name);
    model.indexes.sort_by_key(|index| of_index(index).unwrap_or(usize::MAX));
    let of_constraint =
        |constraint: &Constraint| wanted.constraints.iter().position(|it| it.name() == constraint.name());
    model.constraints.sort_by_key(|constraint| of_constraint(constraint).unwrap_or(usize::MAX));
}
