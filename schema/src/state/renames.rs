//! What became of names: a crate that depends on another cannot make its migrations come before a rename there, so that
//! those which were written before it may be replayed after it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::Model;
use crate::model::constraint::Constraint;
use crate::model::field::Field;
use crate::name::{AppLabel, FieldName, ModelKey};
use crate::state::ProjectState;

/// The names that models and fields had, each with the one that it has now.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Renames {
    models: BTreeMap<ModelKey, ModelKey>,
    /// By the name that the model has now.
    fields: BTreeMap<ModelKey, BTreeMap<FieldName, FieldName>>,
}

impl Renames {
    /// Notes the renaming of a model.
    pub(crate) fn model(&mut self, before: &ModelKey, after: &ModelKey) {
        note(&mut self.models, before, after);
        if let Some(fields) = self.fields.remove(before) {
            self.fields.insert(after.clone(), fields);
        }
    }

    /// Notes the renaming of a field.
    pub(crate) fn field(&mut self, model: &ModelKey, before: &FieldName, after: &FieldName) {
        note(self.fields.entry(model.clone()).or_default(), before, after);
    }
}

fn note<N: Clone + Ord>(names: &mut BTreeMap<N, N>, before: &N, after: &N) {
    names.values_mut().filter(|name| *name == before).for_each(|name| *name = after.clone());
    names.remove(after);
    names.insert(before.clone(), after.clone());
}

impl ProjectState {
    /// Leads everything by which a model refers to those of other apps by the names that are now.
    pub(crate) fn follow_renames(&self, app: &AppLabel, model: &mut Model) {
        model.fields.iter_mut().for_each(|field| self.follow_renames_of_field(app, field));
        model
            .constraints
            .iter_mut()
            .for_each(|constraint| self.follow_renames_of_constraint(app, constraint));
    }

    /// Does the same for a field.
    pub(crate) fn follow_renames_of_field(&self, app: &AppLabel, field: &mut Field) {
        field.targets_mut().for_each(|target| self.follow_rename(app, target));
        if let Some(relation) = field.relation_mut() {
            self.follow_named(app, &relation.to, relation.to_field.as_mut_slice());
        }
    }

    /// Does the same for a constraint.
    pub(crate) fn follow_renames_of_constraint(&self, app: &AppLabel, constraint: &mut Constraint) {
        if let Some(rule) = constraint.reference_mut() {
            self.follow_rename(app, &mut rule.to);
            self.follow_named(app, &rule.to, &mut rule.to_fields);
        }
    }

    fn follow_rename(&self, app: &AppLabel, target: &mut ModelKey) {
        if target.app != *app
            && !self.contains(target)
            && let Some(now) = self.renames().models.get(target)
        {
            *target = now.clone();
        }
    }

    fn follow_named(&self, app: &AppLabel, target: &ModelKey, named: &mut [FieldName]) {
        let Ok(model) = self.model(target) else { return };
        let Some(renamed) = self.renames().fields.get(target).filter(|_| target.app != *app) else { return };
        for name in named.iter_mut().filter(|name| model.field(name).is_none()) {
            if let Some(now) = renamed.get(name) {
                *name = now.clone();
            }
        }
    }
}
