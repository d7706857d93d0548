//! References from one model to another.

use serde::{Deserialize, Serialize};

use crate::name::{FieldName, ModelKey, TableName};

/// What the database does to a row when its target row is deleted or changes its key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ReferentialAction {
    /// Refuse at the end of the statement; the default of databases.
    #[default]
    NoAction,
    /// Refuse at once.
    Restrict,
    /// Do the same to the referring row.
    Cascade,
    /// Set the reference to NULL.
    SetNull,
    /// Set the reference to its default.
    SetDefault,
}

impl ReferentialAction {
    /// Every action, in the order of the enum.
    pub const ALL: [Self; 5] =
        [Self::NoAction, Self::Restrict, Self::Cascade, Self::SetNull, Self::SetDefault];

    /// Returns the spelling in source, such as `set_null`.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoAction => "no_action",
            Self::Restrict => "restrict",
            Self::Cascade => "cascade",
            Self::SetNull => "set_null",
            Self::SetDefault => "set_default",
        }
    }

    /// Returns whether it is the default of databases.
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::NoAction
    }
}

/// When a deferrable rule is checked by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Deferrable {
    /// At the end of the transaction.
    Deferred,
    /// At the end of each statement.
    Immediate,
}

impl Deferrable {
    /// Every time of checking, in the order of the enum.
    pub const ALL: [Self; 2] = [Self::Deferred, Self::Immediate];

    /// Returns the spelling in source, such as `deferred`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deferred => "deferred",
            Self::Immediate => "immediate",
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_true(flag: &bool) -> bool {
    *flag
}

fn yes() -> bool {
    true
}

/// A reference to a row of another model, by its primary key or by another field that is unique.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ForeignKey {
    /// The model that is referred to.
    pub to: ModelKey,
    /// The target field, if it is not the primary key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_field: Option<FieldName>,
    /// What happens when the row referred to is deleted.
    #[serde(default, skip_serializing_if = "ReferentialAction::is_default")]
    pub on_delete: ReferentialAction,
    /// What happens when the key referred to changes.
    #[serde(default, skip_serializing_if = "ReferentialAction::is_default")]
    pub on_update: ReferentialAction,
    /// The name of the way back, for readers; the database does not know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub related_name: Option<String>,
    /// True if the database checks it; else it is a plain column.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub db_constraint: bool,
    /// Whether a transaction may defer the check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Deferrable>,
}

impl ForeignKey {
    /// Creates a reference that leaves all else to the database.
    pub fn new(to: ModelKey) -> Self {
        Self {
            to,
            to_field: None,
            on_delete: ReferentialAction::NoAction,
            on_update: ReferentialAction::NoAction,
            related_name: None,
            db_constraint: true,
            deferrable: None,
        }
    }
}

/// A relation between rows of two models, each with any number of the other; its rows are in a join table.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ManyToMany {
    /// The model that is referred to.
    pub to: ModelKey,
    /// The model of the join table, if it is one of the project; else the table is created automatically.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<ModelKey>,
    /// The name of the join table, if it is not derived from model and field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableName>,
    /// The name of the way back, for readers; the database does not know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub related_name: Option<String>,
}

impl ManyToMany {
    /// Creates a relation with an automatic join table.
    pub fn new(to: ModelKey) -> Self {
        Self { to, through: None, table: None, related_name: None }
    }
}
