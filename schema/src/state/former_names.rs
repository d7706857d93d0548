//! The names that models and fields had before.
//!
//! A `renamed_from` stays in the source after its rename is recorded. Where names are exchanged, both names are recorded
//! before and after, so that only this memory shows whether the exchange is done.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::Model;
use crate::model::column_type::ColumnType;
use crate::model::field::Field;
use crate::name::{AppLabel, FieldName, ModelKey, ModelName};
use crate::operation::{
    AddField, CreateModel, DeleteModel, Operation, RemoveField, RenameField, RenameModel,
    SeparateDatabaseAndState,
};

/// For each model and field, by the name that it has now, the names that it had.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FormerNames {
    models: BTreeMap<ModelKey, BTreeSet<ModelName>>,
    fields: BTreeMap<ModelKey, BTreeMap<FieldName, BTreeSet<FieldName>>>,
    /// The models that were created, by the keys that they have now; only followed in a list of operations.
    made: BTreeSet<ModelKey>,
    /// The keys of models that were removed; another model may have taken the name.
    removed: BTreeSet<ModelKey>,
    /// For each key to which a model was ever renamed, the names before, also where another model has the key now.
    renamed: BTreeMap<ModelKey, BTreeSet<ModelName>>,
    /// The same for the fields of each model.
    renamed_fields: BTreeMap<ModelKey, BTreeMap<FieldName, BTreeSet<FieldName>>>,
    /// The fields that were created; only followed in a list of operations.
    made_fields: BTreeMap<ModelKey, BTreeSet<FieldName>>,
}

impl FormerNames {
    /// Notes that a model has another key.
    pub(crate) fn move_model(&mut self, before: &ModelKey, after: &ModelKey) {
        if self.made.remove(before) {
            self.made.insert(after.clone());
        }
        let mut names = self.models.remove(before).unwrap_or_default();
        names.insert(before.name.clone());
        self.renamed.entry(after.clone()).or_default().extend(names.iter().cloned());
        self.models.insert(after.clone(), names);
        if let Some(fields) = self.fields.remove(before) {
            self.fields.insert(after.clone(), fields);
        }
        if let Some(fields) = self.renamed_fields.remove(before) {
            self.renamed_fields.insert(after.clone(), fields);
        }
        if let Some(fields) = self.made_fields.remove(before) {
            self.made_fields.insert(after.clone(), fields);
        }
    }

    /// Forgets a model, and notes that it was removed, by each name that it had.
    pub(crate) fn remove_model(&mut self, key: &ModelKey) {
        let names = self.models.remove(key).unwrap_or_default();
        self.removed.extend(names.iter().map(|name| ModelKey::new(&key.app, name)));
        self.removed.insert(key.clone());
        self.made.remove(key);
        self.fields.remove(key);
        self.renamed_fields.remove(key);
        self.made_fields.remove(key);
    }

    /// Notes that a field has another name.
    pub(crate) fn rename_field(&mut self, key: &ModelKey, before: &FieldName, after: &FieldName) {
        let fields = self.fields.entry(key.clone()).or_default();
        let mut names = fields.remove(before).unwrap_or_default();
        names.insert(before.clone());
        let renamed = self.renamed_fields.entry(key.clone()).or_default();
        renamed.entry(after.clone()).or_default().extend(names.iter().cloned());
        fields.insert(after.clone(), names);
        if let Some(made) = self.made_fields.get_mut(key)
            && made.remove(before)
        {
            made.insert(after.clone());
        }
    }

    /// Forgets a field.
    pub(crate) fn remove_field(&mut self, key: &ModelKey, name: &FieldName) {
        if let Some(fields) = self.fields.get_mut(key) {
            fields.remove(name);
        }
        if let Some(made) = self.made_fields.get_mut(key) {
            made.remove(name);
        }
    }

    /// Returns what a state remembers after a list of operations.
    pub(crate) fn after(app: &AppLabel, operations: &[Operation]) -> Self {
        let mut names = Self::default();
        for operation in operations {
            names.follow(app, operation);
        }
        names
    }

    fn follow(&mut self, app: &AppLabel, operation: &Operation) {
        if let Operation::SeparateDatabaseAndState(separate) = operation {
            separate.state.iter().for_each(|operation| self.follow(app, operation));
        } else if let Operation::RenameField(RenameField { model, before, after, .. }) = operation {
            self.rename_field(&ModelKey::new(app, model), before, after);
        } else if let Operation::RemoveField(remove) = operation {
            self.remove_field(&ModelKey::new(app, &remove.model), &remove.field);
        } else if let Operation::AddField(add) = operation {
            let made = self.made_fields.entry(ModelKey::new(app, &add.model)).or_default();
            made.insert(add.field.name.clone());
        } else {
            if let Operation::CreateModel(CreateModel { model }) = operation {
                let made = model.fields.iter().map(|field| field.name.clone()).collect();
                self.made_fields.insert(ModelKey::new(app, &model.name), made);
            }
            match operation.behaviour().keys(app) {
                (Some(before), Some(after)) if before != after => self.move_model(&before, &after),
                (Some(before), None) => self.remove_model(&before),
                (None, Some(after)) => {
                    self.made.insert(after);
                }
                (Some(_), Some(_)) | (None, None) => {}
            }
        }
    }

    /// Returns the operation that changes no model, and after which the exchanges of names are remembered that `shorter`
    /// does not remember.
    ///
    /// Without it a `renamed_from` that is done would count again after a squash.
    pub(crate) fn reminder(&self, app: &AppLabel, shorter: &Self) -> Option<Operation> {
        let mut state = Vec::new();
        for key in self.removed.iter().filter(|key| key.app == *app && self.made.contains(*key)) {
            if !shorter.removed.contains(key) {
                state.extend(removed_once(key));
            }
        }
        for (key, name) in self.lost_renames(app, shorter) {
            state.extend(renamed_once(key, name));
        }
        for (key, names) in self.models.iter().filter(|(key, _)| key.app == *app) {
            let is_lost = |name: &&ModelName| {
                **name != key.name
                    && self.models.contains_key(&ModelKey::new(app, *name))
                    && !shorter.had_model(key, name)
            };
            for name in names.iter().filter(is_lost) {
                let aside: ModelName = format!("{name}ForAWhile").into();
                let renames = [(name, &aside), (&key.name, name), (name, &key.name), (&aside, name)];
                state.extend(renames.map(|(before, after)| {
                    Operation::RenameModel(RenameModel::new(before.clone(), after.clone()))
                }));
            }
        }
        for (key, fields) in self.renamed_fields.iter().filter(|(key, _)| key.app == *app) {
            let all = fields.iter().flat_map(|(field, names)| names.iter().map(move |name| (field, name)));
            for (field, name) in all.filter(|(field, name)| self.lost_field(shorter, key, field, name)) {
                state.extend(field_renamed_once(key, field, name));
            }
        }
        for (key, fields) in self.fields.iter().filter(|(key, _)| key.app == *app) {
            let all = fields.iter().flat_map(|(field, names)| names.iter().map(move |name| (field, name)));
            let is_lost = |(field, name): &(&FieldName, &FieldName)| {
                field != name && fields.contains_key(*name) && !shorter.had_field(key, field, name)
            };
            for (field, name) in all.filter(is_lost) {
                let aside: FieldName = format!("{name}_for_a_while").into();
                let renames = [(name, &aside), (field, name), (name, field), (&aside, name)];
                state.extend(renames.map(|(before, after)| {
                    let model = key.name.clone();
                    Operation::RenameField(RenameField::new(model, before.clone(), after.clone()))
                }));
            }
        }
        let reminder = SeparateDatabaseAndState { database: Vec::new(), state };
        (!reminder.state.is_empty()).then_some(Operation::SeparateDatabaseAndState(reminder))
    }

    /// Returns the renames between two keys that models have now, without the exchanges.
    fn lost_renames<'a>(
        &'a self,
        app: &'a AppLabel,
        shorter: &'a Self,
    ) -> impl Iterator<Item = (&'a ModelKey, &'a ModelName)> {
        let of_app = self.renamed.iter().filter(|(key, _)| key.app == *app && self.is_there(key));
        of_app.flat_map(|(key, names)| names.iter().map(move |name| (key, name))).filter(
            move |(key, name)| {
                let origin = ModelKey::new(app, *name);
                let is_exchange = self.had_model(key, name) && self.models.contains_key(&origin);
                let is_lost = !is_exchange && !shorter.was_renamed(key, name);
                is_lost && **name != key.name && self.is_there(&origin)
            },
        )
    }

    /// Returns whether the shorter list forgets a rename between two fields that are there now, without the exchanges.
    fn lost_field(&self, shorter: &Self, key: &ModelKey, field: &FieldName, name: &FieldName) -> bool {
        let is_known = |name| self.fields.get(key).is_some_and(|fields| fields.contains_key(name));
        let is_made = |name| self.made_fields.get(key).is_some_and(|fields| fields.contains(name));
        let is_exchange = self.had_field(key, field, name) && is_known(name);
        let is_there = [field, name].into_iter().all(|name| is_known(name) || is_made(name));
        field != name && is_there && !is_exchange && !shorter.was_field_renamed(key, field, name)
    }

    /// Returns whether a field of the model was ever renamed from `name` to `field`; another one may have the name now.
    pub(crate) fn was_field_renamed(&self, key: &ModelKey, field: &FieldName, name: &FieldName) -> bool {
        let names = self.renamed_fields.get(key).and_then(|fields| fields.get(field));
        names.is_some_and(|names| names.contains(name))
    }

    /// Returns whether the list of operations leaves a model of this key that it created or renamed.
    fn is_there(&self, key: &ModelKey) -> bool {
        self.made.contains(key) || self.models.contains_key(key)
    }

    /// Returns whether a model was ever renamed from a name to this key; another model may have the key now.
    pub(crate) fn was_renamed(&self, key: &ModelKey, name: &ModelName) -> bool {
        self.renamed.get(key).is_some_and(|names| names.contains(name))
    }

    /// Returns whether a model that had this key was removed.
    pub(crate) fn was_removed(&self, key: &ModelKey) -> bool {
        self.removed.contains(key)
    }

    /// Returns whether a model had a name before.
    pub(crate) fn had_model(&self, key: &ModelKey, name: &ModelName) -> bool {
        self.models.get(key).is_some_and(|names| names.contains(name))
    }

    /// Returns the names that a model had before.
    pub(crate) fn names_of_model(&self, key: &ModelKey) -> impl Iterator<Item = &ModelName> {
        self.models.get(key).into_iter().flatten()
    }

    /// Returns whether a field had a name before.
    pub(crate) fn had_field(&self, key: &ModelKey, field: &FieldName, name: &FieldName) -> bool {
        let names = self.fields.get(key).and_then(|fields| fields.get(field));
        names.is_some_and(|names| names.contains(name))
    }
}

/// Returns the operations that remove another model of this name, and leave the model as it is.
fn removed_once(key: &ModelKey) -> [Operation; 4] {
    let aside: ModelName = format!("{}ForAWhile", key.name).into();
    let id = Field { primary_key: true, ..Field::new("id", ColumnType::I64) };
    [
        Operation::RenameModel(RenameModel::new(key.name.clone(), aside.clone())),
        Operation::CreateModel(CreateModel { model: Model::new(key.name.clone(), vec![id]) }),
        Operation::DeleteModel(DeleteModel { model: key.name.clone() }),
        Operation::RenameModel(RenameModel::new(aside, key.name.clone())),
    ]
}

/// Returns the operations that rename another model from `name` to this key and remove it, and leave both models as they
/// are.
fn renamed_once(key: &ModelKey, name: &ModelName) -> [Operation; 7] {
    let (aside, origin_aside): (ModelName, ModelName) =
        (format!("{}ForAWhile", key.name).into(), format!("{name}ForAWhile").into());
    let id = Field { primary_key: true, ..Field::new("id", ColumnType::I64) };
    [
        Operation::RenameModel(RenameModel::new(key.name.clone(), aside.clone())),
        Operation::RenameModel(RenameModel::new(name.clone(), origin_aside.clone())),
        Operation::CreateModel(CreateModel { model: Model::new(name.clone(), vec![id]) }),
        Operation::RenameModel(RenameModel::new(name.clone(), key.name.clone())),
        Operation::DeleteModel(DeleteModel { model: key.name.clone() }),
        Operation::RenameModel(RenameModel::new(origin_aside, name.clone())),
        Operation::RenameModel(RenameModel::new(aside, key.name.clone())),
    ]
}

/// Returns the operations that rename another field from `name` to `field` and remove it, and leave both fields as they
/// are.
fn field_renamed_once(key: &ModelKey, field: &FieldName, name: &FieldName) -> [Operation; 7] {
    let (aside, origin_aside): (FieldName, FieldName) =
        (format!("{field}_for_a_while").into(), format!("{name}_for_a_while").into());
    let other = Field { null: true, ..Field::new(name.clone(), ColumnType::I64) };
    [
        rename_field(key, field, &aside),
        rename_field(key, name, &origin_aside),
        Operation::AddField(AddField { model: key.name.clone(), field: other, backfill: None }),
        rename_field(key, name, field),
        Operation::RemoveField(RemoveField { model: key.name.clone(), field: field.clone() }),
        rename_field(key, &origin_aside, name),
        rename_field(key, &aside, field),
    ]
}

fn rename_field(key: &ModelKey, before: &FieldName, after: &FieldName) -> Operation {
    Operation::RenameField(RenameField::new(key.name.clone(), before.clone(), after.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_squash_remembers_that_a_model_took_the_name_of_one_that_went() {
        let app: AppLabel = "blog".into();
        let id = Field { primary_key: true, ..Field::new("id", ColumnType::I64) };
        let create = Operation::CreateModel(CreateModel { model: Model::new("Token", vec![id]) });
        let delete = Operation::DeleteModel(DeleteModel { model: "Token".into() });
        let long = FormerNames::after(&app, &[create.clone(), delete.clone(), create.clone()]);
        let short = FormerNames::after(&app, std::slice::from_ref(&create));
        let token = ModelKey::new("blog", "Token");
        assert!(long.was_removed(&token) && !short.was_removed(&token));
        let reminder = long.reminder(&app, &short).unwrap();
        let squashed = FormerNames::after(&app, &[create.clone(), reminder]);
        assert!(squashed.was_removed(&token));
        assert_eq!(long.reminder(&app, &squashed), None);
        // Of a model that is gone nothing can be said again.
        let gone = FormerNames::after(&app, &[create.clone(), delete]);
        assert_eq!(gone.reminder(&app, &FormerNames::default()), None);
    }

    #[test]
    fn names_are_remembered_until_the_thing_goes() {
        let mut names = FormerNames::default();
        let (post, page) = (ModelKey::new("blog", "Post"), ModelKey::new("blog", "Page"));
        for (before, after) in [("a", "aside"), ("b", "a"), ("aside", "b")] {
            names.rename_field(&post, &before.into(), &after.into());
        }
        names.move_model(&post, &page);
        assert!(names.had_model(&page, &"Post".into()) && !names.had_model(&post, &"Page".into()));
        assert!(names.had_field(&page, &"b".into(), &"a".into()));
        assert!(names.had_field(&page, &"a".into(), &"b".into()));
        names.remove_field(&page, &"a".into());
        assert!(!names.had_field(&page, &"a".into(), &"b".into()));
        names.remove_model(&page);
        assert!(!names.had_model(&page, &"Post".into()));
    }
}
