//! A seed -> a sequence of edits; the sequence -> the builds of a project.

use std::sync::Arc;

use modelshift_schema::name::AppLabel;

use crate::answers::answer;
use crate::chronicle::{Chronicle, Fault, Held, Tally};
use crate::edits::EDITS;
use crate::laws::Law;
use crate::names;
use crate::project::{Project, Sources};
use crate::random::Random;
use crate::source::{self, Refusal};
use crate::story::tidied;
use crate::write::Answer;

/// The most edits that a sequence has.
pub const MAX_EDITS: usize = 20;

/// One edit: a number that decides all of it, and whether the project is built after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The number.
    pub number: u64,
    /// Whether the project is built.
    pub builds: bool,
}

/// Edits of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sequence {
    /// The apps.
    pub apps: Vec<AppLabel>,
    /// The edits.
    pub turns: Vec<Turn>,
}

impl Sequence {
    /// Makes the sequence of a seed.
    pub fn of(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let apps = names::apps(&mut random);
        let count = 1 + random.below(MAX_EDITS);
        // An edit that does nothing may come first, where there are no models yet.
        let mut turn = || Turn { number: random.number(), builds: !random.one_in(3) };
        Self { apps, turns: (0..count).map(|_| turn()).collect() }
    }
}

/// Makes the edits of a sequence.
#[derive(Debug)]
pub struct Editor {
    /// What was built.
    pub chronicle: Chronicle,
    project: Project,
    tally: Tally,
}

impl Editor {
    /// Starts a project with the apps of a sequence.
    pub fn new(sequence: &Sequence) -> Self {
        Self {
            chronicle: Chronicle::new(sequence.apps.iter().cloned().collect(), Held::All),
            project: Project::new(sequence.apps.iter().cloned()),
            tally: Tally::new(),
        }
    }

    /// Makes all edits, and builds; gives how often each thing was done.
    ///
    /// # Errors
    /// The first law that does not hold.
    pub fn run(&mut self, sequence: &Sequence) -> Result<Tally, Fault> {
        for (position, turn) in sequence.turns.iter().enumerate() {
            self.edit(turn.number)?;
            if turn.builds || position + 1 == sequence.turns.len() {
                self.build(turn.number)?;
            }
        }
        self.chronicle.end()?;
        let mut tally = std::mem::take(&mut self.tally);
        tally.extend(std::mem::take(&mut self.chronicle.tally));
        tally.extend(self.project.tally.iter().map(|(what, count)| ((*what).to_owned(), *count)));
        Ok(tally)
    }

    fn count(&mut self, what: impl Into<String>) {
        *self.tally.entry(what.into()).or_default() += 1;
    }

    /// Makes one edit; one that the grammar refuses is taken back.
    fn edit(&mut self, number: u64) -> Result<(), Fault> {
        let mut random = Random::new(number);
        for _ in 0..6 {
            let Some(edit) = random.pick_weighted(EDITS, |it| it.weight) else { break };
            let mut edited = self.project.clone();
            let is_made = (edit.make)(&mut random, &mut edited).is_some();
            edited.sources = tidied(edited.sources);
            if is_made && edited.sources != self.project.sources && !self.is_refused(&edited.sources)? {
                self.count(edit.name);
                self.project = edited;
                return Ok(());
            }
        }
        self.count("nothing to do");
        Ok(())
    }

    /// Tells whether the grammar refuses a model that is not as it was.
    fn is_refused(&mut self, sources: &Sources) -> Result<bool, Fault> {
        for (key, source) in sources {
            if self.project.sources.get(key) == Some(source) {
                continue;
            }
            match source::read_back(key, source) {
                Ok(()) => {}
                Err(Refusal::Refused(why)) => {
                    self.count(format!("refused by the grammar: {}", without_names(&why)));
                    return Ok(true);
                }
                Err(Refusal::Faulty(what)) => {
                    return Err(fault(Law::Text, what));
                }
            }
        }
        Ok(false)
    }

    /// Builds the project: questions are answered, and what is missing is written. What cannot be is taken back.
    fn build(&mut self, number: u64) -> Result<(), Fault> {
        let mut random = Random::new(!number);
        let mut sources = tidied(self.project.sources.clone());
        for round in 0..40 {
            self.chronicle.begin(&sources);
            match self.chronicle.compare(&sources) {
                Answer::Missing(missing) => {
                    self.chronicle.write(&sources, missing)?;
                    self.count("built");
                    self.project.recorded = self.chronicle.history.state.clone();
                    self.project.builds.push(Arc::new(sources.clone()));
                    self.project.sources = sources;
                    return Ok(());
                }
                Answer::Astray(what) => return Err(fault(Law::Astray, what)),
                Answer::Refuses(why) => {
                    self.chronicle.give_up();
                    self.take_back(&format!("refused: {}", without_names(&why)));
                    return Ok(());
                }
                Answer::Asks(questions) => {
                    self.chronicle.give_up();
                    self.count("asked");
                    let mut answers =
                        questions.iter().map(|question| answer(&mut random, &mut sources, question, round));
                    if answers.any(|answer| answer.is_none()) {
                        self.take_back("a question without an answer");
                        return Ok(());
                    }
                    if self.is_refused(&sources)? {
                        self.take_back("an answer that the grammar refuses");
                        return Ok(());
                    }
                }
            }
        }
        let what = format!("questions without end: {:#?}", self.chronicle.compare(&sources));
        self.chronicle.begin(&sources);
        Err(fault(Law::Again, what))
    }

    /// Goes back to the last build, as a person does who gives up.
    fn take_back(&mut self, why: &str) {
        self.count(why);
        self.project.sources = self.project.builds.last().map(|it| Sources::clone(it)).unwrap_or_default();
    }
}

fn fault(law: Law, what: String) -> Fault {
    Fault { law, what, written: String::new() }
}

fn without_names(text: &str) -> String {
    text.split('`').step_by(2).collect::<Vec<_>>().join("_")
}
