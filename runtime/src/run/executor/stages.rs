//! A migration that is not one transaction: stage by stage, each kept with the note that it is done.
//!
//! One process at a time runs such a migration, from its first stage to its record (a lock of the session). A stage that is a
//! transaction is noted in it, so that it runs once, even if a run is interrupted. What cannot be in a transaction is
//! noted before it with what the tables look like, and after it: cut short in between, the next run compares the tables
//! and knows whether it is done (`interrupted`).

use std::ops::Range;
use std::time::Duration;

use super::waiting::{Patience, Wait, is_locked};
use super::{Run, commit, try_begin};
use crate::error::{Error, Kept};
use crate::plan::{Direction, Stage};
use crate::run::checksum::{canonical, checksum};
use crate::run::history::Progress;
use crate::run::job::{Job, Outcome};
use crate::run::report::{Event, Observer};
use crate::run::{history_table, interrupted, journal};
use crate::session::{Session, Work};

/// How long to wait between two tries to take the lock.
const GLANCE: Duration = Duration::from_millis(50);

/// What is done in one transaction, under the write lock.
#[derive(Clone, Copy)]
enum Task<'a> {
    /// Find out how many stages are done.
    Look,
    /// Do the stage at this position, and note that it is done.
    Stage(usize, &'a Stage),
    /// Note that the stage at this position is done, which ran outside of any transaction.
    Note(usize, &'a Stage),
    /// Record the migration as a whole.
    Record,
}

/// What became of a task.
enum Step {
    /// So many stages are done.
    Done(usize),
    /// The stage must be outside of any transaction.
    Outside,
    /// The whole migration was done by another process.
    ByOther,
}

/// Runs the stages that are not done yet, and records the migration.
///
/// # Errors
/// As [`super::execute`]; stages that are done stay.
pub(super) async fn go(
    run: &Run<'_>,
    session: &mut impl Session,
    observer: &mut Observer,
    warnings: &mut Vec<String>,
) -> Result<Outcome, Error> {
    let checksum = checksum(&canonical(&run.job.pending.migration.operations)?);
    if !lock(run, session).await? {
        return Ok(Outcome::ByOther);
    }
    let staged = Staged { run: *run, checksum: &checksum };
    let outcome = staged.go_on(session, observer, warnings).await;
    session.unlock().await;
    outcome
}

/// Waits for the lock that is held over the whole migration; returns false where another process has done it meanwhile.
async fn lock(run: &Run<'_>, session: &mut impl Session) -> Result<bool, Error> {
    let mut patience = Patience::new(session.database().waits());
    loop {
        let taken = session.try_lock().await;
        if taken.map_err(|error| session.database().error("taking the lock", error))? {
            return Ok(true);
        }
        if run.wait(session, &mut patience).await? == Wait::DoneByOther {
            return Ok(false);
        }
        tokio::time::sleep(GLANCE).await;
    }
}

#[derive(Clone, Copy)]
struct Staged<'a> {
    run: Run<'a>,
    checksum: &'a str,
}

impl Staged<'_> {
    /// Runs the stages that are not done yet, under the lock, and records the migration.
    async fn go_on(
        self,
        session: &mut impl Session,
        observer: &mut Observer,
        warnings: &mut Vec<String>,
    ) -> Result<Outcome, Error> {
        let plan = self.run.job.plan;
        let all = plan.stages.len();
        let staged = self.having(plan.done, all, true);
        let done = match staged.perform(Task::Look, session, observer, warnings).await? {
            Step::Done(done) => done,
            Step::ByOther | Step::Outside => return Ok(Outcome::ByOther),
        };
        for (position, stage) in plan.stages.iter().enumerate().skip(done) {
            let staged = staged.having(position, all, stage.transactional);
            if !staged.run_stage(position, stage, session, observer, warnings).await? {
                return Ok(Outcome::ByOther);
            }
        }
        match staged.having(all, all, true).perform(Task::Record, session, observer, warnings).await? {
            Step::Done(_) | Step::Outside => Ok(Outcome::Done),
            Step::ByOther => Ok(Outcome::ByOther),
        }
    }

    /// Runs a stage; returns false where another process has done the migration.
    async fn run_stage(
        &self,
        position: usize,
        stage: &Stage,
        session: &mut impl Session,
        observer: &mut Observer,
        warnings: &mut Vec<String>,
    ) -> Result<bool, Error> {
        let plan = self.run.job.plan;
        let mut patience = Patience::new(session.database().waits());
        loop {
            match self.perform(Task::Stage(position, stage), session, observer, warnings).await? {
                Step::Done(_) => return Ok(true),
                Step::ByOther => return Ok(false),
                Step::Outside => {}
            }
            let Err(error) = self.act(session, observer, warnings, stage).await else {
                self.perform(Task::Note(position, stage), session, observer, warnings).await?;
                return Ok(true);
            };
            interrupted::refused(session, plan, stage).await;
            // A single statement that was refused has changed nothing, so that it may be sent again.
            let is_one = stage.actions.len() == 1 && interrupted::is_one(session.dialect(), plan, stage);
            if !is_one || !is_locked(&error) || !patience.goes_on(None) {
                return Err(error);
            }
            patience.back_off().await;
        }
    }

    /// Returns the same with what is kept if it fails from here on.
    fn having(self, done: usize, all: usize, transactional: bool) -> Self {
        let earlier = self.run.job.reverted_before();
        let (done, all) = (earlier + done, earlier + all);
        let kept = if transactional { Kept::Stages { done, all } } else { Kept::StagesAndMore { done, all } };
        Self { run: Run { kept, ..self.run }, ..self }
    }

    /// Does a task as soon as nobody else holds the write lock.
    async fn perform(
        &self,
        task: Task<'_>,
        session: &mut impl Session,
        observer: &mut Observer,
        warnings: &mut Vec<String>,
    ) -> Result<Step, Error> {
        let mut patience = Patience::new(session.database().waits());
        loop {
            match self.attempt(task, session, observer, warnings).await {
                Ok(Some(step)) => return Ok(step),
                Ok(None) => {}
                Err(error) if is_locked(&error) => patience.back_off().await,
                Err(error) => return Err(error),
            }
            if self.run.wait(session, &mut patience).await? == Wait::DoneByOther {
                return Ok(Step::ByOther);
            }
        }
    }

    /// Does a task; nothing where another process holds the write lock.
    async fn attempt(
        &self,
        task: Task<'_>,
        session: &mut impl Session,
        observer: &mut Observer,
        warnings: &mut Vec<String>,
    ) -> Result<Option<Step>, Error> {
        if !try_begin(session).await? {
            return Ok(None);
        }
        match self.inside(task, session, observer, warnings).await {
            Ok(Some(step)) => {
                commit(session).await?;
                Ok(Some(step))
            }
            Ok(None) => {
                session.rollback().await;
                Ok(Some(Step::ByOther))
            }
            Err(error) => {
                session.rollback().await;
                Err(error)
            }
        }
    }

    /// Does a task in the transaction; nothing where another process has done the migration.
    async fn inside(
        &self,
        task: Task<'_>,
        session: &mut impl Session,
        observer: &mut Observer,
        warnings: &mut Vec<String>,
    ) -> Result<Option<Step>, Error> {
        let run = &self.run;
        if matches!(task, Task::Look) {
            history_table::create(session).await?;
            journal::prepare(session).await?;
        }
        let Some(done) = self.done(session).await? else { return Ok(None) };
        Ok(Some(match task {
            Task::Look => Step::Done(done),
            Task::Stage(position, _) | Task::Note(position, _) if position != done => {
                return Err(run.moved(session));
            }
            Task::Stage(position, stage) if !stage.transactional => {
                return self.begin_outside(session, position, stage).await.map(Some);
            }
            Task::Stage(position, stage) => {
                self.act(session, observer, warnings, stage).await?;
                self.note(session, position, stage).await?;
                Step::Done(position + 1)
            }
            Task::Note(position, stage) => {
                self.note(session, position, stage).await?;
                interrupted::clear(session, run.job.plan).await?;
                Step::Done(position + 1)
            }
            Task::Record => {
                let is_noted = journal::is_noted(session).await?;
                run.record(session, is_noted).await?;
                // The place of a function that was begun, and is not to be done any more.
                interrupted::clear(session, run.job.plan).await?;
                observer.tell(Event::Commits(run.job.plan));
                Step::Done(done)
            }
        }))
    }

    /// Notes that a stage is about to be run outside of any transaction; one that an earlier run did is noted as done.
    async fn begin_outside(
        &self,
        session: &mut impl Session,
        position: usize,
        stage: &Stage,
    ) -> Result<Step, Error> {
        let plan = self.run.job.plan;
        if !interrupted::is_noted(session.dialect()) {
            return Ok(Step::Outside);
        }
        match interrupted::find(session, plan, stage).await? {
            interrupted::Found::NotDone => {
                interrupted::note(session, plan, stage).await?;
                Ok(Step::Outside)
            }
            interrupted::Found::Done => {
                self.note(session, position, stage).await?;
                interrupted::clear(session, plan).await?;
                Ok(Step::Done(position + 1))
            }
            interrupted::Found::Unknown => Err(self.run.refused(
                "an earlier run was interrupted in its SQL, which has several statements of which some may be done",
                &format!(
                    "see which of them are done, and revert those by hand; then delete the row of `{}` in the table `{}`, \
                     and migrate again, which runs all of them",
                    plan.id,
                    interrupted::STAGE
                ),
            )),
        }
    }

    async fn act(
        &self,
        session: &mut impl Session,
        observer: &mut Observer,
        warnings: &mut Vec<String>,
        stage: &Stage,
    ) -> Result<(), Error> {
        let plan = self.run.job.plan;
        let (actions, checks) = (part(&plan.actions, &stage.actions), part(&plan.checks, &stage.checks));
        self.run.act(session, observer, warnings, Work { actions, checks }).await
    }

    /// Returns how many stages are done, by this run or an earlier one; nothing where another process has done the migration.
    ///
    /// Other stages than those that the plan knows of mean that another run changed the database.
    async fn done(&self, session: &mut impl Session) -> Result<Option<usize>, Error> {
        let Job { pending, plan, .. } = self.run.job;
        let (names, is_noted) = history_table::names(session).await?;
        let progress = if is_noted { journal::read(session).await? } else { Vec::new() };
        let own = progress.into_iter().find(|it| it.id == plan.id);
        let is_of_this_way = own.as_ref().is_none_or(|it| it.direction == plan.direction);
        // The rows of the history are read where its names are not as they were: there may be many, at each stage.
        let noted = if is_of_this_way && self.run.is_as_expected(&names) {
            own
        } else {
            let ledger = journal::read_inside(session).await?;
            if self.run.is_done(&ledger, session)? {
                return Ok(None);
            }
            ledger.partials().remove(&plan.id)
        };
        match (noted, &pending.partial) {
            (None, None) => Ok(Some(0)),
            (Some(noted), Some(recorded)) if noted == *recorded => Ok(Some(plan.done)),
            (Some(noted), _) if noted.direction == plan.direction && noted.checksum == *self.checksum => {
                let is_last = |stage: &Stage| (stage.operation, stage.part) == (noted.operation, noted.part);
                let last = plan.stages.iter().position(is_last);
                last.map(|last| Some(last + 1)).ok_or_else(|| self.run.moved(session))
            }
            (None | Some(_), _) => Err(self.run.moved(session)),
        }
    }

    /// Notes that the stage at this position is done.
    async fn note(&self, session: &mut impl Session, position: usize, stage: &Stage) -> Result<(), Error> {
        let Job { pending, plan, .. } = self.run.job;
        let progress = Progress {
            id: plan.id.clone(),
            direction: plan.direction,
            checksum: self.checksum.to_owned(),
            migration: Some(pending.migration.clone()),
            operation: stage.operation,
            part: stage.part,
            parts: plan.stages.iter().filter(|other| other.operation == stage.operation).count(),
            done: self.run.job.reverted_before() + position + 1,
            stages: self.run.job.reverted_before() + plan.stages.len(),
        };
        // What was reverted in part, and is applied again, is no longer applied as a whole.
        if plan.direction == Direction::Forward && pending.partial.is_some() {
            history_table::delete(session, &plan.id).await?;
        }
        journal::write(session, &progress).await
    }
}

/// Returns the part of a plan at these positions.
pub(super) fn part<'a, T>(all: &'a [T], range: &Range<usize>) -> &'a [T] {
    all.get(range.clone()).unwrap_or_default()
}
