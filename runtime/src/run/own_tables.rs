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
    /// Who wrote the row; tables of earlier versions lack it.
    LaterWho,
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
            Self::LaterText | Self::LaterWho => types.text.to_owned(),
            Self::LaterNumber => types.number.to_owned(),
        }
    }

    /// Returns whether a table of an earlier version may be without the column.
    fn is_later(self) -> bool {
        matches!(self, Self::LaterText | Self::LaterNumber | Self::LaterWho)
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
        let there = session.columns(&self.name.into()).await?;
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
    /// [`SessionError::Locked`] if another process drops the table meanwhile, and if the database reports an error.
    pub(crate) async fn rows(
        &self,
        session: &mut impl Session,
        order: &str,
    ) -> Answer<Result<Vec<TextRow>, &'static str>> {
        let there = session.columns(&self.name.into()).await?;
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
        match session.rows(&sql).await {
            // A snapshot still has the table.
            Err(SessionError::NoTable(_)) => Err(SessionError::Locked),
            rows => rows.map(Ok),
        }
    }

    /// Returns the values of a text column, and whether there is another table. This table must exist.
    ///
    /// # Errors
    /// If the database reports an error.
    pub(crate) async fn values(
        &self,
        session: &mut impl Session,
        column: &str,
        other: &str,
    ) -> Answer<(Vec<String>, bool)> {
        let sql = spelled(session, |spelling| {
            let types = spelling.own_types();
            let (table, column) = (spelling.identifier(self.name)?, spelling.read_column(column)?);
            let ((begin, end), (has, table_ends)) = (types.lines.unwrap_or_default(), types.has_table);
            let other = spelling.literal(&Value::Text(other))?;
            Ok(format!(
                "SELECT {begin}{column}{end} AS texts, {has}{other}{table_ends} AS other FROM {table}"
            ))
        })?;
        let rows = session.rows(&sql).await?;
        let has_other = match rows.first() {
            Some(row) => row.is_true("other"),
            None => !session.columns(&other.into()).await?.is_empty(),
        };
        let texts = rows.iter().filter_map(TextRow::first);
        Ok((texts.flat_map(str::lines).map(str::to_owned).collect(), has_other))
    }

    /// Counts the rows that hold these values.
    ///
    /// # Errors
    /// If the database reports an error.
    pub(crate) async fn count(&self, session: &mut impl Session, row: &[(&str, String)]) -> Answer<usize> {
        let sql = spelled(session, |spelling| self.count_of(spelling, row))?;
        Ok(counted(&session.rows(&sql).await?))
    }

    fn count_of(&self, spelling: &dyn Spelling, row: &[(&str, String)]) -> Result<String, Unsupported> {
        let (table, condition) = (spelling.identifier(self.name)?, self.condition(spelling, row)?);
        Ok(format!("SELECT count(*) FROM {table} WHERE {condition}"))
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

fn counted(rows: &[TextRow]) -> usize {
    rows.first().and_then(TextRow::first).and_then(|count| count.parse().ok()).unwrap_or_default()
}

/// Inserts a row as [`insert_into`] does, and then counts the rows that hold these values of it.
///
/// # Errors
/// If the database reports an error.
pub(crate) async fn insert_and_count(
    table: &OwnTable,
    session: &mut impl Session,
    row: &[(&str, String)],
    kept: &[(&str, String)],
) -> Answer<usize> {
    let (insert, count) = spelled(session, |spelling| {
        Ok((insertion(table, spelling, &[row])?, table.count_of(spelling, kept)?))
    })?;
    Ok(counted(&session.rows_after(&insert, &count).await?))
}

/// Inserts a row; the time, and who writes it, are added where the table has columns for them.
///
/// # Errors
/// If the database reports an error.
pub(crate) async fn insert_into(
    table: &OwnTable,
    session: &mut impl Session,
    row: &[(&str, String)],
) -> Answer<()> {
    insert_all(table, session, &[row]).await
}

/// Inserts rows with the same columns, as [`insert_into`] inserts one.
///
/// # Errors
/// If the database reports an error.
pub(crate) async fn insert_all(
    table: &OwnTable,
    session: &mut impl Session,
    rows: &[&[(&str, String)]],
) -> Answer<()> {
    let sql = spelled(session, |spelling| insertion(table, spelling, rows))?;
    if rows.is_empty() { Ok(()) } else { session.execute(&sql).await }
}

/// Returns the statement that inserts rows with the same columns.
fn insertion(
    table: &OwnTable,
    spelling: &dyn Spelling,
    rows: &[&[(&str, String)]],
) -> Result<String, Unsupported> {
    let mut columns = Vec::new();
    for (name, _) in rows.iter().take(1).copied().flatten() {
        columns.push(spelling.identifier(name)?);
    }
    let mut added = Vec::new();
    for (name, holds) in table.columns {
        let types = spelling.own_types();
        let value = match holds {
            Own::Now => types.now,
            Own::LaterWho => types.who,
            Own::Position
            | Own::KeyName
            | Own::UniqueName
            | Own::Name
            | Own::Text
            | Own::Number
            | Own::LaterText
            | Own::LaterNumber => continue,
        };
        columns.push(spelling.identifier(name)?);
        added.push(value.to_owned());
    }
    let mut all = Vec::new();
    for row in rows {
        let values = row.iter().map(|(name, value)| table.value(spelling, name, value));
        let values: Vec<String> = values.chain(added.iter().cloned().map(Ok)).collect::<Result<_, _>>()?;
        all.push(format!("({})", values.join(", ")));
    }
    let table = spelling.identifier(table.name)?;
    Ok(format!("INSERT INTO {table} ({}) VALUES {}", columns.join(", "), all.join(", ")))
}

fn spelled<T>(
    session: &impl Session,
    text: impl FnOnce(&dyn Spelling) -> Result<T, Unsupported>,
) -> Answer<T> {
    let text = with_spelling(session.dialect(), session.capabilities(), text);
    text.map_err(|error| SessionError::reported(&error))
}
