//! Many seeds at once, on every core; what fails is made small and told as a person would want it.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::builds::{Fault, Held, Tally, tell};
use crate::laws::Law;
use crate::minimise::{fails, minimise, minimise_story};
use crate::sequence::{Editor, Sequence};
use crate::story::Story;

/// What many seeds came to.
#[derive(Debug, Default)]
pub struct Report {
    /// How many seeds there were.
    pub seeds: u64,
    /// How often each thing was done.
    pub tally: Tally,
    /// What failed: one seed for each law and each kind of finding.
    pub failures: Vec<Failure>,
}

/// A seed that fails.
#[derive(Debug)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// Other seeds that failed alike.
    pub alike: Vec<u64>,
    /// What happened, with as little in it as still fails.
    pub story: Story,
    /// What it shows.
    pub fault: Fault,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, alike, story, fault: Fault { law, what, written } } = self;
        writeln!(f, "seed {seed} (and alike {alike:?}), {law:?}:\n{what}\n{written}")?;
        write!(f, "the story, to be kept as a file of `tests/evolution/found`:\n\n{}", story.print())
    }
}

/// A sequence that fails, and what happened up to there.
#[derive(Debug)]
pub(crate) struct Failed {
    pub fault: Fault,
    pub story: Story,
}

/// Runs a sequence; a panic is a fault as well.
pub(crate) fn caught(sequence: &Sequence) -> Result<Tally, Box<Failed>> {
    let mut editor = Editor::new(sequence);
    let outcome = unwound(AssertUnwindSafe(|| {
        let tally = editor.run(sequence)?;
        told_again(&editor.builds.story, &editor.builds.texts).map(|()| tally)
    }));
    outcome.map_err(|fault| Box::new(Failed { fault, story: editor.builds.story }))
}

/// Describes a story; a panic is a fault as well.
///
/// # Errors
/// The first law that does not hold.
pub fn told(story: &Story) -> Result<(), Fault> {
    unwound(AssertUnwindSafe(|| told_again(story, &tell(story, Held::All)?.texts)))
}

/// Whoever reads the story has the same migrations.
fn told_again(story: &Story, texts: &[String]) -> Result<(), Fault> {
    let fault = |law, what| Fault { law, what, written: String::new() };
    let text = story.print();
    let read = Story::read(&text).map_err(|what| fault(Law::Text, what))?;
    if read != *story {
        return Err(fault(
            Law::Text,
            format!("the story reads back as\n{}\ninstead of\n{text}", read.print()),
        ));
    }
    let second = tell(&read, Held::Least)?.texts;
    if second == texts {
        return Ok(());
    }
    Err(fault(Law::Bytes, format!("{texts:#?}\nand the second time\n{second:#?}")))
}

fn unwound<T>(run: AssertUnwindSafe<impl FnOnce() -> Result<T, Fault>>) -> Result<T, Fault> {
    catch_unwind(run).unwrap_or_else(|payload| {
        let text = payload.downcast_ref::<String>().cloned();
        let what =
            text.or_else(|| payload.downcast_ref::<&str>().map(|it| (*it).to_owned())).unwrap_or_default();
        Err(Fault { law: Law::Panic, what, written: String::new() })
    })
}

/// Runs the sequence of every seed, on as many threads as there are cores.
pub fn campaign(seeds: Range<u64>) -> Report {
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
                    match caught(&Sequence::of(seed)) {
                        Ok(tally) => add(&mut own, tally),
                        Err(failed) => drop(locked(&faults).insert(seed, failed.fault.kind())),
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
fn failures(faults: BTreeMap<u64, (Law, String)>) -> Vec<Failure> {
    let mut kinds: BTreeMap<(Law, String), Vec<u64>> = BTreeMap::new();
    for (seed, kind) in faults {
        kinds.entry(kind).or_default().push(seed);
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, seeds)| std::cmp::Reverse(seeds.len()));
    kinds.truncate(5);
    let mut failures = Vec::new();
    for ((law, _), mut alike) in kinds {
        let seed = alike.remove(0);
        let Err(failed) = caught(&minimise(Sequence::of(seed), law)) else { continue };
        let Failed { mut fault, mut story } = *failed;
        story = minimise_story(story, |it| fails(it, law));
        story.shows = format!("What seed {seed} found.");
        // A story that holds when it is told shows what only the edits show.
        fault = told(&story).err().unwrap_or(fault);
        failures.push(Failure { seed, alike, story, fault });
    }
    failures
}
