//! What a person says in the source about one edit: answers that are inert once the edit is recorded.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::Model;
use crate::model::choices::ChoiceMoves;
use crate::model::expr::Expr;
use crate::name::{FieldName, ModelKey, ModelName};

/// The hints of `#[field(…)]` about the edit that added or changed a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word of its own in an attribute")]
pub struct FieldHints {
    /// `renamed_from = "…"`: the name that the field had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<FieldName>,
    /// `new`: the field is not the one that is recorded under its name, or under a name that is gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new: bool,
    /// `keep_rows`: the join table becomes the table of the `through` model.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep_rows: bool,
    /// `keep_values`: the field is still the recorded one, and its values stay as they are, though its type changes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep_values: bool,
    /// `was = "…"`: what the recorded field of the name is, so that `new` or `keep_values` counts for this edit only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// `filled`: no row has NULL any more, which is checked before anything is done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub filled: bool,
    /// `backfill = …`: the value for existing rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backfill: Option<Expr>,
    /// True where the field is that of a struct which several models embed: what does not fit one of them is not a
    /// mistake then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_shared: bool,
    /// The hints of the field's enum about its variants.
    #[serde(default, skip_serializing_if = "ChoiceHints::is_empty")]
    pub choices: ChoiceHints,
}

/// The hints of an enum about the edit that changed its variants.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceHints {
    /// The values of existing rows: `renamed_from = "…"` of variants, and `removed(A -> B)`.
    #[serde(flatten)]
    pub moves: ChoiceMoves,
    /// Removed variants that no row may have: `removed(A)`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unused: Vec<String>,
}

impl ChoiceHints {
    /// Returns whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.moves.is_empty() && self.unused.is_empty()
    }

    /// Returns the hint about one variant.
    pub(crate) fn about(&self, gone: &str) -> Self {
        let of = |moves: &[(String, String)]| moves.iter().filter(|(it, _)| it == gone).cloned().collect();
        Self {
            moves: ChoiceMoves { renamed: of(&self.moves.renamed), removed: of(&self.moves.removed) },
            unused: self.unused.iter().filter(|it| *it == gone).cloned().collect(),
        }
    }
}

/// The hints of `#[model(…)]` and of the fields about the edit that added or changed a model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelHints {
    /// `renamed_from = "…"`: the name that the model had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<ModelName>,
    /// `renamed_from = "app.…"`: the earlier app and name of the model, if it was in another app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<ModelKey>,
    /// `new`: the model is not the one that is recorded under its name, or under a name that is gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new: bool,
    /// The position of the struct in the source; new models are created in this order, as far as references allow it.
    #[serde(default, skip_serializing_if = "is_first")]
    pub position: usize,
    /// The hints of the fields; fields without hints are left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<FieldName, FieldHints>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_first(position: &usize) -> bool {
    *position == 0
}

/// A model from source: the model itself, and the hints about the edit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceModel {
    /// What is to be.
    pub model: Model,
    /// The hints about the edit.
    #[serde(default)]
    pub hints: ModelHints,
}
