//! The rules of the build step, each held by real builds of a throw-away crate.

mod across;
mod applied;
mod blindness;
mod checkouts;
mod choices;
mod conditions;
mod crates;
mod data_files;
mod drafts;
mod forge;
mod hands_off;
mod historical;
mod histories;
mod layouts;
mod modes;
mod names;
mod nesting;
mod questions;
mod settling;
mod shared;

use modelshift_project::{Project, Run};

/// A model that most tests begin with.
const AUTHOR: &str = "#[derive(Model)]\npub struct Author {\n    pub id: i64,\n    pub name: String,\n}\n";

/// Makes a project with a model, not built yet.
fn project() -> Project {
    let project = Project::new(env!("CARGO_TARGET_TMPDIR"), &[]);
    project.models(AUTHOR);
    project
}

/// Makes a project whose first migration is committed.
fn begun() -> Project {
    let project = project();
    let _ = project.check().ok();
    project.commit("authors");
    project
}

/// Returns the author with more fields.
fn author_with(fields: &str) -> String {
    AUTHOR.replace("name: String,", &format!("name: String,\n    {fields}"))
}

/// Checks that the build failed and said all of this, and gives what it said.
#[track_caller]
fn fails_with(run: Run, texts: &[&str]) -> String {
    let said = run.failure();
    for text in texts {
        assert!(said.contains(text), "`{text}` is not in:\n{said}");
    }
    said
}

/// Counts the errors that a person sees, without the summary.
fn errors(said: &str) -> usize {
    let is_error = |line: &&str| line.starts_with("error") && !line.starts_with("error: could not compile");
    said.lines().filter(is_error).count()
}
