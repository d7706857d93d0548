//! What the databases have in common, and where they part.
//!
//! A dialect is a folder with the same file names in each: `mod` (names and literals), `column_type`, `expr` (what
//! expressions need), `ddl` ([`Step`] -> text), `session` (what is set around a migration). `Spelling` is what shared
//! code asks of a dialect. It has no default bodies, so that a new dialect forgets nothing.
//!
//! sea-query gives operators, their precedence and functions. Names and literals go into it as finished words, made by
//! the one function that each dialect has for them, since sea-query itself leaves some names as they are and reads
//! MySQL's literals in one mode of the server only. Statements that define things are our own for the same reason.

mod capabilities;
#[cfg(feature = "mysql")]
pub(crate) use self::mysql::connection::MysqlSession;
#[cfg(feature = "postgres")]
pub(crate) use self::postgres::connection::PostgresSession;
#[cfg(feature = "sqlite")]
pub(crate) use self::sqlite::connection::SqliteSession;
mod mysql;
#[cfg(feature = "database")]
pub(crate) mod own_types;
mod postgres;
pub(crate) mod render;
mod sqlite;

use crate::dialect::render::enums;
use crate::dialect::render::kept_values;
use crate::dialect::render::not_null_checks;
use crate::dialect::render::table_parts;
use crate::dialect::render::translation;
use std::fmt;
use std::str::FromStr;

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::Function;
use modelshift_schema::generated::Storage;
use modelshift_schema::relation::Deferrable;
use modelshift_schema::step::Step;
use modelshift_schema::table::Column;

use self::render::literal::Value;
use self::render::spelled_types::Words;

pub use self::capabilities::{Capabilities, Product, Server};
#[cfg(feature = "database")]
use self::own_types::OwnTypes;
pub use self::render::client_script::client_script;
use crate::plan::Action;
use crate::plan::statement::Statement;

/// A family of databases that are spoken to in the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// SQLite 3.35 or newer.
    Sqlite,
    /// PostgreSQL 13 or newer.
    Postgres,
    /// MySQL 8.0.19 or newer, and MariaDB 10.5.2 or newer.
    Mysql,
}

impl Dialect {
    /// Every dialect, in the order of the enum.
    pub const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::Mysql];

    /// Returns the name, such as `sqlite`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no dialect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no dialect; write `sqlite`, `postgres` or `mysql`")]
pub struct UnknownDialect {
    /// What was read.
    pub text: String,
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(text: &str) -> Result<Self, UnknownDialect> {
        let dialect = Self::ALL.into_iter().find(|dialect| dialect.name() == text);
        dialect.ok_or_else(|| UnknownDialect { text: text.to_owned() })
    }
}

/// Something that a database cannot do, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}; {remedy}")]
pub struct Unsupported {
    /// What cannot be done, by whom, such as "mysql cannot index some rows only (`post_live_idx`)".
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl Unsupported {
    pub(crate) fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: remedy.into() }
    }
}

/// A step of a migration, and the operation that it serves.
#[derive(Clone, Debug)]
pub(crate) struct PlannedStep {
    /// The position of the operation, from 0.
    pub(crate) operation: usize,
    /// The operation, as it describes itself.
    pub(crate) why: String,
    /// What must be done.
    pub(crate) step: Step,
}

/// What a dialect makes of the steps of one migration; the parts are those of [`crate::plan::MigrationPlan`].
#[derive(Debug, Default)]
pub(crate) struct Rendering {
    pub(crate) prologue: Vec<Statement>,
    pub(crate) actions: Vec<Action>,
    pub(crate) checks: Vec<Statement>,
    pub(crate) epilogue: Vec<Statement>,
}

/// Returns the text for the steps of one migration; an error comes with the position of its operation.
///
/// The dialect gets them all at once, so that SQLite can make one rebuild of all changes of a table. `atomic` says
/// whether all of it is to be one transaction.
pub(crate) fn render(
    dialect: Dialect,
    capabilities: &Capabilities,
    steps: &[PlannedStep],
    atomic: bool,
) -> Result<Rendering, (usize, Unsupported)> {
    match dialect {
        Dialect::Sqlite => sqlite::render(steps),
        Dialect::Postgres => {
            one_by_one(steps, postgres::settings::around(), &postgres::Postgres, |position| {
                let PlannedStep { step, why, .. } = &steps[position];
                refuse_virtual(dialect, capabilities, step)?;
                table_parts::refuse_what_is_newer(capabilities, step)?;
                if let Some(actions) = postgres::concurrent::actions(step, why, atomic)? {
                    return Ok(actions);
                }
                Ok(executed(postgres::ddl::step(step, &steps[position + 1..])?, why))
            })
        }
        Dialect::Mysql => {
            let mysql = mysql::Mysql { capabilities };
            one_by_one(steps, mysql::settings::around(), &mysql, |position| {
                Ok(executed(mysql::ddl::step(mysql, steps, position)?, &steps[position].why))
            })
        }
    }
}

/// Returns what must be looked for before anything of a migration is done that is not done at once, as far as steps from
/// `first` on would find it too late.
pub(crate) fn before_anything(
    dialect: Dialect,
    capabilities: &Capabilities,
    first: usize,
    steps: &[PlannedStep],
) -> Result<Vec<Action>, (usize, Unsupported)> {
    match dialect {
        Dialect::Sqlite => not_null_checks::before_anything(&sqlite::Sqlite, first, steps),
        Dialect::Postgres => not_null_checks::before_anything(&postgres::Postgres, first, steps),
        Dialect::Mysql => mysql::early::before_anything(mysql::Mysql { capabilities }, steps),
    }
}

/// Returns the stages of one operation that is not done at once: how many actions each has, and whether it is a transaction.
///
/// `is_sql` says that the actions are texts of the migration itself.
pub(crate) fn stages(dialect: Dialect, actions: &[Action], is_sql: bool) -> Vec<(usize, bool)> {
    match dialect {
        Dialect::Sqlite => sqlite::stages::stages(actions, is_sql),
        Dialect::Postgres | Dialect::Mysql => actions.iter().map(|_| (1, false)).collect(),
    }
}

/// Returns the word of a text that would end the transaction of a migration; none on a database that has no such.
#[cfg(feature = "database")]
pub(crate) fn transaction_word(dialect: Dialect, sql: &str) -> Option<&'static str> {
    match dialect {
        Dialect::Sqlite => sqlite::transaction_control::transaction_word(sql),
        Dialect::Postgres => postgres::transaction_control::transaction_word(sql),
        Dialect::Mysql => None,
    }
}

/// Calls a function with the spelling of a dialect.
#[cfg(feature = "database")]
pub(crate) fn with_spelling<T>(
    dialect: Dialect,
    capabilities: &Capabilities,
    call: impl FnOnce(&dyn Spelling) -> T,
) -> T {
    match dialect {
        Dialect::Sqlite => call(&sqlite::Sqlite),
        Dialect::Postgres => call(&postgres::Postgres),
        Dialect::Mysql => call(&mysql::Mysql { capabilities }),
    }
}

fn executed(texts: Vec<String>, why: &str) -> Vec<Action> {
    texts.into_iter().map(|sql| Action::Execute(Statement::new(sql, why))).collect()
}

/// Refuses columns that are reckoned when they are read, where the database has none.
fn refuse_virtual(dialect: Dialect, capabilities: &Capabilities, step: &Step) -> Result<(), Unsupported> {
    if capabilities.virtual_columns {
        return Ok(());
    }
    let (Step::CreateTable { after: table } | Step::AlterTable { after: table, .. }) = step else {
        return Ok(());
    };
    let is_virtual = |column: &&Column| {
        column.generated.as_ref().is_some_and(|generated| generated.storage == Storage::Virtual)
    };
    table.columns.iter().find(is_virtual).map_or(Ok(()), |column| {
        let what = format!("{dialect} of this version stores every generated column (`{}`)", column.name);
        Err(Unsupported::new(what, "leave `virtual` out, or use PostgreSQL 18 or newer"))
    })
}

/// Says that a database has no such type.
fn no_native_type(dialect: Dialect, holds: &ColumnType) -> Unsupported {
    let own = "or keep the field to this database's own type with `sql_type(…)`";
    if let ColumnType::Native(native) = holds {
        let what = format!("{dialect} has no type `{}`, which PostgreSQL alone has", native.name());
        return Unsupported::new(what, format!("give the field another type, such as `String`, {own}"));
    }
    let what = format!("{dialect} has no columns of lists, which PostgreSQL alone has");
    Unsupported::new(what, format!("write `Json<Vec<…>>`, {own}"))
}

/// Returns the type of a column as the author spells it for this dialect, in place of ours.
fn spelled_type(dialect: Dialect, column: &Column) -> Option<&str> {
    let spelled = column.sql_type.as_ref()?;
    match dialect {
        Dialect::Sqlite => spelled.sqlite.as_deref(),
        Dialect::Postgres => spelled.postgres.as_deref(),
        Dialect::Mysql => spelled.mysql.as_deref(),
    }
}

/// Returns the query that a step is, where it changes nothing but must find no row.
fn asked(spelling: &dyn Spelling, step: &Step) -> Result<Option<Statement>, Unsupported> {
    let of_values = enums::requirement(spelling, step)?;
    if of_values.is_some() { Ok(of_values) } else { translation::requirement(spelling, step) }
}

/// Renders each step, in order, by its position.
fn one_by_one(
    steps: &[PlannedStep],
    around: Rendering,
    spelling: &dyn Spelling,
    step: impl Fn(usize) -> Result<Vec<Action>, Unsupported>,
) -> Result<Rendering, (usize, Unsupported)> {
    let mut rendering = around;
    for (position, planned) in steps.iter().enumerate() {
        let failed = |error| (planned.operation, error);
        if let Some(check) = asked(spelling, &planned.step).map_err(failed)? {
            rendering.actions.push(Action::Require(check));
            continue;
        }
        let required = not_null_checks::requirement(spelling, &steps[..position], &planned.step);
        rendering.actions.extend(required.map_err(failed)?);
        let required = kept_values::requirement(spelling, &steps[..position], planned);
        rendering.actions.extend(required.map_err(failed)?);
        rendering.actions.extend(step(position).map_err(failed)?);
    }
    Ok(rendering)
}

/// How a dialect writes the words of a statement.
pub(crate) trait Spelling {
    /// Writes a name between quotes: the one place where the dialect does so.
    fn identifier(&self, name: &str) -> Result<String, Unsupported>;

    /// Writes the name of a column that is read without its table, so that it is an error where there is no such column.
    fn read_column(&self, name: &str) -> Result<String, Unsupported>;

    /// Writes a value: the one place where the dialect does so.
    fn literal(&self, value: &Value<'_>) -> Result<String, Unsupported>;

    /// Writes the type of a column.
    fn column_type(&self, holds: &ColumnType) -> Result<String, Unsupported>;

    /// Writes the condition that holds for a value of the one type which the other holds as it is; none where all do.
    fn fits(&self, value: &str, from: &ColumnType, to: &ColumnType) -> Option<String>;

    /// Returns the type of a column as the author spells it for this database, in place of ours.
    fn spelled<'c>(&self, column: &'c Column) -> Option<&'c str>;

    /// Returns the type of ours whose values a type of the database has; none where that is not known.
    fn known_type(&self, words: &Words) -> Option<ColumnType>;

    /// Returns whether the change of a column to a spelled type turns values of the one type into those of the other.
    fn assigns(&self, from: &ColumnType, to: &ColumnType) -> bool;

    /// Writes the condition that holds for a value which stays as it is, where a type is spelled and not known.
    fn fits_unknown(&self, value: &str, old: &Column, new: &Column) -> Result<Option<String>, Unsupported>;

    /// Writes a column, already quoted, that is compared or reckoned with.
    fn operand(&self, quoted: String, holds: &ColumnType) -> String;

    /// Writes a pattern for LIKE, in which a backslash takes the meaning from the character behind it.
    fn pattern(&self, pattern: &str) -> Result<String, Unsupported>;

    /// Writes a call of a function whose value is another each time, in UTC and of the type wanted.
    fn volatile(&self, function: Function, holds: &ColumnType) -> Option<String>;

    /// Returns the function that counts the characters of a text.
    fn length_function(&self) -> &'static str;

    /// Returns the operator between two integers whose result is one.
    fn integer_division(&self) -> &'static str;

    /// Writes the value of a generated column, so that it is kept as values of the type are.
    fn reckoned(&self, value: String, holds: &ColumnType) -> String;

    /// Writes an expression whose words are finished.
    fn expression(&self, expr: &sea_query::Expr) -> String;

    /// Returns how the columns of our own tables are declared.
    #[cfg(feature = "database")]
    fn own_types(&self) -> OwnTypes;

    /// Writes that a transaction may put off the check of the rule of that name.
    fn deferrable(&self, rule: &str, when: Deferrable) -> Result<&'static str, Unsupported>;
}

/// Writes what the SQL standard says of a rule whose check a transaction may put off.
fn standard_deferrable(when: Deferrable) -> &'static str {
    match when {
        Deferrable::Deferred => "DEFERRABLE INITIALLY DEFERRED",
        Deferrable::Immediate => "DEFERRABLE INITIALLY IMMEDIATE",
    }
}

#[cfg(test)]
mod tests;
