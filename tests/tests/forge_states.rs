//! The states that the example `forge` went through: detector, optimizer, squasher and files on models that a person made.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::path::Path;

use modelshift_schema::detect::project::{MigrationDraft, detect_project};
use modelshift_schema::error::StateError;
use modelshift_schema::expr::Expr;
use modelshift_schema::field::Field;
use modelshift_schema::graph::Graph;
use modelshift_schema::hints::{ModelHints, SourceModel};
use modelshift_schema::migration::Migration;
use modelshift_schema::name::{FieldName, ModelKey};
use modelshift_schema::question::{Question, QuestionKind};
use modelshift_schema::replay::advance;
use modelshift_schema::squash::{SquashError, squash_apart};
use modelshift_schema::state::ProjectState;
use modelshift_syntax::{print_module, read_module, trailer};

type Sources = BTreeMap<ModelKey, SourceModel>;

fn graph() -> Graph {
    Graph::new(forge::migrations().load().unwrap()).unwrap()
}

/// Returns every state of the history, the empty one first.
fn states(graph: &Graph) -> Vec<ProjectState> {
    let mut states = vec![ProjectState::default()];
    for migration in graph.order() {
        let mut state = states.last().unwrap().clone();
        advance(&mut state, migration).unwrap();
        states.push(state);
    }
    states
}

fn sources(state: &ProjectState) -> Sources {
    let source = |model: &modelshift_schema::model::Model| SourceModel {
        model: model.clone(),
        hints: ModelHints::default(),
    };
    state.models().map(|(key, model)| (key.clone(), source(model))).collect()
}

/// Answers as somebody who knows that nothing was renamed, and that any value will do.
fn answer(sources: &mut Sources, question: &Question) {
    let source = sources.get_mut(&question.model).unwrap();
    let (model, hints) = (&source.model, &mut source.hints);
    // A reference holds keys of whatever type.
    let value = |field: &FieldName| {
        model.field(field).and_then(Field::neutral_value).unwrap_or_else(|| Expr::Raw("7".to_owned()))
    };
    match (&question.kind, &question.field) {
        (QuestionKind::RenamedModel { .. }, _) => hints.new = true,
        (QuestionKind::RenamedField { missing, .. }, Some(field)) => {
            let hints = hints.fields.entry(field.clone()).or_default();
            hints.new = true;
            hints.backfill = missing.as_ref().map(|_| value(field));
        }
        (QuestionKind::RemovedChoice { gone, .. }, Some(field)) => {
            hints.fields.entry(field.clone()).or_default().choices.unused.push(gone.clone());
        }
        (QuestionKind::NewNotNull(_) | QuestionKind::NullToNotNull(_), Some(field)) => {
            hints.fields.entry(field.clone()).or_default().backfill = Some(value(field));
        }
        (QuestionKind::MovedField(moved), Some(field)) => {
            let hints = hints.fields.entry(field.clone()).or_default();
            hints.new = true;
            hints.backfill = moved.missing.as_ref().map(|_| value(field));
        }
        (QuestionKind::TakenName(taken), Some(field)) => {
            let hints = hints.fields.entry(field.clone()).or_default();
            hints.keep_values = taken.can_keep;
            if !taken.can_keep {
                (hints.new, hints.renamed_from) = (true, Some(taken.candidates[0].as_str().into()));
            }
        }
        (QuestionKind::OtherTarget(other), Some(field)) => {
            let hints = hints.fields.entry(field.clone()).or_default();
            hints.new = true;
            hints.was = Some(other.was.clone());
            hints.backfill = other.missing.as_ref().map(|_| value(field));
        }
        (kind, field) => panic!("nobody said that anything was renamed: {field:?} {kind:?}"),
    }
}

/// Returns what leads from one state to another.
fn way(from: &ProjectState, to: &ProjectState) -> Vec<MigrationDraft> {
    let mut sources = sources(to);
    let apps = from.models().chain(to.models()).map(|(key, _)| key.app.clone()).collect();
    for _ in 0..10 {
        let found = detect_project(from, &sources, &apps);
        assert!(found.errors.is_empty(), "{:#?}", found.errors);
        let questions: Vec<Question> = found.questions.into_values().flatten().collect();
        if questions.is_empty() {
            return found.pieces;
        }
        for question in &questions {
            answer(&mut sources, question);
        }
    }
    panic!("the questions do not end");
}

fn arrives(from: &ProjectState, to: &ProjectState, what: &str) {
    let mut state = from.clone();
    for piece in way(from, to) {
        for operation in &piece.operations {
            let done = operation.behaviour().apply(&piece.app, &mut state);
            done.unwrap_or_else(|error| panic!("{what}: {}: {error}", operation.behaviour().describe()));
        }
    }
    assert!(state.is_equivalent_to(to), "{what}: {:#?}", way(&state, to));
    assert_eq!(way(&state, to), [], "{what}");
}

#[test]
fn invariant_3_from_every_point_of_a_history_there_is_one_way_to_its_end_and_back() {
    let graph = graph();
    let states = states(&graph);
    let last = states.last().unwrap();
    for (number, state) in states.iter().enumerate() {
        arrives(state, last, &format!("from {number} to the end"));
        arrives(last, state, &format!("from the end to {number}"));
    }
}

#[test]
fn invariant_4_a_squash_of_any_beginning_or_end_keeps_the_state() {
    let graph = graph();
    let last = graph.state().unwrap();
    let all: Vec<Migration> = graph.order().into_iter().cloned().collect();
    let (mut made, mut cut, mut refused) = (0, 0, 0);
    for app in graph.apps() {
        let own: Vec<&Migration> = all.iter().filter(|it| it.id.app == *app).collect();
        let end = &graph.leaves(app)[0];
        let beginnings = own.iter().map(|it| (None, &it.id));
        let ends = own.iter().map(|it| (Some(&it.id), *end));
        for (first, to) in beginnings.chain(ends) {
            let parts = match squash_apart(&graph, first, to, None) {
                Ok(squashed) => squashed.migrations,
                // One of two branches, or a cut behind every migration.
                Err(SquashError::Branch { .. } | SquashError::Circle { .. }) => {
                    refused += 1;
                    continue;
                }
                Err(error) => panic!("{first:?} to {to}: {error}"),
            };
            made += parts.len();
            cut += usize::from(parts.len() > 1);
            for one in &parts {
                let replaced = own.iter().filter(|it| one.replaces.contains(&it.id));
                let before: usize = replaced.map(|it| it.operations.len()).sum();
                assert!(one.operations.len() <= before, "{}", one.id);
            }
            let squashed = Graph::new(all.iter().chain(&parts).cloned().collect()).unwrap();
            let state = squashed.state().unwrap_or_else(|error| panic!("{to}: {error}: {}", error.source));
            assert!(state.is_equivalent_to(&last), "{to}");
        }
    }
    // Where apps refer to each other back and forth, no one migration can stand for all, and several do.
    assert!(made > 100 && cut > refused, "{made} made, {cut} of the ranges cut, {refused} refused");
}

#[test]
fn invariant_5_every_operation_leads_back_where_it_came_from() {
    let graph = graph();
    let mut state = ProjectState::default();
    for migration in graph.order() {
        for operation in &migration.operations {
            let before = state.clone();
            let (app, behaviour) = (&migration.id.app, operation.behaviour());
            let inverse = behaviour.invert(app, &before);
            behaviour.apply(app, &mut state).unwrap();
            let inverse = match inverse {
                Ok(inverse) => inverse,
                Err(StateError::Irreversible { .. }) => continue,
                Err(error) => panic!("{}: {error}", migration.id),
            };
            let mut back = state.clone();
            inverse.behaviour().apply(app, &mut back).unwrap();
            assert!(back.is_equivalent_to(&before), "{}: {}", migration.id, behaviour.describe());
        }
    }
}

#[test]
fn invariant_2_every_file_is_printed_as_it_was_written() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/forge");
    let mut intact = 0;
    for migration in forge::migrations().load().unwrap() {
        let source = match migration.id.app.as_str() {
            "accounts" => "accounts/src".to_owned(),
            app => format!("src/{app}"),
        };
        let file = example.join(source).join("migrations").join(format!("{}.rs", migration.id.module()));
        let text = std::fs::read_to_string(&file).unwrap();
        let read = read_module(&migration.id, &text).unwrap();
        assert_eq!(read, migration, "the compiler and the build script read one thing");
        let printed = print_module(&read);
        assert_eq!(read_module(&migration.id, &printed).unwrap(), migration);
        if trailer::is_intact(&text) {
            intact += 1;
            // The first line describes the operations, which earlier versions worded in another way.
            let (head, body) = printed.split_once('\n').unwrap();
            let text = trailer::without(&text);
            let (earlier, written) = text.split_once('\n').unwrap();
            assert!(head.starts_with("//! ") && earlier.starts_with("//! "), "{}", migration.id);
            assert_eq!(body, written, "{}", migration.id);
        }
    }
    assert!(intact > 80, "{intact}");
}
