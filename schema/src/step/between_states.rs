//! Two states, and the lineage that an operation declares -> [`Step`]s.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::error::StateError;
use crate::model::Model;
use crate::model::choices::ChoiceMoves;
use crate::model::constraint::Constraint;
use crate::model::field::Field;
use crate::name::{ColumnName, FieldName, ModelKey, ObjectName};
use crate::state::ProjectState;
use crate::step::enum_conversion::ValueMap;
pub use crate::step::lineage::Lineage;
use crate::step::translation::translations;
use crate::step::{Change, Step};
use crate::table::Table;
use crate::table::diff;
use crate::table::diff::{Phases, TableLineage};

/// A table that is there on both sides.
struct Pair {
    before: Table,
    after: Table,
    lineage: TableLineage,
}

/// Returns the steps from one state to the other.
///
/// # Errors
/// Where an image cannot be made: see [`ProjectState::table`].
pub fn steps(
    before: &ProjectState,
    after: &ProjectState,
    lineage: &Lineage,
) -> Result<Vec<Step>, StateError> {
    let differences = Differences::between(before, after, lineage);
    let mut pairs = Vec::new();
    let mut created = Vec::new();
    let mut dropped = Vec::new();
    // Join tables refer to those of models, so they come last and go first.
    let mut created_joins = Vec::new();
    let mut survivors = BTreeSet::new();
    // The table of an unmanaged model is not ours.
    for (key, model) in after.models().filter(|(_, model)| model.managed) {
        if !differences.touch(after, key) {
            continue;
        }
        let old_key = key_before(lineage, key);
        let Some(old_model) = before.model(&old_key).ok().filter(|model| model.managed) else {
            created.push(after.table(key)?);
            created_joins.extend(after.join_tables(key)?.into_iter().map(|(_, table)| table));
            continue;
        };
        let translated = translations((before, &old_key), (after, key), lineage)?;
        pairs.push(Pair {
            before: before.table(&old_key)?,
            after: after.table(key)?,
            lineage: TableLineage { translated, ..table_lineage(old_model, model, key, lineage) },
        });
        let mut joins = before.join_tables(&old_key)?;
        for (field, table) in after.join_tables(key)? {
            let old_field = field_before(lineage, key, &field);
            match joins.iter().position(|(name, _)| *name == old_field) {
                Some(position) => pairs.push(join_pair(joins.remove(position).1, table)),
                None => created_joins.push(table),
            }
        }
        dropped.extend(joins.into_iter().map(|(_, table)| table));
        survivors.insert(old_key);
    }
    let mut dropped_models = Vec::new();
    let gone = differences.before.iter().filter(|key| !survivors.contains(**key));
    for key in gone.filter(|key| before.model(key).is_ok_and(|model| model.managed)) {
        dropped.extend(before.join_tables(key)?.into_iter().map(|(_, table)| table));
        dropped_models.push(before.table(key)?);
    }
    for pair in &mut pairs {
        pair.lineage.moves_last = [before, after].into_iter().any(|state| is_taken_on_the_way(state, pair));
    }
    let dropped = dropped.into_iter().chain(dropped_models);
    let mut steps: Vec<Step> = dropped.map(|before| Step::DropTable { before: Arc::new(before) }).collect();
    steps.extend(alterations(pairs));
    let created = created.into_iter().chain(created_joins);
    steps.extend(created.map(|after| Step::CreateTable { after: Arc::new(after) }));
    Ok(steps)
}

/// Returns whether a name of a table, or of an index of it, is taken after it moved to another schema, and before it gets its
/// new names.
fn is_taken_on_the_way(state: &ProjectState, pair: &Pair) -> bool {
    let between = pair.before.name.clone().within(pair.after.name.schema());
    if between == pair.before.name || between == pair.after.name {
        return false;
    }
    let own: BTreeSet<&str> = relations(&pair.before).collect();
    let is_in_the_way = |table: &Table| {
        table.name != pair.after.name
            && table.name.schema() == between.schema()
            && relations(table).any(|name| own.contains(name))
    };
    state.models().any(|(key, _)| {
        let joins = state.join_tables(key).unwrap_or_default().into_iter().map(|(_, table)| table);
        state.table(key).into_iter().chain(joins).any(|table| is_in_the_way(&table))
    })
}

/// Returns the names of which a schema has one: those of a table, of its key, and of its indexes.
fn relations(table: &Table) -> impl Iterator<Item = &str> {
    let objects = table.primary_key.iter().map(|it| &it.name);
    let objects = objects.chain(table.indexes.iter().map(|it| &it.name));
    let objects = objects.chain(table.uniques.iter().map(|it| &it.name));
    let objects = objects.chain(table.exclusions.iter().map(|it| &it.name));
    objects.map(ObjectName::as_str).chain([table.name.as_str()])
}

/// Returns the steps with other changes in the place of theirs.
pub(crate) fn with_changes(steps: Vec<Step>, other: impl Fn(Change) -> Change) -> Vec<Step> {
    let changed = steps.into_iter().map(|step| match step {
        Step::AlterTable { before, after, change } => {
            Step::AlterTable { before, after, change: other(change) }
        }
        Step::CreateTable { .. }
        | Step::DropTable { .. }
        | Step::RunSql(_)
        | Step::RunRust { .. }
        | Step::LoadData { .. }
        | Step::CreateExtension { .. }
        | Step::DropExtension { .. }
        | Step::CreateCollation(_)
        | Step::DropCollation { .. } => step,
    });
    changed.collect()
}

/// The models that are not the same on both sides.
struct Differences<'a> {
    /// By their keys before.
    before: BTreeSet<&'a ModelKey>,
    /// By their keys after.
    after: BTreeSet<&'a ModelKey>,
    /// Whether anything of them differs that other models may refer to.
    reach_others: bool,
}

impl<'a> Differences<'a> {
    /// Compares two states in the order of their keys; models that both share are the same without a look into them.
    fn between(before: &'a ProjectState, after: &'a ProjectState, lineage: &'a Lineage) -> Self {
        let mut found = Self { before: BTreeSet::new(), after: BTreeSet::new(), reach_others: false };
        let (mut olds, mut news) = (before.models().peekable(), after.models().peekable());
        loop {
            let order = match (olds.peek(), news.peek()) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some((old, _)), Some((new, _))) => old.cmp(new),
            };
            let old = if order == Ordering::Greater { None } else { olds.next() };
            let new = if order == Ordering::Less { None } else { news.next() };
            let is_same = matches!((old, new), (Some((_, old)), Some((_, new))) if Arc::ptr_eq(old, new));
            if !is_same {
                found.before.extend(old.map(|(key, _)| key));
                found.after.extend(new.map(|(key, _)| key));
            }
        }
        if let Some((old, new)) = &lineage.model {
            found.before.insert(old);
            found.after.insert(new);
        }
        // Nothing refers to a new model, and nothing refers to a removed one any more.
        found.reach_others = lineage.model.is_some()
            || found.after.iter().any(|key| match (before.model(key), after.model(key)) {
                (Ok(old), Ok(new)) => !is_referred_to_alike(key, old, new),
                (Ok(_) | Err(_), _) => false,
            });
        found
    }

    /// Returns whether the image of a model's table may differ: the model itself or one that it refers to changed.
    fn touch(&self, after: &ProjectState, key: &ModelKey) -> bool {
        if self.after.contains(key) {
            return true;
        }
        if !self.reach_others {
            return false;
        }
        let Ok(model) = after.model(key) else { return true };
        // The target of a reference may be a reference itself, so its targets count as well.
        let mut seen = BTreeSet::from([key]);
        let mut open: Vec<&Model> = vec![model];
        while let Some(model) = open.pop() {
            for target in model.targets() {
                if self.after.contains(target) || !after.contains(target) {
                    return true;
                }
                if seen.insert(target)
                    && let Ok(target) = after.model(target)
                    && target
                        .fields
                        .iter()
                        .filter(|it| it.relation().is_some())
                        .any(|it| it.primary_key || target.is_unique_over(std::slice::from_ref(&it.name)))
                {
                    open.push(target);
                }
            }
        }
        false
    }
}

/// Returns whether others may refer to the same things of a model on both sides: its table, its key and its unique fields.
fn is_referred_to_alike(key: &ModelKey, before: &Model, after: &Model) -> bool {
    fn fields(model: &Model) -> impl Iterator<Item = &Field> {
        let unique: BTreeSet<&FieldName> =
            model.constraints.iter().flat_map(Constraint::unique_fields).collect();
        model.fields.iter().filter(move |it| it.primary_key || it.unique || unique.contains(&it.name))
    }
    fn rules(model: &Model) -> impl Iterator<Item = &Constraint> {
        model.constraints.iter().filter(|constraint| !constraint.unique_fields().is_empty())
    }
    before.table_name(&key.app) == after.table_name(&key.app)
        && rules(before).eq(rules(after))
        && before.managed == after.managed
        && before.key_order == after.key_order
        && fields(before).eq(fields(after))
}

fn alterations(mut pairs: Vec<Pair>) -> Vec<Step> {
    follow_targets(&mut pairs);
    let retyped: BTreeMap<_, BTreeSet<ColumnName>> =
        pairs.iter().map(|pair| (pair.after.name.clone(), retyped(pair))).collect();
    let no_longer_unique: BTreeMap<_, BTreeSet<Vec<ColumnName>>> =
        pairs.iter().map(|pair| (pair.after.name.clone(), no_longer_unique(pair))).collect();

    let mut phases = Phases::default();
    for Pair { before, after, mut lineage } in pairs {
        let own = retyped.get(&after.name);
        for reference in &before.references {
            let target = retyped.get(&reference.target);
            let mut own_columns = reference.columns.iter();
            let mut target_columns = reference.target_columns.iter();
            if own_columns.any(|column| own.is_some_and(|own| own.contains(&renamed(column, &lineage))))
                || no_longer_unique
                    .get(&reference.target)
                    .is_some_and(|it| it.contains(&reference.target_columns))
                || target_columns.any(|column| target.is_some_and(|target| target.contains(column)))
            {
                lineage.detach.insert(reference.name.clone());
            }
        }
        let Phases { drop_foreign_keys, alter, add_foreign_keys } = diff::diff(&before, &after, &lineage);
        phases.drop_foreign_keys.extend(drop_foreign_keys);
        phases.alter.extend(alter);
        phases.add_foreign_keys.extend(add_foreign_keys);
    }
    [phases.drop_foreign_keys, phases.alter, phases.add_foreign_keys].concat()
}

/// Columns (by their names after) whose type or collation changes, which a reference must share.
fn retyped(pair: &Pair) -> BTreeSet<ColumnName> {
    let lineage = &pair.lineage;
    let news: BTreeMap<&ColumnName, &crate::table::Column> =
        pair.after.columns.iter().map(|column| (&column.name, column)).collect();
    let changed = pair.before.columns.iter().filter(|column| {
        let after = news.get(&renamed(&column.name, lineage));
        after.is_some_and(|after| !after.holds_as(column))
    });
    changed.map(|column| renamed(&column.name, lineage)).collect()
}

/// Columns (by their names after) whose key or unique constraint is dropped: no foreign key may use it at that time,
/// though another constraint may make them unique as well.
fn no_longer_unique(pair: &Pair) -> BTreeSet<Vec<ColumnName>> {
    let Pair { before, after, lineage } = pair;
    let key = before.primary_key.iter().map(|key| all_renamed(&key.columns, lineage));
    let key = key.filter(|columns| after.primary_key.as_ref().is_none_or(|it| it.columns != *columns));
    let uniques: Vec<_> = before.uniques.iter().map(|unique| all_renamed(&unique.columns, lineage)).collect();
    let lost = uniques.iter().filter(|columns| {
        after.uniques.iter().filter(|it| it.columns == **columns).count()
            < uniques.iter().filter(|it| it == columns).count()
    });
    key.chain(lost.cloned()).collect()
}

fn all_renamed(columns: &[ColumnName], lineage: &TableLineage) -> Vec<ColumnName> {
    columns.iter().map(|column| renamed(column, lineage)).collect()
}

fn renamed(column: &ColumnName, lineage: &TableLineage) -> ColumnName {
    let pair = lineage.renamed.iter().find(|(old, _)| old == column);
    pair.map_or_else(|| column.clone(), |(_, new)| new.clone())
}

/// Makes every image before follow the new names of the tables and columns that it refers to, as the database does.
fn follow_targets(pairs: &mut [Pair]) {
    let moves: Vec<_> = pairs
        .iter()
        .map(|pair| (pair.before.name.clone(), pair.after.name.clone(), pair.lineage.renamed.clone()))
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

fn key_before(lineage: &Lineage, key_after: &ModelKey) -> ModelKey {
    match &lineage.model {
        Some((old, new)) if new == key_after => old.clone(),
        Some(_) | None => key_after.clone(),
    }
}

fn field_before(lineage: &Lineage, key_after: &ModelKey, after: &FieldName) -> FieldName {
    match &lineage.field {
        Some((key, old, new)) if key == key_after && new == after => old.clone(),
        Some(_) | None => after.clone(),
    }
}

fn moves(lineage: &Lineage, key_after: &ModelKey, after: &FieldName) -> ChoiceMoves {
    match &lineage.moves {
        Some((key, field, moves)) if key == key_after && field == after => moves.clone(),
        Some(_) | None => ChoiceMoves::default(),
    }
}

/// Pairs two images of a join table: its columns are the same three, under whatever names.
fn join_pair(before: Table, after: Table) -> Pair {
    let columns = before.columns.iter().zip(&after.columns).filter(|(old, new)| old.name != new.name);
    let renamed = columns.map(|(old, new)| (old.name.clone(), new.name.clone())).collect();
    Pair { lineage: TableLineage { renamed, ..TableLineage::default() }, before, after }
}

fn table_lineage(before: &Model, after: &Model, key_after: &ModelKey, lineage: &Lineage) -> TableLineage {
    let mut table = TableLineage::default();
    let olds: BTreeMap<&FieldName, &Field> = before.fields.iter().map(|field| (&field.name, field)).collect();
    for field in after.fields.iter().filter(|field| field.has_column()) {
        let Some(old) = olds.get(&field_before(lineage, key_after, &field.name)) else { continue };
        if old.has_column() && old.column_name() != field.column_name() {
            table.renamed.push((old.column_name(), field.column_name()));
        }
        if old.kind != field.kind
            && let Some(map) = ValueMap::between(old, field, &moves(lineage, key_after, &field.name))
        {
            table.values.insert(field.column_name(), map);
        }
    }
    if let Some((key, name, value)) = &lineage.fill
        && key == key_after
        && let Some(field) = after.field(name)
        && field.has_column()
    {
        table.fills.insert(field.column_name(), value.map_names(&|name| after.column_of(name)));
    }
    table
}

#[cfg(test)]
mod tests;
