//! All models of a project at one point of its history, and the changes that operations make to them.
//!
//! Copy on write: a clone shares every model until one side changes it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use self::former_names::FormerNames;
pub(crate) use self::objects::check_objects;
use self::past_references::PastReferences;
use self::released_names::ReleasedNames;
use self::renames::Renames;
use crate::error::StateError;
use crate::model::Model;
use crate::model::field::Field;
use crate::model::references::Link;
use crate::model::sqlite_options::SqliteOptions;
use crate::name::{AppLabel, FieldName, ModelKey, ModelName, SchemaName, TableName};

/// All models of a project at one point of its history.
///
/// Every index and constraint in it has a name, and the target of every reference is a model in it.
#[derive(Clone, Debug, Default)]
pub struct ProjectState {
    models: BTreeMap<ModelKey, Arc<Model>>,
    renames: Renames,
    past_references: PastReferences,
    released_names: ReleasedNames,
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

    /// Returns the references of other models to this one, with the models that have them.
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
        self.past_references.note(key, &model);
        self.models.insert(key.clone(), Arc::new(model));
        let model = self.model(key)?;
        model.links().try_for_each(|link| self.check_link(key, link))
    }

    /// Adds a model without checking its references, for states that are made from sources all at once.
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

    /// Adds a model of another state, or replaces the one that has its key.
    pub(crate) fn put(&mut self, key: &ModelKey, model: &Arc<Model>) {
        self.models.insert(key.clone(), Arc::clone(model));
    }

    /// Removes a model without checking the references to it.
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
        self.past_references.move_model(key, after);
        self.former_names.move_model(key, after);
        for model in self.models.values_mut() {
            if model.targets().any(|target| target == key) {
                let targets = Arc::make_mut(model).targets_mut();
                targets.filter(|target| *target == key).for_each(|target| *target = after.clone());
            }
        }
        // A reference from another app than before counts for the order of later removals.
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

    /// Sets the schema of a model's tables.
    ///
    /// # Errors
    /// [`StateError::NoModel`].
    pub fn set_schema(&mut self, key: &ModelKey, schema: Option<SchemaName>) -> Result<(), StateError> {
        self.model_mut(key)?.schema = schema;
        Ok(())
    }

    /// Returns the schemas that tables of models are in, but for the default one.
    pub fn schemas(&self) -> BTreeSet<SchemaName> {
        self.models().filter_map(|(_, model)| model.schema.clone()).collect()
    }

    /// Renames a schema, for all models that are in it.
    pub fn rename_schema(&mut self, before: &SchemaName, after: &SchemaName) {
        for model in self.models.values_mut().filter(|model| model.schema.as_ref() == Some(before)) {
            Arc::make_mut(model).schema = Some(after.clone());
        }
    }

    /// Sets whether migrations create and change a model's table.
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

    /// Sets the fields that identify a row of a model in fixtures.
    ///
    /// # Errors
    /// [`StateError::NoModel`], [`StateError::NoField`].
    pub fn set_natural_key(&mut self, key: &ModelKey, fields: Vec<FieldName>) -> Result<(), StateError> {
        let model = self.model_mut(key)?;
        if let Some(field) = fields.iter().find(|field| model.field(field).is_none()) {
            return Err(StateError::NoField { model: key.clone(), field: field.clone() });
        }
        model.natural_key = fields;
        Ok(())
    }

    /// Sets the comment of a model's table.
    ///
    /// # Errors
    /// [`StateError::NoModel`].
    pub fn set_comment(&mut self, key: &ModelKey, comment: Option<String>) -> Result<(), StateError> {
        self.model_mut(key)?.comment = comment;
        Ok(())
    }

    /// Sets the options that a model's table has in SQLite.
    ///
    /// # Errors
    /// [`StateError::NoModel`].
    pub fn set_sqlite_options(&mut self, key: &ModelKey, options: SqliteOptions) -> Result<(), StateError> {
        self.model_mut(key)?.sqlite = options;
        Ok(())
    }

    fn model_mut(&mut self, key: &ModelKey) -> Result<&mut Model, StateError> {
        match self.models.get_mut(key) {
            Some(model) => Ok(Arc::make_mut(model)),
            None => Err(StateError::NoModel { model: key.clone() }),
        }
    }

    /// Returns which apps have ever referred to what.
    pub(crate) fn past_references(&self) -> &PastReferences {
        &self.past_references
    }

    /// Returns which apps have ever released which names.
    pub(crate) fn released_names(&self) -> &ReleasedNames {
        &self.released_names
    }

    /// The same, mutably.
    pub(crate) fn released_names_mut(&mut self) -> &mut ReleasedNames {
        &mut self.released_names
    }

    fn note_references(&mut self, key: &ModelKey) {
        if let Some(model) = self.models.get(key) {
            self.past_references.note(key, model);
        }
    }

    /// Returns the names that models and fields had before.
    pub(crate) fn former_names(&self) -> &FormerNames {
        &self.former_names
    }

    /// Returns how names changed.
    pub(crate) fn renames(&self) -> &Renames {
        &self.renames
    }
}

/// Changes a model, and with it the derived names of its indexes and constraints.
///
/// A chosen name that is equal to the derived one changes too.
pub(crate) fn follow_names(app: &AppLabel, model: &mut Model, change: impl FnOnce(&mut Model)) {
    if model.indexes.is_empty() && model.constraints.is_empty() {
        change(model);
    } else {
        let mut changed = model.clone().without_derived_names(app);
        change(&mut changed);
        *model = changed.with_names(app);
    }
}

pub(crate) mod equivalence;
pub mod error;
mod fields;
pub(crate) mod former_names;
pub(crate) mod objects;
pub mod past_references;
mod references;
pub(crate) mod released_names;
pub(crate) mod renames;
#[cfg(test)]
mod tests;
mod text;
