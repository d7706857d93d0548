//! References that name the field they lead to: it must be there, and no two rows may share a value of it.

use std::sync::Arc;

use crate::constraint::Constraint;
use crate::error::StateError;
use crate::field::Field;
use crate::model::Model;
use crate::name::{FieldName, ModelKey};
use crate::state::ProjectState;

impl Model {
    /// Tells whether no two rows share the values of the fields, whose order does not count.
    pub fn holds_apart(&self, fields: &[FieldName]) -> bool {
        let is_same = |others: &[&FieldName]| {
            others.len() == fields.len() && others.iter().all(|other| fields.contains(other))
        };
        let key: Vec<&FieldName> = self.primary_key().map(|field| &field.name).collect();
        is_same(&key)
            || self.fields.iter().any(|field| field.unique && is_same(&[&field.name]))
            || self.unique_constraint(fields).is_some()
    }

    /// Finds the constraint of the model that holds the rows apart by these fields.
    pub(crate) fn unique_constraint(&self, fields: &[FieldName]) -> Option<&Constraint> {
        self.constraints.iter().find(|constraint| {
            let others = constraint.held_apart();
            !others.is_empty() && others.len() == fields.len() && others.iter().all(|it| fields.contains(it))
        })
    }
}

impl ProjectState {
    /// Gives the fields of other models, or of the model itself, that refer to one of its fields by name.
    pub fn leaning_on<'a>(
        &'a self,
        key: &'a ModelKey,
        target: &'a FieldName,
    ) -> impl Iterator<Item = (&'a ModelKey, &'a Field)> {
        let leans = move |field: &&Field| {
            field.relation().is_some_and(|it| it.to == *key && it.to_field.as_ref() == Some(target))
        };
        self.models()
            .flat_map(move |(by, model)| model.fields.iter().filter(leans).map(move |field| (by, field)))
    }

    /// Checks that what a field refers to is there.
    ///
    /// # Errors
    /// [`StateError::NoModel`], [`StateError::NoTargetField`], [`StateError::TargetNotUnique`].
    pub(crate) fn check_reference(&self, key: &ModelKey, field: &Field) -> Result<(), StateError> {
        for target in field.targets() {
            self.model(target)?;
        }
        let Some(relation) = field.relation() else { return Ok(()) };
        let Some(to_field) = &relation.to_field else { return Ok(()) };
        self.target_field(key, field, relation)?;
        if self.model(&relation.to)?.holds_apart(std::slice::from_ref(to_field)) {
            return Ok(());
        }
        Err(StateError::TargetNotUnique {
            model: key.clone(),
            field: field.name.clone(),
            to: relation.to.clone(),
            to_field: to_field.clone(),
        })
    }

    /// Checks that whatever referred to a field by name, when the model was as it was before, still can.
    ///
    /// What could not do so before is left alone: it may belong to an app that is ahead.
    ///
    /// # Errors
    /// As [`Self::check_reference`].
    pub(crate) fn check_leaning(&self, key: &ModelKey, before: &Model) -> Result<(), StateError> {
        for (by, model) in self.models() {
            for field in &model.fields {
                let target = field.relation().filter(|it| it.to == *key).and_then(|it| it.to_field.as_ref());
                if target.is_some_and(|target| before.holds_apart(std::slice::from_ref(target))) {
                    self.check_reference(by, field)?;
                }
            }
        }
        Ok(())
    }

    /// Makes whatever refers to a field by name follow its new name.
    pub(crate) fn follow_target(&mut self, key: &ModelKey, before: &FieldName, after: &FieldName) {
        let leaning: Vec<ModelKey> = self.leaning_on(key, before).map(|(by, _)| by.clone()).collect();
        for by in leaning {
            let Some(mut model) = self.take(&by) else { continue };
            for field in &mut Arc::make_mut(&mut model).fields {
                field.follow_target(key, before, after);
            }
            self.put(&by, &model);
        }
    }
}

impl Field {
    /// Follows the new name of a field of a model that this one may refer to.
    pub fn follow_target(&mut self, model: &ModelKey, before: &FieldName, after: &FieldName) {
        if let Some(relation) = self.relation_mut().filter(|relation| relation.to == *model)
            && relation.to_field.as_ref() == Some(before)
        {
            relation.to_field = Some(after.clone());
        }
    }
}
