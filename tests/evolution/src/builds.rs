//! The builds of a project, one after the other: what each writes, held to the laws.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::AppLabel;
use modelshift_schema::state::ProjectState;
use modelshift_syntax::{print_module, read_module};

use crate::laws::{self, Law};
use crate::source::{self, Refusal};
use crate::sources::{Models, Sources};
use crate::story::{Story, tidied};
use crate::write::{Answer, History};

/// What is written at one build.
#[derive(Clone, Debug)]
pub struct Build {
    /// The history before.
    pub history: History,
    /// The models, with every question answered.
    pub sources: Models,
    /// The apps.
    pub apps: BTreeSet<AppLabel>,
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
    /// What was written where it shows, as a person reads it.
    pub written: String,
}

impl Fault {
    /// Returns what faults have in common that differ in names only.
    pub fn kind(&self) -> (Law, String) {
        let head = self.what.lines().next().unwrap_or_default();
        (self.law, head.split('`').step_by(2).collect())
    }
}

/// How often each thing was done.
pub type Tally = BTreeMap<String, usize>;

/// Which of the laws a run is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// All of them.
    All,
    /// None but those without which nothing goes on.
    Least,
}

/// A project with repeated builds.
#[derive(Debug)]
pub struct Builds {
    /// The builds, the last of which may have failed.
    pub story: Story,
    /// What was written at them.
    pub history: History,
    /// The text of every migration, in the order of writing.
    pub texts: Vec<String>,
    /// How often each operation was written.
    pub tally: Tally,
    held: Held,
}

impl Builds {
    /// Starts a project without models.
    pub fn new(apps: BTreeSet<AppLabel>, held: Held) -> Self {
        Self {
            story: Story { apps, ..Story::default() },
            history: History::default(),
            texts: Vec::new(),
            tally: Tally::new(),
            held,
        }
    }

    /// Compares the models with the history.
    pub fn compare(&self, sources: &Models) -> Answer {
        self.history.compare(sources, &self.story.apps)
    }

    /// Begins a build. If anything fails after this, the build is part of the story.
    pub fn begin(&mut self, sources: &Sources) {
        self.story.builds.push(tidied(sources.clone()));
    }

    /// Removes the build that was begun from the story.
    pub fn give_up(&mut self) {
        self.story.builds.pop();
    }

    /// Writes the missing migrations of the build, and checks the laws.
    ///
    /// # Errors
    /// Returns the first law that does not hold.
    pub fn write(&mut self, sources: &Models, missing: Vec<Migration>) -> Result<(), Fault> {
        let before = self.history.clone();
        let mut written = Vec::new();
        for migration in missing {
            let text = print_module(&migration);
            let fault = |law, what| Fault { law, what, written: text.clone() };
            let read =
                read_module(&migration.id, &text).map_err(|error| fault(Law::Text, error.to_string()))?;
            if read != migration {
                return Err(fault(Law::Text, source::difference("it reads back with", &read, &migration)));
            }
            for operation in &migration.operations {
                *self.tally.entry(operation.keyword().to_owned()).or_default() += 1;
            }
            let pushed = self.history.push(read);
            pushed.map_err(|error| fault(Law::Replay, format!("{error}: {}", error.source)))?;
            self.texts.push(text.clone());
            written.push((migration, text));
        }
        if self.held == Held::Least {
            return Ok(());
        }
        let (sources, apps, after) = (sources.clone(), self.story.apps.clone(), self.history.state.clone());
        let build = Build { history: before, sources, apps, written, after };
        laws::of_build(&build).map_err(|(law, what)| {
            let mut written = String::new();
            for (migration, text) in &build.written {
                // Writing into a `String` cannot fail.
                let _ = write!(written, "\n{}:\n{text}", migration.id);
            }
            Fault { law, what, written }
        })
    }

    /// Ends the project.
    ///
    /// # Errors
    /// Returns the first law of a whole history that does not hold.
    pub fn end(&self) -> Result<(), Fault> {
        if self.held == Held::All { laws::of_history(&self.history) } else { Ok(()) }
    }

    /// Builds the project with models in which every question is answered.
    fn build(&mut self, sources: &Sources) -> Result<(), Fault> {
        let fault = |law, what| Err(Fault { law, what, written: String::new() });
        let before = self.story.builds.last().cloned().unwrap_or_default();
        self.begin(sources);
        let models = match source::whole_since(&before, sources) {
            Ok(models) => models,
            Err((key, Refusal::Rejected(why))) => return fault(Law::Told, format!("`{key}`: {why}")),
            Err((_, Refusal::Faulty(what))) => return fault(Law::Text, what),
        };
        match self.compare(&models) {
            Answer::Missing(missing) => self.write(&models, missing),
            Answer::Asks(questions) => {
                let asked = questions.iter().map(|question| question.message() + "\n").collect();
                fault(Law::Told, asked)
            }
            Answer::Refuses(why) => fault(Law::Told, why),
            Answer::NotConverged(what) => fault(Law::NotConverged, what),
        }
    }
}

/// Runs a story again, and returns what is written in it.
///
/// # Errors
/// Returns the first law that does not hold; one law is that the story runs to its end.
pub fn tell(story: &Story, held: Held) -> Result<Builds, Fault> {
    let mut builds = Builds::new(story.apps.clone(), held);
    story.builds.iter().try_for_each(|sources| builds.build(sources))?;
    builds.end().map(|()| builds)
}
