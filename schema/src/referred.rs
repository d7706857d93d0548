//! Which apps have ever referred to what of other apps, the references that went included.
//!
//! What goes or changes its name must do so after all that once referred to it, or a history that is taken in another
//! order refers to what is no longer there.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Model;
use crate::name::{AppLabel, FieldName, ModelKey};
use crate::operation::Operation;
use crate::state::ProjectState;

/// For each model, the apps that have referred to it, with the field by which they did where that is not the key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Referred(BTreeMap<ModelKey, BTreeSet<(AppLabel, Option<FieldName>)>>);

impl Referred {
    /// Takes note of everything that a model refers to in other apps.
    pub(crate) fn note(&mut self, key: &ModelKey, model: &Model) {
        for target in model.targets().filter(|target| target.app != key.app) {
            self.0.entry(target.clone()).or_default().insert((key.app.clone(), None));
        }
        for link in model.links() {
            let Some(target) = link.target().filter(|target| target.app != key.app) else { continue };
            let named = link.named().iter().map(|name| (key.app.clone(), Some(name.clone())));
            self.0.entry(target.clone()).or_default().extend(named);
        }
    }

    /// Follows the renaming of a model.
    pub(crate) fn rename_model(&mut self, before: &ModelKey, after: &ModelKey) {
        if let Some(apps) = self.0.remove(before) {
            self.0.entry(after.clone()).or_default().extend(apps);
        }
    }

    /// Follows a model to another app: the one that had it has a migration of the move as well, which comes before
    /// anything else becomes of the model.
    pub(crate) fn move_model(&mut self, before: &ModelKey, after: &ModelKey) {
        self.rename_model(before, after);
        self.0.entry(after.clone()).or_default().insert((before.app.clone(), None));
    }

    /// Follows the renaming of a field.
    pub(crate) fn rename_field(&mut self, key: &ModelKey, before: &FieldName, after: &FieldName) {
        let Some(apps) = self.0.get_mut(key) else { return };
        let renamed = |by: Option<FieldName>| by.map(|by| if by == *before { after.clone() } else { by });
        *apps = std::mem::take(apps).into_iter().map(|(app, by)| (app, renamed(by))).collect();
    }
}

impl ProjectState {
    /// Gives the other apps all of whose migrations so far must come before an operation, since they refer, or once
    /// referred, to what it takes away or names otherwise.
    pub(crate) fn referred_from(&self, app: &AppLabel, operation: &Operation) -> BTreeSet<AppLabel> {
        let key = match (operation, operation.models()) {
            (Operation::MoveModel(it), _) => it.before.clone(),
            (_, (Some(before), _)) => ModelKey::new(app, before),
            (_, (None, _)) => return BTreeSet::new(),
        };
        let Some(apps) = self.referred().0.get(&key) else { return BTreeSet::new() };
        let by_field = |name: &FieldName| apps.iter().filter(|(_, by)| by.as_ref() == Some(name)).collect();
        let moves_key = |name: &FieldName, is_key: bool| {
            self.field(&key, name).is_ok_and(|before| before.primary_key != is_key)
        };
        let found: Vec<&(AppLabel, Option<FieldName>)> = match operation {
            Operation::DeleteModel(_) | Operation::RenameModel(_) | Operation::MoveModel(_) => {
                apps.iter().collect()
            }
            Operation::RenameField(it) => by_field(&it.before),
            Operation::RemoveField(it) if moves_key(&it.field, false) => apps.iter().collect(),
            Operation::RemoveField(it) => by_field(&it.field),
            Operation::AddField(it) if it.field.primary_key => apps.iter().collect(),
            Operation::AlterField(it) if moves_key(&it.field.name, it.field.primary_key) => {
                apps.iter().collect()
            }
            Operation::AlterField(it) => by_field(&it.field.name),
            Operation::RemoveConstraint(_) | Operation::AlterConstraint(_) => {
                apps.iter().filter(|(_, by)| by.is_some()).collect()
            }
            Operation::CreateModel(_)
            | Operation::AlterModelTable(_)
            | Operation::AlterModelOptions(_)
            | Operation::AlterPrimaryKey(_)
            | Operation::AddField(_)
            | Operation::AddIndex(_)
            | Operation::RemoveIndex(_)
            | Operation::RenameIndex(_)
            | Operation::AddConstraint(_)
            | Operation::RenameConstraint(_)
            | Operation::RunSql(_)
            | Operation::SeparateDatabaseAndState(_)
            | Operation::AddIndexConcurrently(_)
            | Operation::RemoveIndexConcurrently(_)
            | Operation::AddConstraintNotValid(_)
            | Operation::ValidateConstraint(_)
            | Operation::CreateCollation(_)
            | Operation::RemoveCollation(_)
            | Operation::CreateExtension(_)
            | Operation::RemoveExtension(_) => Vec::new(),
        };
        // A model that came from another app may have been referred to by its own one.
        found.into_iter().map(|(other, _)| other).filter(|other| *other != app).cloned().collect()
    }
}
