//! The invariants of the ground floor, by their numbers, over generated evolutions of a project.

#![allow(clippy::unwrap_used, reason = "this is test code, which fails by panicking")]

mod generate;

use std::collections::BTreeMap;

use modelshift_schema::detect::{Detection, detect};
use modelshift_schema::operation::Operation;
use modelshift_schema::optimize::optimize;
use modelshift_schema::state::ProjectState;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use generate::history::{Written, history};
use generate::{app, batches};

fn apply(mut state: ProjectState, operations: &[Operation]) -> ProjectState {
    for operation in operations {
        operation.behaviour().apply(&app(), &mut state).unwrap();
    }
    state
}

fn described(operations: &[Operation]) -> Vec<String> {
    operations.iter().map(|operation| operation.behaviour().describe()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn invariant_3_detecting_again_finds_nothing(batches in batches()) {
        for Written { after, sources, .. } in history(&batches) {
            let again = detect(&after, &sources, &app()).unwrap();
            prop_assert_eq!(again, Detection::default());
        }
    }

    #[test]
    fn invariant_4_replay_gives_the_models_and_optimizing_keeps_the_state(batches in batches()) {
        let history = history(&batches);
        let mut all = Vec::new();
        for Written { before, after, sources, operations } in &history {
            let mut wanted = ProjectState::default();
            for (key, source) in sources {
                wanted.insert(key, source.model.clone()).unwrap();
            }
            prop_assert!(after.agrees_with(&wanted));

            let fewer = optimize(&app(), operations.clone());
            prop_assert!(fewer.len() <= operations.len());
            prop_assert!(apply(before.clone(), &fewer).agrees_with(after), "{:?}", described(&fewer));
            all.extend(operations.clone());
        }
        if let Some(last) = history.last() {
            let fewer = optimize(&app(), all.clone());
            prop_assert!(fewer.len() <= all.len());
            prop_assert!(
                apply(ProjectState::default(), &fewer).agrees_with(&last.after),
                "{:#?}\nbecame {:#?}", described(&all), described(&fewer)
            );
            prop_assert_eq!(optimize(&app(), fewer.clone()), fewer, "optimizing again changes something");
        }
    }

    #[test]
    fn invariant_5_apply_then_invert_restores_the_state(batches in batches()) {
        for Written { before, operations, .. } in history(&batches) {
            let mut state = before;
            for operation in &operations {
                let inverse = operation.behaviour().invert(&app(), &state).unwrap();
                let after = apply(state.clone(), std::slice::from_ref(operation));
                let back = apply(after.clone(), std::slice::from_ref(&inverse));
                prop_assert!(back.agrees_with(&state), "{operation:?} and back by {inverse:?}\n{state:#?}\n{back:#?}");
                state = after;
            }
        }
    }

    #[test]
    fn invariant_12_same_input_same_bytes(batches in batches()) {
        let bytes = |history: &[Written]| -> Vec<String> {
            history.iter().map(|it| serde_json::to_string(&it.operations).unwrap()).collect()
        };
        let (one, other) = (history(&batches), history(&batches));
        prop_assert_eq!(bytes(&one), bytes(&other));
        for text in bytes(&one) {
            let read: Vec<Operation> = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
    }

    #[test]
    fn the_order_of_fields_never_matters(batches in batches()) {
        for Written { after, mut sources, .. } in history(&batches) {
            for source in sources.values_mut() {
                source.model.fields.reverse();
            }
            prop_assert_eq!(detect(&after, &sources, &app()).unwrap(), Detection::default());
        }
    }
}

/// Without this the properties above might hold for want of cases.
#[test]
fn the_generator_reaches_every_operation() {
    let mut runner = TestRunner::deterministic();
    let mut reached: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..300 {
        let batches = batches().new_tree(&mut runner).unwrap().current();
        for written in history(&batches) {
            for operation in &written.operations {
                *reached.entry(operation.keyword()).or_default() += 1;
                if operation.behaviour().fields().iter().any(|field| field.join().is_some()) {
                    *reached.entry("a join table").or_default() += 1;
                }
            }
        }
    }
    for keyword in [
        "CreateModel",
        "DeleteModel",
        "RenameModel",
        "AlterModelTable",
        "AlterConstraint",
        "AlterModelOptions",
        "AddField",
        "RemoveField",
        "AlterField",
        "RenameField",
        "AddIndex",
        "RemoveIndex",
        "RenameIndex",
        "AddConstraint",
        "RemoveConstraint",
        "RenameConstraint",
        "a join table",
    ] {
        assert!(reached.get(keyword).is_some_and(|count| *count >= 10), "{keyword}: {reached:?}");
    }
}
