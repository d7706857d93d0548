//! The changes of indexes and constraints.

use std::sync::Arc;

use super::ProjectState;
use super::error::StateError;
use crate::model::Model;
use crate::model::constraint::Constraint;
use crate::model::field::Field;
use crate::model::index::Index;
use crate::model::references::Link;
use crate::name::{ModelKey, ObjectName};

impl ProjectState {
    /// Adds an index to a model, and names it if it has no name.
    ///
    /// # Errors
    /// [`StateError::NoModel`], [`StateError::ObjectExists`]; [`StateError::NoField`] where it names a field that is
    /// not there.
    pub fn add_index(&mut self, key: &ModelKey, index: Index) -> Result<(), StateError> {
        self.change_objects(key, |model| model.indexes.push(index))
    }

    /// Adds a constraint to a model, and names it if it has no name.
    ///
    /// # Errors
    /// As [`Self::add_index`]; for a reference [`StateError::NoModel`], [`StateError::NoTargetField`],
    /// [`StateError::TargetNotUnique`].
    pub fn add_constraint(&mut self, key: &ModelKey, mut constraint: Constraint) -> Result<(), StateError> {
        self.follow_renames_of_constraint(&key.app, &mut constraint);
        self.change_objects(key, |model| model.constraints.push(constraint))?;
        match self.model(key)?.constraints.last().and_then(Constraint::reference) {
            Some(rule) => self.check_link(key, Link::Rule(rule))?,
            None => return Ok(()),
        }
        self.note_references(key);
        Ok(())
    }

    fn change_objects(&mut self, key: &ModelKey, change: impl FnOnce(&mut Model)) -> Result<(), StateError> {
        let mut model = Model::clone(self.model(key)?);
        change(&mut model);
        let model = model.with_names(&key.app);
        check_objects(key, &model)?;
        *self.model_mut(key)? = model;
        Ok(())
    }

    /// Removes an index.
    ///
    /// # Errors
    /// [`StateError::NoModel`], [`StateError::NoObject`].
    pub fn remove_index(&mut self, key: &ModelKey, name: &ObjectName) -> Result<Index, StateError> {
        let model = self.model_mut(key)?;
        let position = model.indexes.iter().position(|index| index.name.as_ref() == Some(name));
        position
            .map(|position| model.indexes.remove(position))
            .ok_or_else(|| StateError::NoObject { model: key.clone(), name: name.clone() })
    }

    /// Renames an index.
    ///
    /// # Errors
    /// [`StateError::NoModel`], [`StateError::NoObject`], [`StateError::ObjectExists`].
    pub fn rename_index(
        &mut self,
        key: &ModelKey,
        before: &ObjectName,
        after: &ObjectName,
    ) -> Result<(), StateError> {
        let mut model = Model::clone(self.model(key)?);
        match model.indexes.iter_mut().find(|index| index.name.as_ref() == Some(before)) {
            Some(index) => index.name = Some(after.clone()),
            None => return Err(StateError::NoObject { model: key.clone(), name: before.clone() }),
        }
        check_objects(key, &model)?;
        *self.model_mut(key)? = model;
        Ok(())
    }

    /// Removes a constraint.
    ///
    /// # Errors
    /// [`StateError::NoModel`], [`StateError::NoObject`]; [`StateError::TargetNotUnique`] where a reference needs it.
    pub fn remove_constraint(&mut self, key: &ModelKey, name: &ObjectName) -> Result<Constraint, StateError> {
        let before = Arc::clone(self.model(key)?);
        let model = self.model_mut(key)?;
        let position = model.constraints.iter().position(|constraint| constraint.name() == Some(name));
        let removed = position
            .map(|position| model.constraints.remove(position))
            .ok_or_else(|| StateError::NoObject { model: key.clone(), name: name.clone() })?;
        self.check_references_to(key, &before)?;
        Ok(removed)
    }

    /// Replaces the constraint of the same name.
    ///
    /// # Errors
    /// As [`Self::add_constraint`]; [`StateError::NoObject`]; [`StateError::TargetNotUnique`] where a reference needs it as
    /// it was.
    pub fn alter_constraint(&mut self, key: &ModelKey, mut constraint: Constraint) -> Result<(), StateError> {
        self.follow_renames_of_constraint(&key.app, &mut constraint);
        let before = Arc::clone(self.model(key)?);
        let Some(position) = before.constraints.iter().position(|it| it.name() == constraint.name()) else {
            let name = constraint.name().cloned().unwrap_or_else(|| ObjectName::new(""));
            return Err(StateError::NoObject { model: key.clone(), name });
        };
        self.change_objects(key, |model| model.constraints[position] = constraint)?;
        if let Some(rule) = self.model(key)?.constraints[position].reference() {
            self.check_link(key, Link::Rule(rule))?;
        }
        self.check_references_to(key, &before)
    }

    /// Renames a constraint.
    ///
    /// # Errors
    /// [`StateError::NoModel`], [`StateError::NoObject`], [`StateError::ObjectExists`].
    pub fn rename_constraint(
        &mut self,
        key: &ModelKey,
        before: &ObjectName,
        after: &ObjectName,
    ) -> Result<(), StateError> {
        let mut model = Model::clone(self.model(key)?);
        match model.constraints.iter_mut().find(|constraint| constraint.name() == Some(before)) {
            Some(constraint) => constraint.set_name(after.clone()),
            None => return Err(StateError::NoObject { model: key.clone(), name: before.clone() }),
        }
        check_objects(key, &model)?;
        *self.model_mut(key)? = model;
        Ok(())
    }
}

/// Checks that names of indexes and constraints differ, and that the fields that they name exist.
pub(crate) fn check_objects(key: &ModelKey, model: &Model) -> Result<(), StateError> {
    let mut seen: Vec<&ObjectName> = Vec::new();
    let indexes = model.indexes.iter().filter_map(|index| index.name.as_ref());
    for name in indexes.chain(model.constraints.iter().filter_map(Constraint::name)) {
        if seen.contains(&name) {
            return Err(StateError::ObjectExists { model: key.clone(), name: name.clone() });
        }
        seen.push(name);
    }
    let of_indexes = model.indexes.iter().flat_map(Index::field_names);
    let of_constraints = model.constraints.iter().flat_map(Constraint::field_names);
    let of_fields = model.fields.iter().flat_map(Field::computed_from);
    for name in of_indexes.chain(of_constraints).chain(of_fields) {
        match model.fields.iter().find(|field| field.name == name) {
            Some(field) if field.has_column() => {}
            Some(_) => return Err(StateError::NoColumn { model: key.clone(), field: name.into() }),
            None => return Err(StateError::NoField { model: key.clone(), field: name.into() }),
        }
    }
    Ok(())
}
