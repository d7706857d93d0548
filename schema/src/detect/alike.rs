//! Whether one model or field may be another one under a new name.

use crate::model::Model;
use crate::model::column_type::ColumnType;
use crate::model::field::{Field, FieldKind};
use crate::model::type_family::TypeFamily;
use crate::name::ModelKey;

/// Returns whether a model may be the other under a new name: Django's rule (the same fields under any names), or at least
/// half of the fields alike in name and type.
pub(super) fn models(before: &Model, after: &Model, is_same: &dyn Fn(&ModelKey, &ModelKey) -> bool) -> bool {
    if !(before.managed && after.managed) {
        return false;
    }
    let (before, mut after) = (chosen_fields(before), chosen_fields(after));
    let larger = before.len().max(after.len());
    let alike = before
        .iter()
        .filter(|field| after.iter().any(|it| it.name == field.name && fields(field, it, is_same)));
    if alike.count() * 2 >= larger {
        return true;
    }
    before.len() == after.len()
        && before.iter().all(|field| {
            let same = after.iter().position(|it| fields(field, it, is_same) && it.null == field.null);
            same.map(|position| after.swap_remove(position)).is_some()
        })
}

/// Returns the fields of a model without an automatic key, which every model may have.
fn chosen_fields(model: &Model) -> Vec<&Field> {
    let automatic = model.automatic_key().map(|key| &key.name);
    model.fields.iter().filter(|field| Some(&field.name) != automatic).collect()
}

/// Returns the models to which a reference refers before and after, if they differ and the values would be kept.
pub(super) fn changed_target<'a>(
    before: &'a Field,
    after: &'a Field,
) -> Option<(&'a ModelKey, &'a ModelKey)> {
    let (old, new) = match (&before.kind, &after.kind) {
        (FieldKind::ForeignKey(old), FieldKind::ForeignKey(new)) => (&old.to, &new.to),
        (FieldKind::ManyToMany(old), FieldKind::ManyToMany(new))
            if old.through.is_none() && new.through.is_none() =>
        {
            (&old.to, &new.to)
        }
        (FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_) | FieldKind::Column(_), _) => return None,
    };
    (old != new).then_some((old, new))
}

/// Returns whether a field may be the other under a new name. `is_same` returns whether two references refer to the same
/// model.
pub(super) fn fields(before: &Field, after: &Field, is_same: &dyn Fn(&ModelKey, &ModelKey) -> bool) -> bool {
    // No values are lost: they are computed again.
    if before.generated.is_some() || after.generated.is_some() {
        return before.generated == after.generated && before.name == after.name;
    }
    match (&before.kind, &after.kind) {
        (FieldKind::Column(before), FieldKind::Column(after)) => are_of_one_family(before, after),
        (FieldKind::ForeignKey(before), FieldKind::ForeignKey(after)) => is_same(&before.to, &after.to),
        (FieldKind::ManyToMany(one), FieldKind::ManyToMany(other)) => {
            is_same(&one.to, &other.to) && before.is_stored_like(after)
        }
        (FieldKind::Column(_), FieldKind::ForeignKey(_))
        | (FieldKind::ForeignKey(_), FieldKind::Column(_)) => before.column_name() == after.column_name(),
        (FieldKind::ManyToMany(_), FieldKind::Column(_) | FieldKind::ForeignKey(_))
        | (FieldKind::Column(_) | FieldKind::ForeignKey(_), FieldKind::ManyToMany(_)) => false,
    }
}

/// Returns whether a field is so different from the recorded one of its name that nobody would expect a conversion of the
/// values.
pub(super) fn is_another(before: &Field, after: &Field) -> bool {
    if before.generated.is_some() || after.generated.is_some() {
        return false;
    }
    match (&before.kind, &after.kind) {
        (FieldKind::Column(one), FieldKind::Column(other)) => {
            one.choices().is_some() != other.choices().is_some() || !are_of_one_family(one, other)
        }
        (FieldKind::ForeignKey(_), FieldKind::ForeignKey(_))
        | (FieldKind::ManyToMany(_), FieldKind::ManyToMany(_)) => false,
        (FieldKind::Column(_), FieldKind::ForeignKey(_))
        | (FieldKind::ForeignKey(_), FieldKind::Column(_)) => before.column_name() != after.column_name(),
        (FieldKind::ManyToMany(_), FieldKind::Column(_) | FieldKind::ForeignKey(_))
        | (FieldKind::Column(_) | FieldKind::ForeignKey(_), FieldKind::ManyToMany(_)) => true,
    }
}

/// Returns whether a person would take columns of the two types for the same field.
pub(super) fn are_of_one_family(one: &ColumnType, other: &ColumnType) -> bool {
    match (one, other) {
        (ColumnType::Array(one), ColumnType::Array(other)) => are_of_one_family(one, other),
        (ColumnType::Native(one), ColumnType::Native(other)) => one == other,
        (one, other) => broad(one.family()) == broad(other.family()),
    }
}

/// Returns one family for all those that a person would see as the same kind of value.
fn broad(family: TypeFamily) -> TypeFamily {
    match family {
        TypeFamily::Float | TypeFamily::Decimal => TypeFamily::Decimal,
        TypeFamily::Date | TypeFamily::DateTime | TypeFamily::Timestamp => TypeFamily::Timestamp,
        TypeFamily::Text | TypeFamily::Enum => TypeFamily::Text,
        TypeFamily::Bool
        | TypeFamily::Integer
        | TypeFamily::Bytes
        | TypeFamily::Time
        | TypeFamily::Uuid
        | TypeFamily::Json
        | TypeFamily::Array
        | TypeFamily::Native => family,
    }
}
