//! What a migration says is to be done: intent, in the terms of models.
//!
//! All behaviour of an operation is in its own file; here is the one place where they are registered.
//! Adding one: its file, its lines here, its spelling in `syntax`.

pub mod add_constraint;
pub mod add_field;
pub mod add_index;
pub mod alter_constraint;
pub mod alter_field;
pub mod alter_model_options;
pub mod alter_model_table;
pub mod alter_primary_key;
pub mod collation;
pub mod create_model;
pub mod delete_model;
pub mod extension;
pub mod index_concurrently;
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
pub mod run_sql;
pub mod separate_database_and_state;

use serde::{Deserialize, Serialize};

pub use self::add_constraint::AddConstraint;
pub use self::add_field::AddField;
pub use self::add_index::AddIndex;
pub use self::alter_constraint::AlterConstraint;
pub use self::alter_field::AlterField;
pub use self::alter_model_options::AlterModelOptions;
pub use self::alter_model_table::AlterModelTable;
pub use self::alter_primary_key::AlterPrimaryKey;
pub use self::collation::{CollationProvider, CreateCollation, NewCollation, RemoveCollation};
pub use self::create_model::CreateModel;
pub use self::delete_model::DeleteModel;
pub use self::extension::{CreateExtension, RemoveExtension};
pub use self::index_concurrently::{AddIndexConcurrently, RemoveIndexConcurrently};
pub use self::move_model::MoveModel;
pub use self::not_valid::{AddConstraintNotValid, ValidateConstraint};
pub use self::remove_constraint::RemoveConstraint;
pub use self::remove_field::RemoveField;
pub use self::remove_index::RemoveIndex;
pub use self::rename_constraint::RenameConstraint;
pub use self::rename_field::RenameField;
pub use self::rename_index::RenameIndex;
pub use self::rename_model::RenameModel;
pub use self::run_sql::RunSql;
pub use self::separate_database_and_state::SeparateDatabaseAndState;

use crate::constraint::Constraint;
use crate::error::StateError;
use crate::expr::Expr;
use crate::field::Field;
use crate::index::Index;
use crate::name::{AppLabel, ModelName};
use crate::state::ProjectState;
use crate::step::Step;
use crate::steps::{self, Lineage};
use crate::touch::Touches;

/// What every operation can do. `app` is the app of the migration that holds it.
pub trait Behaviour {
    /// Moves the state on; what concerns the database alone leaves it as it is.
    ///
    /// # Errors
    /// Where the operation does not fit the state; the state may then be half changed and is to be thrown away.
    fn apply(&self, _app: &AppLabel, _state: &mut ProjectState) -> Result<(), StateError> {
        Ok(())
    }

    /// Gives the operation that leads back, from the state before this one.
    ///
    /// # Errors
    /// [`StateError::Irreversible`], or where the operation does not fit the state.
    fn invert(&self, app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError>;

    /// Tells what became of names, and what rows that exist get.
    fn lineage(&self, _app: &AppLabel) -> Lineage {
        Lineage::default()
    }

    /// Gives the steps that a dialect must do, from the states on both sides.
    ///
    /// # Errors
    /// Where an image of a table cannot be made.
    fn steps(
        &self,
        app: &AppLabel,
        before: &ProjectState,
        after: &ProjectState,
    ) -> Result<Vec<Step>, StateError> {
        steps::steps(before, after, &self.lineage(app))
    }

    /// Gives the fields that the operation makes or changes, as they are to be.
    fn fields(&self) -> &[Field] {
        &[]
    }

    /// Gives the model that the operation changes inside; none where it makes, renames or removes one, or is none's.
    fn model(&self) -> Option<&ModelName> {
        None
    }

    /// Tells what the operation changes and needs.
    fn touches(&self, app: &AppLabel) -> Touches;

    /// Gives what this operation and one that follows it on the same model come to, where that is no more.
    fn merge(&self, _app: &AppLabel, _next: &Operation) -> Option<Vec<Operation>> {
        None
    }

    /// Says what the operation does, as in "adds `Author.rating`".
    fn describe(&self) -> String;

    /// Gives the piece of a migration's name that tells of this operation; none for what has no short name.
    fn name_fragment(&self) -> Option<String>;

    /// Tells whether rows or values are gone afterwards.
    fn is_destructive(&self) -> bool {
        false
    }
}

/// An operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    /// See [`CreateModel`].
    CreateModel(CreateModel),
    /// See [`DeleteModel`].
    DeleteModel(DeleteModel),
    /// See [`RenameModel`].
    RenameModel(RenameModel),
    /// See [`MoveModel`].
    MoveModel(MoveModel),
    /// See [`AlterModelTable`].
    AlterModelTable(AlterModelTable),
    /// See [`AlterModelOptions`].
    AlterModelOptions(AlterModelOptions),
    /// See [`AlterPrimaryKey`].
    AlterPrimaryKey(AlterPrimaryKey),
    /// See [`AddField`].
    AddField(AddField),
    /// See [`RemoveField`].
    RemoveField(RemoveField),
    /// See [`AlterField`].
    AlterField(AlterField),
    /// See [`RenameField`].
    RenameField(RenameField),
    /// See [`AddIndex`].
    AddIndex(AddIndex),
    /// See [`RemoveIndex`].
    RemoveIndex(RemoveIndex),
    /// See [`RenameIndex`].
    RenameIndex(RenameIndex),
    /// See [`AddConstraint`].
    AddConstraint(AddConstraint),
    /// See [`AlterConstraint`].
    AlterConstraint(AlterConstraint),
    /// See [`RemoveConstraint`].
    RemoveConstraint(RemoveConstraint),
    /// See [`RenameConstraint`].
    RenameConstraint(RenameConstraint),
    /// See [`RunSql`].
    RunSql(RunSql),
    /// See [`SeparateDatabaseAndState`].
    SeparateDatabaseAndState(SeparateDatabaseAndState),
    /// See [`AddIndexConcurrently`].
    AddIndexConcurrently(AddIndexConcurrently),
    /// See [`RemoveIndexConcurrently`].
    RemoveIndexConcurrently(RemoveIndexConcurrently),
    /// See [`AddConstraintNotValid`].
    AddConstraintNotValid(AddConstraintNotValid),
    /// See [`ValidateConstraint`].
    ValidateConstraint(ValidateConstraint),
    /// See [`CreateCollation`].
    CreateCollation(CreateCollation),
    /// See [`RemoveCollation`].
    RemoveCollation(RemoveCollation),
    /// See [`CreateExtension`].
    CreateExtension(CreateExtension),
    /// See [`RemoveExtension`].
    RemoveExtension(RemoveExtension),
}

impl Operation {
    /// Gives the operation's behaviour.
    pub fn behaviour(&self) -> &dyn Behaviour {
        match self {
            Self::CreateModel(operation) => operation,
            Self::DeleteModel(operation) => operation,
            Self::RenameModel(operation) => operation,
            Self::MoveModel(operation) => operation,
            Self::AlterModelTable(operation) => operation,
            Self::AlterModelOptions(operation) => operation,
            Self::AlterPrimaryKey(operation) => operation,
            Self::AddField(operation) => operation,
            Self::RemoveField(operation) => operation,
            Self::AlterField(operation) => operation,
            Self::RenameField(operation) => operation,
            Self::AddIndex(operation) => operation,
            Self::RemoveIndex(operation) => operation,
            Self::RenameIndex(operation) => operation,
            Self::AddConstraint(operation) => operation,
            Self::AlterConstraint(operation) => operation,
            Self::RemoveConstraint(operation) => operation,
            Self::RenameConstraint(operation) => operation,
            Self::RunSql(operation) => operation,
            Self::SeparateDatabaseAndState(operation) => operation,
            Self::AddIndexConcurrently(operation) => operation,
            Self::RemoveIndexConcurrently(operation) => operation,
            Self::AddConstraintNotValid(operation) => operation,
            Self::ValidateConstraint(operation) => operation,
            Self::CreateCollation(operation) => operation,
            Self::RemoveCollation(operation) => operation,
            Self::CreateExtension(operation) => operation,
            Self::RemoveExtension(operation) => operation,
        }
    }

    /// Gives the model that the operation is about, by its name before and after; none where it is not there.
    pub fn models(&self) -> (Option<&ModelName>, Option<&ModelName>) {
        match self {
            Self::CreateModel(operation) => (None, Some(&operation.model.name)),
            Self::DeleteModel(operation) => (Some(&operation.model), None),
            Self::RenameModel(operation) => (Some(&operation.before), Some(&operation.after)),
            Self::AlterModelOptions(operation) => (Some(&operation.model), Some(&operation.model)),
            // It is of two apps.
            Self::MoveModel(_) => (None, None),
            Self::AlterModelTable(_)
            | Self::AlterPrimaryKey(_)
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
            | Self::RenameConstraint(_)
            | Self::RunSql(_)
            | Self::SeparateDatabaseAndState(_)
            | Self::AddIndexConcurrently(_)
            | Self::RemoveIndexConcurrently(_)
            | Self::AddConstraintNotValid(_)
            | Self::ValidateConstraint(_)
            | Self::CreateCollation(_)
            | Self::RemoveCollation(_)
            | Self::CreateExtension(_)
            | Self::RemoveExtension(_) => (self.behaviour().model(), self.behaviour().model()),
        }
    }

    /// Calls `visit` for every expression that the operation holds.
    pub fn visit_expressions<'a>(&'a self, visit: &mut impl FnMut(&'a Expr)) {
        let of_index = |index: &'a Index, visit: &mut dyn FnMut(&'a Expr)| {
            index.parts.iter().map(|part| &part.value).chain(&index.when).for_each(visit);
        };
        let of_constraint = |constraint: &'a Constraint, visit: &mut dyn FnMut(&'a Expr)| {
            constraint.expressions().into_iter().for_each(visit);
        };
        match self {
            Self::CreateModel(it) => {
                it.model.fields.iter().for_each(|field| field.visit_expressions(visit));
                it.model.indexes.iter().for_each(|index| of_index(index, visit));
                it.model.constraints.iter().for_each(|constraint| of_constraint(constraint, visit));
            }
            Self::AddField(it) => {
                it.field.visit_expressions(visit);
                it.backfill.iter().for_each(visit);
            }
            Self::AlterField(it) => {
                it.field.visit_expressions(visit);
                it.backfill.iter().for_each(visit);
            }
            Self::AddIndex(it) => of_index(&it.index, visit),
            Self::AddIndexConcurrently(it) => of_index(&it.index, visit),
            Self::AddConstraint(it) => of_constraint(&it.constraint, visit),
            Self::AddConstraintNotValid(it) => of_constraint(&it.constraint, visit),
            Self::AlterConstraint(it) => of_constraint(&it.constraint, visit),
            Self::SeparateDatabaseAndState(it) => {
                let operations = it.database.iter().chain(&it.state);
                operations.for_each(|operation| operation.visit_expressions(visit));
            }
            Self::DeleteModel(_)
            | Self::RenameModel(_)
            | Self::MoveModel(_)
            | Self::AlterModelTable(_)
            | Self::AlterModelOptions(_)
            | Self::AlterPrimaryKey(_)
            | Self::RemoveField(_)
            | Self::RenameField(_)
            | Self::RemoveIndex(_)
            | Self::RenameIndex(_)
            | Self::RemoveConstraint(_)
            | Self::RenameConstraint(_)
            | Self::RemoveIndexConcurrently(_)
            | Self::ValidateConstraint(_)
            | Self::CreateCollation(_)
            | Self::RemoveCollation(_)
            | Self::CreateExtension(_)
            | Self::RemoveExtension(_)
            | Self::RunSql(_) => {}
        }
    }

    /// Gives the operation's name as migration files spell it.
    pub fn keyword(&self) -> &'static str {
        match self {
            Self::CreateModel(_) => "CreateModel",
            Self::DeleteModel(_) => "DeleteModel",
            Self::RenameModel(_) => "RenameModel",
            Self::MoveModel(_) => "MoveModel",
            Self::AlterModelTable(_) => "AlterModelTable",
            Self::AlterModelOptions(_) => "AlterModelOptions",
            Self::AlterPrimaryKey(_) => "AlterPrimaryKey",
            Self::AddField(_) => "AddField",
            Self::RemoveField(_) => "RemoveField",
            Self::AlterField(_) => "AlterField",
            Self::RenameField(_) => "RenameField",
            Self::AddIndex(_) => "AddIndex",
            Self::RemoveIndex(_) => "RemoveIndex",
            Self::RenameIndex(_) => "RenameIndex",
            Self::AddConstraint(_) => "AddConstraint",
            Self::AlterConstraint(_) => "AlterConstraint",
            Self::RemoveConstraint(_) => "RemoveConstraint",
            Self::RenameConstraint(_) => "RenameConstraint",
            Self::RunSql(_) => "RunSql",
            Self::SeparateDatabaseAndState(_) => "SeparateDatabaseAndState",
            Self::AddIndexConcurrently(_) => "AddIndexConcurrently",
            Self::RemoveIndexConcurrently(_) => "RemoveIndexConcurrently",
            Self::AddConstraintNotValid(_) => "AddConstraintNotValid",
            Self::ValidateConstraint(_) => "ValidateConstraint",
            Self::CreateCollation(_) => "CreateCollation",
            Self::RemoveCollation(_) => "RemoveCollation",
            Self::CreateExtension(_) => "CreateExtension",
            Self::RemoveExtension(_) => "RemoveExtension",
        }
    }

    /// Gives the lists of operations inside this one; the first is what it does to the models.
    pub fn inside(&self) -> [&[Self]; 2] {
        if let Self::SeparateDatabaseAndState(operation) = self {
            return [&operation.state, &operation.database];
        }
        if let Self::RunSql(operation) = self {
            return [&operation.state, &[]];
        }
        [&[], &[]]
    }

    /// Gives the lists of operations inside this one, to be changed.
    pub fn inside_mut(&mut self) -> [&mut [Self]; 2] {
        if let Self::SeparateDatabaseAndState(operation) = self {
            return [&mut operation.state, &mut operation.database];
        }
        if let Self::RunSql(operation) = self {
            return [&mut operation.state, &mut []];
        }
        [&mut [], &mut []]
    }

    /// Tells whether a list that leads to the same state may do without the operation.
    pub fn is_elidable(&self) -> bool {
        if let Self::SeparateDatabaseAndState(operation) = self {
            return operation.is_empty();
        }
        // What it says of the models must not be lost, whatever it says of itself.
        matches!(self, Self::RunSql(operation) if operation.elidable && operation.state.is_empty())
    }
}

#[cfg(test)]
mod tests;
