//! Operations and what each needs -> an order that can be applied, as Django sorts: an operation comes when all that it
//! needs is there, and else stays where its stage put it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::constraint::Constraint;
use crate::field::Field;
use crate::index::Index;
use crate::model::Model;
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
}

impl Fact {
    /// Gives the app whose operations can bring it about.
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
            Self::TableFree(app, _) | Self::NameFree(app, _) => app,
        }
    }
}

/// An operation with what it brings about and what it needs; what no operation brings about is there already.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) operation: Operation,
    pub(super) gives: Vec<Fact>,
    pub(super) needs: Vec<Fact>,
    /// True where what needs nothing comes first all the same.
    pub(super) lets_pass: bool,
}

impl Planned {
    pub(super) fn new(operation: Operation) -> Self {
        Self { operation, gives: Vec::new(), needs: Vec::new(), lets_pass: false }
    }

    pub(super) fn gives(mut self, fact: Fact) -> Self {
        self.gives.push(fact);
        self
    }

    pub(super) fn needs(mut self, facts: impl IntoIterator<Item = Fact>) -> Self {
        self.needs.extend(facts);
        self
    }
}

/// Sorts so that every operation comes after those that bring about what it needs: first what needs none of the others,
/// then what has all that it needs, in the order in which that comes about.
///
/// What needs each other in a circle comes last, by position, and is told; the detector finds out by applying it.
pub(super) fn arrange(planned: Vec<Planned>) -> (Vec<Planned>, bool) {
    let mut givers: BTreeMap<&Fact, Vec<usize>> = BTreeMap::new();
    for (position, it) in planned.iter().enumerate() {
        for fact in &it.gives {
            givers.entry(fact).or_default().push(position);
        }
    }
    let mut open: Vec<usize> = vec![0; planned.len()];
    let mut dependants: Vec<Vec<usize>> = vec![Vec::new(); planned.len()];
    for (position, it) in planned.iter().enumerate() {
        let of_fact = it.needs.iter().filter_map(|fact| givers.get(fact)).flatten();
        for giver in of_fact.filter(|giver| **giver != position) {
            dependants[*giver].push(position);
            open[position] += 1;
        }
    }
    let mut ready: VecDeque<usize> = VecDeque::new();
    let mut letting_pass: BTreeSet<usize> = BTreeSet::new();
    for position in (0..planned.len()).filter(|position| open[*position] == 0) {
        ready.push_back(position);
        if planned[position].lets_pass {
            letting_pass.insert(position);
        }
    }
    let mut left: Vec<Option<Planned>> = planned.into_iter().map(Some).collect();
    let mut sorted = Vec::with_capacity(left.len());
    while let Some(position) = ready.pop_front() {
        if letting_pass.remove(&position) {
            ready.push_back(position);
            continue;
        }
        sorted.extend(left[position].take());
        for dependant in &dependants[position] {
            open[*dependant] -= 1;
            if open[*dependant] == 0 {
                ready.push_back(*dependant);
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
