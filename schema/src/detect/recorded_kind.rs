//! What a recorded field is, in the words of `was = "…"`.
//!
//! An answer that drops the values of a recorded field, or gives them another meaning, stays in the source after its migration.
//! With what the field was it counts for that edit only.

use std::collections::BTreeMap;

use crate::model::constraint::ReferenceRule;
use crate::model::field::{Field, FieldKind};
use crate::model::hints::{FieldHints, SourceModel};
use crate::name::{AppLabel, FieldName, ModelKey};
use crate::state::former_names::FormerNames;

/// Returns what a field is: the family of its values, or the model to which it refers.
pub(super) fn of_field(
    field: &Field,
    own: &AppLabel,
    wanted: &BTreeMap<ModelKey, SourceModel>,
    past: &FormerNames,
) -> String {
    match &field.kind {
        FieldKind::Column(column) => column.values_name().to_owned(),
        FieldKind::ForeignKey(relation) => {
            format!("ForeignKey<{}>", target(&relation.to, own, wanted, past))
        }
        FieldKind::ManyToMany(relation) => {
            format!("ManyToMany<{}>", target(&relation.to, own, wanted, past))
        }
    }
}

/// Returns what a foreign key constraint over plain fields is: the model and its fields.
pub(super) fn of_rule(
    rule: &ReferenceRule,
    own: &AppLabel,
    wanted: &BTreeMap<ModelKey, SourceModel>,
    past: &FormerNames,
) -> String {
    let fields: Vec<&str> = rule.to_fields.iter().map(FieldName::as_str).collect();
    format!("{}({})", target(&rule.to, own, wanted, past), fields.join(", "))
}

/// Returns the name of a model. One whose name another model takes has a temporary name until it is removed.
fn target(
    to: &ModelKey,
    own: &AppLabel,
    wanted: &BTreeMap<ModelKey, SourceModel>,
    past: &FormerNames,
) -> String {
    let mut names = past.names_of_model(to).map(|name| ModelKey::new(&to.app, name));
    let taken = if wanted.contains_key(to) { None } else { names.find(|key| wanted.contains_key(key)) };
    let to = taken.as_ref().unwrap_or(to);
    if to.app == *own { to.name.to_string() } else { to.to_string() }
}

impl FieldHints {
    /// Returns whether `was` says what the recorded field is.
    pub(super) fn speak_of(&self, recorded: &str) -> bool {
        self.was.as_deref() == Some(recorded)
    }
}
