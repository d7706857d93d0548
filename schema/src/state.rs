//! All models of a project at one point of its history, and the verbs that move it on.
//!
//! Copy on write: a clone shares every model until one side changes it.

use std::collections::BTreeMap;
use std::sync::Arc;

use self::former_names::FormerNames;
use self::past_references::PastReferences;
use self::released_names::ReleasedNames;
use self::renames::Renames;
use crate::error::StateError;
use crate::model::Model;
use crate::model::constraint::Constraint;
use crate::model::field::Field;
use crate::model::index::Index;
use crate::model::references::Link;
use crate::name::{AppLabel, FieldName, ModelKey, ModelName, ObjectName, TableName};

/// All models of a project at one point of its history.
///
/// Every index and constraint in it bears a name, and every reference leads to a model in it.
#[derive(Clone, Debug, Default)]
pub struct ProjectState {
    models: BTreeMap<ModelKey, Arc<Model>>,
    renames: Renames,
    referred: PastReferences,
    given_up: ReleasedNames,
    former_names: FormerNames,
}

impl PartialEq for ProjectState {
    fn eq(&self, other: &Self) -> bool {
        self.models == other.models
    }
}

impl Eq for ProjectState {}

impl ProjectState {
    /// Finds a model.
    ///
    /// # Errors
    /// [`StateError::NoModel`] where there is none of that name.
    pub fn model(&self, key: &ModelKey) -> Result<&Arc<Model>, StateError> {
        self.models.get(key).ok_or_else(|| StateError::NoModel { model: key.clone() })
    }

    /// Finds a field of a model.
    ///
    /// # Errors
    /// [`StateError::NoModel`], [`StateError::NoField`].
    pub fn field(&self, key: &ModelKey, name: &FieldName) -> Result<&Field, StateError> {
        self.model(key)?
            .field(name)
            .ok_or_else(|| StateError::NoField { model: key.clone(), field: name.clone() })
    }

    /// Returns all models, in the order of their keys.
    pub fn models(&self) -> impl Iterator<Item = (&ModelKey, &Arc<Model>)> {
        self.models.iter()
    }

    /// Returns the number of models.
    pub fn len(&self) -> usize {
        self.models.len()
    }

    /// Returns whether there is no model.
    pub fn is_empty(&self) -> bool {
        self.models.is_empty()
    }

    /// Returns whether there is such a model.
    pub fn contains(&self, key: &ModelKey) -> bool {
        self.models.contains_key(key)
    }

    /// Returns the models that refer to this one, itself left out, with what of them does.
    pub fn referrers(&self, key: &ModelKey) -> Vec<(&ModelKey, Link<'_>)> {
        let others = self.models.iter().filter(|(other, _)| *other != key);
        let links = others.flat_map(|(other, model)| model.links().map(move |link| (other, link)));
        links.filter(|(_, link)| link.leads_to(key)).collect()
    }

    /// Adds a model, and names those of its indexes and constraints that have no name.
    ///
    /// # Errors
    /// [`StateError::ModelExists`]; [`StateError::NoModel`] where a field refers to a model that is not there;
    /// [`StateError::NoTargetField`], [`StateError::TargetNotUnique`]; [`StateError::NoKey`] where it has no primary
    /// key; [`StateError::KeyOrder`]; [`StateError::FieldExists`] where two fields have one name, and as [`Self::add_index`].
    pub fn add_model(&mut self, key: &ModelKey, mut model: Model) -> Result<(), StateError> {
        self.follow_renames(&key.app, &mut model);
        if self.contains(key) {
            return Err(StateError::ModelExists { model: key.clone() });
        }
        if model.primary_key().next().is_none() {
            return Err(StateError::NoKey { model: key.clone() });
        }
        if !model.orders_whole_key() {
            return Err(StateError::KeyOrder { model: key.clone() });
        }
        for target in model.targets() {
            if target != key && !self.contains(target) {
                return Err(StateError::NoModel { model: target.clone() });
            }
        }
        let names: Vec<FieldName> = model.fields.iter().map(|field| field.name.clone()).collect();
        if let Some((_, twice)) =
            names.iter().enumerate().find(|(position, it)| names[..*position].contains(it))
        {
            return Err(StateError::FieldExists { model: key.clone(), field: twice.clone() });
        }
        let model = model.with_names(&key.app);
        check_objects(key, &model)?;
        self.referred.note(key, &model);
        self.models.insert(key.clone(), Arc::new(model));
        let model = self.model(key)?;
        model.links().try_for_each(|link| self.check_link(key, link))
    }

    /// Adds a model without looking at what it refers to; for states that are made whole at once from sources.
    ///
    /// # Errors
    /// [`StateError::ModelExists`].
    pub fn insert(&mut self, key: &ModelKey, model: Model) -> Result<(), StateError> {
        if self.contains(key) {
            return Err(StateError::ModelExists { model: key.clone() });
        }
        self.models.insert(key.clone(), Arc::new(model.with_names(&key.app)));
        Ok(())
    }

    /// Puts a model of another state in, in place of what may be there.
    pub(crate) fn put(&mut self, key: &ModelKey, model: &Arc<Model>) {
        self.models.insert(key.clone(), Arc::clone(model));
    }

    /// Takes a model out without looking at what refers to it.
    pub(crate) fn take(&mut self, key: &ModelKey) -> Option<Arc<Model>> {
        self.models.remove(key)
    }

    /// Removes a model.
    ///
    /// # Errors
    /// [`StateError::NoModel`]; [`StateError::PastReferences`] where another model refers to it.
    pub fn remove_model(&mut self, key: &ModelKey) -> Result<Arc<Model>, StateError> {
        if let Some((model, link)) = self.referrers(key).first() {
            return Err(StateError::PastReferences {
                model: key.clone(),
                by: (*model).clone(),
                field: FieldName::new(link.name()),
            });
        }
        self.former_names.remove_model(key);
        self.models.remove(key).ok_or_else(|| StateError::NoModel { model: key.clone() })
    }

    /// Renames a model, and follows the name in every reference to it.
    ///
    /// # Errors
    /// [`StateError::NoModel`], [`StateError::ModelExists`].
    pub fn rename_model(&mut self, key: &ModelKey, name: &ModelName) -> Result<(), StateError> {
        self.move_model(key, &ModelKey::new(&key.app, name))
    }

    /// Moves a model to another key, which may be of another app, and follows it in every reference to it.
    ///
    /// # Errors
    /// [`StateError::NoModel`], [`StateError::ModelExists`].
    pub fn move_model(&mut self, key: &ModelKey, after: &ModelKey) -> Result<(), StateError> {
        if self.contains(after) {
            return Err(StateError::ModelExists { model: after.clone() });
        }
        let model = self.models.remove(key).ok_or_else(|| StateError::NoModel { model: key.clone() })?;
        let mut moved = Model::clone(&model).without_derived_names(&key.app);
        moved.name = after.name.clone();
        let model = Arc::new(moved.with_names(&after.app));
        self.models.insert(after.clone(), model);
        self.renames.model(key, after);
        self.referred.move_model(key, after);
        self.former_names.move_model(key, after);
        for model in self.models.values_mut() {
            if model.targets().any(|target| target == key) {
                let targets = Arc::make_mut(model).targets_mut();
                targets.filter(|target| *target == key).for_each(|target| *target = after.clone());
            }
        }
        // What refers from another app than before is to come before what it refers to goes.
        self.note_references(after);
        Ok(())
    }

    /// Sets the name of a model's table; `None` for the derived one.
    ///
    /// # Errors
    /// [`StateError::NoModel`].
    pub fn set_table(&mut self, key: &ModelKey, table: Option<TableName>) -> Result<(), StateError> {
        follow_names(&key.app, self.model_mut(key)?, |model| model.table = table);
        Ok(())
    }

    /// Sets whether migrations make and change a model's table.
    ///
    /// # Errors
    /// [`StateError::NoModel`].
    pub fn set_managed(&mut self, key: &ModelKey, managed: bool) -> Result<(), StateError> {
        self.model_mut(key)?.managed = managed;
        Ok(())
    }

    /// Sets the order of the fields of a model's primary key; none for that of the fields.
    ///
    /// # Errors
    /// [`StateError::NoModel`]; [`StateError::KeyOrder`] where these are not the fields of the key.
    pub fn set_key_order(&mut self, key: &ModelKey, order: Vec<FieldName>) -> Result<(), StateError> {
        let model = self.model_mut(key)?;
        model.key_order = order;
        if model.orders_whole_key() { Ok(()) } else { Err(StateError::KeyOrder { model: key.clone() }) }
    }

    /// Sets the comment of a model's table.
    ///
    /// # Errors
    /// [`StateError::NoModel`].
    pub fn set_comment(&mut self, key: &ModelKey, comment: Option<String>) -> Result<(), StateError> {
        self.model_mut(key)?.comment = comment;
        Ok(())
    }

    /// Adds a field at the end of a model.
    ///
    /// # Errors
    /// [`StateError::NoModel`] for the model or what the field refers to; [`StateError::FieldExists`];
    /// [`StateError::NoTargetField`], [`StateError::TargetNotUnique`].
    pub fn add_field(&mut self, key: &ModelKey, mut field: Field) -> Result<(), StateError> {
        self.follow_renames_of_field(&key.app, &mut field);
        self.check_targets(&field)?;
        let name = field.name.clone();
        // Only a field of the key changes what other fields hold apart; a copy of the model would cost its size.
        let before = if field.primary_key { Some(Arc::clone(self.model(key)?)) } else { None };
        let model = self.model_mut(key)?;
        if model.field(&field.name).is_some() {
            return Err(StateError::FieldExists { model: key.clone(), field: field.name });
        }
        self.referred.note_field(key, &field);
        let model = self.model_mut(key)?;
        model.fields.push(field);
        model.settle_key();
        self.check_link(key, Link::Field(self.field(key, &name)?))?;
        before.map_or(Ok(()), |before| self.check_leaning(key, &before))
    }

    /// Removes a field.
    ///
    /// # Errors
    /// [`StateError::NoModel`], [`StateError::NoField`]; [`StateError::FieldInUse`] where an index or a constraint
    /// of the model names it; [`StateError::FieldReferred`] where another field refers to it; [`StateError::NoKey`] where
    /// the model would have no primary key left.
    pub fn remove_field(&mut self, key: &ModelKey, name: &FieldName) -> Result<Field, StateError> {
        let no_field = || StateError::NoField { model: key.clone(), field: name.clone() };
        let model = self.model(key)?;
        let position = model.fields.iter().position(|field| field.name == *name).ok_or_else(no_field)?;
        if let Some(user) = user_of(model, name) {
            return Err(StateError::FieldInUse { model: key.clone(), field: name.clone(), by: user });
        }
        let is_other = |(by, link): &(&ModelKey, Link<'_>)| *by != key || link.name() != name.as_str();
        if let Some((by, link)) = self.references_to(key, name).find(is_other) {
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
        model.settle_key();
        self.former_names.remove_field(key, name);
        Ok(removed)
    }

    /// Puts another field in the place of the one that bears its name.
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
        model.settle_key();
        check_objects(key, model)?;
        self.note_references(key);
        self.check_link(key, Link::Field(self.field(key, &name)?))?;
        self.check_leaning(key, &before)
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
            let (has_column, named) =
                (model.fields[position].has_column(), model.fields[position].column_name());
            if has_column {
                model.follow_column(&column, &named);
            }
            model.key_order.iter_mut().filter(|name| *name == before).for_each(|name| *name = after.clone());
            model.indexes.iter_mut().for_each(|index| index.rename_field(before, after));
            model.constraints.iter_mut().for_each(|constraint| constraint.rename_field(before, after));
            for generated in model.fields.iter_mut().filter_map(|field| field.generated.as_mut()) {
                generated.rename(before.as_str(), after.as_str());
            }
        });
        self.renames.field(key, before, after);
        self.referred.rename_field(key, before, after);
        self.former_names.rename_field(key, before, after);
        self.follow_target(key, before, after);
        Ok(())
    }

    /// Adds an index to a model, and names it where it has no name.
    ///
    /// # Errors
    /// [`StateError::NoModel`], [`StateError::ObjectExists`]; [`StateError::NoField`] where it names a field that is
    /// not there.
    pub fn add_index(&mut self, key: &ModelKey, index: Index) -> Result<(), StateError> {
        self.change_objects(key, |model| model.indexes.push(index))
    }

    /// Adds a constraint to a model, and names it where it has no name.
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
        self.check_leaning(key, &before)?;
        Ok(removed)
    }

    /// Puts another constraint in the place of the one that bears its name.
    ///
    /// # Errors
    /// As [`Self::add_constraint`]; [`StateError::NoObject`]; [`StateError::TargetNotUnique`] where a reference needs it as
    /// it was.
    pub fn alter_constraint(&mut self, key: &ModelKey, mut constraint: Constraint) -> Result<(), StateError> {
        self.follow_renames_of_constraint(&key.app, &mut constraint);
        let before = Arc::clone(self.model(key)?);
        let is_it = |it: &Constraint| it.name() == constraint.name();
        let Some(position) = before.constraints.iter().position(is_it) else {
            let name = constraint.name().cloned().unwrap_or_else(|| ObjectName::new(""));
            return Err(StateError::NoObject { model: key.clone(), name });
        };
        self.change_objects(key, |model| model.constraints[position] = constraint)?;
        if let Some(rule) = self.model(key)?.constraints[position].reference() {
            self.check_link(key, Link::Rule(rule))?;
        }
        self.check_leaning(key, &before)
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

    fn model_mut(&mut self, key: &ModelKey) -> Result<&mut Model, StateError> {
        match self.models.get_mut(key) {
            Some(model) => Ok(Arc::make_mut(model)),
            None => Err(StateError::NoModel { model: key.clone() }),
        }
    }

    /// Which apps have ever referred to what.
    pub(crate) fn referred(&self) -> &PastReferences {
        &self.referred
    }

    /// Which apps have ever given up which names.
    pub(crate) fn given_up(&self) -> &ReleasedNames {
        &self.given_up
    }

    /// The same, to be added to.
    pub(crate) fn given_up_mut(&mut self) -> &mut ReleasedNames {
        &mut self.given_up
    }

    fn note_references(&mut self, key: &ModelKey) {
        if let Some(model) = self.models.get(key) {
            self.referred.note(key, model);
        }
    }

    /// The names that models and fields had before.
    pub(crate) fn former_names(&self) -> &FormerNames {
        &self.former_names
    }

    /// What became of names.
    pub(crate) fn renames(&self) -> &Renames {
        &self.renames
    }

    fn check_targets(&self, field: &Field) -> Result<(), StateError> {
        field.targets().try_for_each(|target| self.model(target).map(|_| ()))
    }
}

/// Changes a model so that the names of its indexes and constraints follow, as far as nobody chose them.
///
/// A chosen name that happens to be the one that would be derived follows too.
pub(crate) fn follow_names(app: &AppLabel, model: &mut Model, change: impl FnOnce(&mut Model)) {
    if model.indexes.is_empty() && model.constraints.is_empty() {
        change(model);
    } else {
        let mut changed = model.clone().without_derived_names(app);
        change(&mut changed);
        *model = changed.with_names(app);
    }
}

/// Names the index, the constraint or the generated field of a model that uses a field, if one does.
fn user_of(model: &Model, field: &FieldName) -> Option<ObjectName> {
    let index = model.indexes.iter().find(|index| index.field_names().iter().any(|name| *field == *name));
    let uses = |constraint: &&Constraint| constraint.field_names().iter().any(|name| *field == *name);
    let constraint = || model.constraints.iter().find(uses).and_then(|it| it.name().cloned());
    let reckoned = |other: &&Field| other.reckoned_from().iter().any(|name| *field == *name);
    let generated = || model.fields.iter().find(reckoned).map(|it| ObjectName::new(it.name.as_str()));
    index.and_then(|index| index.name.clone()).or_else(constraint).or_else(generated)
}

/// Checks that names of indexes and constraints differ, and that what they name is there.
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
    let of_fields = model.fields.iter().flat_map(Field::reckoned_from);
    for name in of_indexes.chain(of_constraints).chain(of_fields) {
        match model.fields.iter().find(|field| field.name == name) {
            Some(field) if field.has_column() => {}
            Some(_) => return Err(StateError::NoColumn { model: key.clone(), field: name.into() }),
            None => return Err(StateError::NoField { model: key.clone(), field: name.into() }),
        }
    }
    Ok(())
}

pub(crate) mod equivalence;
pub mod error;
pub(crate) mod former_names;
pub mod past_references;
mod references;
pub(crate) mod released_names;
pub(crate) mod renames;
#[cfg(test)]
mod tests;
