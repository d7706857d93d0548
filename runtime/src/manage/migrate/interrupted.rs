//! A run that a signal ends: it is rolled back, and what was done and what was not is said.

use std::process::ExitCode;
use std::time::Duration;

use modelshift_schema::name::MigrationId;
use serde_json::json;

use crate::error::Error;
use crate::manage::screen::{self, BAD, FAINT, styled};
use crate::manage::{Format, Place};
use crate::migrator::Migrator;
use crate::plan::Direction;
use crate::run::status::{PartialMigration, Standing};

/// A signal that asks a process to end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signal {
    name: &'static str,
    number: u8,
}

const INTERRUPT: Signal = Signal { name: "SIGINT", number: 2 };
#[cfg(unix)]
const TERMINATE: Signal = Signal { name: "SIGTERM", number: 15 };

/// The signals that ask this process to end, from now on.
#[derive(Debug)]
pub(super) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Catches the signals, which would end the process otherwise; `None` where that is not possible.
    pub(super) fn caught() -> Option<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let (interrupt, terminate) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
        Some(Self { interrupt: interrupt.ok()?, terminate: terminate.ok()? })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => INTERRUPT,
            _ = self.terminate.recv() => TERMINATE,
        }
    }
}

#[cfg(not(unix))]
impl Signals {
    pub(super) fn caught() -> Option<Self> {
        Some(Self {})
    }

    async fn next(&mut self) -> Signal {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        INTERRUPT
    }
}

/// Waits for a signal; for ever where none is caught.
pub(super) async fn signal(signals: Option<&mut Signals>) -> Signal {
    match signals {
        Some(signals) => signals.next().await,
        None => std::future::pending().await,
    }
}

/// Ends the run on the server, says what of the plan is done, and returns the exit code of the signal.
pub(super) async fn end(
    place: &Place,
    migrator: Migrator,
    plan: &[(MigrationId, Direction)],
    signal: Signal,
) -> ExitCode {
    let mut migrator = migrator.lock_timeout(Duration::from_secs(1));
    let database = migrator.database().to_owned();
    let standing = match migrator.abort().await {
        Ok(()) => migrator.standing(plan).await,
        Err(error) => Err(error),
    };
    match place.format() {
        Format::Json => say_json(signal, standing),
        Format::Text => {
            screen::say_aside(format_args!("{} by {}", styled(BAD, "interrupted"), signal.name));
            match standing {
                Ok(standing) => say(&standing),
                Err(error) => {
                    screen::failure(error.code(), &error);
                    screen::say_aside(format_args!(
                        "`showmigrations` says what of it is done on `{database}`"
                    ));
                }
            }
        }
    }
    ExitCode::from(128 + signal.number)
}

fn say(standing: &Standing) {
    let named = |ids: &[MigrationId]| ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
    if !standing.done.is_empty() {
        screen::say_aside(format_args!("  {} {}", styled(FAINT, "done, and kept:"), named(&standing.done)));
    }
    for partial in &standing.partial {
        let PartialMigration { id, .. } = partial;
        screen::say_aside(format_args!(
            "  {} `{id}` ({partial}); run `migrate` again, which goes on behind them",
            styled(FAINT, "done in part:")
        ));
    }
    if !standing.open.is_empty() {
        let open = named(&standing.open);
        screen::say_aside(format_args!("  {} {open}", styled(FAINT, "not done, nothing is left of it:")));
    }
}

fn say_json(signal: Signal, standing: Result<Standing, Error>) {
    let answer = match standing {
        Ok(Standing { done, partial, open }) => {
            let partial: Vec<_> = partial.iter().map(screen::partial_json).collect();
            json!({ "interrupted": signal.name, "done": done, "partial": partial, "not_done": open })
        }
        Err(error) => json!({ "interrupted": signal.name, "error": error.to_string(), "code": error.code() }),
    };
    screen::say_aside(answer);
}
