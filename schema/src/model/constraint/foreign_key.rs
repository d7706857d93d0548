//! A reference over several fields.

use serde::{Deserialize, Serialize};

use crate::model::relation::{Deferrable, ReferentialAction};
use crate::name::{FieldName, ModelKey, ObjectName};

/// A reference over several fields to as many of another model, by which its rows are unique.
///
/// A row with NULL in one of the fields refers to nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReferenceRule {
    /// The name in the database; none where the source leaves it to us. In a state it is always there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<ObjectName>,
    /// The fields of the model; not empty.
    pub fields: Vec<FieldName>,
    /// The model that is referred to.
    pub to: ModelKey,
    /// The fields of it, in the same order.
    pub to_fields: Vec<FieldName>,
    /// What happens when the row referred to is deleted.
    #[serde(default, skip_serializing_if = "ReferentialAction::is_default")]
    pub on_delete: ReferentialAction,
    /// What happens when the values referred to change.
    #[serde(default, skip_serializing_if = "ReferentialAction::is_default")]
    pub on_update: ReferentialAction,
    /// Whether a transaction may defer the check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Deferrable>,
    /// True where the fields have an index, unless a key or another index begins with them.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub index: bool,
}

fn yes() -> bool {
    true
}

impl ReferenceRule {
    /// Creates a reference without a name and with the defaults of the database.
    pub fn new(fields: Vec<FieldName>, to: ModelKey, to_fields: Vec<FieldName>) -> Self {
        Self {
            name: None,
            fields,
            to,
            to_fields,
            on_delete: ReferentialAction::NoAction,
            on_update: ReferentialAction::NoAction,
            deferrable: None,
            index: true,
        }
    }

    /// Follows the new name of a field of a model that the reference may lead to.
    pub fn follow_target(&mut self, model: &ModelKey, before: &FieldName, after: &FieldName) {
        if self.to == *model {
            self.to_fields.iter_mut().filter(|it| *it == before).for_each(|it| *it = after.clone());
        }
    }
}
