//! Models that refer to each other -> the fields that must be cut so that the rest has an order.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::Model;
use crate::model::field::Field;
use crate::name::{FieldName, ModelKey};

/// Returns the fields to cut so that no circle of references is left among the models.
///
/// References to other models and to the model itself close no circle. Of a circle, the best reference is cut: one that no
/// other reference names, then a relation without a column, then a field that allows NULL, and a part of a primary key last.
/// Between equal references, `order` decides which model comes first.
pub(in crate::detect) fn cuts(
    models: &BTreeMap<&ModelKey, &Model>,
    order: &dyn Fn(&ModelKey, &ModelKey) -> Ordering,
) -> BTreeSet<(ModelKey, FieldName)> {
    let mut cut = BTreeSet::new();
    let mut open: BTreeMap<&ModelKey, Vec<Edge<'_>>> = BTreeMap::new();
    let mut referrers: BTreeMap<&ModelKey, Vec<&ModelKey>> = BTreeMap::new();
    for (key, model) in models {
        let edges = model.fields.iter().flat_map(|field| field.targets().map(move |to| Edge { field, to }));
        let edges: Vec<Edge<'_>> =
            edges.filter(|edge| edge.to != *key && models.contains_key(edge.to)).collect();
        for edge in &edges {
            referrers.entry(edge.to).or_default().push(key);
        }
        open.insert(key, edges);
    }
    let mut free: Vec<&ModelKey> =
        open.iter().filter(|(_, edges)| edges.is_empty()).map(|(key, _)| *key).collect();
    loop {
        while let Some(key) = free.pop() {
            open.remove(key);
            for referrer in referrers.get(key).into_iter().flatten() {
                // A model with two references to one that is free may be free itself already.
                if let Some(edges) = open.get_mut(referrer).filter(|edges| !edges.is_empty()) {
                    edges.retain(|edge| edge.to != key);
                    if edges.is_empty() {
                        free.push(referrer);
                    }
                }
            }
        }
        let Some((key, field)) = weakest_of_circle(&open, order) else { return cut };
        cut.insert((key.clone(), field.clone()));
        if let Some(edges) = open.get_mut(&key) {
            edges.retain(|edge| edge.field.name != field);
            if edges.is_empty()
                && let Some((key, _)) = open.get_key_value(&key)
            {
                free.push(key);
            }
        }
    }
}

/// A field, and a model to which it refers.
#[derive(Clone, Copy)]
struct Edge<'a> {
    field: &'a Field,
    to: &'a ModelKey,
}

/// Walks from the smallest model until one repeats, and returns the best reference to cut in that circle.
fn weakest_of_circle(
    open: &BTreeMap<&ModelKey, Vec<Edge<'_>>>,
    order: &dyn Fn(&ModelKey, &ModelKey) -> Ordering,
) -> Option<(ModelKey, FieldName)> {
    let (start, _) = open.first_key_value()?;
    let mut path: Vec<(&ModelKey, &Field)> = Vec::new();
    let mut last: &ModelKey = start;
    let circle = loop {
        if let Some(position) = path.iter().position(|(key, _)| *key == last) {
            break &path[position..];
        }
        // Each open model refers to an open model.
        let edge = open.get(last)?.first()?;
        path.push((last, edge.field));
        last = edge.to;
    };
    let mut circle: Vec<&(&ModelKey, &Field)> = circle.iter().collect();
    circle.sort_by(|(one, _), (other, _)| order(one, other));
    let weakest = circle.into_iter().min_by_key(|(key, field)| {
        (field.primary_key, is_named(open, key, field), field.has_column(), !field.null)
    })?;
    Some((weakest.0.clone(), weakest.1.name.clone()))
}

/// Returns whether a reference of an open model names the field.
fn is_named(open: &BTreeMap<&ModelKey, Vec<Edge<'_>>>, to: &ModelKey, field: &Field) -> bool {
    open.values().flatten().any(|edge| {
        let relation = edge.field.relation().filter(|relation| relation.to == *to);
        relation.is_some_and(|relation| relation.to_field.as_ref() == Some(&field.name))
    })
}
