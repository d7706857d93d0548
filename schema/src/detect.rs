//! The recorded state and the models as they are now -> the operations that lead from one to the other, and the
//! questions without whose answers nothing may be written.
//!
//! The detector never guesses: where a rename is possible or rows would lack a value, it asks. The order of fields
//! never matters, and what only readers see makes no operation. The stages and their order are Django's; the last one
//! takes the operations through the recorded state, so that what is written is known to lead to the models.

mod alike;
pub mod answers;
mod backfills;
mod choices;
mod constraints;
mod creation_order;
mod cycles;
mod deletions;
mod differences;
mod fields;
mod indexes;
mod join_table_rows;
mod models;
mod moved_fields;
mod moves;
mod options;
mod order;
mod other_targets;
pub mod project;
pub mod question;
mod raw_sql;
mod rename_hints;
mod renames;
mod surroundings;
mod target_state;
mod verify;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use self::question::{MissingValue, Question, QuestionKind};
use crate::error::DetectError;
use crate::migration::optimize::optimize;
use crate::model::Model;
use crate::model::column_type::ColumnType;
use crate::model::conversion::{Kind, becomes};
use crate::model::field::{Field, FieldKind};
use crate::model::hints::{FieldHints, ModelHints, SourceModel};
use crate::name::{AppLabel, FieldName, ModelKey};
use crate::operation::Operation;
use crate::state::{ProjectState, follow_names};

use self::indexes::Phase;
use self::order::PlannedOperation;

/// What the detector found for one app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detection {
    /// The operations, in an order that can be applied. Empty while questions are open.
    pub operations: Vec<Operation>,
    /// The questions that are open, in the order of models and fields.
    pub questions: Vec<Question>,
}

/// Returns the operations that lead an app from what is recorded to what is wanted, other apps being as they are wanted.
///
/// `wanted` holds the models of every app in context, `recorded` the state after every migration in context.
///
/// # Errors
/// Models that do not hold together, or that no migration leads to.
pub fn detect(
    recorded: &ProjectState,
    wanted: &BTreeMap<ModelKey, SourceModel>,
    app: &AppLabel,
) -> Result<Detection, DetectError> {
    let apps = wanted.keys().map(|key| &key.app).chain([app]).cloned().collect();
    let context = Context::new(recorded, wanted, &apps, app)?;
    match context.plan()? {
        Plan::Questions(questions) => Ok(Detection { questions, operations: Vec::new() }),
        Plan::Operations(planned, is_circular) => {
            let operations = context.finish(planned);
            context.verify(&operations, is_circular)?;
            Ok(Detection { operations, questions: Vec::new() })
        }
    }
}

/// What is to be done for one app, or what must be asked before.
enum Plan {
    /// In an order in which they can be applied, unless some need each other in a circle.
    Operations(Vec<PlannedOperation>, bool),
    Questions(Vec<Question>),
}

/// What the stages look at besides the recorded state.
struct Context<'a> {
    app: &'a AppLabel,
    /// The apps that are compared.
    apps: BTreeSet<AppLabel>,
    /// The models that go from one app to another, by their keys before and after.
    moves: Vec<(ModelKey, ModelKey)>,
    /// The state after every migration in context.
    recorded: &'a ProjectState,
    /// The same with models in the apps that they go to, in which all else becomes of them.
    arrived: ProjectState,
    /// The same by the names that models and fields are to have, in all apps.
    named: ProjectState,
    /// The recorded state, with other apps as they are wanted.
    base: ProjectState,
    wanted: &'a BTreeMap<ModelKey, SourceModel>,
    /// The models as they are wanted, of every app in context, each index and constraint named.
    target: ProjectState,
}

/// What the stages found so far.
#[derive(Default)]
struct Findings {
    planned: Vec<PlannedOperation>,
    questions: Vec<Question>,
}

/// A model that is on both sides, and differs.
struct Pair<'a> {
    key: &'a ModelKey,
    before: &'a Model,
    after: &'a Model,
}

impl<'a> Context<'a> {
    fn new(
        recorded: &'a ProjectState,
        wanted: &'a BTreeMap<ModelKey, SourceModel>,
        apps: &BTreeSet<AppLabel>,
        app: &'a AppLabel,
    ) -> Result<Self, DetectError> {
        let target = target_state::state(recorded, wanted, apps)?;
        target_state::check(&target, app)?;
        let moves = moves::between(recorded, wanted, apps);
        let base = surroundings::before_changes(recorded, wanted, &target, apps, &moves, app)?;
        let arrived = moves::arrived(recorded, &target, &moves)?;
        let named = target_state::named(&arrived, wanted, &target, apps)?;
        Ok(Self { app, apps: apps.clone(), moves, recorded, arrived, named, base, wanted, target })
    }

    /// Goes through the stages.
    fn plan(&self) -> Result<Plan, DetectError> {
        let mut found = Findings::default();
        let mut state = self.base.clone();
        moves::models(self, &mut state, &mut found)?;
        renames::models(self, &mut state, &mut found)?;
        join_table_rows::relations(self, &mut state, &mut found)?;
        let renamed_tables = renames::of_tables(self, &mut state)?;
        let unrenamed = state.clone();
        let renamed_fields = renames::fields(self, &mut state, &mut found)?;
        raw_sql::ask(self, &unrenamed, &state, &mut found);
        other_targets::ask(self, &state, &mut found);
        moved_fields::ask(self, &state, &mut found);
        deletions::deleted(self, &state, &mut found);
        found.planned.extend(renamed_tables);
        models::created(self, &state, &mut found);
        options::first(self, &state, &mut found);
        let late = constraints::removed(self, &state, &unrenamed, &mut found);
        indexes::removed(self, &state, &unrenamed, &mut found);
        found.planned.extend(renamed_fields);
        indexes::renamed(self, &state, &mut found, Phase::BeforeFields);
        constraints::renamed(self, &state, &mut found, Phase::BeforeFields);
        found.planned.extend(late);
        fields::removed(self, &state, &mut found)?;
        fields::added(self, &state, &mut found);
        fields::altered(self, &state, &mut found);
        options::key_ordered(self, &state, &mut found);
        constraints::added(self, &state, &mut found, true);
        indexes::renamed(self, &state, &mut found, Phase::AfterFields);
        constraints::renamed(self, &state, &mut found, Phase::AfterFields);
        indexes::added(self, &state, &mut found);
        constraints::added(self, &state, &mut found, false);
        constraints::altered(self, &state, &mut found);
        options::last(self, &state, &mut found);
        if found.questions.is_empty() {
            moves::wait_for_moves(self, &mut found.planned);
            renames::wait_for_names(self, &mut found.planned);
            renames::let_names_wait(self, &mut found.planned);
            raw_sql::let_removals_wait(self, &mut found.planned);
            let (planned, is_circular) = order::arrange(found.planned);
            return Ok(Plan::Operations(planned, is_circular));
        }
        found.questions.sort_by(|one, other| (&one.model, &one.field).cmp(&(&other.model, &other.field)));
        Ok(Plan::Questions(found.questions))
    }

    /// Returns the operations in the form in which they are written: as few as can be, new models as their structs are.
    fn finish(&self, planned: Vec<PlannedOperation>) -> Vec<Operation> {
        let operations = planned.into_iter().map(|it| it.operation).collect();
        let mut operations = optimize(self.app, operations);
        creation_order::sort(self, &mut operations);
        for operation in &mut operations {
            if let Operation::CreateModel(create) = operation
                && let Ok(wanted) = self.target.model(&ModelKey::new(self.app, &create.model.name))
            {
                order::as_wanted(&mut create.model, wanted);
            }
        }
        operations
    }

    /// Sees that the operations lead to the models; those that need each other in a circle may not.
    fn verify(&self, operations: &[Operation], is_circular: bool) -> Result<(), DetectError> {
        verify::verify(self, self.base.clone(), operations).map_err(|error| {
            if is_circular && matches!(error, DetectError::NotConverged { .. }) {
                DetectError::Circle { app: self.app.clone(), apps: vec![self.app.clone()], first: None }
            } else {
                error
            }
        })
    }

    /// Returns a model before this app changes it, by the names that it has then: other apps change theirs themselves.
    fn before<'s>(&'s self, state: &'s ProjectState, key: &ModelKey) -> Option<&'s Model> {
        let state = if key.app == *self.app { state } else { &self.named };
        state.model(key).ok().map(AsRef::as_ref)
    }

    fn hints(&self, key: &ModelKey) -> Option<&ModelHints> {
        self.wanted.get(key).map(|source| &source.hints)
    }

    fn field_hints(&self, key: &ModelKey, field: &FieldName) -> Option<&FieldHints> {
        self.hints(key)?.fields.get(field)
    }

    fn missing_value(&self, key: &ModelKey, field: &Field) -> MissingValue {
        // The models are checked, so that a reference has a type.
        let column_type = self.target.column_type(key, field).unwrap_or(ColumnType::I64);
        MissingValue::of(field, &column_type)
    }

    /// Returns the app's wanted models, in the order of their keys.
    fn models(&self) -> impl Iterator<Item = (&ModelKey, &Model)> {
        let of_app = self.target.models().filter(|(key, _)| key.app == *self.app);
        of_app.map(|(key, model)| (key, model.as_ref()))
    }

    /// Returns the app's models that are in the state as well as wanted, where the two differ in anything.
    fn pairs<'s>(&'s self, state: &'s ProjectState) -> impl Iterator<Item = Pair<'s>> {
        self.models().filter_map(|(key, after)| {
            let before = state.model(key).ok()?.as_ref();
            (before != after).then_some(Pair { key, before, after })
        })
    }

    /// Returns what rows would lack if a field were a new one; none where they would have a value.
    fn missing_in_rows(&self, key: &ModelKey, field: &Field) -> Option<MissingValue> {
        let has_value = field.null
            || !field.has_column()
            || field.makes_values()
            || field.default.is_some()
            || self.field_hints(key, &field.name).is_some_and(|hints| hints.backfill.is_some());
        (!has_value).then(|| self.missing_value(key, field))
    }
}

impl Pair<'_> {
    /// Returns the model before with its columns named as they are to be, which names that nobody chose follow.
    ///
    /// Indexes and constraints are the same, in the same order.
    fn with_columns_of_after(&self) -> Cow<'_, Model> {
        let moved = |before: &&Field| {
            self.after.field(&before.name).is_some_and(|after| after.column_name() != before.column_name())
        };
        if !self.before.fields.iter().any(|before| moved(&before)) {
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

    /// Returns the model before with columns in raw text named as they are to be, which the text follows by itself.
    fn with_text_of_after(&self) -> Cow<'_, Model> {
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

    /// Returns the fields that are part of the primary key no longer.
    fn left_key(&self) -> impl Iterator<Item = &Field> {
        let is_key = |name| self.after.field(name).is_some_and(|field| field.primary_key);
        self.before.primary_key().filter(move |field| !is_key(&field.name))
    }

    /// Returns the fields that are part of the primary key from now on.
    fn joined_key(&self) -> impl Iterator<Item = &Field> {
        let is_key = |name| self.before.field(name).is_some_and(|field| field.primary_key);
        self.after.primary_key().filter(move |field| !is_key(&field.name))
    }

    /// Returns the fields that are made: those that are new, and those that are kept in another kind of place from now on.
    fn came(&self) -> impl Iterator<Item = &Field> {
        self.after.fields.iter().filter(|field| self.twin(field).is_none())
    }

    /// Returns the fields that go, with all that is in them, in the order of their names.
    fn went(&self) -> Vec<&Field> {
        let is_gone =
            |field: &&Field| self.after.field(&field.name).is_none_or(|after| !self.becomes(field, after));
        let mut went: Vec<&Field> = self.before.fields.iter().filter(is_gone).collect();
        went.sort_by(|one, other| one.name.cmp(&other.name));
        went
    }

    /// Returns whether the field goes and another comes under its name.
    fn is_replaced(&self, field: &Field) -> bool {
        self.before.field(&field.name).is_some_and(|before| !self.becomes(before, field))
    }

    /// Returns the field before that a field can be.
    fn twin(&self, after: &Field) -> Option<&Field> {
        self.before.field(&after.name).filter(|before| self.becomes(before, after))
    }

    /// Returns whether the one field can become the other, with what it holds.
    fn becomes(&self, before: &Field, after: &Field) -> bool {
        // What names a field on both sides would have to go and come with it.
        let is_leant_on = || is_named(self.before, before) && is_named(self.after, after);
        let keeps = || keeps_values(before, after) && !self.computes_otherwise_of_others(before, after);
        before.is_stored_like(after) && (!self.before.managed || keeps() || is_leant_on())
    }

    /// Returns whether a field is computed in another way, and what it is computed from becomes another type: neither
    /// expression may fit both types, so that it goes before that changes and comes after.
    fn computes_otherwise_of_others(&self, before: &Field, after: &Field) -> bool {
        let (Some(one), Some(other)) = (&before.generated, &after.generated) else { return false };
        let is_read = |field: &Field| one.expression.may_read(field) && other.expression.may_read(field);
        let is_changed = |field: &Field| {
            let old = self.before.field(&field.name);
            old.is_some_and(|old| old.kind != field.kind && is_read(old)) && is_read(field)
        };
        // What it is called in raw text is followed, and no other expression.
        one.expression != other.expression && self.after.fields.iter().any(is_changed)
    }

    /// Returns the fields that are wanted and not there.
    fn added(&self) -> impl Iterator<Item = &Field> {
        self.after.fields.iter().filter(|field| self.before.field(&field.name).is_none())
    }

    /// Returns the fields that are there and not wanted.
    fn removed(&self) -> impl Iterator<Item = &Field> {
        self.before.fields.iter().filter(|field| self.after.field(&field.name).is_none())
    }
}

/// Returns whether the values of one field can be those of the other; what is generated is computed again.
fn keeps_values(one: &Field, other: &Field) -> bool {
    let (FieldKind::Column(from), FieldKind::Column(to)) = (&one.kind, &other.kind) else { return true };
    let is_computed = one.generated.is_some() || other.generated.is_some();
    // Others may refer to these.
    let is_unique = one.primary_key || other.primary_key || one.unique || other.unique;
    is_computed || is_unique || becomes(from, to) || becomes(to, from)
}

/// Returns whether something else of the model names the field.
fn is_named(model: &Model, field: &Field) -> bool {
    let name = field.name.as_str();
    model.indexes.iter().any(|index| index.field_names().contains(&name))
        || model.constraints.iter().any(|constraint| constraint.field_names().contains(&name))
        || model.fields.iter().any(|it| it.reckoned_from().contains(&name))
}

/// Says why no value of the one field can be one of the other; nothing where it is kept in another kind of place.
fn no_way(before: &Field, after: &Field) -> Option<String> {
    let (FieldKind::Column(from), FieldKind::Column(to)) = (&before.kind, &after.kind) else { return None };
    let (from, to) = (Kind::of(from).name(), Kind::of(to).name());
    Some(format!("no database converts {from} to {to}"))
}

impl Findings {
    fn ask(&mut self, model: &ModelKey, field: Option<&FieldName>, kind: QuestionKind) {
        self.questions.push(Question { model: model.clone(), field: field.cloned(), kind });
    }

    /// Returns whether something is asked about the model as a whole already.
    fn has_asked_about(&self, model: &ModelKey) -> bool {
        self.questions.iter().any(|it| it.model == *model && it.field.is_none())
    }

    /// Returns whether it is asked already if the one model is the other under a new name.
    fn asks_whether(&self, before: &ModelKey, after: &ModelKey) -> bool {
        let name = if before.app == after.app { before.name.clone() } else { before.to_string().into() };
        let is_candidate = |kind: &QuestionKind| matches!(kind, QuestionKind::RenamedModel { candidates } if candidates.contains(&name));
        self.questions.iter().any(|it| it.model == *after && is_candidate(&it.kind))
    }

    /// Returns whether something is asked about the field already: one mistake gives one message.
    fn has_asked(&self, model: &ModelKey, field: &FieldName) -> bool {
        self.questions.iter().any(|it| it.model == *model && it.field.as_ref() == Some(field))
    }
}

#[cfg(test)]
mod tests;
