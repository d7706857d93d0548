//! Plans of migrations, as values. A plan is complete before its first statement runs (invariant 8).

mod data_call;
mod form;
pub mod statement;
mod table_copy;

use std::fmt;
use std::ops::Range;

use modelshift_schema::name::{MigrationId, TableName};

pub use self::data_call::{DataCall, FileLoad};
use self::statement::Statement;
pub use self::table_copy::{CopiedValue, TableCopy};

/// Whether a migration is applied or reverted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The migration is applied.
    Forward,
    /// The migration is reverted.
    Backward,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Forward => "forwards",
            Self::Backward => "backwards",
        })
    }
}

/// One action of a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Run a statement.
    Execute(Statement),
    /// Run a statement if a query returns a row.
    ExecuteIf {
        /// The query.
        probe: Statement,
        /// The statement.
        statement: Statement,
    },
    /// Run a query that must return no rows at this point; its `why` describes what a row means.
    Require(Statement),
    /// Add a column, with the type that the live table accepts: a table that was made `STRICT` manually accepts few types.
    AddColumn {
        /// The table.
        table: TableName,
        /// The statement for an ordinary table.
        statement: Statement,
        /// The statement for a `STRICT` table.
        in_strict: Statement,
    },
    /// Save the objects of a table before its rebuild: the SQL in `sqlite_schema` of its triggers and indexes.
    KeepObjects {
        /// The table, which has this name before and after the rebuild.
        table: TableName,
    },
    /// Create the new table of a rebuild, and copy the rows. Manual changes are kept.
    CopyTable(TableCopy),
    /// Create the saved objects that are missing after the rebuild, by type and name.
    RestoreObjects {
        /// The table that was rebuilt.
        table: TableName,
    },
    /// Run a function of the migration, which has no text.
    RunRust(DataCall),
    /// Load a file of the migration.
    LoadData(FileLoad),
}

impl Action {
    /// Returns the statements of the action, for a database without manual changes.
    pub fn statements(&self) -> Vec<&Statement> {
        match self {
            Self::Execute(statement)
            | Self::ExecuteIf { statement, .. }
            | Self::AddColumn { statement, .. } => vec![statement],
            Self::CopyTable(copy) => copy.statements().collect(),
            Self::Require(_)
            | Self::KeepObjects { .. }
            | Self::RestoreObjects { .. }
            | Self::RunRust(_)
            | Self::LoadData(_) => Vec::new(),
        }
    }
}

/// A condition that must hold after the actions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// No row refers to a missing row, except for rows that did so before the migration. The statement returns all rows
    /// that do.
    ForeignKeys(Statement),
    /// The query returns no rows; its `why` describes what a row means.
    Query(Statement),
}

impl Check {
    /// Returns the query that finds violations.
    pub fn statement(&self) -> &Statement {
        match self {
            Self::ForeignKeys(statement) | Self::Query(statement) => statement,
        }
    }
}

/// A stage of a migration that is not one transaction. The executor records the progress after each stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The position of the operation in the migration, from 0.
    pub operation: usize,
    /// The position among the stages of that operation, from 0.
    pub part: usize,
    /// False if the stage runs outside of a transaction.
    pub transactional: bool,
    /// Its actions, by their positions in the plan.
    pub actions: Range<usize>,
    /// Its checks, by their positions in the plan.
    pub checks: Range<usize>,
}

/// An operation of a plan, for reports and questions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedOperation {
    /// Its description, such as "adds field `rating` to `Author`".
    pub describe: String,
    /// True if the operation removes rows or values.
    pub destructive: bool,
}

/// The plan of one migration in one direction.
///
/// The executor runs the prologue, BEGIN, the actions and the checks, writes the record in the history, and runs COMMIT
/// and the epilogue. If there are stages, each stage runs with its own checks, and the record is written at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationPlan {
    /// The migration.
    pub id: MigrationId,
    /// Whether it is applied or reverted.
    pub direction: Direction,
    /// Its operations, in the order in which they run.
    pub operations: Vec<PlannedOperation>,
    /// The statements before the transaction.
    pub prologue: Vec<Statement>,
    /// The actions.
    pub actions: Vec<Action>,
    /// What must hold after the actions, inside the transaction; otherwise the transaction is rolled back.
    pub checks: Vec<Check>,
    /// The statements that reset the settings of the prologue. They also run after a failure.
    pub epilogue: Vec<Statement>,
    /// False if the database commits each DDL statement, or the migration is not atomic.
    pub transactional: bool,
    /// The stages, which cover all actions; empty if the migration is one transaction.
    pub stages: Vec<Stage>,
    /// The number of stages that an earlier run has completed. They do not run again.
    pub done: usize,
    /// True if the migration is recorded in the history (or removed from it) and not run. Then there are no statements.
    pub faked: bool,
}

impl MigrationPlan {
    /// Creates the plan of a migration that is recorded and not run.
    #[cfg(feature = "database")]
    pub(crate) fn faked(id: MigrationId, direction: Direction) -> Self {
        Self {
            id,
            direction,
            operations: Vec::new(),
            prologue: Vec::new(),
            actions: Vec::new(),
            checks: Vec::new(),
            epilogue: Vec::new(),
            transactional: true,
            stages: Vec::new(),
            done: 0,
            faked: true,
        }
    }

    /// Returns the statements that have not run yet, in order.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        let done = self.done.checked_sub(1).and_then(|last| self.stages.get(last));
        let actions = self.actions.iter().skip(done.map_or(0, |stage| stage.actions.end));
        actions.flat_map(Action::statements)
    }
}

/// Writes the plan for people: all statements, with BEGIN, COMMIT and the reasons.
impl fmt::Display for MigrationPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printer = Printer { f, why: None };
        if self.faked {
            return printer.line("-- (recorded only, no statement is run)");
        }
        printer.statements(&self.prologue)?;
        if self.transactional {
            printer.line("BEGIN;")?;
        }
        if self.stages.is_empty() {
            printer.stage(&self.actions, &self.checks)?;
        }
        if self.done > 0 {
            let stages = self.stages.len();
            printer
                .line(&format!("-- ({} of {stages} stages are done already and are left out)", self.done))?;
        }
        for Stage { actions, checks, .. } in self.stages.iter().skip(self.done) {
            let actions = self.actions.get(actions.clone()).unwrap_or_default();
            printer.stage(actions, self.checks.get(checks.clone()).unwrap_or_default())?;
        }
        if self.transactional {
            printer.line("COMMIT;")?;
        }
        printer.statements(&self.epilogue)
    }
}

/// Writes statements below their reasons, and each reason once.
struct Printer<'a, 'f> {
    f: &'a mut fmt::Formatter<'f>,
    why: Option<String>,
}

impl Printer<'_, '_> {
    fn line(&mut self, line: &str) -> fmt::Result {
        self.why = None;
        writeln!(self.f, "{line}")
    }

    fn statement(&mut self, statement: &Statement) -> fmt::Result {
        if self.why.as_deref() != Some(&statement.why) {
            self.line(&format!("-- {}", on_one_line(&statement.why)))?;
            self.why = Some(statement.why.clone());
        }
        writeln!(self.f, "{statement}")
    }

    fn check(&mut self, check: &Statement) -> fmt::Result {
        self.line(&format!("-- fails if {}", on_one_line(&check.why)))?;
        self.line(&check.to_string())
    }

    /// Writes the actions of a stage, and its checks.
    fn stage(&mut self, actions: &[Action], checks: &[Check]) -> fmt::Result {
        for action in actions {
            match action {
                Action::Execute(statement) | Action::AddColumn { statement, .. } => {
                    self.statement(statement)?;
                }
                Action::ExecuteIf { probe, statement } => {
                    self.line(&format!("-- {}, if this returns a row:", on_one_line(&statement.why)))?;
                    self.line(&format!("--     {}", on_one_line(&probe.to_string())))?;
                    self.line(&format!("-- {}", on_one_line(&statement.to_string())))?;
                }
                Action::Require(check) => self.check(check)?,
                Action::KeepObjects { table } => {
                    self.line(&format!(
                        "-- (remembers the triggers and other indexes of `{}`)",
                        on_one_line(table.as_str())
                    ))?;
                }
                Action::CopyTable(copy) => {
                    self.check(&copy.unknown_columns)?;
                    copy.statements().try_for_each(|statement| self.statement(statement))?;
                }
                Action::RestoreObjects { table } => {
                    self.line(&format!(
                        "-- (makes the triggers and other indexes of `{}` again)",
                        on_one_line(table.as_str())
                    ))?;
                }
                Action::RunRust(call) => self.line(&call.comment())?,
                Action::LoadData(load) => self.line(&on_one_line(&load.comment()))?,
            }
        }
        for check in checks {
            self.check(check.statement())?;
        }
        Ok(())
    }

    fn statements(&mut self, statements: &[Statement]) -> fmt::Result {
        statements.iter().try_for_each(|statement| self.statement(statement))
    }
}

/// Replaces line breaks, at which a comment would end.
fn on_one_line(text: &str) -> String {
    text.split(['\n', '\r']).collect::<Vec<_>>().join(" ")
}

/// The plans of all migrations of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The migrations, in the order in which they run.
    pub migrations: Vec<MigrationPlan>,
}
