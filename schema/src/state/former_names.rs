//! The names that models and fields had before.
//!
//! A `renamed_from` stays in the source after its rename is recorded. Where names are exchanged, both names are recorded
//! before and after, so that only this memory shows whether the exchange is done.

use std::collections::{BTreeMap, BTreeSet};

use crate::name::{AppLabel, FieldName, ModelKey, ModelName};
use crate::operation::{Operation, RenameField, RenameModel, SeparateDatabaseAndState};

/// For each model and field, by the name that it has now, the names that it had.
#[derive(Clone, Debug, Default)]
pub(crate) struct FormerNames {
    models: BTreeMap<ModelKey, BTreeSet<ModelName>>,
    fields: BTreeMap<ModelKey, BTreeMap<FieldName, BTreeSet<FieldName>>>,
}

impl FormerNames {
    /// Notes that a model has another key.
    pub(crate) fn move_model(&mut self, before: &ModelKey, after: &ModelKey) {
        let mut names = self.models.remove(before).unwrap_or_default();
        names.insert(before.name.clone());
        self.models.insert(after.clone(), names);
        if let Some(fields) = self.fields.remove(before) {
            self.fields.insert(after.clone(), fields);
        }
    }

    /// Forgets a model.
    pub(crate) fn remove_model(&mut self, key: &ModelKey) {
        self.models.remove(key);
        self.fields.remove(key);
    }

    /// Notes that a field has another name.
    pub(crate) fn rename_field(&mut self, key: &ModelKey, before: &FieldName, after: &FieldName) {
        let fields = self.fields.entry(key.clone()).or_default();
        let mut names = fields.remove(before).unwrap_or_default();
        names.insert(before.clone());
        fields.insert(after.clone(), names);
    }

    /// Forgets a field.
    pub(crate) fn remove_field(&mut self, key: &ModelKey, name: &FieldName) {
        if let Some(fields) = self.fields.get_mut(key) {
            fields.remove(name);
        }
    }

    /// Returns what a list of operations leaves to be remembered.
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
        } else if let Operation::RenameField(RenameField { model, before, after }) = operation {
            self.rename_field(&ModelKey::new(app, model), before, after);
        } else if let Operation::RemoveField(remove) = operation {
            self.remove_field(&ModelKey::new(app, &remove.model), &remove.field);
        } else {
            match operation.behaviour().keys(app) {
                (Some(before), Some(after)) if before != after => self.move_model(&before, &after),
                (Some(before), None) => self.remove_model(&before),
                (Some(_) | None, Some(_)) | (None, None) => {}
            }
        }
    }

    /// Returns the operation that changes no model, and after which the exchanges of names are remembered that `shorter`
    /// does not remember.
    ///
    /// Without it a `renamed_from` that is done would count again after a squash.
    pub(crate) fn reminder(&self, app: &AppLabel, shorter: &Self) -> Option<Operation> {
        let mut state = Vec::new();
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
                    Operation::RenameModel(RenameModel { before: before.clone(), after: after.clone() })
                }));
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
                    Operation::RenameField(RenameField {
                        model,
                        before: before.clone(),
                        after: after.clone(),
                    })
                }));
            }
        }
        let reminder = SeparateDatabaseAndState { database: Vec::new(), state };
        (!reminder.state.is_empty()).then_some(Operation::SeparateDatabaseAndState(reminder))
    }

    /// Returns whether a model had a name before.
    pub(crate) fn had_model(&self, key: &ModelKey, name: &ModelName) -> bool {
        self.models.get(key).is_some_and(|names| names.contains(name))
    }

    /// Returns whether a field had a name before.
    pub(crate) fn had_field(&self, key: &ModelKey, field: &FieldName, name: &FieldName) -> bool {
        let names = self.fields.get(key).and_then(|fields| fields.get(field));
        names.is_some_and(|names| names.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
