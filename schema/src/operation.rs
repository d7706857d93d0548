//! The operations of a migration, in terms of models.
//!
//! All behaviour of an operation is in its own file; here is the one place where they are registered.
//! Adding one: its file, its three lines here, its spelling in `syntax`.

pub mod add_constraint;
pub mod add_field;
pub mod add_index;
pub mod alter_constraint;
pub mod alter_field;
pub mod alter_model_options;
pub mod alter_model_table;
pub mod alter_natural_key;
pub mod alter_primary_key;
mod apply;
pub mod collation;
pub mod create_model;
pub mod delete_model;
pub mod extension;
pub mod footprint;
pub mod index_concurrently;
pub mod load_data;
pub mod move_model;
mod nested;
pub mod not_valid;
pub mod remove_constraint;
pub mod remove_field;
pub mod remove_index;
pub mod rename_constraint;
pub mod rename_field;
pub mod rename_index;
pub mod rename_model;
pub mod run_rust;
pub mod run_sql;
pub mod separate_database_and_state;
pub mod sql;

use serde::{Deserialize, Serialize};

pub use self::add_constraint::AddConstraint;
pub use self::add_field::AddField;
pub use self::add_index::AddIndex;
pub use self::alter_constraint::AlterConstraint;
pub use self::alter_field::AlterField;
pub use self::alter_model_options::AlterModelOptions;
pub use self::alter_model_table::AlterModelTable;
pub use self::alter_natural_key::AlterNaturalKey;
pub use self::alter_primary_key::AlterPrimaryKey;
pub use self::collation::{CollationProvider, CreateCollation, NewCollation, RemoveCollation};
pub use self::create_model::CreateModel;
pub use self::delete_model::DeleteModel;
pub use self::extension::{CreateExtension, RemoveExtension};
pub use self::index_concurrently::{AddIndexConcurrently, RemoveIndexConcurrently};
pub use self::load_data::LoadData;
pub use self::move_model::MoveModel;
pub use self::not_valid::{AddConstraintNotValid, ValidateConstraint};
pub use self::remove_constraint::RemoveConstraint;
pub use self::remove_field::RemoveField;
pub use self::remove_index::RemoveIndex;
pub use self::rename_constraint::RenameConstraint;
pub use self::rename_field::RenameField;
pub use self::rename_index::RenameIndex;
pub use self::rename_model::RenameModel;
pub use self::run_rust::{FunctionName, RunRust};
pub use self::run_sql::RunSql;
pub use self::separate_database_and_state::SeparateDatabaseAndState;

use self::footprint::Footprint;
use crate::error::StateError;
use crate::model::expr::Expr;
use crate::model::field::Field;
use crate::name::{AppLabel, ModelKey, ModelName, SchemaName};
use crate::state::ProjectState;
use crate::state::past_references::Invalidated;
use crate::step::Step;
use crate::step::between_states;
use crate::step::between_states::Lineage;

/// The behaviour of every operation. `app` is the app of its migration.
pub trait Behaviour {
    /// Applies the operation to the state; an operation on the database alone does not change it.
    ///
    /// # Errors
    /// Where the operation does not fit the state. The state may be changed in part then, and must not be used.
    fn apply(&self, _app: &AppLabel, _state: &mut ProjectState) -> Result<(), StateError> {
        Ok(())
    }

    /// Returns the operation that reverts this one, from the state before this one.
    ///
    /// # Errors
    /// [`StateError::Irreversible`], or where the operation does not fit the state.
    fn invert(&self, app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError>;

    /// Returns how names change, and which values existing rows get.
    fn lineage(&self, _app: &AppLabel) -> Lineage {
        Lineage::default()
    }

    /// Returns the steps that a dialect must do, from the states on both sides.
    ///
    /// # Errors
    /// Where an image of a table cannot be made.
    fn steps(
        &self,
        app: &AppLabel,
        before: &ProjectState,
        after: &ProjectState,
    ) -> Result<Vec<Step>, StateError> {
        between_states::steps(before, after, &self.lineage(app))
    }

    /// Returns the fields that the operation adds or changes, as they are afterwards.
    fn fields(&self) -> &[Field] {
        &[]
    }

    /// Returns the model that the operation changes; none if it creates, renames or removes a model, or is about no model.
    fn model(&self) -> Option<&ModelName> {
        None
    }

    /// Returns the model that the operation is about, by its name before and after; none where it is not there, or is of
    /// two apps.
    fn models(&self) -> (Option<&ModelName>, Option<&ModelName>) {
        (self.model(), self.model())
    }

    /// Returns the same by the keys of the model, also where it is of two apps.
    fn keys(&self, app: &AppLabel) -> (Option<ModelKey>, Option<ModelKey>) {
        let key = |name: &ModelName| ModelKey::new(app, name);
        let (before, after) = self.models();
        (before.map(key), after.map(key))
    }

    /// Returns every expression in the operation.
    fn expressions(&self) -> Vec<&Expr> {
        Vec::new()
    }

    /// Returns the schemas that the operation puts tables into.
    fn schemas(&self) -> Vec<&SchemaName> {
        Vec::new()
    }

    /// Returns the models to which the operation adds references, mutably.
    fn targets_mut(&mut self) -> Vec<&mut ModelKey> {
        Vec::new()
    }

    /// Returns the model that the operation removes or renames, or of which it removes or renames a part, if other apps may
    /// refer to that.
    fn invalidates(&self, _app: &AppLabel, _before: &ProjectState) -> Option<(ModelKey, Invalidated<'_>)> {
        None
    }

    /// Returns what the operation writes and reads.
    fn footprint(&self, app: &AppLabel) -> Footprint;

    /// Returns operations that replace this one and the next one on the same model, if they are fewer or simpler.
    fn merge(&self, _app: &AppLabel, _next: &Operation) -> Option<Vec<Operation>> {
        None
    }

    /// Describes what the operation does, as in "adds field `rating` to `Author`".
    fn describe(&self) -> String;

    /// Returns the piece of a migration's name that describes this operation; none for what has no short name.
    fn name_fragment(&self) -> Option<String>;

    /// Returns whether a squash may leave the operation out.
    fn is_elidable(&self) -> bool {
        false
    }

    /// Returns whether rows or values are lost.
    fn is_destructive(&self) -> bool {
        false
    }
}

/// Creates the enum of all operations from their names.
macro_rules! operations {
    ($($name:ident),* $(,)?) => {
        /// An operation.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Operation {
            $(#[doc = concat!("See [`", stringify!($name), "`].")] $name($name),)*
        }

        impl Operation {
            /// The names of all operations as migration files spell them, in the order of the enum.
            pub const KEYWORDS: &'static [&'static str] = &[$(stringify!($name),)*];

            /// Returns the operation's behaviour.
            pub fn behaviour(&self) -> &dyn Behaviour {
                match self {
                    $(Self::$name(operation) => operation,)*
                }
            }

            /// Returns the operation's behaviour, by which it can be changed.
            pub fn behaviour_mut(&mut self) -> &mut dyn Behaviour {
                match self {
                    $(Self::$name(operation) => operation,)*
                }
            }

            /// Returns the operation's name as migration files spell it.
            pub fn keyword(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                }
            }
        }
    };
}

operations! {
    CreateModel,
    DeleteModel,
    RenameModel,
    MoveModel,
    AlterModelTable,
    AlterModelOptions,
    AlterPrimaryKey,
    AlterNaturalKey,
    AddField,
    RemoveField,
    AlterField,
    RenameField,
    AddIndex,
    RemoveIndex,
    RenameIndex,
    AddConstraint,
    AlterConstraint,
    RemoveConstraint,
    RenameConstraint,
    RunSql,
    RunRust,
    LoadData,
    SeparateDatabaseAndState,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    AddConstraintNotValid,
    ValidateConstraint,
    CreateCollation,
    RemoveCollation,
    CreateExtension,
    RemoveExtension,
}

impl Operation {
    /// Returns whether a build may find the operation by comparing models of one app.
    pub fn is_found_by_builds(&self) -> bool {
        match self {
            Self::CreateModel(_)
            | Self::DeleteModel(_)
            | Self::RenameModel(_)
            | Self::AlterModelTable(_)
            | Self::AlterModelOptions(_)
            | Self::AlterPrimaryKey(_)
            | Self::AlterNaturalKey(_)
            | Self::AddField(_)
            | Self::RemoveField(_)
            | Self::AlterField(_)
            | Self::RenameField(_)
            | Self::AddIndex(_)
            | Self::RemoveIndex(_)
            | Self::RenameIndex(_)
            | Self::AddConstraint(_)
            | Self::AlterConstraint(_)
            | Self::RemoveConstraint(_)
            | Self::RenameConstraint(_) => true,
            // A move is in two apps, and the others are written by hand.
            Self::MoveModel(_)
            | Self::RunSql(_)
            | Self::RunRust(_)
            | Self::LoadData(_)
            | Self::SeparateDatabaseAndState(_)
            | Self::AddIndexConcurrently(_)
            | Self::RemoveIndexConcurrently(_)
            | Self::AddConstraintNotValid(_)
            | Self::ValidateConstraint(_)
            | Self::CreateCollation(_)
            | Self::RemoveCollation(_)
            | Self::CreateExtension(_)
            | Self::RemoveExtension(_) => false,
        }
    }
}

#[cfg(test)]
mod tests;
