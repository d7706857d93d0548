//! The references in a state, and whether their targets allow them.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::Model;
use crate::model::constraint::ReferenceRule;
use crate::model::field::Field;
use crate::model::references::Link;
use crate::name::{FieldName, ModelKey};

use super::ProjectState;
use super::error::StateError;

impl ProjectState {
    /// Returns the references that name a field of a model, from other models or from the model itself.
    pub fn references_to<'a>(
        &'a self,
        key: &'a ModelKey,
        target: &'a FieldName,
    ) -> impl Iterator<Item = (&'a ModelKey, Link<'a>)> {
        let links = self.models().flat_map(|(by, model)| model.links().map(move |link| (by, link)));
        links.filter(move |(_, link)| link.leads_to(key) && link.named().contains(target))
    }

    /// Checks that the target of a reference exists and is unique.
    ///
    /// # Errors
    /// [`StateError::NoModel`], [`StateError::NoTargetField`], [`StateError::TargetNotUnique`].
    pub(crate) fn check_link(&self, key: &ModelKey, link: Link<'_>) -> Result<(), StateError> {
        let to = match link {
            Link::Field(field) => {
                field.targets().try_for_each(|target| self.model(target).map(|_| ()))?;
                let Some(relation) = field.relation() else { return Ok(()) };
                &relation.to
            }
            Link::Rule(rule) => &rule.to,
        };
        let (target, named) = (self.model(to)?, link.named());
        let mut missing = named.iter().filter(|name| !target.field(name).is_some_and(Field::has_column));
        if let Some(to_field) = missing.next() {
            return Err(StateError::NoTargetField {
                model: key.clone(),
                field: FieldName::new(link.name()),
                to: to.clone(),
                to_field: to_field.clone(),
            });
        }
        if named.is_empty() || target.is_unique_over(named) {
            return Ok(());
        }
        Err(StateError::TargetNotUnique {
            model: key.clone(),
            field: FieldName::new(link.name()),
            to: to.clone(),
            to_fields: named.iter().map(FieldName::as_str).collect::<Vec<_>>().join(", "),
        })
    }

    /// Checks that the fields of a reference over several fields have the types of their targets.
    ///
    /// # Errors
    /// [`StateError::OtherType`], and as [`Self::column_type`].
    pub(crate) fn check_types(&self, key: &ModelKey, rule: &ReferenceRule) -> Result<(), StateError> {
        for (own, target) in rule.fields.iter().zip(&rule.to_fields) {
            let (one, by) = self.holds(key, self.field(key, own)?)?;
            let (other, of) = self.holds(&rule.to, self.field(&rule.to, target)?)?;
            if (one, &by.collation, &by.sql_type) != (other, &of.collation, &of.sql_type) {
                return Err(StateError::OtherType {
                    model: key.clone(),
                    field: own.clone(),
                    to: rule.to.clone(),
                    to_field: target.clone(),
                });
            }
        }
        Ok(())
    }

    /// Checks that whatever referred to fields by name, when the model was as it was before, still can.
    ///
    /// A reference that was invalid before is ignored: it may belong to an app that is ahead.
    ///
    /// # Errors
    /// As [`Self::check_link`].
    pub(crate) fn check_references_to(&self, key: &ModelKey, before: &Model) -> Result<(), StateError> {
        for (by, model) in self.models() {
            let leaning = model.links().filter(|link| link.leads_to(key) && !link.named().is_empty());
            for link in leaning.filter(|link| before.is_unique_over(link.named())) {
                self.check_link(by, link)?;
            }
        }
        Ok(())
    }

    /// Creates whatever refers to a field by name follow its new name.
    pub(crate) fn follow_target(&mut self, key: &ModelKey, before: &FieldName, after: &FieldName) {
        let leaning: BTreeSet<ModelKey> = self.references_to(key, before).map(|(by, _)| by.clone()).collect();
        for by in leaning {
            let Some(mut model) = self.take(&by) else { continue };
            Arc::make_mut(&mut model).follow_target(key, before, after);
            self.put(&by, &model);
        }
    }
}
