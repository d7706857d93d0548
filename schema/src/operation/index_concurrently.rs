//! Indexes that PostgreSQL builds and drops while others write; elsewhere they come and go as others do.

use serde::{Deserialize, Serialize};

use super::{AddIndex, Behaviour, Operation, RemoveIndex};
use crate::error::StateError;
use crate::model::expr::Expr;
use crate::model::index::Index;
use crate::name::{AppLabel, ModelName, ObjectName};
use crate::operation::footprint::Footprint;
use crate::state::ProjectState;
use crate::step::between_states;
use crate::step::between_states::Lineage;
use crate::step::{Change, Step};

/// Adds an index to a model while others write to its table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddIndexConcurrently {
    /// The model that gets the index.
    pub model: ModelName,
    /// The index to be; it bears a name.
    pub index: Index,
}

/// Removes an index from a model while others use its table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveIndexConcurrently {
    /// The model that loses the index.
    pub model: ModelName,
    /// The index that is removed.
    pub name: ObjectName,
}

impl AddIndexConcurrently {
    /// Returns the operation that does the same at once.
    fn plain(&self) -> AddIndex {
        AddIndex { model: self.model.clone(), index: self.index.clone() }
    }
}

impl RemoveIndexConcurrently {
    /// Returns the operation that does the same at once.
    fn plain(&self) -> RemoveIndex {
        RemoveIndex { model: self.model.clone(), name: self.name.clone() }
    }
}

/// Returns an operation on an index that does the same while others write.
fn concurrently(operation: Operation) -> Operation {
    if let Operation::AddIndex(AddIndex { model, index }) = operation {
        return Operation::AddIndexConcurrently(AddIndexConcurrently { model, index });
    }
    if let Operation::RemoveIndex(RemoveIndex { model, name }) = operation {
        return Operation::RemoveIndexConcurrently(RemoveIndexConcurrently { model, name });
    }
    operation
}

/// Returns the steps between the states, with what is said of indexes done while others write.
fn concurrent_steps(before: &ProjectState, after: &ProjectState) -> Result<Vec<Step>, StateError> {
    let steps = between_states::steps(before, after, &Lineage::default())?;
    Ok(between_states::with_changes(steps, |change| {
        if let Change::AddIndex { name } = change {
            return Change::AddIndexConcurrently { name };
        }
        if let Change::DropIndex { name } = change {
            return Change::DropIndexConcurrently { name };
        }
        change
    }))
}

impl Behaviour for AddIndexConcurrently {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        self.plain().apply(app, state)
    }

    fn invert(&self, app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError> {
        self.plain().invert(app, before).map(concurrently)
    }

    fn steps(
        &self,
        _app: &AppLabel,
        before: &ProjectState,
        after: &ProjectState,
    ) -> Result<Vec<Step>, StateError> {
        concurrent_steps(before, after)
    }

    fn model(&self) -> Option<&ModelName> {
        Some(&self.model)
    }

    fn expressions(&self) -> Vec<&Expr> {
        self.index.expressions().collect()
    }

    fn footprint(&self, app: &AppLabel) -> Footprint {
        self.plain().footprint(app)
    }

    fn merge(&self, app: &AppLabel, next: &Operation) -> Option<Vec<Operation>> {
        let merged = self.plain().merge(app, next)?;
        Some(merged.into_iter().map(concurrently).collect())
    }

    fn describe(&self) -> String {
        format!("{} concurrently", self.plain().describe())
    }

    fn name_fragment(&self) -> Option<String> {
        self.plain().name_fragment()
    }
}

impl Behaviour for RemoveIndexConcurrently {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        self.plain().apply(app, state)
    }

    fn invert(&self, app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError> {
        self.plain().invert(app, before).map(concurrently)
    }

    fn steps(
        &self,
        _app: &AppLabel,
        before: &ProjectState,
        after: &ProjectState,
    ) -> Result<Vec<Step>, StateError> {
        concurrent_steps(before, after)
    }

    fn model(&self) -> Option<&ModelName> {
        Some(&self.model)
    }

    fn footprint(&self, app: &AppLabel) -> Footprint {
        self.plain().footprint(app)
    }

    fn describe(&self) -> String {
        format!("{} concurrently", self.plain().describe())
    }

    fn name_fragment(&self) -> Option<String> {
        self.plain().name_fragment()
    }
}
