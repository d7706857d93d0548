//! Runs SQL text as it is; the models change as far as it says so itself.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation, nested};
use crate::error::StateError;
use crate::model::expr::Expr;
use crate::name::{AppLabel, ModelKey};
use crate::operation::footprint::{Footprint, Resource};
use crate::operation::sql::Sql;
use crate::state::ProjectState;
use crate::step::Step;

/// Runs SQL text as it is; the models change as far as it says so itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSql {
    /// What runs forwards.
    pub forward: Sql,
    /// What leads back; none where there is no way back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverse: Option<Sql>,
    /// What the SQL comes to for the models; the database is not touched by it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub state: Vec<Operation>,
    /// True where a squash may leave it out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub elidable: bool,
}

impl RunSql {
    /// Creates one that says nothing of the models.
    pub fn new(forward: impl Into<Sql>, reverse: Option<Sql>) -> Self {
        Self { forward: forward.into(), reverse, state: Vec::new(), elidable: false }
    }
}

impl Behaviour for RunSql {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        nested::apply(&self.state, app, state)
    }

    fn invert(&self, app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError> {
        match &self.reverse {
            Some(reverse) => Ok(Operation::RunSql(Self {
                forward: reverse.clone(),
                reverse: Some(self.forward.clone()),
                state: nested::invert(&self.state, app, before)?,
                elidable: self.elidable,
            })),
            None => Err(StateError::Irreversible {
                operation: "RunSql without `reverse`".to_owned(),
                remedy: "add `reverse = \"…\"`, or `reverse = ()` where nothing needs to be done".to_owned(),
            }),
        }
    }

    fn steps(
        &self,
        _app: &AppLabel,
        _before: &ProjectState,
        _after: &ProjectState,
    ) -> Result<Vec<Step>, StateError> {
        Ok(vec![Step::RunSql(self.forward.clone())])
    }

    fn expressions(&self) -> Vec<&Expr> {
        nested::expressions(self.state.iter())
    }

    fn targets_mut(&mut self) -> Vec<&mut ModelKey> {
        nested::targets_mut(self.state.iter_mut())
    }

    fn footprint(&self, _app: &AppLabel) -> Footprint {
        Footprint::writes([Resource::Everything])
    }

    fn describe(&self) -> String {
        if self.state.is_empty() {
            return "runs SQL".to_owned();
        }
        format!("runs SQL that {}", nested::describe(&self.state))
    }

    /// What it says of the models must not be lost, whatever it says of itself.
    fn is_elidable(&self) -> bool {
        self.elidable && self.state.is_empty()
    }

    fn name_fragment(&self) -> Option<String> {
        None
    }
}
