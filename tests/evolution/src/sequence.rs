//! A seed -> a sequence of edits; the sequence -> the chapters of a history, each held to the laws.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::AppLabel;
use modelshift_schema::state::ProjectState;
use modelshift_syntax::{print_module, read_module};

use crate::answers::answer;
use crate::edits::EDITS;
use crate::laws::{self, Law};
use crate::names;
use crate::project::{Project, Sources};
use crate::random::Random;
use crate::source::{self, Refusal};
use crate::write::{Answer, History};

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

/// What is written at one build.
#[derive(Clone, Debug)]
pub struct Chapter {
    /// The history before.
    pub history: History,
    /// The models, with every question answered.
    pub sources: Sources,
    /// The apps.
    pub apps: std::collections::BTreeSet<AppLabel>,
    /// The migrations as detected, each with its text.
    pub written: Vec<(Migration, String)>,
    /// The state after.
    pub after: ProjectState,
}

/// A law that did not hold.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The law.
    pub law: Law,
    /// What was found.
    pub what: String,
    /// The chapter in which it shows, as a person reads it.
    pub story: String,
}

/// How often each thing was done.
pub type Tally = BTreeMap<String, usize>;

/// Everything that a run came to.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// The text of every migration, in the order of writing.
    pub texts: Vec<String>,
    /// How often each thing was done.
    pub tally: Tally,
}

/// Which of the laws a run is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// All of them.
    All,
    /// None but those without which nothing goes on.
    Least,
}

/// Runs a sequence.
///
/// # Errors
/// The first law that does not hold.
pub fn run(sequence: &Sequence, held: Held) -> Result<Run, Fault> {
    let mut writer = Writer {
        project: Project::new(sequence.apps.iter().cloned()),
        history: History::default(),
        run: Run::default(),
        held,
    };
    for (position, turn) in sequence.turns.iter().enumerate() {
        writer.edit(turn.number)?;
        if turn.builds || position + 1 == sequence.turns.len() {
            writer.build(turn.number)?;
        }
    }
    if held == Held::All {
        laws::of_history(&writer.history)?;
    }
    let used = std::mem::take(&mut writer.project.tally);
    writer.run.tally.extend(used.into_iter().map(|(what, count)| (what.to_owned(), count)));
    Ok(writer.run)
}

struct Writer {
    project: Project,
    history: History,
    run: Run,
    held: Held,
}

impl Writer {
    fn count(&mut self, what: impl Into<String>) {
        *self.run.tally.entry(what.into()).or_default() += 1;
    }

    /// Makes one edit; one that the grammar refuses is taken back.
    fn edit(&mut self, number: u64) -> Result<(), Fault> {
        let mut random = Random::new(number);
        for _ in 0..6 {
            let Some(edit) = random.pick_weighted(EDITS, |it| it.weight) else { break };
            let mut edited = self.project.clone();
            let is_made = (edit.make)(&mut random, &mut edited).is_some();
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
            if self.project.model(key) == Some(&source.model) {
                continue;
            }
            match source::read_back(key, &source.model) {
                Ok(()) => {}
                Err(Refusal::Refused(why)) => {
                    let why = why.split('`').step_by(2).collect::<Vec<_>>().join("_");
                    self.count(format!("refused by the grammar: {why}"));
                    return Ok(true);
                }
                Err(Refusal::Faulty(what)) => {
                    return Err(Fault { law: Law::Text, what, story: String::new() });
                }
            }
        }
        Ok(false)
    }

    /// Builds the project: questions are answered, and what is missing is written. What cannot be is taken back.
    fn build(&mut self, number: u64) -> Result<(), Fault> {
        let mut random = Random::new(!number);
        let mut sources = self.project.sources.clone();
        for round in 0..40 {
            match self.history.compare(&sources, &self.project.apps) {
                Answer::Missing(migrations) => return self.write(sources, migrations),
                Answer::Asks(questions) => {
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
                Answer::Refuses(why) => {
                    let why = why.split('`').step_by(2).collect::<Vec<_>>().join("_");
                    self.take_back(&format!("refused: {why}"));
                    return Ok(());
                }
                Answer::Astray(what) => return Err(self.fault(Law::Astray, what, &sources)),
            }
        }
        let what =
            format!("questions without end: {:#?}", self.history.compare(&sources, &self.project.apps));
        Err(self.fault(Law::Again, what, &sources))
    }

    fn fault(&self, law: Law, what: String, sources: &Sources) -> Fault {
        let recorded = source::print_state(&self.history.state);
        let story = format!("recorded:\n{recorded}\nwanted:\n{}", source::print_all(sources));
        Fault { law, what, story }
    }

    /// Goes back to the last build, as a person does who gives up.
    fn take_back(&mut self, why: &str) {
        self.count(why);
        self.project.sources = self.project.builds.last().map(|it| Sources::clone(it)).unwrap_or_default();
    }

    /// Writes the migrations, reads them back, and goes on from there.
    fn write(&mut self, sources: Sources, migrations: Vec<Migration>) -> Result<(), Fault> {
        let before = self.history.clone();
        let mut written = Vec::new();
        for migration in migrations {
            let text = print_module(&migration);
            let read = match read_module(&migration.id, &text) {
                Ok(read) => read,
                Err(error) => return Err(self.fault(Law::Text, format!("{error}\n{text}"), &sources)),
            };
            if read != migration {
                let what = format!("read back as {read:#?}\ninstead of {migration:#?}\n{text}");
                return Err(self.fault(Law::Text, what, &sources));
            }
            for operation in &migration.operations {
                self.count(operation.keyword());
            }
            if let Err(error) = self.history.push(read) {
                return Err(self.fault(Law::Replay, format!("{error}: {}\n{text}", error.source), &sources));
            }
            self.run.texts.push(text.clone());
            written.push((migration, text));
        }
        self.count("built");
        if self.held == Held::All {
            let chapter = Chapter {
                history: before,
                sources: sources.clone(),
                apps: self.project.apps.clone(),
                written,
                after: self.history.state.clone(),
            };
            if let Err((law, what)) = laws::of_chapter(&chapter) {
                let mut story = source::print_state(&chapter.history.state);
                let _ = write!(story, "\nwanted:\n{}", source::print_all(&sources));
                for (migration, text) in &chapter.written {
                    let _ = write!(story, "\n{}:\n{text}", migration.id);
                }
                return Err(Fault { law, what, story: format!("recorded:\n{story}") });
            }
        }
        self.project.recorded = self.history.state.clone();
        self.project.builds.push(Arc::new(sources.clone()));
        self.project.sources = sources;
        Ok(())
    }
}
