//! The names of the databases that are made for tests. Only databases with such names are removed.

use std::hash::{BuildHasher, RandomState};

use modelshift_schema::hash::fingerprint;

use super::graph;
use crate::dialect::Dialect;
use crate::error::Error;
use crate::model::embedded::Migrations;
use crate::run::checksum::{canonical, checksum};

/// How the names of all of them begin.
pub(super) const PREFIX: &str = "modelshift_test_";

/// How many templates of the same apps are kept, so that somebody who changes between branches pays once for each.
pub(super) const KEPT: usize = 3;

/// The parts of names that the migrations determine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Names {
    /// The apps.
    apps: String,
    /// The state of the history.
    state: String,
}

impl Names {
    /// Returns the names for the state to which migrations lead.
    ///
    /// # Errors
    /// If the migrations are inconsistent.
    pub(super) fn of(migrations: &Migrations, dialect: Dialect) -> Result<Self, Error> {
        let mut state = format!("{} {dialect}\n", env!("CARGO_PKG_VERSION"));
        for migration in graph(migrations)?.order() {
            let operations = checksum(&canonical(&migration.operations)?);
            let (parents, children, replaced) =
                (&migration.depends_on, &migration.run_before, &migration.replaces);
            let rest = format!("{parents:?} {children:?} {replaced:?} {}", migration.atomic);
            state.extend([&migration.id.to_string(), " ", &operations, " ", &rest, "\n"]);
        }
        let mut apps: Vec<String> = migrations.apps().iter().map(ToString::to_string).collect();
        apps.sort_unstable();
        Ok(Self { apps: short(&apps.join(" "), 8), state: short(&state, 16) })
    }

    /// Returns how the names of all templates of these apps begin.
    pub(super) fn templates(&self, scope: &str) -> String {
        format!("{PREFIX}{scope}_t_{}_", self.apps)
    }

    /// Returns the name of the template.
    pub(super) fn template(&self, scope: &str) -> String {
        format!("{}{}", self.templates(scope), self.state)
    }
}

/// Returns a new name for a copy.
pub(super) fn copy(scope: &str) -> String {
    // Each state of the standard library's hasher is random.
    format!("{}{:016x}", copies(scope), RandomState::new().hash_one(std::process::id()))
}

/// Returns how the names of all copies begin.
pub(super) fn copies(scope: &str) -> String {
    format!("{PREFIX}{scope}_c_")
}

/// Returns the first digits of the hash of a text.
pub(super) fn short(text: &str, digits: usize) -> String {
    fingerprint(text.as_bytes()).chars().take(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EmbeddedMigration;

    fn names(operations: &'static str) -> Names {
        let first = EmbeddedMigration { operations, ..EmbeddedMigration::EMPTY };
        Names::of(&Migrations::new("blog", &[("0001_initial", first)]), Dialect::Postgres).unwrap()
    }

    #[test]
    fn each_state_of_the_history_has_a_template_of_its_own() {
        let (empty, other) = (names("[]"), names(r#"[{"RunSql":{"forward":"SELECT 1"}}]"#));
        assert_eq!(empty.template("s"), names("[]").template("s"));
        assert_ne!(empty.template("s"), other.template("s"));
        assert_eq!(empty.templates("s"), other.templates("s"));
        assert!(empty.template("0123abcd").len() < 60);
        assert_ne!(copy("s"), copy("s"));
        assert!(copy("s").starts_with("modelshift_test_s_c_"));
    }
}
