//! A code forge: repositories, the talk about them, and the machines that build them, each an app of its own; people
//! and organisations lie in the crate `accounts`.
//!
//! The models are as they are today. How they came to be so is in the folders `migrations`: every file there was
//! written by the build after an edit of the models, but for the few that say otherwise in their first line.

pub mod ci;
pub mod code;
mod service;
pub mod tracker;

use modelshift::Migrations;

pub use self::service::run;

/// Returns the migrations of all apps, those of the crate `accounts` included.
pub fn migrations() -> Migrations {
    let own = code::migrations::all().and(tracker::migrations::all()).and(ci::migrations::all());
    accounts::migrations::all().and(own)
}
