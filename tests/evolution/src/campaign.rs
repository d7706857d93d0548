//! Many seeds at once, on every core; what fails is made small and told as a person would want it.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::laws::Law;
use crate::minimise::minimise;
use crate::sequence::{Fault, Held, Run, Sequence, Tally, run};

/// What many seeds came to.
#[derive(Debug, Default)]
pub struct Report {
    /// How many seeds there were.
    pub seeds: u64,
    /// How often each thing was done.
    pub tally: Tally,
    /// What failed: one seed for each law and each kind of finding, the smallest of those that were met.
    pub failures: Vec<Failure>,
}

/// A seed that fails.
#[derive(Debug)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// Other seeds that failed alike.
    pub alike: Vec<u64>,
    /// The sequence, made as short as it goes.
    pub sequence: Sequence,
    /// What it shows.
    pub fault: Fault,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, alike, sequence, fault } = self;
        writeln!(f, "seed {seed} (and alike {alike:?}), {:?}:\n{}\n{}", fault.law, fault.what, fault.story)?;
        write!(f, "by the edits {:x?}", sequence.turns)
    }
}

/// Runs a sequence; a panic is a fault as well.
///
/// # Errors
/// The first law that does not hold.
pub(crate) fn caught(sequence: &Sequence) -> Result<Run, Fault> {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let first = run(sequence, Held::All)?;
        // Every build is detected twice; from the beginning, some are enough.
        if sequence.turns.first().is_some_and(|turn| turn.number % 4 != 0) {
            return Ok(first);
        }
        let second = run(sequence, Held::Least)?;
        if first.texts == second.texts {
            return Ok(first);
        }
        let what = format!("{:#?}\nand the second time\n{:#?}", first.texts, second.texts);
        Err(Fault { law: Law::Bytes, what, story: String::new() })
    }));
    outcome.unwrap_or_else(|payload| {
        let text = payload.downcast_ref::<String>().cloned();
        let what =
            text.or_else(|| payload.downcast_ref::<&str>().map(|it| (*it).to_owned())).unwrap_or_default();
        Err(Fault { law: Law::Panic, what, story: String::new() })
    })
}

/// Tells whether every law holds for the sequence of a seed.
pub fn runs(seed: u64) -> bool {
    caught(&Sequence::of(seed)).is_ok()
}

/// Runs the sequence of every seed but some, on as many threads as there are cores.
pub fn campaign(seeds: Range<u64>, except: &[u64]) -> Report {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicU64::new(seeds.start);
    let tally = Mutex::new(Tally::new());
    let faults = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut own = Tally::new();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        break;
                    }
                    if except.contains(&seed) {
                        continue;
                    }
                    match caught(&Sequence::of(seed)) {
                        Ok(run) => add(&mut own, run.tally),
                        Err(fault) => drop(locked(&faults).insert(seed, fault)),
                    }
                }
                add(&mut locked(&tally), own);
            });
        }
    });
    let faults = faults.into_inner().unwrap_or_default();
    Report {
        seeds: seeds.end - seeds.start,
        tally: tally.into_inner().unwrap_or_default(),
        failures: failures(faults),
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A panic is caught before it could leave a lock behind.
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn add(tally: &mut Tally, other: Tally) {
    for (what, count) in other {
        *tally.entry(what).or_default() += count;
    }
}

/// Keeps one seed for each kind of finding, and makes it small.
fn failures(faults: BTreeMap<u64, Fault>) -> Vec<Failure> {
    let mut kinds: BTreeMap<(Law, String), Vec<u64>> = BTreeMap::new();
    for (seed, fault) in faults {
        // Names differ from seed to seed, the words between them do not.
        let head = fault.what.lines().next().unwrap_or_default();
        let head: String = head.split('`').step_by(2).collect();
        kinds.entry((fault.law, head)).or_default().push(seed);
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, seeds)| std::cmp::Reverse(seeds.len()));
    kinds.truncate(5);
    let mut failures = Vec::new();
    for ((law, _), mut alike) in kinds {
        let seed = alike.remove(0);
        let sequence = minimise(Sequence::of(seed), law);
        if let Err(fault) = caught(&sequence) {
            failures.push(Failure { seed, alike, sequence, fault });
        }
    }
    failures
}
