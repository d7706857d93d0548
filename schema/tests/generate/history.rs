//! Edits -> the history that the detector makes of them, its questions answered.

use modelshift_schema::detect::{Detection, detect};
use modelshift_schema::error::DetectError;
use modelshift_schema::expr::Expr;
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::hints::FieldHints;
use modelshift_schema::model::Model;
use modelshift_schema::name::ModelKey;
use modelshift_schema::operation::Operation;
use modelshift_schema::question::{Question, QuestionKind};
use modelshift_schema::state::ProjectState;

use super::edit::edit;
use super::{Edit, Sources, app};

/// One migration: the states around it, the models that it leads to, and its operations.
pub(crate) struct Written {
    pub(crate) before: ProjectState,
    pub(crate) after: ProjectState,
    pub(crate) sources: Sources,
    pub(crate) operations: Vec<Operation>,
}

/// Makes the history. A batch that leads to models which do not hold together is undone, as a person would.
pub(crate) fn history(batches: &[Vec<Edit>]) -> Vec<Written> {
    let mut state = ProjectState::default();
    let mut sources = Sources::new();
    let mut history = Vec::new();
    for batch in batches {
        let mut edited = sources.clone();
        for (position, numbers) in batch.iter().enumerate() {
            let previous = edited.clone();
            edit(&mut edited, &state, *numbers);
            // An edit that breaks the models is taken back, unless the batch can still mend it.
            if position + 1 == batch.len() && is_refused(&state, &edited) {
                edited = previous;
            }
        }
        let Some(operations) = write(&state, &mut edited) else { continue };
        let mut after = state.clone();
        for operation in &operations {
            operation.behaviour().apply(&app(), &mut after).unwrap();
        }
        sources = edited.clone();
        history.push(Written { before: state, after: after.clone(), sources: edited, operations });
        state = after;
    }
    history
}

fn is_refused(state: &ProjectState, sources: &Sources) -> bool {
    detect(state, sources, &app()).is_err()
}

/// Detects, answering every question; nothing where the models do not hold together.
fn write(state: &ProjectState, sources: &mut Sources) -> Option<Vec<Operation>> {
    for round in 0..50 {
        match detect(state, sources, &app()) {
            Ok(Detection { operations, questions, .. }) if questions.is_empty() => return Some(operations),
            Ok(found) => found.questions.iter().for_each(|question| answer(sources, question, round)),
            Err(error @ DetectError::Astray { .. }) => {
                let models = state.models().map(|(key, model)| (key, model.as_ref()));
                panic!("{error}\nrecorded:\n{}\nwanted:\n{}", short(models), short_sources(sources))
            }
            Err(_) => return None,
        }
    }
    panic!("questions do not end: {:#?}", detect(state, sources, &app()));
}

/// Answers by an attribute: a rename in the first round, something new in later ones.
fn answer(sources: &mut Sources, question: &Question, round: usize) {
    let source = sources.get_mut(&question.model).unwrap();
    let hints = question.field.as_ref().map(|field| source.hints.fields.entry(field.clone()).or_default());
    match (&question.kind, hints) {
        (QuestionKind::NewNotNull(_) | QuestionKind::NullToNotNull(_), Some(hints)) => {
            hints.backfill = Some(Expr::int(7));
        }
        (QuestionKind::RenamedField { candidates, .. }, Some(hints)) if round == 0 => {
            hints.renamed_from = Some(candidates[0].clone());
        }
        (QuestionKind::RemovedChoice { gone, came, kept, .. }, Some(hints)) => match (came.first(), kept) {
            (Some(came), _) if round == 0 => {
                hints.choices.moves.renamed.push((gone.clone(), came.clone()));
            }
            (None, Some(kept)) if gone.len() % 2 == 0 => {
                hints.choices.moves.removed.push((gone.clone(), kept.clone()));
            }
            (Some(_) | None, _) => hints.choices.unused.push(gone.clone()),
        },
        (QuestionKind::RenamedModel { candidates }, _) if round == 0 => {
            source.hints.renamed_from = Some(candidates[0].clone());
        }
        (_, Some(hints)) => *hints = FieldHints { renamed_from: None, new: true, ..hints.clone() },
        (_, None) => {
            source.hints.renamed_from = None;
            source.hints.new = true;
        }
    }
}

/// Spells models shortly, for messages of failing tests.
pub(crate) fn short<'a>(models: impl Iterator<Item = (&'a ModelKey, &'a Model)>) -> String {
    let line = |(key, model): (&ModelKey, &Model)| {
        let fields: Vec<String> = model.fields.iter().map(short_field).collect();
        let indexes = model
            .indexes
            .iter()
            .map(|it| format!("{} {:?}", it.name.as_ref().map_or("-", |it| it.as_str()), it.field_names()));
        let constraints = model
            .constraints
            .iter()
            .map(|it| format!("{} {:?}", it.name().map_or("-", |it| it.as_str()), it.field_names()));
        let objects: Vec<String> = indexes.chain(constraints).collect();
        format!("{key} {:?}: {} | {}", model.table, fields.join(", "), objects.join(" | "))
    };
    models.map(line).collect::<Vec<_>>().join("\n")
}

fn short_field(field: &Field) -> String {
    let kind = match &field.kind {
        FieldKind::Column(column_type) => format!("{column_type:?}"),
        FieldKind::ForeignKey(relation) => format!(">{}", relation.to.name),
        FieldKind::ManyToMany(relation) => format!("*{}", relation.to.name),
    };
    let flags =
        [(field.null, "?"), (field.primary_key, "key"), (field.unique, "unique"), (field.index, "index")];
    let flags: Vec<&str> = flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag).collect();
    let column = field.column.as_ref().map_or(String::new(), |column| format!(" col={column}"));
    let default = field.default.as_ref().map_or(String::new(), |default| format!(" default={default:?}"));
    let given = match (&field.generated, &field.identity) {
        (None, None) => String::new(),
        (generated, identity) => format!(" {generated:?} {identity:?}"),
    };
    format!("{} {kind} {}{column}{default}{given}", field.name, flags.join(" "))
}

fn short_sources(sources: &Sources) -> String {
    let models = short(sources.iter().map(|(key, source)| (key, &source.model)));
    let hints: Vec<String> =
        sources.iter().map(|(key, source)| format!("{key} {:?}", source.hints)).collect();
    format!("{models}\n{}", hints.join("\n"))
}
