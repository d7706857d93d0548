//! What is about to happen, as a value: it is whole before the first statement runs (invariant 8).

#[cfg(feature = "render")]
pub mod statement;
mod table_copy;

use std::fmt;
use std::ops::Range;

use modelshift_schema::name::{MigrationId, TableName};

use self::statement::Statement;
pub use self::table_copy::{CopiedValue, TableCopy};

/// The way that a migration is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The migration is applied.
    Forward,
    /// The migration is taken back.
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

/// One thing that the executor does inside a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Run a statement.
    Execute(Statement),
    /// Run a statement where a query gives a row.
    ExecuteIf {
        /// The query.
        probe: Statement,
        /// The statement.
        statement: Statement,
    },
    /// Run a query that must give no rows at this point; a row is a reason to stop, and `why` says which.
    Require(Statement),
    /// Add a column in the words of the table that is found: one that was made `STRICT` by hand knows few types.
    AddColumn {
        /// The table.
        table: TableName,
        /// The statement, for a table as the migrations make them.
        statement: Statement,
        /// The statement for a `STRICT` table.
        in_strict: Statement,
    },
    /// Remember what hangs on a table that is about to be rebuilt: the text in `sqlite_schema` of its triggers and of its
    /// indexes that have a text.
    KeepObjects {
        /// The table, which bears this name now and after the rebuild.
        table: TableName,
    },
    /// Make the new form of a table that is rebuilt beside it, and copy the rows; what was made by hand is carried over.
    CopyTable(TableCopy),
    /// Run the remembered text of everything that is not there (by type and name) after the rebuild.
    RestoreObjects {
        /// The table that was rebuilt.
        table: TableName,
    },
}

impl Action {
    /// Returns the statements of the action, for a database that is as the migrations made it.
    pub fn statements(&self) -> Vec<&Statement> {
        match self {
            Self::Execute(statement)
            | Self::ExecuteIf { statement, .. }
            | Self::AddColumn { statement, .. } => vec![statement],
            Self::CopyTable(copy) => copy.statements().collect(),
            Self::Require(_) | Self::KeepObjects { .. } | Self::RestoreObjects { .. } => Vec::new(),
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

/// What is done together where a migration is not done at once; whoever runs it keeps in mind how far it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The position of the operation in the migration, from 0.
    pub operation: usize,
    /// The position among the stages of that operation, from 0.
    pub part: usize,
    /// False where it is done outside of any transaction.
    pub transactional: bool,
    /// Its actions, by their positions in the plan.
    pub actions: Range<usize>,
    /// Its checks, by their positions in the plan.
    pub checks: Range<usize>,
}

/// What is known of an operation of a plan, for those who report or ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedOperation {
    /// What it does, such as "adds field `rating` to `Author`".
    pub describe: String,
    /// True where rows or values are gone afterwards.
    pub destructive: bool,
}

/// Everything that is done for one migration in one direction.
///
/// The executor runs, in this order: the prologue, BEGIN, the actions, the checks, the record in the history, COMMIT,
/// the epilogue. Where there are stages, each of them is done with its own checks, and the record comes in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationPlan {
    /// The migration.
    pub id: MigrationId,
    /// The way that it is gone.
    pub direction: Direction,
    /// What it does, in the order in which it is done.
    pub operations: Vec<PlannedOperation>,
    /// What must be set outside the transaction, before it.
    pub prologue: Vec<Statement>,
    /// What is done.
    pub actions: Vec<Action>,
    /// What must hold after the actions, inside the transaction; otherwise the transaction is rolled back.
    pub checks: Vec<Check>,
    /// What sets back the prologue, also after a failure. Whoever can read the former setting restores that one.
    pub epilogue: Vec<Statement>,
    /// False where the database commits every statement by itself, or the migration wants that.
    pub transactional: bool,
    /// What is done together, in order, and covers all actions; empty where all is done at once.
    pub stages: Vec<Stage>,
    /// How many of the stages an earlier run has done already; they are not done again.
    pub done: usize,
}

impl MigrationPlan {
    /// Returns every statement that is still to be run, in order.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        let done = self.done.checked_sub(1).and_then(|last| self.stages.get(last));
        let actions = self.actions.iter().skip(done.map_or(0, |stage| stage.actions.end));
        actions.flat_map(Action::statements)
    }
}

/// Shows the plan as a text for people to read: what is done outside the transaction, and inside, and why.
impl fmt::Display for MigrationPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut reader = Reader { f, why: None };
        reader.statements(&self.prologue)?;
        if self.transactional {
            reader.line("BEGIN;")?;
        }
        if self.stages.is_empty() {
            reader.together(&self.actions, &self.checks)?;
        }
        if self.done > 0 {
            let stages = self.stages.len();
            reader
                .line(&format!("-- ({} of {stages} stages are done already and are left out)", self.done))?;
        }
        for Stage { actions, checks, .. } in self.stages.iter().skip(self.done) {
            let actions = self.actions.get(actions.clone()).unwrap_or_default();
            reader.together(actions, self.checks.get(checks.clone()).unwrap_or_default())?;
        }
        if self.transactional {
            reader.line("COMMIT;")?;
        }
        reader.statements(&self.epilogue)
    }
}

/// Writes statements below their reasons, and a reason once.
struct Reader<'a, 'f> {
    f: &'a mut fmt::Formatter<'f>,
    why: Option<String>,
}

impl Reader<'_, '_> {
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

    /// Shows what is done together, and what must hold then.
    fn together(&mut self, actions: &[Action], checks: &[Check]) -> fmt::Result {
        for action in actions {
            match action {
                Action::Execute(statement) | Action::AddColumn { statement, .. } => {
                    self.statement(statement)?;
                }
                Action::ExecuteIf { probe, statement } => {
                    self.line(&format!("-- {}, where this gives a row:", on_one_line(&statement.why)))?;
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

/// A name may hold a line break, behind which a comment would end.
fn on_one_line(text: &str) -> String {
    text.split(['\n', '\r']).collect::<Vec<_>>().join(" ")
}

/// Everything that is about to happen, migration by migration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The migrations, in the order in which they are gone.
    pub migrations: Vec<MigrationPlan>,
}
