//! References: what of a model refers to what of another, and whether it can.
//!
//! A reference leads to the primary key, or names the fields that it leads to: these must be there, and no two rows may
//! share their values.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::error::StateError;
use crate::model::Model;
use crate::model::constraint::{Constraint, ReferenceRule};
use crate::model::field::Field;
use crate::name::{FieldName, ModelKey, ObjectName};
use crate::state::ProjectState;

/// What of a model refers to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link<'a> {
    /// A field.
    Field(&'a Field),
    /// A reference over several fields.
    Rule(&'a ReferenceRule),
}

impl<'a> Link<'a> {
    /// Returns the name of the field or constraint.
    pub fn name(self) -> &'a str {
        match self {
            Self::Field(field) => field.name.as_str(),
            Self::Rule(rule) => rule.name.as_ref().map_or("", ObjectName::as_str),
        }
    }

    /// Returns the field, where it is one.
    pub fn field(self) -> Option<&'a Field> {
        match self {
            Self::Field(field) => Some(field),
            Self::Rule(_) => None,
        }
    }

    /// Returns the fields that it names of the model which it leads to.
    pub fn named(self) -> &'a [FieldName] {
        match self {
            Self::Field(field) => field.relation().map_or(&[], |relation| relation.to_field.as_slice()),
            Self::Rule(rule) => &rule.to_fields,
        }
    }

    /// Returns the model that it leads to; none for a relation in a table of its own.
    pub(crate) fn target(self) -> Option<&'a ModelKey> {
        match self {
            Self::Field(field) => field.relation().map(|relation| &relation.to),
            Self::Rule(rule) => Some(&rule.to),
        }
    }

    pub(crate) fn leads_to(self, model: &ModelKey) -> bool {
        match self {
            Self::Field(field) => field.refers_to(model),
            Self::Rule(rule) => rule.to == *model,
        }
    }
}

impl Model {
    /// Returns what of the model refers to others, or to itself.
    pub fn links(&self) -> impl Iterator<Item = Link<'_>> {
        let fields = self.fields.iter().filter(|field| field.targets().next().is_some()).map(Link::Field);
        fields.chain(self.constraints.iter().filter_map(Constraint::reference).map(Link::Rule))
    }

    /// Returns the models that this one refers to.
    pub fn targets(&self) -> impl Iterator<Item = &ModelKey> {
        let of_constraints = self.constraints.iter().filter_map(Constraint::target);
        self.fields.iter().flat_map(Field::targets).chain(of_constraints)
    }

    /// Returns the models that this one refers to, to be changed.
    pub fn targets_mut(&mut self) -> impl Iterator<Item = &mut ModelKey> {
        let rules = self.constraints.iter_mut().filter_map(Constraint::reference_mut);
        self.fields.iter_mut().flat_map(Field::targets_mut).chain(rules.map(|rule| &mut rule.to))
    }

    /// Returns whether no two rows share the values of the fields, whose order does not count.
    pub fn is_unique_over(&self, fields: &[FieldName]) -> bool {
        let is_same = |others: &[&FieldName]| {
            others.len() == fields.len() && others.iter().all(|other| fields.contains(other))
        };
        let key: Vec<&FieldName> = self.primary_key().map(|field| &field.name).collect();
        is_same(&key)
            || self.fields.iter().any(|field| field.unique && is_same(&[&field.name]))
            || self.unique_constraint(fields).is_some()
    }

    /// Finds the constraint of the model that holds the rows apart by these fields.
    pub(crate) fn unique_constraint(&self, fields: &[FieldName]) -> Option<&Constraint> {
        self.constraints.iter().find(|constraint| {
            let others = constraint.unique_fields();
            !others.is_empty() && others.len() == fields.len() && others.iter().all(|it| fields.contains(it))
        })
    }
}

impl ProjectState {
    /// Returns what refers to a field of a model by its name, of other models or of the model itself.
    pub fn references_to<'a>(
        &'a self,
        key: &'a ModelKey,
        target: &'a FieldName,
    ) -> impl Iterator<Item = (&'a ModelKey, Link<'a>)> {
        let leans = move |link: &Link<'_>| link.leads_to(key) && link.named().contains(target);
        self.models().flat_map(move |(by, model)| model.links().filter(leans).map(move |link| (by, link)))
    }

    /// Checks that what refers to another model can.
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
        let field = || FieldName::new(link.name());
        let is_there = |name: &FieldName| target.field(name).is_some_and(Field::has_column);
        if let Some(to_field) = named.iter().find(|name| !is_there(name)) {
            let (model, to_field) = (key.clone(), to_field.clone());
            return Err(StateError::NoTargetField { model, field: field(), to: to.clone(), to_field });
        }
        if named.is_empty() || target.is_unique_over(named) {
            return Ok(());
        }
        let to_fields = named.iter().map(FieldName::as_str).collect::<Vec<_>>().join(", ");
        Err(StateError::TargetNotUnique { model: key.clone(), field: field(), to: to.clone(), to_fields })
    }

    /// Checks that the fields of a reference over several hold what those hold that they refer to.
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
    /// What could not do so before is left alone: it may belong to an app that is ahead.
    ///
    /// # Errors
    /// As [`Self::check_link`].
    pub(crate) fn check_leaning(&self, key: &ModelKey, before: &Model) -> Result<(), StateError> {
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

impl Model {
    /// Follows the new name of a field of a model that this one, or itself, may refer to.
    pub fn follow_target(&mut self, model: &ModelKey, before: &FieldName, after: &FieldName) {
        for field in &mut self.fields {
            if let Some(relation) = field.relation_mut().filter(|relation| relation.to == *model)
                && relation.to_field.as_ref() == Some(before)
            {
                relation.to_field = Some(after.clone());
            }
        }
        let rules = self.constraints.iter_mut().filter_map(Constraint::reference_mut);
        rules.for_each(|rule| rule.follow_target(model, before, after));
    }
}
