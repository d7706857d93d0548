//! The fuzz targets: every reader of external text, with the rules for its results.
//!
//! No input may make a reader panic, overflow the stack or run forever, and an accepted input must be the same after it is
//! printed and read again. `fuzz/` runs the targets under libFuzzer, `tests/bounded.rs` runs a bounded number of
//! inputs, made from real ones, in every test run.

#![forbid(unsafe_code)]

pub mod mutate;
pub mod readers;
pub mod seeds;

/// A reader, with real inputs.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name, as that of its file in `fuzz/fuzz_targets`.
    pub name: &'static str,
    /// Passes an input to the reader, and checks the rules.
    pub read: fn(&str),
    /// Returns real inputs.
    pub seeds: fn() -> Vec<String>,
}

/// All targets.
pub const TARGETS: [Target; 7] = [
    Target { name: "structs", read: readers::structs, seeds: seeds::structs },
    Target { name: "source", read: readers::source, seeds: seeds::source },
    Target { name: "migrations", read: readers::migrations, seeds: seeds::migrations },
    Target { name: "answers", read: readers::answers, seeds: seeds::answers },
    Target { name: "addresses", read: readers::addresses, seeds: seeds::addresses },
    Target { name: "history", read: readers::history, seeds: seeds::history },
    Target { name: "findings", read: readers::findings, seeds: seeds::findings },
];

/// Passes bytes to the reader of a target; bytes that are not UTF-8 are replaced.
///
/// # Panics
/// If there is no such target, or if the reader breaks a rule.
pub fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    let target = target.unwrap_or_else(|| unreachable!("there is no target `{name}`"));
    (target.read)(&String::from_utf8_lossy(bytes));
}
