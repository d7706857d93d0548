//! A seed -> a sequence of edits; the sequence -> the builds of a project.

use std::sync::Arc;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::AppLabel;

use crate::answers::answer;
use crate::attributes::attributes;
use crate::builds::{Builds, Fault, Held, Tally};
use crate::edits::EDITS;
use crate::laws::Law;
use crate::names;
use crate::project::Project;
use crate::random::Random;
use crate::rewritten::RewrittenBuild;
use crate::source::{self, Refusal};
use crate::sources::{Models, Sources};
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
    pub builds: Builds,
    /// The builds that wrote a draft again, where drafts are made.
    pub rewritten: Vec<RewrittenBuild>,
    project: Project,
    tally: Tally,
    /// Which models are taken; an edit that leads to others is taken back.
    takes: fn(&Models) -> bool,
    drafts: Drafts,
}

/// Whether the project is built between two builds that are recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Drafts {
    /// It is not.
    None,
    /// After every edit; the migrations that the last such build wrote.
    Made(Vec<Migration>),
}

impl Editor {
    /// Starts a project with the apps of a sequence, held to all laws.
    pub fn new(sequence: &Sequence) -> Self {
        Self::within(sequence, Held::All, |_| true)
    }

    /// Starts a project with the apps of a sequence, whose models are always such as are taken.
    pub fn within(sequence: &Sequence, held: Held, takes: fn(&Models) -> bool) -> Self {
        Self {
            builds: Builds::new(sequence.apps.iter().cloned().collect(), held),
            rewritten: Vec::new(),
            project: Project::new(sequence.apps.iter().cloned()),
            tally: Tally::new(),
            takes,
            drafts: Drafts::None,
        }
    }

    /// Builds after edits too whose migrations are not recorded, so that the next build writes them again.
    #[must_use]
    pub fn with_drafts(self) -> Self {
        Self { drafts: Drafts::Made(Vec::new()), ..self }
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
            } else if self.drafts != Drafts::None {
                self.draft(turn.number)?;
            }
        }
        self.builds.end()?;
        for attribute in attributes(&self.builds.story.print()) {
            self.count(attribute);
        }
        let mut tally = std::mem::take(&mut self.tally);
        tally.extend(std::mem::take(&mut self.builds.tally));
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
            if is_made && edited.sources != self.project.sources && self.read(&edited.sources)?.is_some() {
                self.count(edit.name);
                self.project = edited;
                return Ok(());
            }
        }
        self.count("nothing to do");
        Ok(())
    }

    /// Reads the models as the build step does; none where the grammar refuses one that is not as it was.
    fn read(&mut self, sources: &Sources) -> Result<Option<Models>, Fault> {
        match source::whole_since(&self.project.sources, sources) {
            Ok(models) if (self.takes)(&models) => Ok(Some(models)),
            Ok(_) => {
                self.count("models that are not taken");
                Ok(None)
            }
            Err((_, Refusal::Rejected(why))) => {
                self.count(format!("refused by the grammar: {}", without_names(&why)));
                Ok(None)
            }
            Err((_, Refusal::Faulty(what))) => Err(fault(Law::Text, what)),
        }
    }

    /// Builds the project: questions are answered, and what is missing is written. What cannot be is taken back.
    fn build(&mut self, number: u64) -> Result<(), Fault> {
        let Some((sources, models, missing)) = self.answered(number)? else { return Ok(()) };
        if let Drafts::Made(draft) = &mut self.drafts
            && !draft.is_empty()
        {
            let (before, draft) = (self.builds.history.clone(), std::mem::take(draft));
            self.rewritten.push(RewrittenBuild { before, draft, now: missing.clone() });
        }
        self.builds.write(&models, missing)?;
        self.count("built");
        self.project.recorded = self.builds.history.state.clone();
        self.project.builds.push(Arc::new(sources.clone()));
        self.project.sources = sources;
        Ok(())
    }

    /// Builds the project without a record of what is written; the answers stay in the source.
    fn draft(&mut self, number: u64) -> Result<(), Fault> {
        let Some((sources, _, missing)) = self.answered(number)? else { return Ok(()) };
        self.builds.give_up();
        self.count("built as a draft");
        self.drafts = Drafts::Made(missing);
        self.project.sources = sources;
        Ok(())
    }

    /// Answers the questions of a build, which is begun then; none where the edits are taken back.
    fn answered(&mut self, number: u64) -> Result<Option<(Sources, Models, Vec<Migration>)>, Fault> {
        let mut random = Random::new(!number);
        let mut sources = tidied(self.project.sources.clone());
        for round in 0..40 {
            let Some(models) = self.read(&sources)? else {
                self.take_back("an answer that the grammar refuses");
                return Ok(None);
            };
            self.builds.begin(&sources);
            match self.builds.compare(&models) {
                Answer::Missing(missing) => return Ok(Some((sources, models, missing))),
                Answer::NotConverged(what) => return Err(fault(Law::NotConverged, what)),
                Answer::Refuses(why) => {
                    self.builds.give_up();
                    self.take_back(&format!("refused: {}", without_names(&why)));
                    return Ok(None);
                }
                Answer::Asks(questions) => {
                    self.builds.give_up();
                    self.count("asked");
                    let mut answers =
                        questions.iter().map(|question| answer(&mut random, &mut sources, question, round));
                    if answers.any(|answer| answer.is_none()) {
                        self.take_back("a question without an answer");
                        return Ok(None);
                    }
                    sources = tidied(sources);
                }
            }
        }
        let again = self.read(&sources)?.map(|models| self.builds.compare(&models));
        let what = format!("questions without end: {again:#?}");
        self.builds.begin(&sources);
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
