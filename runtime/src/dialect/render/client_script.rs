//! A plan -> a script for the client of a database, which stops at the first error.
//!
//! Clients stop in different ways, which determines the form of the script:
//! - The `sqlite3` shell continues with the next line after an error, and would commit the rest. It reads until a line ends
//!   with a semicolon, and discards everything that it has read at the first error. So the semicolons are at the beginning
//!   of the next line, and the shell reads the script as one unit.
//! - `psql` continues after an error, and exits with 0 even if everything was rolled back, unless `ON_ERROR_STOP` is set.
//!   No SQL statement sets it, so that the first line is a command of `psql`. Remove it for other clients.
//! - The clients of MySQL and MariaDB stop at the first error. Statements that contain semicolons have another `DELIMITER`.
//!
//! A check is a query that must return no rows. The script contains a statement that fails if it returns one.

use std::fmt::Write;
use std::ops::Range;

use modelshift_schema::name::TableName;

use super::literal::Value;
use super::script::pieces;
use crate::dialect::mysql::Mysql;
use crate::dialect::postgres::Postgres;
use crate::dialect::sqlite::Sqlite;
use crate::dialect::{Capabilities, Dialect, Spelling, Unsupported};
use crate::plan::statement::Statement;
use crate::plan::{Action, Check, MigrationPlan};

/// Returns the script of a plan for the client of a database: `sqlite3`, `psql`, `mysql` or `mariadb`.
///
/// The script records nothing in the history.
///
/// # Errors
/// If the dialect cannot write a name or a reason.
pub fn client_script(
    plan: &MigrationPlan,
    dialect: Dialect,
    capabilities: &Capabilities,
) -> Result<String, Unsupported> {
    let mysql = Mysql { capabilities };
    let spelling: &dyn Spelling = match dialect {
        Dialect::Sqlite => &Sqlite,
        Dialect::Postgres => &Postgres,
        Dialect::Mysql => &mysql,
    };
    let mut writer = Writer {
        dialect,
        spelling,
        script: Script::new(dialect),
        text: String::new(),
        why: None,
        kept: Vec::new(),
    };
    writer.plan(plan)?;
    Ok(writer.text)
}

/// Statements -> a script that stops at the first error.
pub(crate) struct Script {
    dialect: Dialect,
    /// Whether the last statement has no semicolon yet (SQLite).
    is_open: bool,
    /// Whether a statement can be a unit of its own (SQLite).
    is_separate: bool,
}

impl Script {
    /// Begins a script whose statements are one unit.
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self { dialect, is_open: false, is_separate: false }
    }

    /// Returns what is before the first statement.
    pub(crate) fn begin(&mut self) -> String {
        match self.dialect {
            Dialect::Postgres => "\\set ON_ERROR_STOP on\n".to_owned(),
            Dialect::Sqlite | Dialect::Mysql => String::new(),
        }
    }

    /// Returns a statement as it is in the script.
    pub(crate) fn statement(&mut self, sql: &str) -> String {
        match self.dialect {
            Dialect::Sqlite if self.is_separate => ended(sql, ";"),
            Dialect::Sqlite => {
                let (semicolon, sql) = (if self.is_open { ";" } else { "" }, semicolons_first(sql));
                self.is_open = true;
                format!("{semicolon}{sql}\n")
            }
            Dialect::Mysql if has_semicolon(Dialect::Mysql, sql) => {
                let delimiter = delimiter(sql);
                format!("DELIMITER {delimiter}\n{}DELIMITER ;\n", ended(sql, delimiter))
            }
            Dialect::Postgres | Dialect::Mysql => ended(sql, ";"),
        }
    }

    /// Returns what is after the last statement.
    pub(crate) fn end(&mut self) -> String {
        if std::mem::take(&mut self.is_open) { ";\n".to_owned() } else { String::new() }
    }
}

/// Returns a statement and its terminator, which must not become part of a comment at the end.
fn ended(sql: &str, end: &str) -> String {
    let last = sql.rsplit('\n').next().unwrap_or_default();
    let gap = if last.contains("--") || last.contains('#') { "\n" } else { "" };
    format!("{sql}{gap}{end}\n")
}

struct Writer<'a> {
    dialect: Dialect,
    spelling: &'a dyn Spelling,
    script: Script,
    text: String,
    why: Option<&'a str>,
    /// The tables that are being rebuilt.
    kept: Vec<&'a TableName>,
}

impl<'a> Writer<'a> {
    fn plan(&mut self, plan: &'a MigrationPlan) -> Result<(), Unsupported> {
        self.text.push_str(&self.script.begin());
        // The settings change no data, so that they can be separate units.
        self.script.is_separate = plan.stages.is_empty();
        for statement in &plan.prologue {
            self.statement(statement);
        }
        if plan.stages.is_empty() {
            let all = (0..plan.actions.len(), 0..plan.checks.len());
            self.stage(plan, all, plan.transactional)?;
        }
        for stage in &plan.stages {
            let parts = (stage.actions.clone(), stage.checks.clone());
            self.stage(plan, parts, stage.transactional)?;
        }
        for statement in &plan.epilogue {
            self.statement(statement);
        }
        self.text.push_str(&self.script.end());
        Ok(())
    }

    /// Writes the actions of a stage, and its checks.
    fn stage(
        &mut self,
        plan: &'a MigrationPlan,
        (actions, checks): (Range<usize>, Range<usize>),
        transactional: bool,
    ) -> Result<(), Unsupported> {
        let actions = plan.actions.get(actions).unwrap_or_default();
        let checks = plan.checks.get(checks).unwrap_or_default();
        let is_counted = checks.iter().any(|check| matches!(check, Check::ForeignKeys(_)));
        if transactional {
            self.bare("BEGIN");
        }
        self.script.is_separate = false;
        if is_counted {
            self.bare("CREATE TEMP TABLE \"modelshift_orphans\" AS SELECT count(*) AS \"rows\" FROM pragma_foreign_key_check");
        }
        for action in actions {
            self.action(action)?;
        }
        for check in checks {
            match check {
                Check::ForeignKeys(statement) => {
                    let more = "SELECT 1 FROM temp.\"modelshift_orphans\" \
                                WHERE \"rows\" < (SELECT count(*) FROM pragma_foreign_key_check)";
                    self.check(more, &statement.why)?;
                }
                Check::Query(query) => self.check(&query.sql, &query.why)?,
            }
        }
        if is_counted {
            self.bare("DROP TABLE temp.\"modelshift_orphans\"");
        }
        if transactional {
            self.bare("COMMIT");
        }
        Ok(())
    }

    fn action(&mut self, action: &'a Action) -> Result<(), Unsupported> {
        match action {
            Action::Execute(statement) | Action::AddColumn { statement, .. } => self.statement(statement),
            Action::ExecuteIf { probe, statement } => {
                // Only PostgreSQL has such actions. They run outside of transactions, so that a `DO` block cannot run them.
                let text = self.literal(&statement.sql)?;
                self.comment(&statement.why);
                self.line(&format!("SELECT {text} WHERE EXISTS ({}) \\gexec", probe.sql));
            }
            Action::Require(check) => self.check(&check.sql, &check.why)?,
            Action::KeepObjects { table } => self.keep_objects(table)?,
            Action::CopyTable(copy) => {
                self.check(&copy.unknown_columns.sql, &copy.unknown_columns.why)?;
                copy.statements().for_each(|statement| self.statement(statement));
            }
            Action::RestoreObjects { table } => self.compare_objects(table)?,
            Action::RunRust(call) => self.line(&call.comment()),
            Action::LoadData(load) => self.line(&load.comment()),
        }
        Ok(())
    }

    fn statement(&mut self, statement: &'a Statement) {
        if self.why != Some(&statement.why) {
            self.comment(&statement.why);
            self.why = Some(&statement.why);
        }
        self.bare(statement.shown());
    }

    /// Writes statements that fail if a query returns a row.
    fn check(&mut self, query: &str, why: &str) -> Result<(), Unsupported> {
        self.why = None;
        self.comment(&format!("fails if {why}"));
        match self.dialect {
            Dialect::Sqlite => {
                // SQLite reports the name of a constraint that fails.
                let reason = self.spelling.identifier(why)?;
                self.bare(&format!(
                    "CREATE TEMP TABLE \"modelshift_check\" (\"found\" CONSTRAINT {reason} CHECK (\"found\" IS NULL))"
                ));
                self.bare(&format!("INSERT INTO temp.\"modelshift_check\" SELECT 1 WHERE EXISTS ({query})"));
                self.bare("DROP TABLE temp.\"modelshift_check\"");
            }
            Dialect::Postgres => {
                let (reason, quote) = (self.literal(why)?, dollar_quote(&format!("{query}{why}")));
                self.bare(&format!(
                    "DO {quote} BEGIN IF EXISTS ({query}) THEN RAISE EXCEPTION USING MESSAGE = {reason}; END IF; END {quote}"
                ));
            }
            Dialect::Mysql => {
                // Outside of a routine, no statement raises an error with a given message. But the server quotes a text that
                // is not SQL in its error.
                let reason = self.literal(&format!("MODELSHIFT STOPS: {why}"))?;
                self.bare(&format!("SET @modelshift_check = IF(EXISTS ({query}), {reason}, 'DO 0')"));
                self.bare("PREPARE modelshift_check FROM @modelshift_check");
                self.bare("EXECUTE modelshift_check");
                self.bare("DEALLOCATE PREPARE modelshift_check");
            }
        }
        Ok(())
    }

    /// Remembers the triggers and indexes of a table that is about to be rebuilt.
    fn keep_objects(&mut self, table: &'a TableName) -> Result<(), Unsupported> {
        self.kept.push(table);
        let (kept, name) = (self.objects(), self.literal(table.as_str())?);
        self.comment("remembers the triggers and indexes of the table, which a script cannot create again");
        self.bare(&format!(
            "CREATE TEMP TABLE {kept} AS SELECT type, name FROM sqlite_schema \
             WHERE lower(tbl_name) = lower({name}) AND type IN ('trigger', 'index') AND sql IS NOT NULL"
        ));
        Ok(())
    }

    /// Writes a check that the rebuild has lost no trigger and no index that was added manually.
    fn compare_objects(&mut self, table: &'a TableName) -> Result<(), Unsupported> {
        let kept = self.objects();
        let why = format!(
            "a trigger or an index of `{table}` that no migration created would be lost; `migrate` keeps it, and a \
             script must create it again"
        );
        let query = format!(
            "SELECT 1 FROM temp.{kept} AS kept WHERE NOT EXISTS (SELECT 1 FROM main.sqlite_schema AS now \
             WHERE now.type = kept.type AND lower(now.name) = lower(kept.name))"
        );
        self.check(&query, &why)?;
        self.bare(&format!("DROP TABLE temp.{kept}"));
        self.kept.retain(|other| *other != table);
        Ok(())
    }

    /// Returns the name of the table with the objects of the innermost rebuild.
    fn objects(&self) -> String {
        format!("\"modelshift_objects_{}\"", self.kept.len())
    }

    fn literal(&self, text: &str) -> Result<String, Unsupported> {
        self.spelling.literal(&Value::Text(text))
    }

    fn comment(&mut self, text: &str) {
        self.line(&format!("-- {}", text.split(['\n', '\r']).collect::<Vec<_>>().join(" ")));
    }

    fn line(&mut self, line: &str) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(self.text, "{line}");
    }

    /// Writes a statement and its end.
    fn bare(&mut self, sql: &str) {
        self.text.push_str(&self.script.statement(sql));
    }
}

fn has_semicolon(dialect: Dialect, sql: &str) -> bool {
    pieces(dialect, sql).contains(&";")
}

/// Moves every semicolon to the beginning of the next token, so that no line ends with one.
fn semicolons_first(sql: &str) -> String {
    let mut text = String::new();
    let mut waits = false;
    for part in pieces(Dialect::Sqlite, sql) {
        let is_gap = part.starts_with("--") || part.starts_with("/*") || part.trim().is_empty();
        if part == ";" && !waits {
            waits = true;
        } else if is_gap || part == ";" {
            text.push_str(if part == ";" { "" } else { part });
        } else {
            text.push_str(if waits { ";" } else { "" });
            text.push_str(part);
            waits = false;
        }
    }
    text
}

/// Returns a delimiter for MySQL's client that the statement does not contain.
fn delimiter(sql: &str) -> &'static str {
    const KNOWN: [&str; 4] = ["//", "$$", "@@", ";;"];
    KNOWN.into_iter().find(|it| !sql.contains(it)).unwrap_or("MODELSHIFT_END")
}

/// Returns a dollar quote that a text does not contain.
fn dollar_quote(text: &str) -> String {
    let candidates = (0_usize..).map(|number| format!("$check{number}$"));
    candidates.into_iter().find(|quote| !text.contains(quote.as_str())).unwrap_or_default()
}
