//! A state -> text and back, for those who keep it between runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::json;
use crate::model::Model;
use crate::name::ModelKey;
use crate::state::ProjectState;
use crate::state::former_names::FormerNames;
use crate::state::past_references::PastReferences;
use crate::state::released_names::ReleasedNames;
use crate::state::renames::Renames;

#[derive(Serialize)]
struct Written<'a> {
    models: BTreeMap<&'a ModelKey, &'a Model>,
    renames: &'a Renames,
    past_references: &'a PastReferences,
    released_names: &'a ReleasedNames,
    former_names: &'a FormerNames,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    models: BTreeMap<ModelKey, Model>,
    renames: Renames,
    past_references: PastReferences,
    released_names: ReleasedNames,
    former_names: FormerNames,
}

impl ProjectState {
    /// Returns the whole state as text, which only the same version can read.
    ///
    /// # Errors
    /// If a value has no text in JSON.
    pub fn to_text(&self) -> serde_json::Result<String> {
        let Self { models, renames, past_references, released_names, former_names } = self;
        let models = models.iter().map(|(key, model)| (key, &**model)).collect();
        serde_json::to_string(&Written { models, renames, past_references, released_names, former_names })
    }

    /// Reads the text of a state.
    ///
    /// # Errors
    /// If the text is not that of a state.
    pub fn from_text(text: &str) -> serde_json::Result<Self> {
        let Read { models, renames, past_references, released_names, former_names } = json::read(text)?;
        let models = models.into_iter().map(|(key, model)| (key, Arc::new(model))).collect();
        Ok(Self { models, renames, past_references, released_names, former_names })
    }
}
