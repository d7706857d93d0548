//! The recorded state and the models of the source -> the operations that lead from one to the other, and the questions
//! that must be answered before anything is written.
//!
//! The detector never guesses: if a rename is possible, or if rows would lack a value, it asks. The order of fields does
//! not matter, and what only readers see creates no operation. The stages and their order are Django's; the last stage
//! applies the operations to the recorded state, so that what is written is known to lead to the models.

mod alike;
mod answer;
pub mod answers;
mod apply_hints;
mod edits;
pub mod error;
mod names;
mod order;
mod pair;
pub mod project;
pub mod question;
mod recorded_kind;
mod rename_hints;
mod requirements;
mod surroundings;
mod target_state;
mod verify;

use std::collections::{BTreeMap, BTreeSet};

use self::edits::indexes::Phase;
use self::edits::{
    constraints, deletions, fields, indexes, join_table_rows, models, moved_fields, moves, options,
    other_targets, raw_sql, renames,
};
use self::error::DetectError;
use self::order::{PlannedOperation, creation};
use self::pair::Pair;
use self::question::{MissingValue, Question, QuestionKind};
use crate::migration::optimize::optimize;
use crate::model::Model;
use crate::model::column_type::ColumnType;
use crate::model::field::Field;
use crate::model::hints::{FieldHints, ModelHints, SourceModel};
use crate::name::{AppLabel, FieldName, ModelKey};
use crate::operation::Operation;
use crate::state::ProjectState;

/// What the detector found for one app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detection {
    /// The operations, in an order in which they can be applied. Empty while questions are open.
    pub operations: Vec<Operation>,
    /// The open questions, in the order of models and fields.
    pub questions: Vec<Question>,
}

/// Returns the operations that lead an app from its recorded state to the models of the source. The other apps are taken
/// in their final form.
///
/// `wanted` holds the models of every app in context, `recorded` the state after every migration in context.
///
/// # Errors
/// Returns an error if the models are invalid, or if no migration leads to them.
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

/// The operations for one app, or the questions that must be answered before.
enum Plan {
    /// In an order in which they can be applied, and whether some require each other in a circle.
    Operations(Vec<PlannedOperation>, bool),
    Questions(Vec<Question>),
}

/// What the stages compare.
struct Context<'a> {
    app: &'a AppLabel,
    /// The apps that are compared.
    apps: BTreeSet<AppLabel>,
    /// The models that move from one app to another, by their keys before and after.
    moves: Vec<(ModelKey, ModelKey)>,
    /// The state after every migration in context.
    recorded: &'a ProjectState,
    /// The recorded state with each moved model in its new app.
    after_moves: ProjectState,
    /// The same with the final names of models and fields, in all apps.
    after_renames: ProjectState,
    /// The recorded state, with other apps in their final form.
    base: ProjectState,
    wanted: &'a BTreeMap<ModelKey, SourceModel>,
    /// The wanted models of every app in context, each index and constraint with a name.
    target: ProjectState,
}

/// What the stages found so far.
#[derive(Default)]
struct Findings {
    planned: Vec<PlannedOperation>,
    questions: Vec<Question>,
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
        let moves = apply_hints::model_moves(recorded, wanted, apps);
        let base = surroundings::before_changes(recorded, wanted, &target, apps, &moves, app)?;
        let after_moves = apply_hints::with_moves(recorded, &target, &moves)?;
        let after_renames = apply_hints::with_renames(&after_moves, wanted, &target, apps)?;
        Ok(Self {
            app,
            apps: apps.clone(),
            moves,
            recorded,
            after_moves,
            after_renames,
            base,
            wanted,
            target,
        })
    }

    /// Runs the stages.
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
        options::natural_keys(self, &state, &mut found);
        options::last(self, &state, &mut found);
        if found.questions.is_empty() {
            moves::wait_for_moves(self, &mut found.planned);
            renames::wait_for_names(self, &mut found.planned);
            renames::wait_for_table_names(self, &mut found.planned);
            raw_sql::let_removals_wait(self, &mut found.planned);
            let (planned, is_circular) = order::arrange(found.planned);
            return Ok(Plan::Operations(planned, is_circular));
        }
        found.questions.sort_by(|one, other| (&one.model, &one.field).cmp(&(&other.model, &other.field)));
        Ok(Plan::Questions(found.questions))
    }

    /// Returns the operations as they are written: as few as possible, and new models in the order of their structs.
    fn finish(&self, planned: Vec<PlannedOperation>) -> Vec<Operation> {
        let operations = planned.into_iter().map(|it| it.operation).collect();
        let mut operations = optimize(self.app, operations);
        creation::sort(self, &mut operations);
        for operation in &mut operations {
            if let Operation::CreateModel(create) = operation
                && let Ok(wanted) = self.target.model(&ModelKey::new(self.app, &create.model.name))
            {
                order::sort_as_in_source(&mut create.model, wanted);
            }
        }
        operations
    }

    /// Checks that the operations lead to the models; operations that require each other in a circle may not.
    fn verify(&self, operations: &[Operation], is_circular: bool) -> Result<(), DetectError> {
        verify::verify(self, self.base.clone(), operations).map_err(|error| {
            if is_circular && matches!(error, DetectError::NotConverged { .. }) {
                DetectError::Circle { app: self.app.clone(), apps: vec![self.app.clone()], first: None }
            } else {
                error
            }
        })
    }

    /// Returns a model before this app changes it, by its names at that point: other apps change their own models.
    fn before<'s>(&'s self, state: &'s ProjectState, key: &ModelKey) -> Option<&'s Model> {
        let state = if key.app == *self.app { state } else { &self.after_renames };
        state.model(key).ok().map(AsRef::as_ref)
    }

    fn hints(&self, key: &ModelKey) -> Option<&ModelHints> {
        self.wanted.get(key).map(|source| &source.hints)
    }

    fn field_hints(&self, key: &ModelKey, field: &FieldName) -> Option<&FieldHints> {
        self.hints(key)?.fields.get(field)
    }

    fn missing_value(&self, key: &ModelKey, field: &Field) -> MissingValue {
        // The models are checked, so that each reference has a type.
        let column_type = self.target.column_type(key, field).unwrap_or(ColumnType::I64);
        let may_be_another_model = field.primary_key && self.may_be_another(key);
        MissingValue { may_be_another_model, ..MissingValue::of(field, &column_type) }
    }

    /// Returns whether a model may be another one than the recorded one of its name, without its rows.
    fn may_be_another(&self, key: &ModelKey) -> bool {
        let Some(source) = self.wanted.get(key) else { return false };
        // Under another name it is the one that it says.
        let was = |state: &ProjectState, from| state.former_names().had_model(key, from);
        let is_renamed = source
            .hints
            .renamed_from
            .as_ref()
            .is_some_and(|from| was(&self.after_renames, from) && !was(self.recorded, from));
        !is_renamed && rename_hints::may_be_replaced(self.recorded, key, source)
    }

    /// Returns the app's wanted models, in the order of their keys.
    fn models(&self) -> impl Iterator<Item = (&ModelKey, &Model)> {
        let of_app = self.target.models().filter(|(key, _)| key.app == *self.app);
        of_app.map(|(key, model)| (key, model.as_ref()))
    }

    /// Returns the app's models that are both in the state and in the source, and differ.
    fn pairs<'s>(&'s self, state: &'s ProjectState) -> impl Iterator<Item = Pair<'s>> {
        self.models().filter_map(|(key, after)| {
            let before = state.model(key).ok()?.as_ref();
            (before != after).then_some(Pair { key, before, after })
        })
    }

    /// Returns the value that rows would lack if a field were new; none if they would have one.
    fn missing_in_rows(&self, key: &ModelKey, field: &Field) -> Option<MissingValue> {
        let has_value = field.null
            || !field.has_column()
            || field.makes_values()
            || field.default.is_some()
            || self.field_hints(key, &field.name).is_some_and(|hints| hints.backfill.is_some());
        (!has_value).then(|| self.missing_value(key, field))
    }
}

impl Findings {
    fn ask(&mut self, model: &ModelKey, field: Option<&FieldName>, kind: QuestionKind) {
        self.questions.push(Question { model: model.clone(), field: field.cloned(), kind });
    }

    /// Returns whether a question about the whole model exists already.
    fn has_asked_about(&self, model: &ModelKey) -> bool {
        self.questions.iter().any(|it| it.model == *model && it.field.is_none())
    }

    /// Returns whether a question exists already whether the one model is the other under a new name.
    fn asks_whether(&self, before: &ModelKey, after: &ModelKey) -> bool {
        let name = if before.app == after.app { before.name.clone() } else { before.to_string().into() };
        self.questions.iter().filter(|it| it.model == *after).any(
            |it| matches!(&it.kind, QuestionKind::RenamedModel { candidates } if candidates.contains(&name)),
        )
    }

    /// Returns whether a question about the field exists already: one mistake leads to one message.
    fn has_asked(&self, model: &ModelKey, field: &FieldName) -> bool {
        self.questions.iter().any(|it| it.model == *model && it.field.as_ref() == Some(field))
    }
}

#[cfg(test)]
mod tests;
