//! References that go by another field of the same model from now on: each value becomes that of the row it refers to.

use std::collections::BTreeMap;

use crate::error::StateError;
use crate::model::field::Field;
use crate::name::{ColumnName, ModelKey};
use crate::state::ProjectState;
use crate::step::Lookup;
use crate::step::lineage::Lineage;

/// Returns where the values of a model's references are found that go by another field of the same model, by the names of
/// their columns after.
///
/// # Errors
/// [`StateError::TranslatedKey`] where another reference holds such values as well.
pub(crate) fn translations(
    (before, old_key): (&ProjectState, &ModelKey),
    (after, key): (&ProjectState, &ModelKey),
    lineage: &Lineage,
) -> Result<BTreeMap<ColumnName, Lookup>, StateError> {
    let mut found = BTreeMap::new();
    let (old_model, model) = (before.model(old_key)?, after.model(key)?);
    for field in &model.fields {
        let old_name = match &lineage.field {
            Some((of, old, new)) if of == key && *new == field.name => old,
            Some(_) | None => &field.name,
        };
        let Some(old) = old_model.field(old_name).filter(|old| old.kind != field.kind) else { continue };
        let Some(lookup) = lookup((before, old_key, old), (after, key, field), lineage) else { continue };
        let mut leaning = after.references_to(key, &field.name).map(|(by, _)| by);
        let mut holding = after.referrers(key).into_iter().filter(|(_, link)| link.named().is_empty());
        let by_key = || holding.find(|_| field.primary_key).map(|(by, _)| by);
        if let Some(by) = leaning.next().or_else(by_key) {
            let (model, field, by) = (key.clone(), field.name.clone(), by.clone());
            return Err(StateError::TranslatedKey { model, field, by });
        }
        found.insert(field.column_name(), lookup);
    }
    Ok(found)
}

fn lookup(
    (before, old_key, old): (&ProjectState, &ModelKey, &Field),
    (after, key, field): (&ProjectState, &ModelKey, &Field),
    lineage: &Lineage,
) -> Option<Lookup> {
    let (old_relation, relation) = (old.relation()?, field.relation()?);
    let old_to = match &lineage.model {
        Some((old, new)) if *old == old_relation.to => new,
        Some(_) | None => &old_relation.to,
    };
    let old_end = before.target_field(old_key, old, old_relation).ok()?;
    let by = match &lineage.field {
        Some((of, old, new)) if of == old_to && *old == old_end.name => new,
        Some(_) | None => &old_end.name,
    };
    let end = after.target_field(key, field, relation).ok()?;
    if *old_to != relation.to || *by == end.name {
        return None;
    }
    let target = after.model(&relation.to).ok()?;
    Some(Lookup {
        table: target.table_name(&relation.to.app),
        by: target.field(by).filter(|field| field.has_column())?.column_name(),
        value: end.column_name(),
    })
}
