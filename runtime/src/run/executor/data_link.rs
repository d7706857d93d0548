//! What the function of a migration asks -> statements on its session.

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
use std::any::Any;
use std::collections::BTreeMap;
use std::time::Instant;

use modelshift_schema::expr::{BinaryOp, Expr, Literal};
use modelshift_schema::name::{FieldName, ModelKey};
use modelshift_schema::sql::SqlStatement;
use modelshift_schema::table::Table;

use crate::data;
use crate::data::request::{Answer, Batch, Link, Reply, Request, Values};
use crate::dialect::render::rows::{Insertion, RowStatements};
use crate::dialect::render::script;
use crate::dialect::{Dialect, Unsupported, transaction_word, with_row_sql, with_spelling};
use crate::error::{Error, ErrorKind};
use crate::plan::{DataCall, MigrationPlan};
use crate::run::interrupted;
use crate::run::report::{Event, Observer};
use crate::session::Session;
use crate::session::error::SessionError;
use crate::session::row::TextRow;

/// Where the transaction stands when the function gets the connection itself: the end of the transaction ends this, too.
const LENT: &str = "modelshift_function";

/// A session that answers the functions of a migration.
#[derive(Debug)]
pub(crate) struct DataLink<'a, S> {
    session: &'a mut S,
    observer: &'a mut Observer,
    plan: &'a MigrationPlan,
    call: &'a DataCall,
    /// True in a transaction, which the function must not end.
    is_atomic: bool,
    /// True in the transaction of a batch.
    is_in_batch: bool,
    /// True while the function has the connection itself, in a transaction.
    is_lent: bool,
    /// How far the batches are that have begun, by their number.
    paces: BTreeMap<usize, Pace>,
    /// How many rows were written.
    written: u64,
}

impl<'a, S: Session> DataLink<'a, S> {
    pub(crate) fn new(
        session: &'a mut S,
        observer: &'a mut Observer,
        plan: &'a MigrationPlan,
        call: &'a DataCall,
        is_atomic: bool,
    ) -> Self {
        let (is_in_batch, is_lent, paces) = (false, false, BTreeMap::new());
        Self { session, observer, plan, call, is_atomic, is_in_batch, is_lent, paces, written: 0 }
    }

    /// Ends what a function left open, and returns how many rows it wrote.
    pub(crate) async fn end(mut self, result: data::Result) -> data::Result<u64> {
        let result = match result {
            Ok(()) => self.take_back().await,
            Err(error) => Err(error),
        };
        if self.is_in_batch {
            match &result {
                Ok(()) => self.commit().await?,
                Err(_) => self.session.rollback().await,
            }
        }
        result.map(|()| self.written)
    }

    /// Begins the transaction of a batch, and returns where an earlier run was cut.
    async fn resume(&mut self) -> data::Result<Answer> {
        if self.is_atomic {
            return Ok(Answer::default());
        }
        if !self.is_in_batch {
            interrupted::prepare(self.session).await.map_err(|error| broken(&error))?;
            self.begin().await?;
        }
        let place = interrupted::place(self.session, self.plan, &self.call.function).await;
        Ok(Answer { rows: vec![vec![place.map_err(|error| broken(&error))?]], ..Answer::default() })
    }

    /// Keeps a batch, and begins the transaction of the next one unless it is the last.
    async fn keep(&mut self, place: String, batch: Batch, is_last: bool) -> data::Result<Answer> {
        if self.is_in_batch {
            let kept = interrupted::keep_place(self.session, self.plan, &self.call.function, place).await;
            kept.map_err(|error| broken(&error))?;
            self.commit().await?;
            if !is_last {
                self.begin().await?;
            }
        }
        self.report(batch, is_last).await?;
        Ok(Answer::default())
    }

    /// Reports how far the batches are. The rows after the first batch are counted once, if there are any and the run has an observer.
    async fn report(&mut self, batch: Batch, is_last: bool) -> data::Result {
        let Batch { batches, model, condition, after, rows } = batch;
        if is_last || !self.observer.is_told() {
            return Ok(());
        }
        let mut pace = self.paces.remove(&batches).unwrap_or_else(Pace::begin);
        pace.done += rows;
        let left = match (&after, pace.all) {
            (None, _) => 0,
            (Some(_), Some(all)) => all.saturating_sub(pace.done),
            (Some(after), None) => self.count(&model, condition.as_ref(), Some(after)).await?,
        };
        pace.all = Some(pace.done + left);
        let (migration, function) = (&self.plan.id, self.call.function.as_str());
        let (rows, took) = (pace.done, pace.begin.elapsed());
        self.observer.tell(Event::BatchDone { migration, function, rows, left, took });
        if after.is_some() {
            self.paces.insert(batches, pace);
        }
        Ok(())
    }

    async fn count(
        &mut self,
        model: &ModelKey,
        condition: Option<&Expr>,
        after: Option<&Values>,
    ) -> data::Result<u64> {
        let sql = self.statement(model, |it| it.count(condition, after.map(Vec::as_slice)))?;
        let answer = self.rows(&sql, model).await?;
        let count = answer.rows.first().and_then(|row| row.first()).and_then(Option::as_deref);
        Ok(count.and_then(|count| count.parse().ok()).unwrap_or_default())
    }

    /// Marks where the transaction stands, before the function uses the connection itself.
    #[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
    async fn lend(&mut self) -> data::Result<Answer> {
        if self.is_atomic || self.is_in_batch {
            let marked = self.session.execute(&format!("SAVEPOINT {LENT}")).await;
            marked.map_err(|error| failed(&error))?;
            self.is_lent = true;
        }
        Ok(Answer::default())
    }

    /// Goes on after the function used the connection itself; the transaction must be the same.
    async fn take_back(&mut self) -> data::Result {
        if !std::mem::take(&mut self.is_lent) {
            return Ok(());
        }
        let released = self.session.execute(&format!("RELEASE SAVEPOINT {LENT}")).await;
        released.map_err(|error| {
            failed(&error).about(
                "the transaction of the migration cannot go on after what was done on the connection itself, where nothing \
                 may begin or end a transaction (what was committed there is kept; with `atomic = false;` at the head of the \
                 migration, there is no transaction)",
            )
        })
    }

    async fn begin(&mut self) -> data::Result {
        if self.session.try_begin().await.map_err(|error| failed(&error))? {
            self.is_in_batch = true;
            return Ok(());
        }
        Err(data::Error::locked("another process holds the lock of migrations".to_owned()))
    }

    async fn commit(&mut self) -> data::Result {
        self.is_in_batch = false;
        let committed = self.session.commit().await;
        if committed.is_err() {
            self.session.rollback().await;
        }
        committed.map_err(|error| failed(&error))
    }
}

/// How far batches are.
#[derive(Debug)]
struct Pace {
    begin: Instant,
    /// How many rows are done in this run.
    done: u64,
    /// How many rows there are in this run.
    all: Option<u64>,
}

impl Pace {
    fn begin() -> Self {
        Self { begin: Instant::now(), done: 0, all: None }
    }
}

impl<S: Session> Link for DataLink<'_, S> {
    fn ask(&mut self, request: Request) -> Reply<'_> {
        Box::pin(async move {
            self.take_back().await?;
            self.answer(request).await
        })
    }

    fn dialect(&self) -> Dialect {
        self.session.dialect()
    }

    #[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
    fn driver(&mut self) -> data::Result<&mut (dyn Any + Send)> {
        self.session.driver().map_err(|error| failed(&error))
    }
}

impl<S: Session> DataLink<'_, S> {
    async fn answer(&mut self, request: Request) -> data::Result<Answer> {
        match request {
            Request::Select { model, fields, condition, after, limit } => {
                let sql = self
                    .statement(&model, |it| it.select(fields, condition.as_ref(), after.as_deref(), limit))?;
                self.rows(&sql, &model).await
            }
            Request::Count { model, condition } => {
                let sql = self.statement(&model, |it| it.count(condition.as_ref(), None))?;
                self.rows(&sql, &model).await
            }
            Request::Insert { model, fields, rows } => {
                let all = self.statement(&model, |it| it.insert(fields, &rows))?;
                self.insert(&model, all).await
            }
            Request::Update { model, fields, rows } => {
                let mut written = 0;
                for sql in self.statement(&model, |it| it.update(fields, &rows))? {
                    written += self.write(&sql, &model).await?;
                }
                Ok(Answer { written, ..Answer::default() })
            }
            Request::UpdateWhere { model, assignments, condition } => {
                let sql = self.statement(&model, |it| it.update_where(&assignments, condition.as_ref()))?;
                self.written(&sql, &model).await
            }
            Request::DeleteWhere { model, condition } => {
                let sql = self.statement(&model, |it| it.delete_where(condition.as_ref()))?;
                self.written(&sql, &model).await
            }
            Request::Delete { model, key } => {
                let sql = self.statement(&model, |it| it.delete(&key))?;
                self.written(&sql, &model).await
            }
            Request::Related { model, field, key } => {
                let (join, own, other) = self.join(&model, field)?;
                let sql = self.of_join(&join, |it| it.values(&other, &equals(&own, &key)))?;
                self.rows(&sql, &model).await
            }
            Request::Relate { model, field, key, others, is_added: true } => {
                let (join, own, other) = self.join(&model, field)?;
                let rows: Vec<Values> = others.into_iter().map(|it| [key.clone(), it].concat()).collect();
                let all = self.of_join(&join, |it| it.insert(&[&own, &other], &rows))?;
                self.insert(&model, all).await
            }
            Request::Relate { model, field, key, others, is_added: false } => {
                let (join, own, other) = self.join(&model, field)?;
                let list = others.into_iter().flatten().flatten().map(Expr::Literal).collect();
                let listed = Expr::InList { operand: Box::new(Expr::name(other.as_str())), list };
                let condition = Expr::binary(BinaryOp::And, equals(&own, &key), listed);
                let sql = self.of_join(&join, |it| it.delete_where(Some(&condition)))?;
                self.written(&sql, &model).await
            }
            Request::Resume { batches } => {
                self.paces.insert(batches, Pace::begin());
                self.resume().await
            }
            Request::Keep { place, batch, is_last } => self.keep(place, batch, is_last).await,
            #[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
            Request::Lend => self.lend().await,
            Request::Text { text, parameters, has_rows } => self.text(text, parameters, has_rows).await,
        }
    }

    async fn text(&mut self, text: String, parameters: Values, has_rows: bool) -> data::Result<Answer> {
        let dialect = self.session.dialect();
        if (self.is_atomic || self.is_in_batch)
            && let Some(word) = transaction_word(dialect, &text)
        {
            return Err(data::Error::new(format!(
                "its SQL says `{word}`, and would so leave the transaction of the migration; leave that out, or write \
                 `atomic = false;` at the head of the migration"
            )));
        }
        let statement = SqlStatement { text, parameters };
        let sql =
            with_spelling(dialect, self.session.capabilities(), |it| script::text(dialect, it, &statement))?;
        let Some(sql) = sql else { return Ok(Answer::default()) };
        if !has_rows {
            let written = self.session.affect(&sql).await;
            let written = written.map_err(|error| failed(&error).about(&sql))?;
            self.written += written;
            return Ok(Answer { written, ..Answer::default() });
        }
        let rows = self.session.rows(&sql).await.map_err(|error| failed(&error).about(&sql))?;
        let names = rows.first().map(|row| row.names().map(str::to_owned).collect()).unwrap_or_default();
        Ok(Answer { names, rows: rows.into_iter().map(TextRow::into_values).collect(), written: 0 })
    }

    async fn insert(&mut self, model: &ModelKey, all: Vec<Insertion>) -> data::Result<Answer> {
        let mut answer = Answer::default();
        for Insertion { sql, returns_key, key_query } in all {
            if returns_key {
                answer = self.rows(&sql, model).await?;
                self.written += 1;
                continue;
            }
            answer.written += self.write(&sql, model).await?;
            if let Some(query) = key_query {
                answer.rows = self.rows(query, model).await?.rows;
            }
        }
        Ok(answer)
    }

    async fn rows(&mut self, sql: &str, model: &ModelKey) -> data::Result<Answer> {
        let rows = self.session.rows(sql).await.map_err(|error| failed(&error).about(&model.to_string()))?;
        Ok(Answer { rows: rows.into_iter().map(TextRow::into_values).collect(), ..Answer::default() })
    }

    async fn written(&mut self, sql: &str, model: &ModelKey) -> data::Result<Answer> {
        Ok(Answer { written: self.write(sql, model).await?, ..Answer::default() })
    }

    async fn write(&mut self, sql: &str, model: &ModelKey) -> data::Result<u64> {
        let written = self.session.affect(sql).await;
        let written = written.map_err(|error| failed(&error).about(&model.to_string()))?;
        self.written += written;
        Ok(written)
    }

    /// Writes statements about the rows of a model.
    fn statement<T>(
        &self,
        key: &ModelKey,
        write: impl FnOnce(&RowStatements<'_>) -> Result<T, Unsupported>,
    ) -> data::Result<T> {
        let (model, table) = (self.call.state.model(key)?, self.call.state.table(key)?);
        self.written_by(Some(model), &table, write)
            .map_err(|error| data::Error::from(error).about(&key.to_string()))
    }

    fn of_join<T>(
        &self,
        table: &Table,
        write: impl FnOnce(&RowStatements<'_>) -> Result<T, Unsupported>,
    ) -> data::Result<T> {
        Ok(self.written_by(None, table, write)?)
    }

    fn written_by<T>(
        &self,
        model: Option<&modelshift_schema::model::Model>,
        table: &Table,
        write: impl FnOnce(&RowStatements<'_>) -> Result<T, Unsupported>,
    ) -> Result<T, Unsupported> {
        let (dialect, capabilities) = (self.session.dialect(), self.session.capabilities());
        with_row_sql(dialect, capabilities, |reading| {
            with_spelling(dialect, capabilities, |spelling| {
                write(&RowStatements { spelling, reading, model, table })
            })
        })
    }

    /// Returns the join table of a field, with the names of its columns for this model and the other.
    fn join(&self, key: &ModelKey, field: &str) -> data::Result<(Table, String, String)> {
        let field = FieldName::new(field);
        let joins = self.call.state.join_tables(key)?;
        let join = joins.into_iter().find(|(name, _)| *name == field).map(|(_, table)| table);
        let ends = join.and_then(|table| {
            let mut ends = table.columns.iter().skip(1).map(|column| column.name.as_str().to_owned());
            let (own, other) = (ends.next()?, ends.next()?);
            Some((table, own, other))
        });
        ends.ok_or_else(|| {
            data::Error::new(format!("`{key}` has no field `{field}` with a join table of its own"))
        })
    }
}

fn equals(column: &str, key: &Values) -> Expr {
    let value = key.first().cloned().flatten().unwrap_or(Literal::Int(0));
    Expr::binary(BinaryOp::Eq, Expr::name(column), Expr::Literal(value))
}

fn broken(error: &Error) -> data::Error {
    let is_locked = matches!(error.kind(), ErrorKind::Locked { .. });
    let message = error.to_string();
    if is_locked { data::Error::locked(message) } else { data::Error::new(message) }
}

fn failed(error: &SessionError) -> data::Error {
    let message = error.to_string();
    if *error == SessionError::Locked { data::Error::locked(message) } else { data::Error::new(message) }
}
