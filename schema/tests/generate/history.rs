//! Edits -> the history that the detector makes of them, its questions answered.

use modelshift_schema::detect::{Detection, detect};
use modelshift_schema::error::DetectError;
use modelshift_schema::expr::Expr;
use modelshift_schema::hints::FieldHints;
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
            Err(error @ DetectError::Astray { .. }) => panic!("{error}\n{state:#?}\n{sources:#?}"),
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
