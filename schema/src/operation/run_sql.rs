//! Runs SQL text as it is; the models do not change.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation};
use crate::error::StateError;
use crate::name::{AppLabel, ModelName};
use crate::state::ProjectState;
use crate::step::Step;
use crate::touch::{Part, Touches};

/// Runs SQL text as it is; the models do not change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSql {
    /// The text that runs forwards; one or more statements.
    pub forward: String,
    /// The text that leads back; empty where nothing needs to be done, none where there is no way back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverse: Option<String>,
}

impl Behaviour for RunSql {
    fn apply(&self, _app: &AppLabel, _state: &mut ProjectState) -> Result<(), StateError> {
        Ok(())
    }

    fn invert(&self, _app: &AppLabel, _before: &ProjectState) -> Result<Operation, StateError> {
        match &self.reverse {
            Some(reverse) => {
                Ok(Operation::RunSql(Self { forward: reverse.clone(), reverse: Some(self.forward.clone()) }))
            }
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
        Ok(vec![Step::RunSql(self.clone())])
    }

    fn model(&self) -> Option<&ModelName> {
        None
    }

    fn touches(&self, _app: &AppLabel) -> Touches {
        Touches::changes([Part::Everything])
    }

    fn describe(&self) -> String {
        "runs SQL".to_owned()
    }

    fn name_fragment(&self) -> Option<String> {
        None
    }
}
