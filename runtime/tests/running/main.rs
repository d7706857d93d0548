//! Migrations on real SQLite files: forwards, backwards, and everything that may go wrong on the way.

#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "what goes wrong here fails the test")]

mod carried;
mod commands;
mod equal;
mod histories;
mod interruptions;
mod managed;
mod missing_columns;
mod names;
mod partial;
mod places;
mod processes;
mod rebuilds;
mod reckoned;
mod squashes;
mod stages;
mod support;
mod ways;
