//! The database of a migration, for its functions.

mod batches;
mod connection;
mod related;
mod rows;

use std::fmt;
use std::sync::Arc;

use modelshift_schema::expr::{BinaryOp, Expr, Literal};
use modelshift_schema::name::ModelKey;

use super::column::{Assignment, Condition};
use super::error::{Error, Result};
use super::request::{Answer, Link, Request, Values};
use super::row::{Cells, Key, Record, Row};

pub use self::batches::Batches;
pub use self::rows::Rows;

/// The most rows of one statement.
const BATCH: usize = 500;

/// The database of a migration, in the transaction of the migration where it has one.
pub struct Db<'a> {
    link: &'a mut dyn Link,
    /// How many batches the function has begun.
    batches: usize,
}

impl fmt::Debug for Db<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Db").finish_non_exhaustive()
    }
}

fn model<R: Row>() -> ModelKey {
    let (app, name) = R::MODEL;
    ModelKey::new(app, name)
}

/// Returns what an error is about: a model, and the key of a row.
fn about<R: Row>(key: &Values) -> String {
    let values: Vec<String> = key.iter().map(|value| spelled(value.as_ref())).collect();
    format!("{} with key {}", model::<R>(), values.join(", "))
}

fn spelled(value: Option<&Literal>) -> String {
    match value {
        None => "NULL".to_owned(),
        Some(Literal::Bool(flag)) => flag.to_string(),
        Some(Literal::Int(number)) => number.to_string(),
        Some(Literal::Float(text)) => text.clone(),
        Some(Literal::Text(text)) => format!("{text:?}"),
        Some(Literal::Bytes(bytes)) => format!("b\"{}\"", bytes.escape_ascii()),
    }
}

#[cfg(feature = "database")]
impl<'a> Db<'a> {
    pub(crate) fn new(link: &'a mut dyn Link) -> Self {
        Self { link, batches: 0 }
    }
}

impl Db<'_> {
    async fn ask(&mut self, request: Request) -> Result<Answer> {
        self.link.ask(request).await
    }

    /// Returns all rows of a model, in order of the key.
    pub fn all<R: Row>(&self) -> Rows<R> {
        Rows::new(Condition::all())
    }

    /// Returns the rows that fulfil a condition, in order of the key.
    pub fn find<R: Row>(&self, condition: Condition<R>) -> Rows<R> {
        Rows::new(condition)
    }

    /// Returns the rows that fulfil a condition in batches, which a migration with `atomic = false` keeps one by one.
    pub fn batches<R: Row>(&mut self, condition: Condition<R>) -> Batches<R> {
        self.batches += 1;
        Batches::new(Rows::new(condition), self.batches)
    }

    /// Returns the row with a key; none where there is none.
    ///
    /// # Errors
    /// If the database reports an error, or a value is not one of its field's type.
    pub async fn get<R: Row>(&mut self, key: R::Key) -> Result<Option<R>> {
        let parts = R::KEY.iter().zip(key.to_literals()).map(|(name, value)| {
            value.map(|value| Expr::binary(BinaryOp::Eq, Expr::name(*name), Expr::Literal(value)))
        });
        let Some(parts) = parts.collect::<Option<Vec<Expr>>>() else { return Ok(None) };
        let condition = parts.into_iter().reduce(|one, other| Expr::binary(BinaryOp::And, one, other));
        Ok(self.select(condition, None, 1).await?.pop())
    }

    /// Returns how many rows fulfil a condition.
    ///
    /// # Errors
    /// If the database reports an error.
    pub async fn count<R: Row>(&mut self, condition: Condition<R>) -> Result<u64> {
        let answer = self.ask(Request::Count { model: model::<R>(), condition: condition.expr }).await?;
        let count = answer.rows.first().and_then(|row| row.first()).and_then(Option::as_deref);
        count.and_then(|count| count.parse().ok()).ok_or_else(|| Error::new("the rows cannot be counted"))
    }

    /// Inserts a row, and returns its key. An automatic key of 0 is given by the database.
    ///
    /// # Errors
    /// If the database refuses the row.
    pub async fn insert<R: Row>(&mut self, row: &R) -> Result<R::Key> {
        let (model, rows) = (model::<R>(), vec![row.to_literals()]);
        let answer = self.ask(Request::Insert { model, fields: R::FIELDS, rows }).await?;
        let key = answer.rows.first().map(Vec::as_slice).unwrap_or_default();
        if key.is_empty() { Ok(row.key()) } else { R::Key::from_cells(&mut Cells::new(&[], key)) }
    }

    /// Inserts rows, many with each statement. An automatic key of 0 is given by the database.
    ///
    /// # Errors
    /// If the database refuses a row.
    pub async fn insert_many<R: Row>(&mut self, rows: impl IntoIterator<Item = R>) -> Result<u64> {
        let mut rows = rows.into_iter().map(|row| row.to_literals());
        let mut written = 0;
        loop {
            let rows: Vec<Values> = rows.by_ref().take(BATCH).collect();
            if rows.is_empty() {
                return Ok(written);
            }
            written += rows.len() as u64;
            self.ask(Request::Insert { model: model::<R>(), fields: R::FIELDS, rows }).await?;
        }
    }

    /// Writes all fields of a row, which is found by its key.
    ///
    /// # Errors
    /// If the database refuses the values, or there is no row with this key.
    pub async fn update<R: Row>(&mut self, row: &R) -> Result {
        let (model, rows) = (model::<R>(), vec![row.to_literals()]);
        let key = row.key().to_literals();
        let answer = self.ask(Request::Update { model, fields: R::FIELDS, rows }).await;
        match answer.map_err(|error| error.about(&about::<R>(&key)))?.written {
            0 => Err(Error::new("there is no such row to update").about(&about::<R>(&key))),
            _ => Ok(()),
        }
    }

    /// Writes all fields of rows, which are found by their keys, many with each statement; a row that is not there is left out.
    /// Returns how many were found.
    ///
    /// # Errors
    /// If the database refuses the values.
    pub async fn update_many<'r, R: Row>(&mut self, rows: impl IntoIterator<Item = &'r R>) -> Result<u64> {
        let mut rows = rows.into_iter().map(Row::to_literals);
        let mut written = 0;
        loop {
            let rows: Vec<Values> = rows.by_ref().take(BATCH).collect();
            if rows.is_empty() {
                return Ok(written);
            }
            let request = Request::Update { model: model::<R>(), fields: R::FIELDS, rows };
            written += self.ask(request).await?.written;
        }
    }

    /// Sets columns of all rows that fulfil a condition; the database computes the values. Returns how many rows there are.
    ///
    /// # Errors
    /// If the database refuses the values.
    pub async fn update_where<R: Row>(
        &mut self,
        condition: Condition<R>,
        assignments: impl IntoIterator<Item = Assignment<R>>,
    ) -> Result<u64> {
        let assignments: Vec<_> = assignments.into_iter().map(|it| (it.field, it.value)).collect();
        if assignments.is_empty() {
            return Ok(0);
        }
        let (model, condition) = (model::<R>(), condition.expr);
        Ok(self.ask(Request::UpdateWhere { model, assignments, condition }).await?.written)
    }

    /// Deletes a row, which is found by its key; what refers to it is as the database has it.
    ///
    /// # Errors
    /// If the database refuses it.
    pub async fn delete<R: Row>(&mut self, row: &R) -> Result {
        let key = row.key().to_literals();
        let deleted = self.ask(Request::Delete { model: model::<R>(), key: key.clone() }).await;
        deleted.map(|_| ()).map_err(|error| error.about(&about::<R>(&key)))
    }

    /// Deletes all rows that fulfil a condition; returns how many there were.
    ///
    /// # Errors
    /// If the database refuses it.
    pub async fn delete_where<R: Row>(&mut self, condition: Condition<R>) -> Result<u64> {
        let request = Request::DeleteWhere { model: model::<R>(), condition: condition.expr };
        Ok(self.ask(request).await?.written)
    }

    /// Returns the first row that fulfils a condition; inserts the given one where there is none.
    ///
    /// # Errors
    /// If the database reports an error, or refuses the row.
    pub async fn get_or_insert<R: Row>(&mut self, condition: Condition<R>, row: R) -> Result<R> {
        if let Some(found) = self.find(condition).first(self).await? {
            return Ok(found);
        }
        let key = self.insert(&row).await?;
        Ok(self.get(key).await?.unwrap_or(row))
    }

    /// Runs a statement, with a value for each `?` in it; returns how many rows it wrote.
    ///
    /// # Errors
    /// If the database reports an error.
    pub async fn execute(&mut self, sql: &str, parameters: &[Option<Literal>]) -> Result<u64> {
        let (text, parameters) = (sql.to_owned(), parameters.to_vec());
        Ok(self.ask(Request::Text { text, parameters, has_rows: false }).await?.written)
    }

    /// Returns the rows of a query, with a value for each `?` in it.
    ///
    /// # Errors
    /// If the database reports an error.
    pub async fn fetch(&mut self, sql: &str, parameters: &[Option<Literal>]) -> Result<Vec<Record>> {
        let (text, parameters) = (sql.to_owned(), parameters.to_vec());
        let Answer { names, rows, .. } = self.ask(Request::Text { text, parameters, has_rows: true }).await?;
        let names: Arc<[String]> = names.into();
        Ok(rows.into_iter().map(|values| Record { names: Arc::clone(&names), values }).collect())
    }

    async fn select<R: Row>(
        &mut self,
        condition: Option<Expr>,
        after: Option<Values>,
        limit: usize,
    ) -> Result<Vec<R>> {
        let (model, fields) = (model::<R>(), R::FIELDS);
        let answer = self.ask(Request::Select { model, fields, condition, after, limit }).await?;
        answer.rows.iter().map(|row| Self::read(row)).collect()
    }

    fn read<R: Row>(row: &[Option<String>]) -> Result<R> {
        R::from_cells(&mut Cells::new(R::FIELDS, row)).map_err(|error| {
            let shown = row.first().and_then(Option::as_deref).unwrap_or("NULL");
            let first = R::FIELDS.first().copied().unwrap_or_default();
            error.about(&format!("{}, in the row whose `{first}` is {shown}", model::<R>()))
        })
    }
}
