//! A bounded run of every fuzz target: real inputs, and inputs made from them.
//!
//! `MODELSHIFT_FUZZ=100000 cargo test -p modelshift-fuzz-targets` runs more of them.

#![expect(clippy::panic, reason = "a test that cannot go on fails")]

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use modelshift::url::DatabaseUrl;
use modelshift_evolution::random::Random;
use modelshift_fuzz_targets::mutate::mutate;
use modelshift_fuzz_targets::{TARGETS, Target, seeds};
use modelshift_syntax::nesting::STACK_FOR_SOURCE;

/// The stack of the compiler's thread, on which the macros read.
const STACK: usize = 8 << 20;
/// No input takes longer than this; a reader that runs without end is told by it.
const PATIENCE: Duration = Duration::from_mins(1);

fn runs() -> usize {
    std::env::var("MODELSHIFT_FUZZ").ok().and_then(|text| text.parse().ok()).unwrap_or(1_500)
}

/// Runs a target over its seeds and what is made from them, and fails with the input that breaks it.
fn campaign(name: &str, stack: usize) {
    let target: Target = *TARGETS.iter().find(|target| target.name == name).expect("a target");
    let seeds = (target.seeds)();
    assert!(seeds.len() >= 3, "{name} has {} seeds", seeds.len());
    let (sender, receiver) = mpsc::channel();
    let reader = thread::Builder::new().stack_size(stack).spawn(move || {
        let mut random = Random::new(7);
        for run in 0..seeds.len() + runs() {
            let input = match seeds.get(run) {
                Some(seed) => seed.clone(),
                None => mutate(random.pick(&seeds.clone()).expect("a seed"), &seeds, &mut random),
            };
            sender.send(Some(input.clone())).expect("the test waits");
            (target.read)(&input);
        }
        sender.send(None).expect("the test waits");
    });
    let reader = reader.expect("a thread");
    let (mut last, mut count) = (String::new(), 0);
    loop {
        match receiver.recv_timeout(PATIENCE) {
            Ok(Some(input)) => (last, count) = (input, count + 1),
            Ok(None) => break,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                panic!("target {name}, input {count} ends badly or not at all:\n{}", shown(&last))
            }
        }
    }
    assert!(reader.join().is_ok());
    assert!(count >= runs());
}

fn shown(input: &str) -> String {
    input.chars().take(4_000).collect()
}

#[test]
fn structs() {
    campaign("structs", STACK);
}

#[test]
fn source() {
    campaign("source", STACK_FOR_SOURCE);
}

#[test]
fn migrations() {
    campaign("migrations", STACK_FOR_SOURCE);
}

#[test]
fn answers() {
    campaign("answers", STACK);
}

#[test]
fn addresses() {
    campaign("addresses", STACK);
}

#[test]
fn no_address_shows_its_secret() {
    for address in seeds::addresses() {
        let shown = match address.parse::<DatabaseUrl>() {
            Ok(url) => format!("{url} {url:?}"),
            Err(error) => format!("{error} {error:?}"),
        };
        assert!(!shown.contains(seeds::SECRET), "{shown}");
    }
}

#[test]
fn history() {
    campaign("history", 2 << 20);
}

#[test]
fn findings() {
    campaign("findings", STACK);
}

#[test]
fn every_target_has_a_file_for_libfuzzer() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/fuzz_targets");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    files.sort();
    let mut names: Vec<String> = TARGETS.iter().map(|target| format!("{}.rs", target.name)).collect();
    names.sort();
    assert_eq!(files, names);
}
