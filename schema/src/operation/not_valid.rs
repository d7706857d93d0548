//! Checks that PostgreSQL holds new rows to at once, and old ones when it is told to look at them; elsewhere a check
//! holds for every row from the start.

use serde::{Deserialize, Serialize};

use super::{AddConstraint, Behaviour, Operation, SeparateDatabaseAndState};
use crate::error::StateError;
use crate::model::constraint::Constraint;
use crate::model::expr::Expr;
use crate::name::{AppLabel, ModelKey, ModelName, ObjectName};
use crate::operation::footprint::{Footprint, Resource};
use crate::state::ProjectState;
use crate::step::between_states;
use crate::step::between_states::Lineage;
use crate::step::{Change, Step};

/// Adds a check to a model without looking at the existing rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddConstraintNotValid {
    /// The model that gets the check.
    pub model: ModelName,
    /// The check to be; it bears a name.
    pub constraint: Constraint,
}

/// Looks whether the existing rows fulfil a check that was added without looking at them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidateConstraint {
    /// The model that has the check.
    pub model: ModelName,
    /// The check.
    pub name: ObjectName,
}

impl AddConstraintNotValid {
    /// Returns the operation that does the same at once.
    fn plain(&self) -> AddConstraint {
        AddConstraint { model: self.model.clone(), constraint: self.constraint.clone() }
    }
}

impl Behaviour for AddConstraintNotValid {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        self.plain().apply(app, state)
    }

    fn invert(&self, app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError> {
        self.plain().invert(app, before)
    }

    fn steps(
        &self,
        _app: &AppLabel,
        before: &ProjectState,
        after: &ProjectState,
    ) -> Result<Vec<Step>, StateError> {
        let steps = between_states::steps(before, after, &Lineage::default())?;
        Ok(between_states::with_changes(steps, |change| {
            if let Change::AddCheck { name } = change { Change::AddCheckNotValid { name } } else { change }
        }))
    }

    fn model(&self) -> Option<&ModelName> {
        Some(&self.model)
    }

    fn expressions(&self) -> Vec<&Expr> {
        self.constraint.expressions()
    }

    fn targets_mut(&mut self) -> Vec<&mut ModelKey> {
        self.constraint.reference_mut().map(|rule| &mut rule.to).into_iter().collect()
    }

    fn footprint(&self, app: &AppLabel) -> Footprint {
        self.plain().footprint(app)
    }

    fn merge(&self, app: &AppLabel, next: &Operation) -> Option<Vec<Operation>> {
        let merged = self.plain().merge(app, next)?;
        let unlooked = |operation| {
            if let Operation::AddConstraint(AddConstraint { model, constraint }) = operation {
                return Operation::AddConstraintNotValid(Self { model, constraint });
            }
            operation
        };
        Some(merged.into_iter().map(unlooked).collect())
    }

    fn describe(&self) -> String {
        format!("{} without checking existing rows", self.plain().describe())
    }

    fn name_fragment(&self) -> Option<String> {
        self.plain().name_fragment().map(|fragment| format!("{fragment}_not_valid"))
    }
}

impl Behaviour for ValidateConstraint {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        let key = ModelKey::new(app, &self.model);
        let model = state.model(&key)?;
        if model.constraints.iter().any(|constraint| constraint.name() == Some(&self.name)) {
            return Ok(());
        }
        Err(StateError::NoObject { model: key, name: self.name.clone() })
    }

    fn invert(&self, _app: &AppLabel, _before: &ProjectState) -> Result<Operation, StateError> {
        // Rows that fulfil a check may go on doing so.
        Ok(Operation::SeparateDatabaseAndState(SeparateDatabaseAndState::default()))
    }

    fn steps(
        &self,
        app: &AppLabel,
        _before: &ProjectState,
        after: &ProjectState,
    ) -> Result<Vec<Step>, StateError> {
        let table = std::sync::Arc::new(after.table(&ModelKey::new(app, &self.model))?);
        let change = Change::ValidateCheck { name: self.name.clone() };
        Ok(vec![Step::AlterTable { before: std::sync::Arc::clone(&table), after: table, change }])
    }

    fn model(&self) -> Option<&ModelName> {
        Some(&self.model)
    }

    fn footprint(&self, _app: &AppLabel) -> Footprint {
        // Rows are looked at as they are then, which any value written before would change.
        Footprint::writes([Resource::Object(self.model.clone(), self.name.clone())])
            .reads([Resource::Presence(self.model.clone()), Resource::Fields(self.model.clone())])
    }

    fn merge(&self, _app: &AppLabel, next: &Operation) -> Option<Vec<Operation>> {
        let is_removed = matches!(next, Operation::RemoveConstraint(next)
            if next.model == self.model && next.name == self.name);
        is_removed.then(|| vec![next.clone()])
    }

    fn describe(&self) -> String {
        format!("validates constraint `{}` on `{}`", self.name, self.model)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("{}_validate_{}", self.model, self.name).to_lowercase())
    }
}
