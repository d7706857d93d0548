//! What a failed migration left behind, and what was edited after it was applied.

use std::fmt;

use modelshift_schema::name::MigrationId;

/// The part of a failed migration that was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Nothing, since the migration was one transaction.
    Nothing,
    /// Nothing of any migration of the run, since the run was one transaction.
    NothingOfRun,
    /// Some of its stages, since it is not one transaction.
    Stages {
        /// The number of stages that are done.
        done: usize,
        /// The number of stages.
        all: usize,
    },
    /// Some of its stages, and a part of the failed stage, since that runs outside of a transaction.
    StagesAndMore {
        /// The number of stages that are done.
        done: usize,
        /// The number of stages.
        all: usize,
    },
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing of this migration was kept"),
            Self::NothingOfRun => f.write_str("nothing of this run was kept, since it was one transaction"),
            Self::Stages { done, all } => write!(
                f,
                "{done} of its {all} stages are done and kept, since it is not one transaction (`atomic = false`); \
                 the next run continues behind them"
            ),
            Self::StagesAndMore { done, all } => write!(
                f,
                "{done} of its {all} stages are done and kept, since it is not one transaction (`atomic = false`), and \
                 so is what this stage did before it failed, since it runs outside of any transaction; the next run \
                 begins with this stage again"
            ),
        }
    }
}

/// When a hook of the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookOrder {
    /// Before the first statement of a migration.
    Before,
    /// When a migration is done, and recorded.
    After,
}

impl HookOrder {
    pub(super) fn state(self) -> &'static str {
        match self {
            Self::Before => "not begun",
            Self::After => "done and kept",
        }
    }
}

impl fmt::Display for HookOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Before => "before",
            Self::After => "after",
        })
    }
}

/// A migration that was edited after it was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditedMigration {
    /// The migration.
    pub id: MigrationId,
    /// A description of each operation that differs.
    pub differences: Vec<String>,
    /// The command that reverts the applied form.
    pub way_out: String,
}

/// Describes the edits of applied migrations, each with its remedy.
pub(super) fn edited(database: &str, migrations: &[EditedMigration]) -> String {
    let mut lines = Vec::new();
    for EditedMigration { id, differences, way_out } in migrations {
        lines.push(format!(
            "migration `{id}` was edited after it was applied to `{database}`: {}; undo the edit, or revert the applied \
             form and apply the edited one: `{way_out}`, which first shows what would be lost",
            differences.join(", ")
        ));
    }
    lines.join("\n")
}
