//! A model before and after its changes.

use std::borrow::Cow;

use crate::model::Model;
use crate::model::conversion::becomes;
use crate::model::field::{Field, FieldKind};
use crate::name::ModelKey;
use crate::state::follow_names;

/// A model that exists before and after, and differs.
pub(super) struct Pair<'a> {
    pub(super) key: &'a ModelKey,
    pub(super) before: &'a Model,
    pub(super) after: &'a Model,
}

impl Pair<'_> {
    /// Returns the model before with its final columns, which derived names follow.
    ///
    /// Indexes and constraints stay in the same order.
    pub(super) fn with_columns_of_after(&self) -> Cow<'_, Model> {
        if !self.before.fields.iter().any(|before| self.gets_another_column(before)) {
            return Cow::Borrowed(self.before);
        }
        let mut model = self.with_text_of_after().into_owned();
        follow_names(&self.key.app, &mut model, |model| {
            for field in &mut model.fields {
                if let Some(after) = self.after.field(&field.name) {
                    field.clone_from(after);
                }
            }
        });
        Cow::Owned(model)
    }

    fn gets_another_column(&self, before: &Field) -> bool {
        self.after.field(&before.name).is_some_and(|after| after.column_name() != before.column_name())
    }

    /// Returns the model before with the final names of columns in raw text, which databases rename there by themselves.
    pub(super) fn with_text_of_after(&self) -> Cow<'_, Model> {
        let mut model = Cow::Borrowed(self.before);
        for before in self.before.fields.iter().filter(|before| before.has_column()) {
            let after = self.after.field(&before.name).filter(|after| self.becomes(before, after));
            let after = after.map(Field::column_name);
            if let Some(after) = after.filter(|after| *after != before.column_name()) {
                model.to_mut().follow_column(&before.column_name(), &after);
            }
        }
        model
    }

    /// Returns the fields that leave the primary key.
    pub(super) fn left_key(&self) -> impl Iterator<Item = &Field> {
        self.before.primary_key().filter(|field| !is_in_key(self.after, field))
    }

    /// Returns the fields that join the primary key.
    pub(super) fn joined_key(&self) -> impl Iterator<Item = &Field> {
        self.after.primary_key().filter(|field| !is_in_key(self.before, field))
    }

    /// Returns the fields that are created: new fields, and fields that replace a recorded one of the same name.
    pub(super) fn created(&self) -> impl Iterator<Item = &Field> {
        self.after.fields.iter().filter(|field| self.counterpart(field).is_none())
    }

    /// Returns the fields that are dropped with their values, in the order of their names.
    pub(super) fn dropped(&self) -> Vec<&Field> {
        let mut dropped = Vec::new();
        for field in &self.before.fields {
            if self.after.field(&field.name).is_none_or(|after| !self.becomes(field, after)) {
                dropped.push(field);
            }
        }
        dropped.sort_by(|one, other| one.name.cmp(&other.name));
        dropped
    }

    /// Returns whether the recorded field is dropped and another one is created under its name.
    pub(super) fn is_replaced(&self, field: &Field) -> bool {
        self.before.field(&field.name).is_some_and(|before| !self.becomes(before, field))
    }

    /// Returns whether a field can be the recorded one of its name, with its values.
    pub(super) fn can_keep(&self, field: &Field) -> bool {
        self.counterpart(field).is_some_and(|before| !is_without_conversion(before, field))
    }

    /// Returns the recorded field that becomes a field.
    pub(super) fn counterpart(&self, after: &Field) -> Option<&Field> {
        self.before.field(&after.name).filter(|before| self.becomes(before, after))
    }

    /// Returns whether the one field can become the other, with its values.
    pub(super) fn becomes(&self, before: &Field, after: &Field) -> bool {
        before.is_stored_like(after)
            && (!self.before.managed
                || (keeps_values(before, after) && !self.computes_otherwise_from_changed(before, after))
                // An index or a constraint that names the field would have to be dropped and created with it.
                || (is_used_by_name(self.before, before) && is_used_by_name(self.after, after)))
    }

    /// Returns whether a field is computed in another way, and one of its sources gets another type: neither expression may
    /// fit both types, so that the field is dropped before that change and created after it.
    fn computes_otherwise_from_changed(&self, before: &Field, after: &Field) -> bool {
        let (Some(one), Some(other)) = (&before.generated, &after.generated) else { return false };
        // Databases rename columns in the expression by themselves, and change nothing else in it.
        one.expression != other.expression
            && self.after.fields.iter().any(|field| {
                self.before.field(&field.name).is_some_and(|old| {
                    old.kind != field.kind
                        && [old, field]
                            .iter()
                            .all(|it| one.expression.may_read(it) && other.expression.may_read(it))
                })
            })
    }

    /// Returns the fields whose names only the model after has.
    pub(super) fn added(&self) -> impl Iterator<Item = &Field> {
        self.after.fields.iter().filter(|field| self.before.field(&field.name).is_none())
    }

    /// Returns the fields whose names only the model before has.
    pub(super) fn removed(&self) -> impl Iterator<Item = &Field> {
        self.before.fields.iter().filter(|field| self.after.field(&field.name).is_none())
    }
}

fn is_in_key(model: &Model, field: &Field) -> bool {
    model.field(&field.name).is_some_and(|field| field.primary_key)
}

/// Returns whether a field can keep its values as another field. The values of a generated field are computed again.
pub(super) fn keeps_values(one: &Field, other: &Field) -> bool {
    let (FieldKind::Column(from), FieldKind::Column(to)) = (&one.kind, &other.kind) else { return true };
    let is_computed = one.generated.is_some() || other.generated.is_some();
    // Other fields may refer to these.
    let is_unique = one.primary_key || other.primary_key || one.unique || other.unique;
    is_computed || is_unique || becomes(from, to) || becomes(to, from)
}

/// Returns whether both fields are plain columns, and no database converts the values of the one to the other.
pub(super) fn is_without_conversion(before: &Field, after: &Field) -> bool {
    match (&before.kind, &after.kind) {
        (FieldKind::Column(from), FieldKind::Column(to)) => !becomes(from, to) && !becomes(to, from),
        (FieldKind::Column(_) | FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_), _) => false,
    }
}

/// Returns whether an index, a constraint or a computed field of the model names the field.
fn is_used_by_name(model: &Model, field: &Field) -> bool {
    let name = field.name.as_str();
    model.indexes.iter().any(|index| index.field_names().contains(&name))
        || model.constraints.iter().any(|constraint| constraint.field_names().contains(&name))
        || model.fields.iter().any(|it| it.computed_from().contains(&name))
}

/// Returns why no value of the one field can be a value of the other; none if the two are stored in different ways.
pub(super) fn no_conversion(before: &Field, after: &Field) -> Option<String> {
    let (FieldKind::Column(from), FieldKind::Column(to)) = (&before.kind, &after.kind) else { return None };
    let (from, to) = (from.values_name(), to.values_name());
    Some(format!("no database converts {from} to {to}"))
}
