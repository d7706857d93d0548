//! Two states and what an operation knows of the way between them -> [`Step`]s.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::error::StateError;
use crate::expr::Expr;
use crate::model::Model;
use crate::name::{ColumnName, FieldName, ModelKey};
use crate::state::ProjectState;
use crate::step::Step;
use crate::table::Table;
use crate::table_diff::{self, TableLineage};

/// What an operation knows of the way from one state to the next; what it does not say kept its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lineage {
    /// The model whose name changed: its key before and after.
    pub model: Option<(ModelKey, ModelKey)>,
    /// The field whose name changed: its model's key after, its name before and after.
    pub field: Option<(ModelKey, FieldName, FieldName)>,
    /// The value for rows that exist: the model's key after, the field's name after.
    pub fill: Option<(ModelKey, FieldName, Expr)>,
}

/// A table that is there on both sides.
struct Pair<'a> {
    model_before: &'a Model,
    model_after: &'a Model,
    key_after: &'a ModelKey,
    before: Table,
    after: Table,
}

/// Gives the steps from one state to the other.
///
/// # Errors
/// Where an image cannot be made: see [`ProjectState::table`].
pub fn steps(
    before: &ProjectState,
    after: &ProjectState,
    lineage: &Lineage,
) -> Result<Vec<Step>, StateError> {
    let key_before = |key: &ModelKey| match &lineage.model {
        Some((old, new)) if new == key => old.clone(),
        Some(_) | None => key.clone(),
    };
    let mut pairs = Vec::new();
    let mut created = Vec::new();
    let mut survivors = BTreeSet::new();
    for (key, model) in after.models() {
        let old_key = key_before(key);
        let Ok(old_model) = before.model(&old_key) else {
            created.push(Arc::new(after.table(key)?));
            continue;
        };
        if is_touched(before, after, key, &old_key, &key_before) {
            pairs.push(Pair {
                model_before: old_model,
                model_after: model,
                key_after: key,
                before: before.table(&old_key)?,
                after: after.table(key)?,
            });
        }
        survivors.insert(old_key);
    }
    let mut dropped = Vec::new();
    for (key, _) in before.models().filter(|(key, _)| !survivors.contains(key)) {
        dropped.push(Arc::new(before.table(key)?));
    }
    let mut steps: Vec<Step> = dropped.into_iter().map(|before| Step::DropTable { before }).collect();
    steps.extend(alterations(&mut pairs, lineage));
    steps.extend(created.into_iter().map(|after| Step::CreateTable { after }));
    Ok(steps)
}

/// Tells whether the image of a model's table may differ: its own model or one that it refers to changed.
fn is_touched(
    before: &ProjectState,
    after: &ProjectState,
    key: &ModelKey,
    old_key: &ModelKey,
    key_before: &impl Fn(&ModelKey) -> ModelKey,
) -> bool {
    let same = |old: &ModelKey, new: &ModelKey| match (before.model(old), after.model(new)) {
        (Ok(old_model), Ok(new_model)) => old == new && Arc::ptr_eq(old_model, new_model),
        (Ok(_) | Err(_), _) => false,
    };
    if !same(old_key, key) {
        return true;
    }
    let Ok(model) = after.model(key) else { return true };
    // A key may be a reference itself, so what is behind the model referred to counts as well.
    let mut seen = BTreeSet::from([key.clone()]);
    let mut open: Vec<&Model> = vec![model];
    while let Some(model) = open.pop() {
        for relation in model.fields.iter().filter_map(crate::field::Field::relation) {
            if !same(&key_before(&relation.to), &relation.to) {
                return true;
            }
            if seen.insert(relation.to.clone())
                && let Ok(target) = after.model(&relation.to)
                && target.primary_key().any(|field| field.relation().is_some())
            {
                open.push(target);
            }
        }
    }
    false
}

fn alterations(pairs: &mut [Pair<'_>], lineage: &Lineage) -> Vec<Step> {
    let lineages: Vec<TableLineage> = pairs.iter().map(|pair| table_lineage(pair, lineage)).collect();
    follow_targets(pairs, &lineages);
    let retyped: BTreeMap<_, BTreeSet<ColumnName>> =
        pairs.iter().zip(&lineages).map(|(pair, it)| (pair.after.name.clone(), retyped(pair, it))).collect();

    let mut cut = Vec::new();
    let mut change = Vec::new();
    let mut join = Vec::new();
    for (pair, mut lineage) in pairs.iter().zip(lineages) {
        let own = retyped.get(&pair.after.name);
        for reference in &pair.before.references {
            let target = retyped.get(&reference.target);
            let mut own_columns = reference.columns.iter();
            let mut target_columns = reference.target_columns.iter();
            if own_columns.any(|column| own.is_some_and(|own| own.contains(&renamed(column, &lineage))))
                || target_columns.any(|column| target.is_some_and(|target| target.contains(column)))
            {
                lineage.detach.insert(reference.name.clone());
            }
        }
        let rounds = table_diff::diff(&pair.before, &pair.after, &lineage);
        cut.extend(rounds.cut);
        change.extend(rounds.change);
        join.extend(rounds.join);
    }
    cut.append(&mut change);
    cut.append(&mut join);
    cut
}

/// Columns (by their names after) whose type or collation changes, which a reference must share.
fn retyped(pair: &Pair<'_>, lineage: &TableLineage) -> BTreeSet<ColumnName> {
    let changed = |column: &&crate::table::Column| {
        let after = pair.after.column(&renamed(&column.name, lineage));
        after.is_some_and(|after| {
            after.column_type != column.column_type || after.collation != column.collation
        })
    };
    pair.before.columns.iter().filter(changed).map(|column| renamed(&column.name, lineage)).collect()
}

fn renamed(column: &ColumnName, lineage: &TableLineage) -> ColumnName {
    let pair = lineage.renamed.iter().find(|(old, _)| old == column);
    pair.map_or_else(|| column.clone(), |(_, new)| new.clone())
}

/// Makes every image before follow the new names of the tables and columns that it refers to, as the database does.
fn follow_targets(pairs: &mut [Pair<'_>], lineages: &[TableLineage]) {
    let moves: Vec<_> = pairs
        .iter()
        .zip(lineages)
        .map(|(pair, lineage)| (pair.before.name.clone(), pair.after.name.clone(), lineage.renamed.clone()))
        .collect();
    for pair in pairs {
        let own = pair.before.name.clone();
        for reference in &mut pair.before.references {
            // A table's reference to itself follows when the table's own steps are taken.
            if reference.target == own {
                continue;
            }
            if let Some((_, name, columns)) = moves.iter().find(|(old, ..)| *old == reference.target) {
                reference.target = name.clone();
                for column in &mut reference.target_columns {
                    if let Some((_, new)) = columns.iter().find(|(old, _)| old == column) {
                        *column = new.clone();
                    }
                }
            }
        }
    }
}

fn table_lineage(pair: &Pair<'_>, lineage: &Lineage) -> TableLineage {
    let mut table = TableLineage::default();
    let field_before = |after: &FieldName| match &lineage.field {
        Some((key, old, new)) if key == pair.key_after && new == after => old.clone(),
        Some(_) | None => after.clone(),
    };
    for field in &pair.model_after.fields {
        if let Some(old) = pair.model_before.field(&field_before(&field.name))
            && old.column_name() != field.column_name()
        {
            table.renamed.push((old.column_name(), field.column_name()));
        }
    }
    if let Some((key, name, value)) = &lineage.fill
        && key == pair.key_after
        && let Some(field) = pair.model_after.field(name)
    {
        let column = |name: &str| {
            let field = pair.model_after.fields.iter().find(|field| field.name == name);
            field.map_or_else(|| name.to_owned(), |field| field.column_name().as_str().to_owned())
        };
        table.fills.insert(field.column_name(), value.map_names(&column));
    }
    table
}

#[cfg(test)]
mod tests;
