//! A migration that is not done at once: stage by stage, each kept with the note that it is done.
//!
//! A stage that is a transaction is noted in it, so that it is done once, whoever else runs and wherever a run is cut
//! short. What cannot be in a transaction is noted behind it: cut short in between, it is done again by the next run.

use std::ops::Range;

use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

use super::{Run, progress};
use crate::checksum::{canonical, checksum};
use crate::error::{Error, Kept};
use crate::history::Progress;
use crate::plan::Stage;
use crate::report::{Event, Observer};
use crate::turn::Outcome;

/// What became of a stage.
enum Step {
    Done,
    /// The whole migration was done by another process.
    ByOther,
}

/// Runs the stages that are not done yet, and records the migration.
///
/// # Errors
/// As [`super::execute`]; stages that are done stay.
pub(super) async fn go(
    run: &Run<'_>,
    connection: &mut SqliteConnection,
    observer: &mut Observer,
    warnings: &mut Vec<String>,
) -> Result<Outcome, Error> {
    let stages = &run.turn.plan.stages;
    let checksum = checksum(&canonical(&run.turn.leg.migration.operations)?);
    for (done, stage) in stages.iter().enumerate() {
        let run = Run { kept: Kept::Stages { done, all: stages.len() }, ..*run };
        let turn = Staged { run: &run, stage, position: done, checksum: &checksum };
        if let Step::ByOther = turn.step(connection, observer, warnings).await? {
            return Ok(Outcome::ByOther);
        }
    }
    let run = Run { kept: Kept::Stages { done: stages.len(), all: stages.len() }, ..*run };
    let mut transaction = begin(&run, connection).await?;
    if run.is_done_by_other(&mut transaction).await? {
        rolled_back(transaction).await;
        return Ok(Outcome::ByOther);
    }
    run.record(&mut transaction).await?;
    progress::forget(&mut transaction, run.database, &run.turn.plan.id).await?;
    observer.tell(Event::Commits(run.turn.plan));
    committed(&run, transaction).await?;
    Ok(Outcome::Done)
}

struct Staged<'a> {
    run: &'a Run<'a>,
    stage: &'a Stage,
    position: usize,
    checksum: &'a str,
}

type Transaction<'a> = sqlx::Transaction<'a, sqlx::Sqlite>;

impl Staged<'_> {
    async fn step(
        &self,
        connection: &mut SqliteConnection,
        observer: &mut Observer,
        warnings: &mut Vec<String>,
    ) -> Result<Step, Error> {
        let Self { run, stage, .. } = self;
        let mut transaction = begin(run, connection).await?;
        if run.is_done_by_other(&mut transaction).await? {
            rolled_back(transaction).await;
            return Ok(Step::ByOther);
        }
        if self.done(&mut transaction).await? > self.position {
            rolled_back(transaction).await;
            return Ok(Step::Done);
        }
        let plan = run.turn.plan;
        let (actions, checks) = (part(&plan.actions, &stage.actions), part(&plan.checks, &stage.checks));
        if stage.transactional {
            run.act(&mut transaction, observer, warnings, actions, checks).await?;
        } else {
            rolled_back(transaction).await;
            run.act(connection, observer, warnings, actions, checks).await?;
            transaction = begin(run, connection).await?;
        }
        self.note(&mut transaction).await?;
        committed(run, transaction).await?;
        Ok(Step::Done)
    }

    /// Gives how many stages are done, by this run, an earlier one, or another process.
    async fn done(&self, transaction: &mut Transaction<'_>) -> Result<usize, Error> {
        let plan = self.run.turn.plan;
        let all = progress::read(transaction, self.run.database).await?;
        let Some(progress) = all.iter().find(|progress| progress.id == plan.id) else { return Ok(0) };
        let last = |stage: &Stage| (stage.operation, stage.part) == (progress.operation, progress.part);
        let position = plan.stages.iter().position(last);
        match position {
            Some(position) if progress.checksum == *self.checksum && progress.direction == plan.direction => {
                Ok(position + 1)
            }
            Some(_) | None => Err(self.run.refused(
                "it is half done, and was another one when it was begun",
                "undo the edit and migrate again; then write what is to change into another migration",
            )),
        }
    }

    /// Notes that the stage is done.
    async fn note(&self, transaction: &mut Transaction<'_>) -> Result<(), Error> {
        let plan = self.run.turn.plan;
        let progress = Progress {
            id: plan.id.clone(),
            direction: plan.direction,
            checksum: self.checksum.to_owned(),
            operation: self.stage.operation,
            part: self.stage.part,
        };
        progress::write(transaction, self.run.database, &progress).await
    }
}

fn part<'a, T>(all: &'a [T], range: &Range<usize>) -> &'a [T] {
    all.get(range.clone()).unwrap_or_default()
}

async fn begin<'c>(run: &Run<'_>, connection: &'c mut SqliteConnection) -> Result<Transaction<'c>, Error> {
    let begun = connection.begin_with("BEGIN IMMEDIATE").await;
    begun.map_err(|error| run.database.trouble("taking the write lock", error))
}

async fn committed(run: &Run<'_>, transaction: Transaction<'_>) -> Result<(), Error> {
    let committed = transaction.commit().await;
    committed.map_err(|error| run.database.trouble("committing", error))
}

/// Nothing was written, so that nothing is lost where even this fails.
async fn rolled_back(transaction: Transaction<'_>) {
    let _ = transaction.rollback().await;
}
