//! Waits for the lock as long as other processes make progress, and then for a limited time.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use modelshift_schema::name::MigrationId;

use super::Run;
use crate::error::{Error, ErrorKind};
use crate::run::history::{Ledger, Progress};
use crate::run::journal;
use crate::session::Session;

/// How long to wait before the second try, at most.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// How long to wait before any try, at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Returns whether an error is a lock of somebody else, so that the same may be done later.
pub(super) fn is_locked(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Locked { .. })
}

/// The progress of other processes: what the database records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    held: BTreeSet<MigrationId>,
    progress: Vec<Progress>,
}

/// How long to continue waiting.
#[derive(Debug)]
pub(super) struct Patience {
    wait: Duration,
    since: Instant,
    seen: Option<Seen>,
    tries: u32,
}

impl Patience {
    pub(super) fn new(wait: Duration) -> Self {
        Self { wait, since: Instant::now(), seen: None, tries: 0 }
    }

    /// Waits before a transaction is tried again that a lock of somebody else stopped: longer each time, up to a second, and
    /// for a random part of it, so that two that stopped each other do not meet again.
    pub(super) async fn back_off(&mut self) {
        let longest = FIRST_PAUSE.saturating_mul(1 << self.tries.min(5)).min(LONGEST_PAUSE);
        self.tries += 1;
        let random = RandomState::new().hash_one(self.tries) % 1000;
        let part = u32::try_from(random).unwrap_or_default();
        tokio::time::sleep(longest / 2 + longest / 2 * part / 1000).await;
    }

    /// Returns whether to continue waiting: the time starts again when other processes have made progress.
    pub(super) fn goes_on(&mut self, seen: Option<Seen>) -> bool {
        if seen.is_some() && seen != self.seen {
            if self.seen.is_some() {
                self.since = Instant::now();
            }
            self.seen = seen;
        }
        self.since.elapsed() < self.wait
    }
}

/// Reads what others have done; `None` if the database is locked even for reading.
///
/// # Errors
/// If the database reports an error.
pub(super) async fn look(session: &mut impl Session) -> Result<Option<Seen>, Error> {
    Ok(look_closer(session).await?.map(seen))
}

async fn look_closer(session: &mut impl Session) -> Result<Option<Ledger>, Error> {
    match journal::read_ledger(session).await {
        Ok(ledger) => Ok(Some(ledger)),
        Err(error) if matches!(error.kind(), ErrorKind::Locked { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn seen(ledger: Ledger) -> Seen {
    Seen { held: ledger.history.ids(), progress: ledger.progress }
}

/// The result of a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// Try again.
    Again,
    /// Another process has done the migration.
    DoneByOther,
}

impl Run<'_> {
    /// Checks the progress of other processes after the database was found locked.
    ///
    /// # Errors
    /// [`ErrorKind::Locked`] if no process has made progress for the time to wait.
    pub(super) async fn wait(
        &self,
        session: &mut impl Session,
        patience: &mut Patience,
    ) -> Result<Wait, Error> {
        let looked = look_closer(session).await?;
        if let Some(ledger) = &looked
            && self.is_done(ledger, session)?
        {
            return Ok(Wait::DoneByOther);
        }
        if patience.goes_on(looked.map(seen)) { Ok(Wait::Again) } else { Err(session.database().locked()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_starts_again_when_others_make_progress() {
        let mut patience = Patience::new(Duration::from_millis(40));
        let seen = |names: &[&str]| {
            let held = names.iter().map(|name| MigrationId::new("blog", *name)).collect();
            Some(Seen { held, progress: Vec::new() })
        };
        assert!(patience.goes_on(seen(&[])));
        std::thread::sleep(Duration::from_millis(50));
        assert!(patience.goes_on(seen(&["0001_initial"])));
        assert!(patience.goes_on(None));
        std::thread::sleep(Duration::from_millis(50));
        assert!(!patience.goes_on(seen(&["0001_initial"])));
        assert!(!Patience::new(Duration::ZERO).goes_on(seen(&[])));
    }
}
