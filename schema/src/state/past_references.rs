//! Which apps have ever referred to what of other apps, removed references included.
//!
//! A model or a field is removed or renamed after all references to it, past ones included. Otherwise a history that is
//! applied in another order would refer to something that is not there any more.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::Model;
use crate::model::field::Field;
use crate::model::references::Link;
use crate::name::{AppLabel, FieldName, ModelKey};

/// The apps that have ever referred to each model, with the field that they referred to where it was not the key.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct PastReferences(BTreeMap<ModelKey, BTreeSet<(AppLabel, Option<FieldName>)>>);

impl PastReferences {
    /// Records everything that a model refers to in other apps.
    pub(crate) fn note(&mut self, key: &ModelKey, model: &Model) {
        for target in model.targets().filter(|target| target.app != key.app) {
            self.0.entry(target.clone()).or_default().insert((key.app.clone(), None));
        }
        model.links().for_each(|link| self.note_link(key, link));
    }

    /// Records everything that a field refers to in other apps.
    pub(crate) fn note_field(&mut self, key: &ModelKey, field: &Field) {
        for target in field.targets().filter(|target| target.app != key.app) {
            self.0.entry(target.clone()).or_default().insert((key.app.clone(), None));
        }
        self.note_link(key, Link::Field(field));
    }

    fn note_link(&mut self, key: &ModelKey, link: Link<'_>) {
        let Some(target) = link.target().filter(|target| target.app != key.app) else { return };
        let named = link.named().iter().map(|name| (key.app.clone(), Some(name.clone())));
        self.0.entry(target.clone()).or_default().extend(named);
    }

    /// Follows the renaming of a model.
    pub(crate) fn rename_model(&mut self, before: &ModelKey, after: &ModelKey) {
        if let Some(apps) = self.0.remove(before) {
            self.0.entry(after.clone()).or_default().extend(apps);
        }
    }

    /// Follows a model to another app. The first app has a migration of the move as well, which must be applied before any
    /// other change of the model.
    pub(crate) fn move_model(&mut self, before: &ModelKey, after: &ModelKey) {
        self.rename_model(before, after);
        self.0.entry(after.clone()).or_default().insert((before.app.clone(), None));
    }

    /// Returns the apps that refer to a model or have referred to it, each with the field that it names.
    pub(crate) fn of(&self, key: &ModelKey) -> impl Iterator<Item = &(AppLabel, Option<FieldName>)> {
        self.0.get(key).into_iter().flatten()
    }

    /// Follows the renaming of a field.
    pub(crate) fn rename_field(&mut self, key: &ModelKey, before: &FieldName, after: &FieldName) {
        let Some(apps) = self.0.get_mut(key) else { return };
        let renamed = |by: Option<FieldName>| by.map(|by| if by == *before { after.clone() } else { by });
        *apps = std::mem::take(apps).into_iter().map(|(app, by)| (app, renamed(by))).collect();
    }
}

/// What an operation removes from a model or renames, though other models may refer to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalidated<'a> {
    /// The model itself, or its key.
    Model,
    /// A field that references may name.
    Field(&'a FieldName),
    /// A unique constraint that references may need.
    NamedFields,
}

impl Invalidated<'_> {
    /// Returns whether it affects a reference to this field, or to the key where no field is given.
    pub(crate) fn concerns(self, by: Option<&FieldName>) -> bool {
        match self {
            Self::Model => true,
            Self::Field(name) => by == Some(name),
            Self::NamedFields => by.is_some(),
        }
    }
}
