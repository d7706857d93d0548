//! Changes the options of a model: the comment of its table, its options in SQLite, and what manages it.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation};
use crate::error::StateError;
use crate::model::sqlite_options::SqliteOptions;
use crate::name::{AppLabel, ModelKey, ModelName};
use crate::operation::footprint::{Footprint, Resource};
use crate::state::ProjectState;
use crate::step::Step;
use crate::step::between_states;

/// Who makes a model's table from now on, and what becomes of the one that is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Management {
    /// Migrations do, as goes without saying.
    #[default]
    Managed,
    /// Migrations do, and something else did before: the table is made.
    Made,
    /// Migrations do; the table that is there already is taken over.
    Adopted,
    /// Something else does; the table stays.
    Left,
    /// Something else does; the table that migrations made goes.
    Dropped,
}

impl Management {
    /// Every way, in the order of the enum.
    pub const ALL: [Self; 5] = [Self::Managed, Self::Made, Self::Adopted, Self::Left, Self::Dropped];

    /// Returns the spelling in source, such as `false` for `managed = false`; none for what goes without saying.
    pub fn spelling(self) -> Option<&'static str> {
        match self {
            Self::Managed => None,
            Self::Made => Some("true"),
            Self::Adopted => Some("adopted"),
            Self::Left => Some("false"),
            Self::Dropped => Some("dropped"),
        }
    }

    /// Returns whether migrations make and change the table afterwards.
    pub fn is_managed(self) -> bool {
        match self {
            Self::Managed | Self::Made | Self::Adopted => true,
            Self::Left | Self::Dropped => false,
        }
    }

    /// Returns whether the table is made where it is not there, and left alone where it is.
    fn makes_table(self) -> bool {
        match self {
            Self::Managed | Self::Made => true,
            Self::Adopted | Self::Left | Self::Dropped => false,
        }
    }

    /// Returns whether the table is there on both sides, or on neither.
    fn keeps_table(self) -> bool {
        match self {
            Self::Adopted | Self::Left => true,
            Self::Managed | Self::Made | Self::Dropped => false,
        }
    }

    /// Returns the way back, from a model that was managed, or was not.
    fn back_to(self, was_managed: bool) -> Self {
        match (self, was_managed) {
            (Self::Managed | Self::Made | Self::Adopted, true) => Self::Managed,
            (Self::Left | Self::Dropped | Self::Adopted, false) => Self::Left,
            (Self::Managed | Self::Made, false) => Self::Dropped,
            (Self::Left, true) => Self::Adopted,
            (Self::Dropped, true) => Self::Made,
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_default(management: &Management) -> bool {
    *management == Management::default()
}

/// Changes what a model is told beside its fields; what is not said here is there no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlterModelOptions {
    /// The model.
    pub model: ModelName,
    /// The comment of the table in the database; never empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Who makes the table.
    #[serde(default, skip_serializing_if = "is_default")]
    pub managed: Management,
    /// The options of the table in SQLite; none if they stay as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sqlite: Option<SqliteOptions>,
}

impl Behaviour for AlterModelOptions {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        let key = ModelKey::new(app, &self.model);
        state.set_managed(&key, self.managed.is_managed())?;
        if let Some(options) = self.sqlite {
            state.set_sqlite_options(&key, options)?;
        }
        state.set_comment(&key, self.comment.clone())
    }

    fn invert(&self, app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError> {
        let before = before.model(&ModelKey::new(app, &self.model))?;
        Ok(Operation::AlterModelOptions(Self {
            model: self.model.clone(),
            comment: before.comment.clone(),
            managed: self.managed.back_to(before.managed),
            sqlite: self.sqlite.map(|_| before.sqlite),
        }))
    }

    fn steps(
        &self,
        app: &AppLabel,
        before: &ProjectState,
        after: &ProjectState,
    ) -> Result<Vec<Step>, StateError> {
        let was_managed = before.model(&ModelKey::new(app, &self.model))?.managed;
        if self.managed.keeps_table() && was_managed != self.managed.is_managed() {
            return Ok(Vec::new());
        }
        between_states::steps(before, after, &self.lineage(app))
    }

    /// None where its table may come, go, or be let go: what is done inside of it before is not done in vain.
    fn model(&self) -> Option<&ModelName> {
        self.managed.makes_table().then_some(&self.model)
    }

    fn models(&self) -> (Option<&ModelName>, Option<&ModelName>) {
        (Some(&self.model), Some(&self.model))
    }

    fn footprint(&self, _app: &AppLabel) -> Footprint {
        let model = self.model.clone();
        if self.managed.makes_table() {
            Footprint::writes([Resource::Options(model.clone())]).reads([Resource::Presence(model)])
        } else {
            Footprint::writes([Resource::Model(model)])
        }
    }

    fn merge(&self, _app: &AppLabel, next: &Operation) -> Option<Vec<Operation>> {
        if let Operation::AlterModelOptions(next) = next
            && next.model == self.model
            && next.managed.is_managed() == self.managed.is_managed()
        {
            let is_plain = self.managed == Management::Managed;
            let both = Self {
                managed: if is_plain { next.managed } else { self.managed },
                sqlite: next.sqlite.or(self.sqlite),
                ..next.clone()
            };
            return Some(vec![Operation::AlterModelOptions(both)]);
        }
        None
    }

    fn describe(&self) -> String {
        match (self.managed, &self.comment) {
            (Management::Adopted, _) => format!("adopts the existing table of `{}`", self.model),
            (Management::Left, _) => format!("stops managing the table of `{}`", self.model),
            (Management::Dropped, _) => format!("drops the table of `{}`", self.model),
            (Management::Made, _) => format!("creates the table of `{}`", self.model),
            (Management::Managed, _) if self.sqlite.is_some() => {
                format!("changes the options of the table of `{}`", self.model)
            }
            (Management::Managed, Some(_)) => format!("changes the table comment of `{}`", self.model),
            (Management::Managed, None) => format!("removes the table comment of `{}`", self.model),
        }
    }

    fn name_fragment(&self) -> Option<String> {
        let is_comment = self.managed == Management::Managed && self.sqlite.is_none();
        let what = if is_comment { "table_comment" } else { "options" };
        Some(format!("alter_{}_{what}", self.model).to_lowercase())
    }

    fn is_destructive(&self) -> bool {
        self.managed == Management::Dropped
    }
}
