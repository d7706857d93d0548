//! Which apps have ever referred to what of other apps, removed references included.
//!
//! What goes or changes its name must do so after all that once referred to it, or a history that is taken in another
//! order refers to what is no longer there.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Model;
use crate::model::field::Field;
use crate::model::references::Link;
use crate::name::{AppLabel, FieldName, ModelKey};

/// For each model, the apps that have referred to it, with the field by which they did where that is not the key.
#[derive(Clone, Debug, Default)]
pub(crate) struct PastReferences(BTreeMap<ModelKey, BTreeSet<(AppLabel, Option<FieldName>)>>);

impl PastReferences {
    /// Takes note of everything that a model refers to in other apps.
    pub(crate) fn note(&mut self, key: &ModelKey, model: &Model) {
        for target in model.targets().filter(|target| target.app != key.app) {
            self.0.entry(target.clone()).or_default().insert((key.app.clone(), None));
        }
        model.links().for_each(|link| self.note_link(key, link));
    }

    /// Takes note of everything that a field refers to in other apps.
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

    /// Follows a model to another app: the one that had it has a migration of the move as well, which comes before
    /// anything else becomes of the model.
    pub(crate) fn move_model(&mut self, before: &ModelKey, after: &ModelKey) {
        self.rename_model(before, after);
        self.0.entry(after.clone()).or_default().insert((before.app.clone(), None));
    }

    /// Returns the apps that refer to a model, or once did, each with the field that it names.
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

/// What an operation takes away from a model, or names otherwise, that others may refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsettled<'a> {
    /// The model itself, or its key.
    Model,
    /// A field, to which references that name it lead.
    Field(&'a FieldName),
    /// A rule by which references go that name fields.
    NamedFields,
}

impl Unsettled<'_> {
    /// Returns whether a reference is concerned that goes by such a field, or by the key.
    pub(crate) fn concerns(self, by: Option<&FieldName>) -> bool {
        match self {
            Self::Model => true,
            Self::Field(name) => by == Some(name),
            Self::NamedFields => by.is_some(),
        }
    }
}
