//! A plan -> a script that the client of a database runs, and that stops by itself where something is wrong.
//!
//! What stops a client differs, and so does the form of the script:
//! - The `sqlite3` shell continues with the next line after an error, and would commit the rest. It reads on until a line
//!   ends with a semicolon, and abandons all that it has read at the first error: so the semicolons stand at
//!   the beginning of the next line, and the script is one piece.
//! - `psql` continues after an error, and ends well even where all was rolled back, unless `ON_ERROR_STOP` is set. No SQL
//!   does that, so that the first line is one of its own commands; a client that does not know it must leave it out.
//! - The clients of MySQL and MariaDB stop at the first error. What has semicolons inside gets another `DELIMITER`.
//!
//! A check is a query that must give no row; here it becomes a statement that fails where it returns one.

use std::fmt::Write;
use std::ops::Range;

use modelshift_schema::name::TableName;

use super::literal::Value;
use super::script;
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
/// Where a name or a reason cannot be written for the database.
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
        text: String::new(),
        why: None,
        kept: Vec::new(),
        is_open: false,
        is_apart: false,
    };
    writer.plan(plan)?;
    Ok(writer.text)
}

struct Writer<'a> {
    dialect: Dialect,
    spelling: &'a dyn Spelling,
    text: String,
    why: Option<&'a str>,
    /// The tables that are being rebuilt.
    kept: Vec<&'a TableName>,
    /// Whether the last statement waits for its semicolon (SQLite).
    is_open: bool,
    /// Whether a statement may be a piece of its own (SQLite).
    is_apart: bool,
}

impl<'a> Writer<'a> {
    fn plan(&mut self, plan: &'a MigrationPlan) -> Result<(), Unsupported> {
        if self.dialect == Dialect::Postgres {
            self.line("\\set ON_ERROR_STOP on");
        }
        // What changes nothing may be apart from the one piece.
        self.is_apart = plan.stages.is_empty();
        for statement in &plan.prologue {
            self.statement(statement);
        }
        if plan.stages.is_empty() {
            let all = (0..plan.actions.len(), 0..plan.checks.len());
            self.together(plan, all, plan.transactional)?;
        }
        for stage in &plan.stages {
            let parts = (stage.actions.clone(), stage.checks.clone());
            self.together(plan, parts, stage.transactional)?;
        }
        for statement in &plan.epilogue {
            self.statement(statement);
        }
        if self.is_open {
            self.line(";");
        }
        Ok(())
    }

    /// Writes what is done together, and what must hold then.
    fn together(
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
        self.is_apart = false;
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
                // Only PostgreSQL has such actions, outside of any transaction, where a block of its own language
                // cannot run them.
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
        }
        Ok(())
    }

    fn statement(&mut self, statement: &'a Statement) {
        if self.why != Some(&statement.why) {
            self.comment(&statement.why);
            self.why = Some(&statement.why);
        }
        self.bare(&statement.sql);
    }

    /// Writes what fails where a query returns a row.
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
                // No statement raises an error of one's own outside of a routine, but a text that is no SQL is one, and
                // is told.
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

    /// Fails where the rebuild has lost a trigger or an index that no model knows.
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

    /// Returns the name of the table that remembers what the innermost rebuild must keep.
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
        // Writing to a text cannot fail.
        let _ = writeln!(self.text, "{line}");
    }

    /// Writes a statement, so that the client knows its end.
    fn bare(&mut self, sql: &str) {
        match self.dialect {
            Dialect::Sqlite if self.is_apart => self.ended(sql, ";"),
            Dialect::Sqlite => {
                let (semicolon, sql) = (if self.is_open { ";" } else { "" }, semicolons_first(sql));
                self.line(&format!("{semicolon}{sql}"));
                self.is_open = true;
            }
            Dialect::Mysql if has_semicolon(Dialect::Mysql, sql) => {
                let delimiter = delimiter(sql);
                self.line(&format!("DELIMITER {delimiter}"));
                self.ended(sql, delimiter);
                self.line("DELIMITER ;");
            }
            Dialect::Postgres | Dialect::Mysql => self.ended(sql, ";"),
        }
    }

    /// A comment at the end would take the semicolon in.
    fn ended(&mut self, sql: &str, end: &str) {
        let last = sql.rsplit('\n').next().unwrap_or_default();
        let gap = if last.contains("--") || last.contains('#') { "\n" } else { "" };
        self.line(&format!("{sql}{gap}{end}"));
    }
}

/// Parts of a text: quoted texts, names and comments, and single characters of everything else.
fn parts(dialect: Dialect, sql: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut rest, mut before) = (sql, None);
    while let Some(character) = rest.chars().next() {
        let length = script::quoted(dialect, rest, before).max(character.len_utf8());
        let (part, behind) = rest.split_at(length);
        parts.push(part);
        before = part.chars().next_back();
        rest = behind;
    }
    parts
}

fn has_semicolon(dialect: Dialect, sql: &str) -> bool {
    parts(dialect, sql).contains(&";")
}

/// Moves every semicolon to the beginning of what follows it, so that no line ends with one.
fn semicolons_first(sql: &str) -> String {
    let mut text = String::new();
    let mut waits = false;
    for part in parts(Dialect::Sqlite, sql) {
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

/// Returns an end of a statement for MySQL's client that the statement does not hold.
fn delimiter(sql: &str) -> &'static str {
    const KNOWN: [&str; 4] = ["//", "$$", "@@", ";;"];
    KNOWN.into_iter().find(|it| !sql.contains(it)).unwrap_or("MODELSHIFT_END")
}

/// Returns a quote of PostgreSQL that a text does not hold.
fn dollar_quote(text: &str) -> String {
    let candidates = (0_usize..).map(|number| format!("$check{number}$"));
    candidates.into_iter().find(|quote| !text.contains(quote.as_str())).unwrap_or_default()
}
