//! What the function of a migration asks -> statements on its session.

use modelshift_schema::expr::{BinaryOp, Expr, Literal};
use modelshift_schema::name::{FieldName, ModelKey};
use modelshift_schema::sql::SqlStatement;
use modelshift_schema::table::Table;

use crate::data;
use crate::data::request::{Answer, Link, Reply, Request, Values};
use crate::dialect::render::rows::{Insertion, RowStatements};
use crate::dialect::render::script;
use crate::dialect::{Unsupported, transaction_word, with_row_sql, with_spelling};
use crate::error::{Error, ErrorKind};
use crate::plan::{DataCall, MigrationPlan};
use crate::run::interrupted;
use crate::session::Session;
use crate::session::error::SessionError;
use crate::session::row::TextRow;

/// A session that answers the functions of a migration.
#[derive(Debug)]
pub(crate) struct DataLink<'a, S> {
    session: &'a mut S,
    plan: &'a MigrationPlan,
    call: &'a DataCall,
    /// True in a transaction, which the function must not end.
    is_atomic: bool,
    /// True in the transaction of a batch.
    is_in_batch: bool,
    /// How many rows were written.
    written: u64,
}

impl<'a, S: Session> DataLink<'a, S> {
    pub(crate) fn new(
        session: &'a mut S,
        plan: &'a MigrationPlan,
        call: &'a DataCall,
        is_atomic: bool,
    ) -> Self {
        Self { session, plan, call, is_atomic, is_in_batch: false, written: 0 }
    }

    /// Ends what a function left open, and returns how many rows it wrote.
    pub(crate) async fn end(mut self, result: data::Result) -> data::Result<u64> {
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
    async fn keep(&mut self, place: String, is_last: bool) -> data::Result<Answer> {
        if self.is_in_batch {
            let kept = interrupted::keep_place(self.session, self.plan, &self.call.function, place).await;
            kept.map_err(|error| broken(&error))?;
            self.commit().await?;
            if !is_last {
                self.begin().await?;
            }
        }
        Ok(Answer::default())
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

impl<S: Session> Link for DataLink<'_, S> {
    fn ask(&mut self, request: Request) -> Reply<'_> {
        Box::pin(async move { self.answer(request).await })
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
                let sql = self.statement(&model, |it| it.count(condition.as_ref()))?;
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
            Request::Resume => self.resume().await,
            Request::Keep { place, is_last } => self.keep(place, is_last).await,
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
