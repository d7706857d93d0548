//! What the tests of the whole need: throw-away crates built by a real cargo, and real database servers.

#![forbid(unsafe_code)]
#![expect(clippy::panic, reason = "a test that cannot go on fails")]

pub mod backend;
pub mod cases;
pub mod database;
pub mod place;
pub mod rows;
pub mod servers;
pub mod shape;
pub mod survivors;
pub mod trial;
pub mod walk;
