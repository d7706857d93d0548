//! Migrations on real SQLite files: forwards, backwards, and everything that may go wrong on the way.

#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "what goes wrong here fails the test")]

mod carried;
mod commands;
mod computed;
mod equal;
mod faked;
mod histories;
mod interruptions;
mod managed;
mod missing_columns;
mod names;
mod options;
mod partial;
mod places;
mod pools;
mod processes;
mod rebuilds;
mod squashes;
mod stages;
mod support;
mod ways;
