//! References: what of a model refers to what of another, and whether it can.
//!
//! A reference leads to the primary key, or names the fields that it leads to: these must be there, and no two rows may
//! share their values.

use crate::model::Model;
use crate::model::constraint::{Constraint, ReferenceRule};
use crate::model::field::Field;
use crate::name::{FieldName, ModelKey, ObjectName};

/// A reference of a model to another.
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

    /// Returns the field, if it is one.
    pub fn field(self) -> Option<&'a Field> {
        match self {
            Self::Field(field) => Some(field),
            Self::Rule(_) => None,
        }
    }

    /// Returns the fields of the target model that it names.
    pub fn named(self) -> &'a [FieldName] {
        match self {
            Self::Field(field) => field.relation().map_or(&[], |relation| relation.to_field.as_slice()),
            Self::Rule(rule) => &rule.to_fields,
        }
    }

    /// Returns its target model; `None` for a relation in a join table.
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
    /// Returns the references of the model to others or to itself.
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

    /// Returns whether the fields are unique together, in any order.
    pub fn is_unique_over(&self, fields: &[FieldName]) -> bool {
        let is_same = |others: &[&FieldName]| {
            others.len() == fields.len() && others.iter().all(|other| fields.contains(other))
        };
        let key: Vec<&FieldName> = self.primary_key().map(|field| &field.name).collect();
        is_same(&key)
            || self.fields.iter().any(|field| field.unique && is_same(&[&field.name]))
            || self.unique_constraint(fields).is_some()
    }

    /// Finds the constraint that makes these fields unique.
    pub(crate) fn unique_constraint(&self, fields: &[FieldName]) -> Option<&Constraint> {
        self.constraints.iter().find(|constraint| {
            let others = constraint.unique_fields();
            !others.is_empty() && others.len() == fields.len() && others.iter().all(|it| fields.contains(it))
        })
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
