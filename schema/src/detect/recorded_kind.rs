//! What a recorded field is, in the words of `was = "…"`.
//!
//! An answer stays in the source after its migration. If it drops the values of a recorded field, or makes them refer to other
//! rows, it must name what the field was, so that it counts for that edit only.

use std::collections::BTreeMap;

use crate::model::constraint::ReferenceRule;
use crate::model::field::{Field, FieldKind};
use crate::model::hints::{FieldHints, SourceModel};
use crate::name::{AppLabel, FieldName, ModelKey};
use crate::state::former_names::FormerNames;

/// What a recorded field is.
#[derive(Clone, Debug)]
pub(super) struct RecordedKind {
    /// In the words of the app: models of the app by their names alone.
    pub(super) spelled: String,
    /// The same with the apps of all models: the only text that is valid for a struct that models of several apps embed.
    whole: String,
}

/// Returns what a field is: the family of its values, or the model to which it refers.
pub(super) fn of_field(
    field: &Field,
    own: &AppLabel,
    wanted: &BTreeMap<ModelKey, SourceModel>,
    past: &FormerNames,
) -> RecordedKind {
    let (before, to) = match &field.kind {
        FieldKind::Column(column) => {
            let name = column.values_name();
            return RecordedKind { spelled: name.to_owned(), whole: name.to_owned() };
        }
        FieldKind::ForeignKey(relation) => ("ForeignKey<", &relation.to),
        FieldKind::ManyToMany(relation) => ("ManyToMany<", &relation.to),
    };
    around(before, &target(to, wanted, past), ">", own)
}

/// Returns what a foreign key constraint over plain fields is: the model and its fields.
pub(super) fn of_rule(
    rule: &ReferenceRule,
    own: &AppLabel,
    wanted: &BTreeMap<ModelKey, SourceModel>,
    past: &FormerNames,
) -> RecordedKind {
    let fields: Vec<&str> = rule.to_fields.iter().map(FieldName::as_str).collect();
    around("", &target(&rule.to, wanted, past), &format!("({})", fields.join(", ")), own)
}

/// Returns the text around the name of a model.
fn around(before: &str, model: &ModelKey, after: &str, own: &AppLabel) -> RecordedKind {
    let whole = format!("{before}{model}{after}");
    let spelled = if model.app == *own { format!("{before}{}{after}", model.name) } else { whole.clone() };
    RecordedKind { spelled, whole }
}

/// Returns the key of a model. One whose name another model takes has a temporary name until it is removed.
fn target(to: &ModelKey, wanted: &BTreeMap<ModelKey, SourceModel>, past: &FormerNames) -> ModelKey {
    let mut names = past.names_of_model(to).map(|name| ModelKey::new(&to.app, name));
    let taken = if wanted.contains_key(to) { None } else { names.find(|key| wanted.contains_key(key)) };
    taken.unwrap_or_else(|| to.clone())
}

impl FieldHints {
    /// Returns whether `was` names what the recorded field is.
    pub(super) fn speak_of(&self, recorded: &RecordedKind) -> bool {
        self.was.as_ref().is_some_and(|was| *was == recorded.spelled || *was == recorded.whole)
    }
}
