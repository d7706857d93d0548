//! The edits of primary keys.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::name::{FieldName, ModelKey};
use modelshift_schema::relation::ForeignKey;

use super::put;
use crate::project::{Project, keep_key_order};
use crate::random::Random;

pub(super) fn key_of_type(name: &str, column_type: ColumnType) -> Field {
    Field { primary_key: true, ..Field::new(name, column_type) }
}

/// Chooses a primary key: mostly an automatic one, else a value, a reference, or two fields.
pub(super) fn key_fields(random: &mut Random, project: &Project) -> Option<Vec<Field>> {
    let reference = |random: &mut Random, name: &str| {
        let to = random.pick(&project.keys())?.clone();
        let field = Field::foreign_key(name, ForeignKey::new(to));
        Some(Field { primary_key: true, index: false, ..field })
    };
    Some(match random.below(12) {
        0 => vec![key_of_type("id", ColumnType::Uuid)],
        1 => vec![key_of_type("code", ColumnType::Varchar { max_length: 40 })],
        2 => vec![reference(random, "owner")?],
        3 => vec![Field { index: true, ..reference(random, "owner")? }, key_of_type("day", ColumnType::Date)],
        _ => vec![key_of_type("id", ColumnType::I64)],
    })
}

pub(super) fn change_key_type(random: &mut Random, project: &mut Project) -> Option<()> {
    let key = random.pick(&project.keys())?.clone();
    let column_type = random
        .pick(&[
            ColumnType::I32,
            ColumnType::I64,
            ColumnType::U32,
            ColumnType::Uuid,
            ColumnType::Varchar { max_length: 40 },
        ])?
        .clone();
    let model = project.model_mut(&key)?;
    let keys: Vec<Field> = model.primary_key().cloned().collect();
    let field = random.pick(&keys)?.clone();
    put(model, Field { kind: FieldKind::Column(column_type), default: None, collation: None, ..field })
}

/// Makes another field the key, or part of it.
pub(super) fn move_key(random: &mut Random, project: &mut Project) -> Option<()> {
    let key = random.pick(&project.keys())?.clone();
    let model = project.model_mut(&key)?;
    let may_be_key = |it: &&Field| !it.primary_key && !it.null && it.has_column();
    let fields: Vec<FieldName> = model.fields.iter().filter(may_be_key).map(|it| it.name.clone()).collect();
    let chosen = random.pick(&fields)?;
    let joins = random.one_in(3);
    for field in &mut model.fields {
        let is_chosen = field.name == *chosen;
        field.primary_key = is_chosen || (field.primary_key && joins);
        if is_chosen {
            (field.unique, field.index) = (false, false);
        }
    }
    keep_key_order(model);
    Some(())
}

/// Names the fields by which fixtures name a row, or none.
pub(super) fn choose_natural_key(random: &mut Random, project: &mut Project) -> Option<()> {
    let model = project.model_mut(&random.pick(&project.keys())?.clone())?;
    let columns: Vec<FieldName> =
        model.fields.iter().filter(|field| field.has_column()).map(|field| field.name.clone()).collect();
    let first = random.below(columns.len());
    model.natural_key = columns.into_iter().skip(first).take(random.below(3)).collect();
    Some(())
}

/// Specifies the order of a key of several fields, another one, or none.
pub(super) fn order_key(random: &mut Random, project: &mut Project) -> Option<()> {
    let is_composite = |key: &ModelKey| project.model(key).is_some_and(|it| it.primary_key().count() > 1);
    let keys: Vec<ModelKey> = project.keys().into_iter().filter(is_composite).collect();
    let model = project.model_mut(&random.pick(&keys)?.clone())?;
    let mut order: Vec<FieldName> = model.primary_key().map(|field| field.name.clone()).collect();
    let steps = random.below(order.len());
    order.rotate_left(steps);
    model.key_order = if random.one_in(4) { Vec::new() } else { order };
    Some(())
}
