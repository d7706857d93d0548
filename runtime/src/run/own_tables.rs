//! The tables of our own, written once for every database: each dialect has the types of their columns.

use modelshift_schema::naming;

use crate::dialect::own_types::OwnTypes;
use crate::dialect::render::literal::Value;
use crate::dialect::{Spelling, Unsupported, with_spelling};
use crate::session::Session;
use crate::session::error::SessionError;
use crate::session::row::TextRow;

type Answer<T> = Result<T, SessionError>;

/// Returns whether a table is one of our own.
pub(crate) fn is_own(table: &str) -> bool {
    [naming::HISTORY_TABLE, naming::PROGRESS_TABLE, naming::STAGE_TABLE].contains(&table)
}

/// The kind of a column of modelshift's own tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Own {
    /// The order in which rows were written.
    Position,
    /// A name that is the key.
    KeyName,
    /// A unique name.
    UniqueName,
    /// A short text.
    Name,
    /// A text.
    Text,
    /// An integer.
    Number,
    /// When the row was written.
    Now,
    /// A text that tables of earlier versions lack.
    LaterText,
    /// An integer that tables of earlier versions lack.
    LaterNumber,
}

impl Own {
    fn declared(self, types: &OwnTypes) -> String {
        match self {
            Self::Position => types.position.to_owned(),
            Self::KeyName => format!("{} NOT NULL PRIMARY KEY", types.name),
            Self::UniqueName => format!("{} NOT NULL UNIQUE", types.name),
            Self::Name | Self::Now => format!("{} NOT NULL", types.name),
            Self::Text => format!("{} NOT NULL", types.text),
            Self::Number => format!("{} NOT NULL", types.number),
            Self::LaterText => types.text.to_owned(),
            Self::LaterNumber => types.number.to_owned(),
        }
    }

    /// Returns whether a table of an earlier version may be without the column.
    fn is_later(self) -> bool {
        matches!(self, Self::LaterText | Self::LaterNumber)
    }

    fn is_number(self) -> bool {
        matches!(self, Self::Number | Self::LaterNumber | Self::Position)
    }
}

/// One of modelshift's own tables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnTable {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its columns.
    pub(crate) columns: &'static [(&'static str, Own)],
}

impl OwnTable {
    /// Creates the table if it is missing, and adds columns that a table of an earlier version lacks.
    ///
    /// # Errors
    /// If the database reports an error.
    pub(crate) async fn create(&self, session: &mut impl Session) -> Answer<()> {
        let there = session.columns(self.name).await?;
        for sql in spelled(session, |spelling| self.definition(spelling, &there))? {
            session.execute(&sql).await?;
        }
        Ok(())
    }

    /// Returns the statements that lead from a table with these columns to the table; none of them are there where the
    /// table is missing.
    fn definition(&self, spelling: &dyn Spelling, there: &[String]) -> Result<Vec<String>, Unsupported> {
        let types = spelling.own_types();
        let table = spelling.identifier(self.name)?;
        let mut columns = Vec::new();
        for (name, holds) in self.columns {
            if there.is_empty() || (holds.is_later() && !there.iter().any(|it| it == name)) {
                columns.push(format!("{} {}", spelling.identifier(name)?, holds.declared(&types)));
            }
        }
        if there.is_empty() {
            return Ok(vec![format!("CREATE TABLE {table} ({})", columns.join(", "))]);
        }
        Ok(columns.into_iter().map(|column| format!("ALTER TABLE {table} ADD COLUMN {column}")).collect())
    }

    /// Returns all rows by the order of a column, or the name of a column that the table lacks; none where there is no
    /// table.
    ///
    /// # Errors
    /// If the database reports an error.
    pub(crate) async fn rows(
        &self,
        session: &mut impl Session,
        order: &str,
    ) -> Answer<Result<Vec<TextRow>, &'static str>> {
        let there = session.columns(self.name).await?;
        if there.is_empty() {
            return Ok(Ok(Vec::new()));
        }
        let mut columns = Vec::new();
        for (name, holds) in self.columns {
            if there.iter().any(|it| it == name) {
                columns.push(*name);
            } else if !holds.is_later() {
                return Ok(Err(name));
            }
        }
        let sql = spelled(session, |spelling| {
            let columns =
                columns.iter().map(|name| spelling.read_column(name)).collect::<Result<Vec<_>, _>>()?;
            let (table, order) = (spelling.identifier(self.name)?, spelling.read_column(order)?);
            Ok(format!("SELECT {} FROM {table} ORDER BY {order}", columns.join(", ")))
        })?;
        session.rows(&sql).await.map(Ok)
    }

    /// Counts the rows that hold these values.
    ///
    /// # Errors
    /// If the database reports an error.
    pub(crate) async fn count(&self, session: &mut impl Session, row: &[(&str, String)]) -> Answer<usize> {
        let sql = spelled(session, |spelling| {
            let (table, condition) = (spelling.identifier(self.name)?, self.condition(spelling, row)?);
            Ok(format!("SELECT count(*) FROM {table} WHERE {condition}"))
        })?;
        let rows = session.rows(&sql).await?;
        Ok(rows.first().and_then(TextRow::first).and_then(|count| count.parse().ok()).unwrap_or_default())
    }

    /// Deletes the rows that hold these values.
    ///
    /// # Errors
    /// If the database reports an error.
    pub(crate) async fn delete(&self, session: &mut impl Session, row: &[(&str, String)]) -> Answer<()> {
        let sql = spelled(session, |spelling| {
            let (table, condition) = (spelling.identifier(self.name)?, self.condition(spelling, row)?);
            Ok(format!("DELETE FROM {table} WHERE {condition}"))
        })?;
        session.execute(&sql).await
    }

    /// Drops the table.
    ///
    /// # Errors
    /// If the database reports an error.
    pub(crate) async fn drop(&self, session: &mut impl Session) -> Answer<()> {
        let sql = spelled(session, |spelling| Ok(format!("DROP TABLE {}", spelling.identifier(self.name)?)))?;
        session.execute(&sql).await
    }

    fn condition(&self, spelling: &dyn Spelling, row: &[(&str, String)]) -> Result<String, Unsupported> {
        let mut terms = Vec::new();
        for (name, value) in row {
            terms.push(format!("{} = {}", spelling.read_column(name)?, self.value(spelling, name, value)?));
        }
        Ok(terms.join(" AND "))
    }

    fn value(&self, spelling: &dyn Spelling, name: &str, value: &str) -> Result<String, Unsupported> {
        let is_number = self.columns.iter().any(|(column, holds)| *column == name && holds.is_number());
        let value = if is_number { Value::Number(value.to_owned()) } else { Value::Text(value) };
        spelling.literal(&value)
    }
}

/// Inserts a row; the time is added where the table has a column for it.
///
/// # Errors
/// If the database reports an error.
pub(crate) async fn insert_into(
    table: &OwnTable,
    session: &mut impl Session,
    row: &[(&str, String)],
) -> Answer<()> {
    let sql = spelled(session, |spelling| {
        let mut columns = Vec::new();
        let mut values = Vec::new();
        for (name, value) in row {
            columns.push(spelling.identifier(name)?);
            values.push(table.value(spelling, name, value)?);
        }
        for (name, _) in table.columns.iter().filter(|(_, holds)| *holds == Own::Now) {
            columns.push(spelling.identifier(name)?);
            values.push(spelling.own_types().now.to_owned());
        }
        let table = spelling.identifier(table.name)?;
        Ok(format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), values.join(", ")))
    })?;
    session.execute(&sql).await
}

fn spelled<T>(
    session: &impl Session,
    text: impl FnOnce(&dyn Spelling) -> Result<T, Unsupported>,
) -> Answer<T> {
    let text = with_spelling(session.dialect(), session.capabilities(), text);
    text.map_err(|error| SessionError::reported(&error))
}
