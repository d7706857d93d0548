//! Operations and what each requires -> an order in which they can be applied, as Django sorts: an operation comes when
//! all that it requires is provided, and otherwise stays where its stage put it.

pub(super) mod creation;
pub(super) mod cycles;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::model::Model;
use crate::name::{AppLabel, FieldName, ModelKey, ObjectName, TableName};
use crate::operation::Operation;

/// What an operation provides, and others may require.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact {
    /// The model exists.
    ModelExists(ModelKey),
    /// The model is removed.
    ModelRemoved(ModelKey),
    /// The field exists.
    FieldExists(ModelKey, FieldName),
    /// The field has its final name.
    FieldRenamed(ModelKey, FieldName),
    /// The field has its final form.
    FieldAltered(ModelKey, FieldName),
    /// The field is removed.
    FieldRemoved(ModelKey, FieldName),
    /// The name of an index or a constraint is free for another one of the app.
    NameFree(AppLabel, ObjectName),
    /// The constraint exists.
    ConstraintExists(ModelKey, ObjectName),
    /// The constraint is removed.
    ConstraintRemoved(ModelKey, ObjectName),
    /// The index is removed.
    IndexRemoved(ModelKey, ObjectName),
    /// The natural key of the model names no field that is removed.
    NaturalKeyReleased(ModelKey),
    /// The name of a table is free for the table of another model of the app.
    TableFree(AppLabel, TableName),
    /// The table of the model has its final name.
    TableNamed(ModelKey),
    /// Raw text has read the values for existing rows.
    TextRead(AppLabel),
}

impl Fact {
    /// Returns the app whose operations can provide it.
    pub(super) fn app(&self) -> &AppLabel {
        match self {
            Self::ModelExists(key)
            | Self::ModelRemoved(key)
            | Self::FieldExists(key, _)
            | Self::FieldRenamed(key, _)
            | Self::FieldAltered(key, _)
            | Self::FieldRemoved(key, _)
            | Self::ConstraintExists(key, _)
            | Self::ConstraintRemoved(key, _)
            | Self::IndexRemoved(key, _)
            | Self::NaturalKeyReleased(key)
            | Self::TableNamed(key) => &key.app,
            Self::TableFree(app, _) | Self::NameFree(app, _) | Self::TextRead(app) => app,
        }
    }
}

/// An operation with what it provides and what it requires. A fact that no operation provides holds already.
#[derive(Clone, Debug)]
pub(super) struct PlannedOperation {
    pub(super) operation: Operation,
    pub(super) provides: Vec<Fact>,
    pub(super) requires: Vec<Fact>,
    /// What should be provided before, unless a requirement demands the opposite order.
    pub(super) prefers: Vec<Fact>,
    /// Whether operations that require nothing come before this one.
    pub(super) yields: bool,
}

/// What an operation requires of others, and what it prefers.
#[derive(Default)]
pub(super) struct Requirements {
    pub(super) requires: Vec<Fact>,
    pub(super) prefers: Vec<Fact>,
}

impl PlannedOperation {
    pub(super) fn new(operation: Operation) -> Self {
        Self { operation, provides: Vec::new(), requires: Vec::new(), prefers: Vec::new(), yields: false }
    }

    pub(super) fn provides(mut self, fact: Fact) -> Self {
        self.provides.push(fact);
        self
    }

    pub(super) fn requires(mut self, facts: impl IntoIterator<Item = Fact>) -> Self {
        self.requires.extend(facts);
        self
    }

    pub(super) fn prefers(mut self, facts: impl IntoIterator<Item = Fact>) -> Self {
        self.prefers.extend(facts);
        self
    }

    pub(super) fn after(self, requirements: Requirements) -> Self {
        self.requires(requirements.requires).prefers(requirements.prefers)
    }
}

/// How many facts each operation still waits for, by its position, and which operations wait for it.
struct Waiting {
    required: Vec<usize>,
    preferred: Vec<usize>,
    /// With true for an operation that only prefers a fact.
    dependants: Vec<Vec<(usize, bool)>>,
}

impl Waiting {
    fn of(planned: &[PlannedOperation]) -> Self {
        let mut providers: BTreeMap<&Fact, Vec<usize>> = BTreeMap::new();
        for (position, it) in planned.iter().enumerate() {
            for fact in &it.provides {
                providers.entry(fact).or_default().push(position);
            }
        }
        let length = planned.len();
        let mut waiting = Self {
            required: vec![0; length],
            preferred: vec![0; length],
            dependants: vec![Vec::new(); length],
        };
        for (position, it) in planned.iter().enumerate() {
            for (facts, is_preference) in [(&it.requires, false), (&it.prefers, true)] {
                let of_fact = facts.iter().filter_map(|fact| providers.get(fact)).flatten();
                for provider in of_fact.filter(|provider| **provider != position) {
                    waiting.dependants[*provider].push((position, is_preference));
                    *waiting.count(position, is_preference) += 1;
                }
            }
        }
        waiting
    }

    fn count(&mut self, position: usize, is_preference: bool) -> &mut usize {
        if is_preference { &mut self.preferred[position] } else { &mut self.required[position] }
    }

    fn is_ready(&self, position: usize) -> bool {
        self.required[position] == 0 && self.preferred[position] == 0
    }

    /// Returns the first of the remaining operations that have all that they require, and the fewest open preferences.
    fn fewest_preferences(&self, left: &[Option<PlannedOperation>]) -> Option<usize> {
        let positions = (0..left.len()).filter(|it| left[*it].is_some() && self.required[*it] == 0);
        positions.min_by_key(|it| self.preferred[*it])
    }
}

/// Sorts the operations so that each comes after those that provide what it requires: first operations that require
/// nothing of the others, then each as soon as all that it requires is provided. Preferences never close a circle.
///
/// Operations that require each other in a circle come last, by position, and true is returned; the detector then applies
/// the operations to find out whether they work.
pub(super) fn arrange(planned: Vec<PlannedOperation>) -> (Vec<PlannedOperation>, bool) {
    let mut waiting = Waiting::of(&planned);
    let mut ready: VecDeque<usize> = (0..planned.len()).filter(|it| waiting.is_ready(*it)).collect();
    let mut yielding: BTreeSet<usize> =
        ready.iter().copied().filter(|position| planned[*position].yields).collect();
    let mut left: Vec<Option<PlannedOperation>> = planned.into_iter().map(Some).collect();
    let mut sorted = Vec::with_capacity(left.len());
    while let Some(position) = ready.pop_front().or_else(|| waiting.fewest_preferences(&left)) {
        if yielding.remove(&position) {
            ready.push_back(position);
            continue;
        }
        sorted.extend(left[position].take());
        for (dependant, is_preference) in std::mem::take(&mut waiting.dependants[position]) {
            *waiting.count(dependant, is_preference) -= 1;
            if waiting.is_ready(dependant) && left[dependant].is_some() {
                ready.push_back(dependant);
            }
        }
    }
    let is_circular = left.iter().any(Option::is_some);
    sorted.extend(left.into_iter().flatten());
    (sorted, is_circular)
}

/// Puts fields, indexes and constraints of a new model in the order of the source.
pub(super) fn sort_as_in_source(model: &mut Model, wanted: &Model) {
    model
        .fields
        .sort_by_key(|field| wanted.fields.iter().position(|it| it.name == field.name).unwrap_or(usize::MAX));
    model.indexes.sort_by_key(|index| {
        wanted.indexes.iter().position(|it| it.name == index.name).unwrap_or(usize::MAX)
    });
    model.constraints.sort_by_key(|constraint| {
        wanted.constraints.iter().position(|it| it.name() == constraint.name()).unwrap_or(usize::MAX)
    });
}
