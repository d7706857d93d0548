//! The names that a model has in the database.

use crate::model::Model;
use crate::model::constraint::Constraint;
use crate::name::{FieldName, ModelKey, ObjectName, TableName};

/// Returns the names of all tables of a model.
pub(super) fn tables(key: &ModelKey, model: &Model) -> impl Iterator<Item = TableName> {
    [model.table_name(&key.app)].into_iter().chain(model.join_table_names(key).map(|(_, table)| table))
}

/// Returns the name of a field's join table, if it has one.
pub(super) fn join_table(key: &ModelKey, model: &Model, field: &FieldName) -> Vec<TableName> {
    let of_field = model.join_table_names(key).filter(|(it, _)| it.name == *field);
    of_field.map(|(_, table)| table).collect()
}

/// Returns the names of a model's indexes and constraints.
pub(super) fn object_names(model: &Model) -> impl Iterator<Item = &ObjectName> {
    let indexes = model.indexes.iter().filter_map(|it| it.name.as_ref());
    indexes.chain(model.constraints.iter().filter_map(Constraint::name))
}
