//! The dialects: SQLite, PostgreSQL, and MySQL with MariaDB.
//!
//! Each dialect is a folder. The same part has the same file name in each folder:
//! - `mod`: quotes names and writes literals; implements `Spelling`, which shared code calls;
//! - `capabilities`: the features of each version;
//! - `names`: names that the database reserves;
//! - `column_type`: [`ColumnType`] -> type of a column;
//! - `spelled`: types that an author spells (`sql_type`);
//! - `expr`: what expressions need;
//! - `fits` and `conversion`: which values another type holds, and how a value becomes one of another type;
//! - `ddl`: [`Step`] -> statements;
//! - `settings`: what is set before a migration, and reset after it;
//! - `transaction_control`: finds statements that end a transaction;
//! - `connection`, `introspect` and `error`: the live database. Only these use sqlx.
//!
//! Other files of a folder are specific to its dialect, such as `sqlite/rebuild` and `mysql/keys`. Code that the dialects
//! share is in `render`.
//!
//! sea-query builds statements and expressions (`render::built`). Types and literals are passed to it as finished words,
//! which each dialect writes with one function, since sea-query assumes one `sql_mode` for literals of MySQL. A statement
//! that sea-query has no words for is raw, with a reason ([`RawReason`](crate::statement::RawReason)).

mod capabilities;
mod mysql;
#[cfg(feature = "database")]
pub(crate) mod own_types;
#[cfg(feature = "database")]
pub(crate) mod pool;
mod postgres;
pub(crate) mod render;
#[cfg(feature = "database")]
pub(crate) mod row_sql;
mod sqlite;

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::Function;
use modelshift_schema::generated::Storage;
use modelshift_schema::name::TableName;
use modelshift_schema::naming::shortened;
use modelshift_schema::relation::Deferrable;
use modelshift_schema::step::Step;
use modelshift_schema::table::Column;

use self::render::literal::Value;
use self::render::spelled_types::Words;
use self::render::{enums, kept_values, not_null_checks, table_parts, translation};
use crate::plan::statement::{Built, Statement, Written};
use crate::plan::{Action, Check};

pub use modelshift_schema::dialect::{Dialect, UnknownDialect};

pub use self::capabilities::{Capabilities, Product, Server};
#[cfg(feature = "mysql")]
pub(crate) use self::mysql::connection::MysqlSession;
#[cfg(feature = "database")]
use self::own_types::OwnTypes;
#[cfg(feature = "database")]
pub use self::pool::{OpenConnection, PoolOptions};
#[cfg(feature = "postgres")]
pub(crate) use self::postgres::connection::PostgresSession;
pub use self::render::client_script::client_script;
#[cfg(feature = "sqlite")]
pub(crate) use self::sqlite::connection::SqliteSession;

/// Something that a database does not support, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}; {remedy}")]
pub struct Unsupported {
    /// What cannot be done, and by which database, such as "mysql cannot index some rows only (`post_live_idx`)".
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl Unsupported {
    pub(crate) fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: remedy.into() }
    }
}

impl Capabilities {
    /// Returns the features of the main database of a dialect: SQLite, PostgreSQL 15, MySQL 8.
    pub fn default_for(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Sqlite => sqlite::capabilities::capabilities(),
            Dialect::Postgres => postgres::capabilities::capabilities(postgres::capabilities::ASSUMED),
            Dialect::Mysql => mysql::capabilities::mysql(),
        }
    }

    /// Returns the features of MariaDB; its dialect is [`Dialect::Mysql`].
    pub fn mariadb() -> Self {
        mysql::capabilities::mariadb()
    }

    /// Returns the features of a server.
    pub fn of(server: &Server) -> Self {
        match server.product {
            Product::Sqlite => sqlite::capabilities::capabilities(),
            Product::Postgres => postgres::capabilities::capabilities(server.version),
            Product::Mysql => mysql::capabilities::mysql(),
            Product::Mariadb => mysql::capabilities::mariadb(),
        }
    }
}

/// A step of a migration, and the operation that it belongs to.
#[derive(Clone, Debug)]
pub(crate) struct PlannedStep {
    /// The position of the operation, from 0.
    pub(crate) operation: usize,
    /// The description of the operation.
    pub(crate) why: String,
    /// The step.
    pub(crate) step: Step,
}

/// The rendered steps of one migration; its parts are those of [`crate::plan::MigrationPlan`].
#[derive(Debug, Default)]
pub(crate) struct Rendering {
    pub(crate) prologue: Vec<Statement>,
    pub(crate) actions: Vec<Action>,
    pub(crate) checks: Vec<Check>,
    pub(crate) epilogue: Vec<Statement>,
}

/// Returns the rendered steps of one migration.
///
/// All steps are rendered together, so that SQLite can combine all changes of a table in one rebuild. `atomic` is true
/// if the migration is to be one transaction.
///
/// # Errors
/// If the dialect does not support a step. The number is the position of its operation.
pub(crate) fn render(
    dialect: Dialect,
    capabilities: &Capabilities,
    steps: &[PlannedStep],
    atomic: bool,
) -> Result<Rendering, (usize, Unsupported)> {
    match dialect {
        Dialect::Sqlite => {
            refuse_schemas(dialect, steps)?;
            sqlite::render(steps)
        }
        Dialect::Postgres => {
            one_by_one(steps, postgres::settings::around(), &postgres::Postgres, |position| {
                let PlannedStep { step, why, .. } = &steps[position];
                refuse_virtual(dialect, capabilities, step)?;
                table_parts::refuse_newer_features(capabilities, step)?;
                if let Some(actions) = postgres::concurrent::actions(step, why, atomic)? {
                    return Ok(actions);
                }
                let mut actions = executed(postgres::ddl::schemas::created(steps, position)?, why);
                actions.extend(executed(postgres::ddl::step(step, &steps[position + 1..])?, why));
                Ok(actions)
            })
        }
        Dialect::Mysql => {
            refuse_schemas(dialect, steps)?;
            let mysql = mysql::Mysql { capabilities };
            one_by_one(steps, mysql::settings::around(), &mysql, |position| {
                Ok(executed(mysql::ddl::step(mysql, steps, position)?, &steps[position].why))
            })
        }
    }
}

/// Returns the queries that run before a migration that is not one transaction: they find rows that the steps from
/// `first` on would refuse when earlier steps are already done.
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

/// Returns the stages of one operation of a migration that is not one transaction: the number of actions of each stage,
/// and whether the stage is a transaction.
///
/// `is_sql` is true if the actions are those of a `RunSql`.
pub(crate) fn stages(dialect: Dialect, actions: &[Action], is_sql: bool) -> Vec<(usize, bool)> {
    match dialect {
        Dialect::Sqlite => sqlite::stages::stages(actions, is_sql),
        Dialect::Postgres => postgres::transaction_control::stages(actions, is_sql),
        Dialect::Mysql => mysql::transaction_control::stages(actions),
    }
}

/// Returns the first word of a text that would end the transaction of a migration; `None` if there is none, or if the
/// database cannot run DDL in a transaction.
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

/// Calls a function with what a dialect says to read and write rows.
#[cfg(feature = "database")]
pub(crate) fn with_row_sql<T>(
    dialect: Dialect,
    capabilities: &Capabilities,
    call: impl FnOnce(&dyn row_sql::RowSql) -> T,
) -> T {
    match dialect {
        Dialect::Sqlite => call(&sqlite::Sqlite),
        Dialect::Postgres => call(&postgres::Postgres),
        Dialect::Mysql => call(&mysql::Mysql { capabilities }),
    }
}

fn executed(texts: Vec<Written>, why: &str) -> Vec<Action> {
    texts.into_iter().map(|text| Action::Execute(text.because(why))).collect()
}

/// Refuses tables in a schema of their own, which only PostgreSQL has inside of a database.
fn refuse_schemas(dialect: Dialect, steps: &[PlannedStep]) -> Result<(), (usize, Unsupported)> {
    for PlannedStep { operation, step, .. } in steps {
        let (Step::CreateTable { after: table } | Step::AlterTable { after: table, .. }) = step else {
            continue;
        };
        if let Some(schema) = table.name.schema() {
            let what = format!("{dialect} has no schemas inside of a database (`{}`)", table.name);
            let remedy = format!(
                "leave `schema = \"{schema}\"` out, and set the table apart by its name, such as `table = \"{}\"`",
                shortened(&format!("{schema}_{}", table.name.as_str()))
            );
            return Err((*operation, Unsupported::new(what, remedy)));
        }
    }
    Ok(())
}

/// Refuses virtual columns if the database does not support them.
fn refuse_virtual(dialect: Dialect, capabilities: &Capabilities, step: &Step) -> Result<(), Unsupported> {
    if capabilities.virtual_columns {
        return Ok(());
    }
    let (Step::CreateTable { after: table } | Step::AlterTable { after: table, .. }) = step else {
        return Ok(());
    };
    for column in &table.columns {
        if column.generated.as_ref().is_some_and(|generated| generated.storage == Storage::Virtual) {
            let what = format!("{dialect} of this version stores every generated column (`{}`)", column.name);
            return Err(Unsupported::new(what, "leave `virtual` out, or use PostgreSQL 18 or newer"));
        }
    }
    Ok(())
}

/// Returns the error for a type that the dialect does not have.
fn no_native_type(dialect: Dialect, holds: &ColumnType) -> Unsupported {
    let own = "or keep the field to this database's own type with `sql_type(…)`";
    if let ColumnType::Native(native) = holds {
        let what = format!("{dialect} has no type `{}`, which PostgreSQL alone has", native.name());
        return Unsupported::new(what, format!("give the field another type, such as `String`, {own}"));
    }
    let what = format!("{dialect} has no columns of lists, which PostgreSQL alone has");
    Unsupported::new(what, format!("write `Json<Vec<…>>`, {own}"))
}

/// Returns the type that the author spells for this dialect.
fn spelled_type(dialect: Dialect, column: &Column) -> Option<&str> {
    column.sql_type.as_ref()?.get(dialect).map(String::as_str)
}

/// Returns the query of a step that changes nothing but requires that a query returns no rows.
fn required_query(spelling: &dyn Spelling, step: &Step) -> Result<Option<Statement>, Unsupported> {
    let of_values = enums::requirement(spelling, step)?;
    if of_values.is_some() { Ok(of_values) } else { translation::requirement(spelling, step) }
}

/// Renders each step by its position, in order.
fn one_by_one(
    steps: &[PlannedStep],
    around: Rendering,
    spelling: &dyn Spelling,
    step: impl Fn(usize) -> Result<Vec<Action>, Unsupported>,
) -> Result<Rendering, (usize, Unsupported)> {
    let mut rendering = around;
    for (position, planned) in steps.iter().enumerate() {
        let actions = with_requirements(steps, position, spelling, &step);
        rendering.actions.extend(actions.map_err(|error| (planned.operation, error))?);
    }
    Ok(rendering)
}

/// Renders one step, after the queries for rows that it would refuse.
fn with_requirements(
    steps: &[PlannedStep],
    position: usize,
    spelling: &dyn Spelling,
    step: impl Fn(usize) -> Result<Vec<Action>, Unsupported>,
) -> Result<Vec<Action>, Unsupported> {
    let (earlier, planned) = (&steps[..position], &steps[position]);
    if let Some(action) = Action::on_rows(&planned.step, &planned.why) {
        return Ok(vec![action]);
    }
    if let Some(check) = required_query(spelling, &planned.step)? {
        return Ok(vec![Action::Require(check)]);
    }
    let mut actions = Vec::new();
    actions.extend(not_null_checks::requirement(spelling, earlier, &planned.step)?);
    actions.extend(kept_values::requirement(spelling, earlier, planned)?);
    actions.extend(step(position)?);
    Ok(actions)
}

/// How a dialect writes the words of a statement.
///
/// No method has a default body, so that the compiler requires each of a new dialect.
pub(crate) trait Spelling {
    /// Returns the dialect.
    fn dialect(&self) -> Dialect;

    /// Returns the text that sea-query builds of a statement.
    fn build(&self, statement: &Built) -> String;

    /// Quotes a name. No other code of the dialect quotes names.
    fn identifier(&self, name: &str) -> Result<String, Unsupported>;

    /// Quotes the name of a table, with its schema.
    fn table(&self, name: &TableName) -> Result<String, Unsupported>;

    /// Quotes the name of a column that is read without its table. An unknown column must be an error.
    fn read_column(&self, name: &str) -> Result<String, Unsupported>;

    /// Writes a value. No other code of the dialect writes values.
    fn literal(&self, value: &Value<'_>) -> Result<String, Unsupported>;

    /// Writes the type of a column.
    fn column_type(&self, holds: &ColumnType) -> Result<String, Unsupported>;

    /// Writes the condition under which a value of type `from` is also a value of type `to`; `None` if all values are.
    fn fits(&self, value: &str, from: &ColumnType, to: &ColumnType) -> Option<String>;

    /// Returns the type that the author spells for this dialect.
    fn spelled<'c>(&self, column: &'c Column) -> Option<&'c str>;

    /// Returns the [`ColumnType`] that has the same values as a type of the database; `None` if no type has them.
    fn known_type(&self, words: &Words) -> Option<ColumnType>;

    /// Returns whether changing a column to a spelled type converts values of type `from` to type `to`.
    fn assigns(&self, from: &ColumnType, to: &ColumnType) -> bool;

    /// Writes the condition under which a value is kept unchanged, if one of the types is spelled and unknown.
    fn fits_unknown(&self, value: &str, old: &Column, new: &Column) -> Result<Option<String>, Unsupported>;

    /// Writes a quoted column as an operand of a comparison or a computation.
    fn operand(&self, quoted: String, holds: &ColumnType) -> String;

    /// Writes a pattern for LIKE, in which a backslash escapes the next character.
    fn pattern(&self, pattern: &str) -> Result<String, Unsupported>;

    /// Writes the call of a volatile function with a result of this type, in UTC; `None` if it has no such result.
    fn volatile(&self, function: Function, holds: &ColumnType) -> Option<String>;

    /// Returns the name of the function that counts the characters of a text.
    fn length_function(&self) -> &'static str;

    /// Returns the operator of integer division.
    fn integer_division(&self) -> &'static str;

    /// Writes the expression of a generated column, so that its value is stored like other values of the type.
    fn computed(&self, value: String, holds: &ColumnType) -> String;

    /// Writes an expression whose names and literals are finished words.
    fn expression(&self, expr: &sea_query::Expr) -> String;

    /// Returns the types of the columns of modelshift's own tables.
    #[cfg(feature = "database")]
    fn own_types(&self) -> OwnTypes;

    /// Writes that the check of the constraint can be deferred.
    fn deferrable(&self, rule: &str, when: Deferrable) -> Result<&'static str, Unsupported>;
}

/// Writes that the check of a constraint can be deferred, as standard SQL does.
fn standard_deferrable(when: Deferrable) -> &'static str {
    match when {
        Deferrable::Deferred => "DEFERRABLE INITIALLY DEFERRED",
        Deferrable::Immediate => "DEFERRABLE INITIALLY IMMEDIATE",
    }
}

#[cfg(test)]
mod tests;
