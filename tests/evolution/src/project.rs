//! A project as a person has it in front of them: sources, what is recorded of them, and what they were before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use modelshift_schema::field::Field;
use modelshift_schema::hints::SourceModel;
use modelshift_schema::model::Model;
use modelshift_schema::name::{AppLabel, FieldName, ModelKey, ModelName};
use modelshift_schema::state::ProjectState;

use crate::sources::{Sources, with};

/// A project that is edited.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// The apps, whether or not they have models.
    pub apps: BTreeSet<AppLabel>,
    /// The models as they are now.
    pub sources: Sources,
    /// The state after every migration that was written.
    pub recorded: ProjectState,
    /// The sources at each build, to which a person may return.
    pub builds: Vec<Arc<Sources>>,
    /// How often each kind, attribute and form was used.
    pub tally: BTreeMap<&'static str, usize>,
}

impl Project {
    /// Starts a project without models.
    pub fn new(apps: impl IntoIterator<Item = AppLabel>) -> Self {
        Self { apps: apps.into_iter().collect(), ..Self::default() }
    }

    /// Counts that something was used.
    pub fn count(&mut self, what: &'static str) {
        *self.tally.entry(what).or_default() += 1;
    }

    /// Returns the names of all models.
    pub fn keys(&self) -> Vec<ModelKey> {
        self.sources.keys().cloned().collect()
    }

    /// Finds a model, or what others flatten.
    pub fn model(&self, key: &ModelKey) -> Option<&Model> {
        self.sources.any(key).map(|source| &source.model)
    }

    /// Finds a model, to be changed.
    pub fn model_mut(&mut self, key: &ModelKey) -> Option<&mut Model> {
        self.sources.get_mut(key).map(|source| &mut source.model)
    }

    /// Returns whether a field of any model refers to this one, its own fields included.
    pub fn is_referred(&self, key: &ModelKey) -> bool {
        self.sources.values().any(|source| source.model.fields.iter().any(|field| field.refers_to(key)))
    }

    /// Takes a model out, and every field that refers to it.
    pub fn remove_model(&mut self, key: &ModelKey) {
        remove_model(&mut self.sources, key);
    }

    /// Returns a model another name wherever it is named; `says` tells whether the source says that it was renamed.
    pub fn rename_model(&mut self, key: &ModelKey, name: &ModelName, says: bool) -> Option<()> {
        let after = ModelKey::new(&key.app, name);
        if self.sources.contains_key(&after) {
            return None;
        }
        let mut source = self.sources.remove(key)?;
        source.model.name = name.clone();
        source.hints.new = false;
        if self.recorded.contains(key) {
            source.hints.moved_from = None;
            source.hints.renamed_from = says.then(|| key.name.clone());
        }
        self.put_back(key, &after, source);
        Some(())
    }

    /// Moves a model to another app wherever it is named; `says` tells whether the source says that it was moved.
    pub fn move_model(&mut self, key: &ModelKey, after: &ModelKey, says: bool) -> Option<()> {
        if self.sources.contains_key(after) {
            return None;
        }
        let mut source = self.sources.remove(key)?;
        source.model.name = after.name.clone();
        let (renamed_from, moved_from) = (source.hints.renamed_from.take(), source.hints.moved_from.take());
        let renamed = renamed_from.map(|name| ModelKey::new(&key.app, name));
        let known = |it: &ModelKey| self.recorded.contains(it);
        let mut origins = [Some(key.clone()), moved_from, renamed].into_iter().flatten();
        if let Some(origin) = origins.find(known).filter(|_| says) {
            if origin.app == after.app {
                source.hints.renamed_from = (origin != *after).then_some(origin.name);
            } else {
                source.hints.moved_from = Some(origin);
            }
        }
        source.hints.new = false;
        self.put_back(key, after, source);
        Some(())
    }

    /// Puts a model back under another key, which all that refers to it names from now on.
    fn put_back(&mut self, before: &ModelKey, after: &ModelKey, source: SourceModel) {
        self.sources.insert(after.clone(), source);
        let moved = |key: ModelKey| if key == *before { after.clone() } else { key };
        let places = std::mem::take(&mut self.sources.places);
        self.sources.places =
            places.into_iter().map(|((key, it), place)| ((moved(key), it), place)).collect();
        let newtypes = std::mem::take(&mut self.sources.newtypes);
        self.sources.newtypes =
            newtypes.into_iter().map(|((key, it), name)| ((moved(key), it), name)).collect();
        for source in self.sources.all_mut() {
            let targets = source.model.targets_mut().filter(|target| *target == before);
            targets.for_each(|target| *target = after.clone());
        }
    }

    /// Returns a field another name wherever it is named; `says` tells whether the source says that it was renamed.
    pub fn rename_field(
        &mut self,
        key: &ModelKey,
        before: &FieldName,
        after: &FieldName,
        says: bool,
    ) -> Option<()> {
        let source = self.sources.any_mut(key)?;
        if source.model.field(after).is_some() {
            return None;
        }
        source.model.fields.iter_mut().find(|field| field.name == *before)?.name = after.clone();
        source.model.indexes.iter_mut().for_each(|index| index.rename_field(before, after));
        source.model.constraints.iter_mut().for_each(|constraint| constraint.rename_field(before, after));
        let named = source.model.key_order.iter_mut().chain(&mut source.model.natural_key);
        named.filter(|it| *it == before).for_each(|it| *it = after.clone());
        for generated in source.model.fields.iter_mut().filter_map(|field| field.generated.as_mut()) {
            generated.rename(before.as_str(), after.as_str());
            generated.expression = generated.expression.with_raw_column(before.as_str(), after.as_str());
        }
        for hints in source.hints.fields.values_mut() {
            let follow = |name: &str| if *before == *name { after.to_string() } else { name.to_owned() };
            hints.backfill = hints.backfill.as_ref().map(|value| value.map_names(&follow));
        }
        let mut hints = source.hints.fields.remove(before).unwrap_or_default();
        hints.new = false;
        let origin = ModelKey::new(&key.app, source.hints.renamed_from.as_ref().unwrap_or(&key.name));
        if self.recorded.field(&origin, before).is_ok() || self.recorded.field(key, before).is_ok() {
            hints.renamed_from = says.then(|| before.clone());
            hints.keep_values = false;
        }
        source.hints.fields.insert(after.clone(), hints);
        if let Some(name) = self.sources.newtypes.remove(&(key.clone(), before.clone())) {
            self.sources.newtypes.insert((key.clone(), after.clone()), name);
        }
        for source in self.sources.all_mut() {
            source.model.follow_target(key, before, after);
        }
        Some(())
    }
}

/// Takes a model out, and every field that refers to it.
pub fn remove_model(sources: &mut Sources, key: &ModelKey) {
    sources.remove(key);
    for source in sources.all_mut() {
        let refers = |field: &&Field| field.refers_to(key);
        let gone: Vec<FieldName> =
            source.model.fields.iter().filter(refers).map(|it| it.name.clone()).collect();
        for field in &gone {
            drop_field(source, field);
        }
        source.model.constraints.retain(|constraint| constraint.target() != Some(key));
    }
}

/// Takes a field out with all of its struct that uses it.
pub fn drop_field(source: &mut SourceModel, name: &FieldName) {
    source.hints.fields.remove(name);
    for hints in source.hints.fields.values_mut() {
        hints.backfill = hints.backfill.take().filter(|value| !value.names().contains(&name.as_str()));
    }
    source.model.fields.retain(|field| field.name != *name);
    drop_users(&mut source.model, name);
    keep_a_key(&mut source.model);
}

/// Takes a field out of an abstract struct and of all that flatten it.
pub fn drop_shared_field(sources: &mut Sources, shared: &ModelKey, name: &FieldName) {
    let mut reach = sources.reach(shared);
    reach.push((shared.clone(), String::new()));
    for (holder, prefix) in reach {
        if let Some(source) = sources.any_mut(&holder) {
            drop_field(source, &with(&prefix, name));
        }
    }
}

/// Makes `id` the key where there is no other, as the grammar does.
fn keep_a_key(model: &mut Model) {
    if model.primary_key().next().is_none()
        && let Some(id) = model.fields.iter_mut().find(|field| field.name == "id" && field.has_column())
    {
        (id.primary_key, id.null, id.unique, id.index) = (true, false, false, false);
    }
    keep_key_order(model);
}

/// Lets the order that is told of a key name its fields, as the grammar wants it.
pub fn keep_key_order(model: &mut Model) {
    if !model.key_order.is_empty() {
        let key: Vec<FieldName> = model.primary_key().map(|field| field.name.clone()).collect();
        model.key_order = if key.len() > 1 { key } else { Vec::new() };
    }
}

/// Takes out the indexes and constraints that use a field, and lets no other be computed from it.
pub fn drop_users(model: &mut Model, name: &FieldName) {
    for field in &mut model.fields {
        field.generated = field.generated.take().filter(|generated| !generated.names(name.as_str()));
    }
    let uses = |names: Vec<&str>| names.iter().any(|it| *name == **it);
    model.indexes.retain(|index| !uses(index.field_names()));
    model.constraints.retain(|constraint| !uses(constraint.field_names()));
    model.natural_key.retain(|it| it != name);
}
