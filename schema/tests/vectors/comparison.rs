//! Two lists of migrations side by side, in one form.

use std::collections::BTreeSet;

use modelshift_schema::constraint::Constraint;
use modelshift_schema::error::StateError;
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::model::Model;
use modelshift_schema::name::{AppLabel, ModelName, ObjectName};
use modelshift_schema::operation::{CreateModel, Operation};
use modelshift_schema::state::ProjectState;

use crate::rules::RULES;

/// One migration, as far as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) app: AppLabel,
    pub(crate) initial: bool,
    /// What it depends on: `app/2` for the second one made for an app, `app/recorded` for what was there.
    pub(crate) after: BTreeSet<String>,
    pub(crate) operations: Vec<Operation>,
    /// What its name says after the number; none where their operations are not ours one by one.
    pub(crate) name: Option<String>,
}

impl Made {
    /// Spells the migration for a person.
    pub(crate) fn spelled(&self) -> Vec<String> {
        let after: Vec<&str> = self.after.iter().map(String::as_str).collect();
        let head =
            format!("{} {} after [{}]", self.app, self.name.as_deref().unwrap_or("-"), after.join(", "));
        let done = self.operations.iter().map(|operation| {
            let mut fields: Vec<String> = operation.behaviour().fields().iter().map(spelled_field).collect();
            if let Operation::CreateModel(CreateModel { model }) = operation {
                let names = model.indexes.iter().map(|it| it.name.as_ref());
                let names = names.chain(model.constraints.iter().map(Constraint::name)).flatten();
                fields.extend(names.map(|name| format!("| {name}")));
                fields.extend(model.table.iter().map(|table| format!("table {table}")));
                fields.extend(model.comment.iter().map(|comment| format!("comment {comment:?}")));
            }
            format!("  {} ({})", operation.behaviour().describe(), fields.join(", "))
        });
        [head].into_iter().chain(done).collect()
    }
}

fn spelled_field(field: &Field) -> String {
    let kind = match &field.kind {
        FieldKind::Column(column_type) => format!("{column_type:?}"),
        FieldKind::ForeignKey(relation) => format!(">{}", relation.to),
        FieldKind::ManyToMany(relation) => format!("*{}", relation.to),
    };
    let flags =
        [(field.null, "?"), (field.primary_key, " key"), (field.unique, " unique"), (field.index, " index")];
    let flags: String = flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag).collect();
    format!("{} {kind}{flags}", field.name)
}

/// Returns the operations in the one form in which they are compared: what only readers see is left out, and so are
/// values for existing rows, which are answers.
pub(crate) fn canonical(app: &AppLabel, operation: &Operation) -> Operation {
    let mut operation = operation.clone();
    match &mut operation {
        Operation::CreateModel(it) => {
            it.model = it.model.clone().with_names(app);
            let Model { fields, indexes, constraints, .. } = &mut it.model;
            fields.iter_mut().for_each(plain);
            fields.sort_by(|one, other| one.name.cmp(&other.name));
            indexes.sort_by(|one, other| one.name.cmp(&other.name));
            constraints.sort_by(|one, other| one.name().cmp(&other.name()));
        }
        Operation::AddField(it) => {
            it.backfill = None;
            plain(&mut it.field);
        }
        Operation::AlterField(it) => {
            it.backfill = None;
            plain(&mut it.field);
        }
        _ => {}
    }
    operation
}

fn plain(field: &mut Field) {
    field.index &= !field.unique && !field.primary_key;
    field.unique &= !field.primary_key;
    if field.column.as_ref() == Some(&Field { column: None, ..field.clone() }.column_name()) {
        field.column = None;
    }
    match &mut field.kind {
        FieldKind::Column(_) => {}
        FieldKind::ForeignKey(relation) => relation.related_name = None,
        FieldKind::ManyToMany(relation) => relation.related_name = None,
    }
}

/// Both sides of a comparison.
#[derive(Clone, Debug)]
pub(crate) struct Sides<'a> {
    pub(crate) theirs: Vec<Made>,
    pub(crate) ours: Vec<Made>,
    pub(crate) before: &'a ProjectState,
    /// The names of what is a constraint or an index in ours, and a set of `unique_together` or the like in theirs.
    pub(crate) sets: BTreeSet<ObjectName>,
    /// What both are to lead to (see `stations`); none where that is not known.
    pub(crate) goal: Option<Vec<ProjectState>>,
}

/// Returns what migrations lead to, each after those that it comes after: at each operation that cannot be looked into, and
/// at the end; else the operation that cannot be done, and why.
pub(crate) fn stations(
    before: &ProjectState,
    list: &[Made],
) -> Result<Vec<ProjectState>, (usize, StateError)> {
    let number = |position: usize| list[..=position].iter().filter(|it| it.app == list[position].app).count();
    let names: Vec<String> = (0..list.len()).map(|it| format!("{}/{}", list[it].app, number(it))).collect();
    let mut open: Vec<usize> = (0..list.len()).collect();
    let mut state = before.clone();
    let mut stations = Vec::new();
    while !open.is_empty() {
        let is_free = |it: &usize| !open.iter().any(|other| list[*it].after.contains(&names[*other]));
        let next = open.iter().position(is_free).unwrap_or(0);
        let made = &list[open.remove(next)];
        for (position, operation) in made.operations.iter().enumerate() {
            operation.behaviour().apply(&made.app, &mut state).map_err(|error| (position, error))?;
            if operation.behaviour().footprint(&made.app).is_everything() {
                stations.push(state.clone());
            }
        }
    }
    stations.push(state);
    Ok(stations)
}

/// Returns whether migrations lead to this.
pub(crate) fn leads_to(before: &ProjectState, list: &[Made], goal: &[ProjectState]) -> bool {
    stations(before, list).is_ok_and(|led| {
        led.len() == goal.len() && led.iter().zip(goal).all(|(one, other)| one.is_equivalent_to(other))
    })
}

/// Returns rules under which both sides are the same, none of which can be left out; none where they are not.
pub(crate) fn agree(sides: &Sides<'_>) -> Option<Vec<&'static str>> {
    let mut rules: Vec<usize> = (0..RULES.len()).collect();
    if is_same(sides, &[]) {
        return Some(Vec::new());
    }
    if !is_same(sides, &rules) {
        return None;
    }
    // What is left out last stands first in the list, and explains most.
    for rule in (0..RULES.len()).rev() {
        let fewer: Vec<usize> = rules.iter().copied().filter(|it| *it != rule).collect();
        if is_same(sides, &fewer) {
            rules = fewer;
        }
    }
    Some(rules.into_iter().map(|rule| RULES[rule].name).collect())
}

fn is_same(sides: &Sides<'_>, rules: &[usize]) -> bool {
    let mut level = sides.clone();
    for rule in rules {
        (RULES[*rule].level)(&mut level);
    }
    let was = |list: &[Made], made: &Made| {
        list.iter().any(|it| it.app == made.app && it.operations == made.operations && it.name == made.name)
    };
    for (list, before) in [(&mut level.theirs, &sides.theirs), (&mut level.ours, &sides.ours)] {
        for made in list {
            // With other operations or another order comes another name.
            if !was(before, made) {
                made.name = None;
            }
        }
    }
    for (theirs, ours) in level.theirs.iter_mut().zip(&mut level.ours) {
        if theirs.name.is_none() || ours.name.is_none() {
            (theirs.name, ours.name) = (None, None);
        }
    }
    level.theirs == level.ours
}

/// An index or a constraint that an operation is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Object {
    pub(crate) model: ModelName,
    pub(crate) name: ObjectName,
    /// True where it comes, false where it goes.
    pub(crate) comes: bool,
}

/// Returns the index or constraint that an operation adds or removes.
pub(crate) fn object(operation: &Operation) -> Option<Object> {
    let object = |model: &ModelName, name: &ObjectName, comes| {
        Some(Object { model: model.clone(), name: name.clone(), comes })
    };
    match operation {
        Operation::AddIndex(it) => object(&it.model, it.index.name.as_ref()?, true),
        Operation::AddConstraint(it) => object(&it.model, it.constraint.name()?, true),
        Operation::RemoveIndex(it) => object(&it.model, &it.name, false),
        Operation::RemoveConstraint(it) => object(&it.model, &it.name, false),
        _ => None,
    }
}
