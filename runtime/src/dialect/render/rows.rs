//! Statements that read and write the rows of a model: for the functions of migrations.

use std::collections::BTreeSet;

use modelshift_schema::expr::{BinaryOp, Expr, Literal};
use modelshift_schema::model::Model;
use modelshift_schema::table::{Column, Table};
use sea_query::{Order, Query, SelectStatement};

use super::built::{built, word};
use super::expression::Expressions;
use super::literal::{Place, value};
use super::table_parts::Parts;
use crate::dialect::row_sql::RowSql;
use crate::dialect::{Dialect, Spelling, Unsupported};

type Values = [Option<Literal>];

/// How many rows are changed by one statement: each value is found among so many.
const ROWS_OF_UPDATE: usize = 100;

/// The name of a list of rows in a statement.
const LIST: &str = "modelshift_rows";

/// The statement of an insert.
#[derive(Debug)]
pub(crate) struct Insertion {
    /// The statement.
    pub(crate) sql: String,
    /// True if it returns the key that the database gave.
    pub(crate) returns_key: bool,
    /// The query for that key, where the statement cannot return it.
    pub(crate) key_query: Option<&'static str>,
}

/// Writes statements about the rows of a table.
#[derive(Clone, Copy)]
pub(crate) struct RowStatements<'a> {
    pub(crate) spelling: &'a dyn Spelling,
    pub(crate) reading: &'a dyn RowSql,
    /// The model; none for a join table, whose columns are named as they are.
    pub(crate) model: Option<&'a Model>,
    pub(crate) table: &'a Table,
}

impl RowStatements<'_> {
    /// Returns the rows that fulfil a condition, in order of the key, behind one key, and at most so many.
    pub(crate) fn select(
        &self,
        fields: &[&str],
        condition: Option<&Expr>,
        after: Option<&Values>,
        limit: usize,
    ) -> Result<String, Unsupported> {
        let columns =
            fields.iter().map(|field| self.exact(self.column(field)?)).collect::<Result<Vec<_>, _>>()?;
        let mut select = self.rows(columns, condition)?;
        if let Some(after) = after {
            select.and_where(word(format!("({})", self.behind(after)?)));
        }
        for column in self.key()? {
            select.order_by_expr(word(self.order(column)?), Order::Asc);
        }
        select.limit(limit as u64);
        Ok(self.text(select))
    }

    /// Returns the number of rows that fulfil a condition, behind one key.
    pub(crate) fn count(
        &self,
        condition: Option<&Expr>,
        after: Option<&Values>,
    ) -> Result<String, Unsupported> {
        let mut select = self.rows(vec!["count(*)".to_owned()], condition)?;
        if let Some(after) = after {
            select.and_where(word(format!("({})", self.behind(after)?)));
        }
        Ok(self.text(select))
    }

    /// Returns the values of a column for the rows that fulfil a condition, in their order.
    pub(crate) fn values(&self, column: &str, condition: &Expr) -> Result<String, Unsupported> {
        let column = self.column(column)?;
        let mut select = self.rows(vec![self.exact(column)?], Some(condition))?;
        select.order_by_expr(word(self.order(column)?), Order::Asc);
        Ok(self.text(select))
    }

    /// Returns the inserts of rows; neighbours that leave the same columns to the database are one statement.
    pub(crate) fn insert(
        &self,
        fields: &[&str],
        rows: &[Vec<Option<Literal>>],
    ) -> Result<Vec<Insertion>, Unsupported> {
        let columns: Vec<&Column> =
            fields.iter().map(|field| self.column(field)).collect::<Result<_, _>>()?;
        let counted = columns.iter().position(|column| column.automatic);
        let is_given = |row: &Values| {
            counted.is_none_or(|at| !matches!(row.get(at), Some(Some(Literal::Int(0)) | None)))
        };
        let mut all = Vec::new();
        for run in rows.chunk_by(|one, other| is_given(one) == is_given(other)) {
            let has_key = run.first().is_some_and(|row| is_given(row));
            all.push(self.insert_run(&columns, run, if has_key { None } else { counted })?);
        }
        Ok(all)
    }

    /// Inserts rows, without the column at this position.
    fn insert_run(
        &self,
        columns: &[&Column],
        rows: &[Vec<Option<Literal>>],
        left_out: Option<usize>,
    ) -> Result<Insertion, Unsupported> {
        let parts = Parts::new(self.spelling, self.table);
        let written: Vec<usize> = (0..columns.len())
            .filter(|at| left_out != Some(*at) && columns[*at].generated.is_none())
            .collect();
        let mut insert = Query::insert();
        insert.into_table(parts.table_name()?);
        let names = written.iter().map(|at| parts.iden(columns[*at].name.as_str()));
        insert.columns(names.collect::<Result<Vec<_>, _>>()?);
        for row in rows {
            let values = written.iter().map(|at| {
                let value = row.get(*at).and_then(Option::as_ref);
                self.literal(columns[*at], value).map(word)
            });
            insert.values_panic(values.collect::<Result<Vec<_>, _>>()?);
        }
        let is_mysql = self.spelling.dialect() == Dialect::Mysql;
        let asks_for_key = left_out.is_some() && rows.len() == 1;
        if asks_for_key && !is_mysql {
            let key = self.key()?.into_iter().map(|column| self.exact(column).map(word));
            insert.returning(Query::returning().exprs(key.collect::<Result<Vec<_>, _>>()?));
        }
        Ok(Insertion {
            sql: built(self.spelling, insert).sql().to_owned(),
            returns_key: asks_for_key && !is_mysql,
            key_query: (asks_for_key && is_mysql).then_some(self.reading.last_key()),
        })
    }

    /// Returns the updates of rows by their keys.
    pub(crate) fn update(
        &self,
        fields: &[&str],
        rows: &[Vec<Option<Literal>>],
    ) -> Result<Vec<String>, Unsupported> {
        rows.chunks(ROWS_OF_UPDATE).map(|rows| self.update_rows(fields, rows)).collect()
    }

    fn update_rows(&self, fields: &[&str], rows: &[Vec<Option<Literal>>]) -> Result<String, Unsupported> {
        let key: Vec<&str> = self.key()?.into_iter().map(|column| column.name.as_str()).collect();
        let columns: Vec<&Column> =
            fields.iter().map(|field| self.column(field)).collect::<Result<_, _>>()?;
        let mut conditions = Vec::new();
        for row in rows {
            let values = key.iter().map(|name| {
                let at = columns.iter().position(|column| column.name == **name);
                at.and_then(|at| row.get(at)).cloned().flatten()
            });
            conditions.push(self.with_key(&values.collect::<Vec<_>>())?);
        }
        let are_rows_different = conditions.iter().collect::<BTreeSet<_>>().len() == rows.len();
        if self.spelling.dialect() == Dialect::Sqlite && rows.len() > 1 && are_rows_different {
            return self.update_by_list(&key, &columns, rows);
        }
        let parts = Parts::new(self.spelling, self.table);
        let mut update = Query::update();
        update.table(parts.table_name()?);
        for (at, column) in columns.iter().enumerate() {
            if key.contains(&column.name.as_str()) || column.generated.is_some() {
                continue;
            }
            let values = rows.iter().map(|row| self.literal(column, row.get(at).and_then(Option::as_ref)));
            let values = values.collect::<Result<Vec<_>, _>>()?;
            let assigned = match values.as_slice() {
                [one] => one.clone(),
                many => {
                    // The column itself stands at the end, so that the values have its type.
                    let cases: Vec<String> = many
                        .iter()
                        .zip(&conditions)
                        .map(|(value, condition)| format!("WHEN {condition} THEN {value}"))
                        .collect();
                    format!(
                        "CASE {} ELSE {} END",
                        cases.join(" "),
                        self.spelling.read_column(column.name.as_str())?
                    )
                }
            };
            update.value(parts.iden(column.name.as_str())?, word(assigned));
        }
        let condition = match (key.as_slice(), conditions.as_slice()) {
            (_, [one]) => one.clone(),
            (_, many) => many.join(" OR "),
        };
        update.and_where(word(format!("({condition})")));
        Ok(built(self.spelling, update).sql().to_owned())
    }

    /// Returns the update of rows with different keys as a join with their list, in which each row is found by its key.
    ///
    /// Only SQLite takes the values of a list for its columns without knowing their types. sea-query has no list of expressions.
    fn update_by_list(
        &self,
        key: &[&str],
        columns: &[&Column],
        rows: &[Vec<Option<Literal>>],
    ) -> Result<String, Unsupported> {
        let (mut assigned, mut joined, mut list) = (Vec::new(), Vec::new(), Vec::new());
        let table = self.spelling.table(&self.table.name)?;
        for (at, column) in columns.iter().enumerate() {
            let (name, given) = (column.name.as_str(), format!("{LIST}.column{}", at + 1));
            if key.contains(&name) {
                let own = format!("{table}.{}", self.spelling.read_column(name)?);
                joined.push(format!("{} = {given}", self.spelling.operand(own, &column.column_type)));
            } else if column.generated.is_none() {
                assigned.push(format!("{} = {given}", self.spelling.identifier(name)?));
            }
        }
        for row in rows {
            let values = columns
                .iter()
                .enumerate()
                .map(|(at, column)| self.literal(column, row.get(at).and_then(Option::as_ref)));
            list.push(format!("({})", values.collect::<Result<Vec<_>, _>>()?.join(", ")));
        }
        Ok(format!(
            "UPDATE {table} SET {} FROM (VALUES {}) AS {LIST} WHERE {}",
            assigned.join(", "),
            list.join(", "),
            joined.join(" AND ")
        ))
    }

    /// Returns the update of all rows that fulfil a condition.
    pub(crate) fn update_where(
        &self,
        assignments: &[(&str, Option<Expr>)],
        condition: Option<&Expr>,
    ) -> Result<String, Unsupported> {
        let parts = Parts::new(self.spelling, self.table);
        let mut update = Query::update();
        update.table(parts.table_name()?);
        for (field, assigned) in assignments {
            let column = self.column(field)?;
            let assigned = match assigned {
                Some(expr @ Expr::Literal(_)) => self.expressions().built_value(expr, &column.column_type)?,
                Some(expr) => {
                    let computed = self.expressions().value(&self.over_columns(expr), &column.column_type)?;
                    word(self.spelling.computed(computed, &column.column_type))
                }
                None => word("NULL"),
            };
            update.value(parts.iden(column.name.as_str())?, assigned);
        }
        if let Some(condition) = condition {
            update.and_where(word(self.condition(condition)?));
        }
        Ok(built(self.spelling, update).sql().to_owned())
    }

    /// Returns the deletion of all rows that fulfil a condition.
    pub(crate) fn delete_where(&self, condition: Option<&Expr>) -> Result<String, Unsupported> {
        let mut delete = Query::delete();
        delete.from_table(Parts::new(self.spelling, self.table).table_name()?);
        if let Some(condition) = condition {
            delete.and_where(word(self.condition(condition)?));
        }
        Ok(built(self.spelling, delete).sql().to_owned())
    }

    /// Returns the deletion of the row with a key.
    pub(crate) fn delete(&self, key: &Values) -> Result<String, Unsupported> {
        let mut delete = Query::delete();
        delete.from_table(Parts::new(self.spelling, self.table).table_name()?);
        delete.and_where(word(self.with_key(key)?));
        Ok(built(self.spelling, delete).sql().to_owned())
    }

    fn rows(&self, shown: Vec<String>, condition: Option<&Expr>) -> Result<SelectStatement, Unsupported> {
        let condition = condition.map(|condition| self.condition(condition)).transpose()?;
        Parts::new(self.spelling, self.table).rows(shown, condition.map(|text| format!("({text})")))
    }

    fn condition(&self, condition: &Expr) -> Result<String, Unsupported> {
        self.expressions().condition(&self.over_columns(condition))
    }

    fn expressions(&self) -> Expressions<'_> {
        Expressions::new(self.spelling, self.table)
    }

    fn text(&self, select: SelectStatement) -> String {
        built(self.spelling, select).sql().to_owned()
    }

    /// Returns the condition for the row with a key.
    fn with_key(&self, key: &Values) -> Result<String, Unsupported> {
        let mut parts = Vec::new();
        for (column, value) in self.key()?.into_iter().zip(key) {
            parts.push(self.compared(column, BinaryOp::Eq, value.as_ref())?);
        }
        Ok(parts.join(" AND "))
    }

    /// Returns the condition for the rows behind a key.
    fn behind(&self, after: &Values) -> Result<String, Unsupported> {
        let key = self.key()?;
        let mut ways = Vec::new();
        for last in 0..key.len() {
            let mut parts = Vec::new();
            for (at, (column, value)) in key.iter().zip(after).take(last + 1).enumerate() {
                let op = if at == last { BinaryOp::Gt } else { BinaryOp::Eq };
                parts.push(self.compared(column, op, value.as_ref())?);
            }
            ways.push(format!("({})", parts.join(" AND ")));
        }
        Ok(ways.join(" OR "))
    }

    fn compared(
        &self,
        column: &Column,
        op: BinaryOp,
        value: Option<&Literal>,
    ) -> Result<String, Unsupported> {
        let value = value.cloned().unwrap_or(Literal::Int(0));
        self.expressions().condition(&Expr::binary(
            op,
            Expr::name(column.name.as_str()),
            Expr::Literal(value),
        ))
    }

    fn literal(&self, column: &Column, literal: Option<&Literal>) -> Result<String, Unsupported> {
        let Some(literal) = literal else { return Ok("NULL".to_owned()) };
        let written =
            value(literal, Some(&column.column_type), Place::Value).and_then(|it| self.spelling.literal(&it));
        written.map_err(|error| Unsupported { what: format!("`{}`: {}", column.name, error.what), ..error })
    }

    /// Writes a column as what rows are ordered by. A bare name would be that of the text which is read of it.
    fn order(&self, column: &Column) -> Result<String, Unsupported> {
        let (table, name) =
            (self.spelling.table(&self.table.name)?, self.spelling.read_column(column.name.as_str())?);
        Ok(self.spelling.operand(format!("{table}.{name}"), &column.column_type))
    }

    /// Writes a column so that its text is its exact value.
    fn exact(&self, column: &Column) -> Result<String, Unsupported> {
        let read = self.spelling.read_column(column.name.as_str())?;
        Ok(self.reading.text_of(&read, &column.column_type))
    }

    fn key(&self) -> Result<Vec<&Column>, Unsupported> {
        let key = self.table.primary_key.iter().flat_map(|key| &key.columns);
        let key: Vec<&Column> = key.filter_map(|name| self.table.column(name)).collect();
        if key.is_empty() {
            let what = format!("table `{}` has no primary key", self.table.name);
            return Err(Unsupported::new(what, "give its model one"));
        }
        Ok(key)
    }

    fn column(&self, field: &str) -> Result<&Column, Unsupported> {
        self.table.column(&self.name(field).as_str().into()).ok_or_else(|| {
            let what = format!("table `{}` has no column for a field `{field}`", self.table.name);
            Unsupported::new(what, "build the program again, with its build script")
        })
    }

    /// Returns the name of the column of a field.
    fn name(&self, field: &str) -> String {
        let field_of_model = self.model.and_then(|model| model.field(&field.into()));
        field_of_model.map_or_else(|| field.to_owned(), |field| field.column_name().as_str().to_owned())
    }

    fn over_columns(&self, expr: &Expr) -> Expr {
        expr.map_names(&|name| self.name(name))
    }
}
