//! Requirements between computed fields and the fields from which they are computed.

use super::{field_ready, field_released};
use crate::detect::Pair;
use crate::detect::order::{Fact, Requirements};
use crate::detect::requirements::raw_text::has_text;
use crate::model::field::Field;

/// Requires that the fields from which a field is computed exist in their final form.
pub(in crate::detect) fn sources_ready(pair: &Pair<'_>, field: &Field) -> Requirements {
    let names = field.computed_from().into_iter();
    let requires = names.map(|name| Fact::FieldExists(pair.key.clone(), name.into())).collect();
    // Most fields read no others, so that not all pairs of fields are compared.
    if !field.expressions().any(|expr| !expr.names().is_empty() || has_text(expr)) {
        return Requirements { requires, prefers: Vec::new() };
    }
    let sources = pair.after.fields.iter().filter(|source| source.name != field.name && reads(field, source));
    Requirements { requires, prefers: sources.flat_map(|it| field_ready(pair.key, &it.name)).collect() }
}

/// Requires that no field is computed any longer from a field that is removed.
pub(in crate::detect) fn readers_released(pair: &Pair<'_>, removed: &Field) -> Requirements {
    let mut requirements = Requirements::default();
    for field in computed_fields_beside(pair, removed) {
        let facts = field_released(pair.key, &field.name);
        if field.computed_from().iter().any(|name| removed.name == *name) {
            requirements.requires.extend(facts);
        } else if reads(field, removed) {
            requirements.prefers.extend(facts);
        }
    }
    requirements
}

/// Requires that each field which was computed from a changed field is removed, or is computed in another way.
pub(in crate::detect) fn former_readers_released(pair: &Pair<'_>, changed: &Field) -> Vec<Fact> {
    let mut facts = Vec::new();
    for field in computed_fields_beside(pair, changed).filter(|field| reads(field, changed)) {
        let (key, name) = (pair.key.clone(), field.name.clone());
        match pair.after.field(&field.name).filter(|after| pair.becomes(field, after)) {
            None => facts.push(Fact::FieldRemoved(key, name)),
            Some(after) if !reads(after, changed) => facts.push(Fact::FieldAltered(key, name)),
            Some(_) => {}
        }
    }
    facts
}

/// Returns the computed fields of the model before, without the field itself.
fn computed_fields_beside<'a>(pair: &Pair<'a>, field: &Field) -> impl Iterator<Item = &'a Field> {
    pair.before.fields.iter().filter(|other| other.name != field.name && other.generated.is_some())
}

fn reads(field: &Field, source: &Field) -> bool {
    field.expressions().any(|expr| expr.may_read(source))
}
