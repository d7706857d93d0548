//! What a person says in the source about one edit: answers that are inert once the edit is recorded.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::Model;
use crate::model::choices::ChoiceMoves;
use crate::model::expr::Expr;
use crate::name::{FieldName, ModelKey, ModelName};

/// What `#[field(…)]` says about the edit that made or changed a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word of its own in an attribute")]
pub struct FieldHints {
    /// `renamed_from = "…"`: the name that the field had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<FieldName>,
    /// `new`: the field is not the one that is recorded under its name, or under a name that is gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new: bool,
    /// `keep_rows`: the join table becomes the table of the model that the relation goes through from now on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep_rows: bool,
    /// `keep_values`: the field is the one that is recorded, and its values stay as they are, whatever else it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep_values: bool,
    /// `filled`: no row holds NULL any more, which is looked at before anything is done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub filled: bool,
    /// `backfill = …`: the value for existing rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backfill: Option<Expr>,
    /// True where the field is that of a struct which several models embed: what does not fit one of them is not a
    /// mistake then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_shared: bool,
    /// What the enum of the field says of its variants.
    #[serde(default, skip_serializing_if = "ChoiceHints::is_empty")]
    pub choices: ChoiceHints,
}

/// What an enum says about the edit that changed its variants.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceHints {
    /// What becomes of rows: `renamed_from = "…"` of variants, and `removed(A -> B)`.
    #[serde(flatten)]
    pub moves: ChoiceMoves,
    /// Variants that no row may hold any more: `removed(A)`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unused: Vec<String>,
}

impl ChoiceHints {
    /// Returns whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.moves.is_empty() && self.unused.is_empty()
    }

    /// Returns what is said of one variant.
    pub(crate) fn about(&self, gone: &str) -> Self {
        let of = |moves: &[(String, String)]| moves.iter().filter(|(it, _)| it == gone).cloned().collect();
        Self {
            moves: ChoiceMoves { renamed: of(&self.moves.renamed), removed: of(&self.moves.removed) },
            unused: self.unused.iter().filter(|it| *it == gone).cloned().collect(),
        }
    }
}

/// What `#[model(…)]` and its fields say about the edit that made or changed a model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelHints {
    /// `renamed_from = "…"`: the name that the model had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<ModelName>,
    /// `renamed_from = "app.…"`: the app and the name that the model had, where it was of another app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<ModelKey>,
    /// `new`: the model is not the one that is recorded under its name, or under a name that is gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new: bool,
    /// Where the struct stands among those of the source; new models come in this order, as far as references let them.
    #[serde(default, skip_serializing_if = "is_first")]
    pub position: usize,
    /// What the fields say; fields that say nothing are left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<FieldName, FieldHints>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_first(position: &usize) -> bool {
    *position == 0
}

/// A model as its source has it: what is to be, and what is said about the edit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceModel {
    /// What is to be.
    pub model: Model,
    /// What is said about the edit.
    #[serde(default)]
    pub hints: ModelHints,
}
