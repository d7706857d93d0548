//! The changes of fields.

use std::sync::Arc;

use super::error::StateError;
use super::objects::check_objects;
use super::{ProjectState, follow_names};
use crate::model::Model;
use crate::model::field::Field;
use crate::model::references::Link;
use crate::name::{FieldName, ModelKey, ObjectName};

impl ProjectState {
    /// Adds a field at the end of a model.
    ///
    /// # Errors
    /// [`StateError::NoModel`] for the model or what the field refers to; [`StateError::FieldExists`];
    /// [`StateError::NoTargetField`], [`StateError::TargetNotUnique`].
    pub fn add_field(&mut self, key: &ModelKey, mut field: Field) -> Result<(), StateError> {
        self.follow_renames_of_field(&key.app, &mut field);
        self.check_targets(&field)?;
        let name = field.name.clone();
        // Only a field of the key changes which fields are unique; a copy of the model would cost its size.
        let before = if field.primary_key { Some(Arc::clone(self.model(key)?)) } else { None };
        let model = self.model_mut(key)?;
        if model.field(&field.name).is_some() {
            return Err(StateError::FieldExists { model: key.clone(), field: field.name });
        }
        self.past_references.note_field(key, &field);
        let model = self.model_mut(key)?;
        model.fields.push(field);
        model.update_key_order();
        self.check_link(key, Link::Field(self.field(key, &name)?))?;
        before.map_or(Ok(()), |before| self.check_references_to(key, &before))
    }

    /// Removes a field.
    ///
    /// # Errors
    /// [`StateError::NoModel`], [`StateError::NoField`]; [`StateError::FieldInUse`] where an index or a constraint
    /// of the model names it; [`StateError::FieldReferred`] where another field refers to it; [`StateError::NoKey`] where
    /// the model would have no primary key left.
    pub fn remove_field(&mut self, key: &ModelKey, name: &FieldName) -> Result<Field, StateError> {
        let model = self.model(key)?;
        let Some(position) = model.fields.iter().position(|field| field.name == *name) else {
            return Err(StateError::NoField { model: key.clone(), field: name.clone() });
        };
        if let Some(user) = user_of(model, name) {
            return Err(StateError::FieldInUse { model: key.clone(), field: name.clone(), by: user });
        }
        let other =
            self.references_to(key, name).find(|(by, link)| *by != key || link.name() != name.as_str());
        if let Some((by, link)) = other {
            return Err(StateError::FieldReferred {
                model: key.clone(),
                field: name.clone(),
                by: by.clone(),
                by_field: FieldName::new(link.name()),
            });
        }
        if model.primary_key().all(|field| field.name == *name) {
            return Err(StateError::NoKey { model: key.clone() });
        }
        let model = self.model_mut(key)?;
        let removed = model.fields.remove(position);
        model.natural_key.retain(|field| field != name);
        model.update_key_order();
        self.former_names.remove_field(key, name);
        Ok(removed)
    }

    /// Replaces the field of the same name.
    ///
    /// # Errors
    /// [`StateError::NoModel`], [`StateError::NoField`]; [`StateError::NoColumn`] where an index or a constraint names
    /// the field, which has no column any more; [`StateError::NoTargetField`], [`StateError::TargetNotUnique`] for what it
    /// refers to, and for what refers to it.
    pub fn alter_field(&mut self, key: &ModelKey, mut field: Field) -> Result<(), StateError> {
        self.follow_renames_of_field(&key.app, &mut field);
        self.check_targets(&field)?;
        let (name, before) = (field.name.clone(), Arc::clone(self.model(key)?));
        let model = self.model_mut(key)?;
        let Some(position) = model.fields.iter().position(|before| before.name == field.name) else {
            return Err(StateError::NoField { model: key.clone(), field: field.name });
        };
        if model.fields[position].column_name() == field.column_name() {
            model.fields[position] = field;
        } else {
            follow_names(&key.app, model, |model| {
                let before = &model.fields[position];
                if before.has_column() && field.has_column() {
                    let (old, new) = (before.column_name(), field.column_name());
                    model.follow_column(&old, &new);
                }
                model.fields[position] = field;
            });
        }
        if model.primary_key().next().is_none() {
            return Err(StateError::NoKey { model: key.clone() });
        }
        model.update_key_order();
        check_objects(key, model)?;
        self.note_references(key);
        self.check_link(key, Link::Field(self.field(key, &name)?))?;
        self.check_references_to(key, &before)
    }

    /// Renames a field, and follows the name in the model's indexes and constraints, and in references to it.
    ///
    /// # Errors
    /// [`StateError::NoModel`], [`StateError::NoField`], [`StateError::FieldExists`].
    pub fn rename_field(
        &mut self,
        key: &ModelKey,
        before: &FieldName,
        after: &FieldName,
    ) -> Result<(), StateError> {
        let model = self.model_mut(key)?;
        if model.field(after).is_some() {
            return Err(StateError::FieldExists { model: key.clone(), field: after.clone() });
        }
        let Some(position) = model.fields.iter().position(|field| field.name == *before) else {
            return Err(StateError::NoField { model: key.clone(), field: before.clone() });
        };
        follow_names(&key.app, model, |model| {
            let column = model.fields[position].column_name();
            model.fields[position].name = after.clone();
            let (has_column, renamed) =
                (model.fields[position].has_column(), model.fields[position].column_name());
            if has_column {
                model.follow_column(&column, &renamed);
            }
            let named = model.key_order.iter_mut().chain(&mut model.natural_key);
            named.filter(|name| *name == before).for_each(|name| *name = after.clone());
            model.indexes.iter_mut().for_each(|index| index.rename_field(before, after));
            model.constraints.iter_mut().for_each(|constraint| constraint.rename_field(before, after));
            for generated in model.fields.iter_mut().filter_map(|field| field.generated.as_mut()) {
                generated.rename(before.as_str(), after.as_str());
            }
        });
        self.renames.field(key, before, after);
        self.past_references.rename_field(key, before, after);
        self.former_names.rename_field(key, before, after);
        self.follow_target(key, before, after);
        Ok(())
    }

    fn check_targets(&self, field: &Field) -> Result<(), StateError> {
        field.targets().try_for_each(|target| self.model(target).map(|_| ()))
    }
}

/// Returns the name of an index, a constraint or a generated field of a model that uses a field, if there is one.
fn user_of(model: &Model, field: &FieldName) -> Option<ObjectName> {
    let mut indexes = model.indexes.iter().filter(|it| it.field_names().contains(&field.as_str()));
    let mut constraints = model.constraints.iter().filter(|it| it.field_names().contains(&field.as_str()));
    let mut generated = model.fields.iter().filter(|it| it.computed_from().contains(&field.as_str()));
    indexes
        .find_map(|it| it.name.clone())
        .or_else(|| constraints.find_map(|it| it.name().cloned()))
        .or_else(|| generated.next().map(|it| ObjectName::new(it.name.as_str())))
}
