//! The steps of one migration -> the actions on a SQLite database, in order.
//!
//! Changes that SQLite supports are written immediately. Other changes are collected in a [`Rebuild`] of their table,
//! which is written at the end, or before a step that must see its result (`RunSql`). While a rebuild is pending, tables
//! and columns are still renamed in place, and indexes are dropped in place: then the foreign keys, triggers and views of
//! other tables are updated, and the names are free.

use std::sync::Arc;

use modelshift_schema::expr::Expr;
use modelshift_schema::generated::Storage;
use modelshift_schema::name::{ColumnName, ObjectName, TableName};
use modelshift_schema::step::{Change, Step};
use modelshift_schema::table::{Column, Table};

use super::rebuild::{self, Rebuild};
use super::{Sqlite, ddl, settings};
use crate::dialect::render::conversion::{refuse_addresses, refuse_strange};
use crate::dialect::render::table_parts::{Parts, has_raw};
use crate::dialect::render::{kept_values, not_null_checks, script, translation};
use crate::dialect::{Dialect, PlannedStep, Rendering, Unsupported, required_query};
use crate::plan::Action;
use crate::plan::statement::Written;

/// Returns the actions of a migration.
///
/// # Errors
/// If SQLite does not support a step. The number is the position of its operation.
pub(in crate::dialect) fn render(steps: &[PlannedStep]) -> Result<Rendering, (usize, Unsupported)> {
    let mut renderer = Renderer::default();
    for (position, planned) in steps.iter().enumerate() {
        renderer.planned = (planned.operation, planned.why.clone());
        let required = not_null_checks::requirement(&Sqlite, &steps[..position], &planned.step);
        if let Some(required) = required.map_err(|error| (planned.operation, error))? {
            renderer
                .flush_rows(&planned.step)
                .map_err(|error| (renderer.failed.take().unwrap_or(planned.operation), error))?;
            renderer.rendering.actions.push(required);
        }
        let kept = kept_values::requirement(&Sqlite, &steps[..position], planned);
        if let Some(required) = kept.map_err(|error| (planned.operation, error))? {
            renderer
                .flush_values(&planned.step)
                .map_err(|error| (renderer.failed.take().unwrap_or(planned.operation), error))?;
            renderer.rendering.actions.push(required);
        }
        renderer
            .step(&planned.step)
            .map_err(|error| (renderer.failed.take().unwrap_or(planned.operation), error))?;
    }
    renderer.flush_all().map_err(|error| (renderer.failed.take().unwrap_or_default(), error))?;
    let mut rendering = std::mem::take(&mut renderer.rendering);
    if renderer.drops {
        settings::without_references(&mut rendering);
    }
    Ok(rendering)
}

#[derive(Debug, Default)]
struct Renderer {
    rendering: Rendering,
    /// The pending rebuilds, in the order in which they were needed.
    pending: Vec<Rebuild>,
    /// The operation of the current step: its position and description.
    planned: (usize, String),
    /// The operation that an error belongs to, if it is an earlier one.
    failed: Option<usize>,
    /// Whether a table is dropped, by a rebuild or by an operation.
    drops: bool,
}

/// One change of a table, with the table before and after it.
#[derive(Clone, Copy, Debug)]
struct Alter<'a> {
    before: &'a Arc<Table>,
    after: &'a Arc<Table>,
    change: &'a Change,
}

impl Renderer {
    fn step(&mut self, step: &Step) -> Result<(), Unsupported> {
        match step {
            Step::CreateTable { after } => {
                self.execute(ddl::create_table(after, &after.name)?);
                ddl::create_indexes(after)?.into_iter().for_each(|text| self.execute(text));
                Ok(())
            }
            Step::DropTable { before } => {
                self.pending.retain(|rebuild| rebuild.wanted.name != before.name);
                self.drops = true;
                self.execute(ddl::drop_table(&before.name)?);
                Ok(())
            }
            Step::AlterTable {
                before,
                change: change @ (Change::RequireValues { .. } | Change::RequireRow { .. }),
                ..
            } => {
                // The query must see the rows after the pending changes.
                self.flush_table(&before.name)?;
                if let Change::RequireRow { lookup, .. } = change {
                    self.flush_table(&lookup.table)?;
                }
                let check = required_query(&Sqlite, step)?;
                self.rendering.actions.extend(check.map(Action::Require));
                Ok(())
            }
            Step::AlterTable { before, after, change } => self.alter(Alter { before, after, change }),
            Step::RunSql(sql) => {
                self.flush_all()?;
                for text in script::written(Dialect::Sqlite, &Sqlite, sql)? {
                    self.execute(text);
                }
                Ok(())
            }
            Step::RunRust { .. } | Step::LoadData { .. } => {
                self.flush_all()?;
                self.rendering.actions.extend(Action::on_rows(step, &self.planned.1));
                Ok(())
            }
            // Only PostgreSQL has these.
            Step::CreateExtension { .. }
            | Step::DropExtension { .. }
            | Step::CreateCollation(_)
            | Step::DropCollation { .. } => Ok(()),
        }
    }

    fn alter(&mut self, alter: Alter<'_>) -> Result<(), Unsupported> {
        let Alter { before, after, change } = alter;
        match change {
            Change::RenameTable => self.rename_table(before, after),
            Change::RenameColumn { before: old, after: new } => self.rename_column(alter, old, new),
            // SQLite has none of the first four, and nothing refers to the name of a foreign key.
            Change::RenamePrimaryKey
            | Change::MoveTable
            | Change::AlterComment
            | Change::RenameType { .. }
            | Change::RenameForeignKey { .. } => self.fold_if_pending(alter),
            Change::AddIndex { name } | Change::AddIndexConcurrently { name } => {
                let text = ddl::create_index(after, Parts::new(&Sqlite, after).index(name)?)?;
                self.add_object(alter, text)
            }
            Change::AddUnique { name } => {
                let text = ddl::create_unique(after, Parts::new(&Sqlite, after).unique_named(name)?)?;
                self.add_object(alter, text)
            }
            Change::DropIndex { name }
            | Change::DropIndexConcurrently { name }
            | Change::DropUnique { name } => {
                self.drop_object(before, name)?;
                self.fold_if_pending(alter)
            }
            Change::RenameIndex { before: old, after: new } => {
                let text = ddl::create_index(after, Parts::new(&Sqlite, after).index(new)?)?;
                self.drop_object(before, old)?;
                self.add_object(alter, text)
            }
            Change::RenameUnique { before: old, after: new } => {
                let text = ddl::create_unique(after, Parts::new(&Sqlite, after).unique_named(new)?)?;
                self.drop_object(before, old)?;
                self.add_object(alter, text)
            }
            Change::AddColumn { column, fill } => self.add_column(alter, column, fill.as_ref()),
            Change::AddTranslated { column, from, lookup } => {
                self.flush_table(&before.name)?;
                self.flush_table(&lookup.table)?;
                let column_added = Parts::new(&Sqlite, after).existing(column)?;
                self.add_in_place(after, column_added)?;
                self.execute(translation::update(&Sqlite, after, (column, from), lookup)?);
                Ok(())
            }
            Change::DropColumn { column } => self.drop_column(alter, column),
            Change::AlterColumn { column, fill } => self.alter_column(alter, column, fill.as_ref()),
            // SQLite validates a check when it is added, and queries change nothing.
            Change::ValidateCheck { .. } | Change::RequireValues { .. } | Change::RequireRow { .. } => Ok(()),
            Change::AlterPrimaryKey
            | Change::AlterSqliteOptions
            | Change::ConvertValues { .. }
            | Change::AddCheck { .. }
            | Change::AddCheckNotValid { .. }
            | Change::DropCheck { .. }
            | Change::RenameCheck { .. }
            | Change::AddForeignKey { .. }
            | Change::DropForeignKey { .. }
            | Change::AlterForeignKey { .. }
            | Change::AddExclusion { .. }
            | Change::DropExclusion { .. }
            | Change::RenameExclusion { .. } => self.fold(alter, None),
        }
    }

    /// Writes the pending rebuild of the table of a step, since its rows are queried next.
    fn flush_rows(&mut self, step: &Step) -> Result<(), Unsupported> {
        let Step::AlterTable { before, change: Change::AlterColumn { .. }, .. } = step else { return Ok(()) };
        self.flush_table(&before.name)
    }

    /// Writes the pending rebuild of the table of a step, unless it does not change the values of the column.
    fn flush_values(&mut self, step: &Step) -> Result<(), Unsupported> {
        let Step::AlterTable { before, change: Change::AlterColumn { column, .. }, .. } = step else {
            return Ok(());
        };
        match self.position(&before.name) {
            Some(position) if !self.pending[position].is_unchanged(column) => self.flush(position),
            Some(_) | None => Ok(()),
        }
    }

    fn add_column(
        &mut self,
        alter: Alter<'_>,
        name: &ColumnName,
        fill: Option<&Expr>,
    ) -> Result<(), Unsupported> {
        let Alter { before, after, .. } = alter;
        let column = Parts::new(&Sqlite, after).existing(name)?;
        // SQLite adds a column in place if all existing rows get the same constant, or NULL.
        let has_constant = column.default.as_ref().is_some_and(Expr::is_constant);
        let is_empty = column.null && column.default.is_none();
        let in_place = match &column.generated {
            Some(generated) => generated.storage == Storage::Virtual,
            None => !column.automatic && (has_constant || is_empty),
        };
        if !in_place || self.position(&before.name).is_some() {
            return self.fold(alter, fill);
        }
        self.add_in_place(after, column)?;
        if let Some(fill) = fill {
            self.execute(ddl::fill(before, column, fill)?);
        }
        Ok(())
    }

    fn add_in_place(&mut self, after: &Table, column: &Column) -> Result<(), Unsupported> {
        self.rendering.actions.push(ddl::add_column(after, column, &self.planned.1)?);
        Ok(())
    }

    fn drop_column(&mut self, alter: Alter<'_>, name: &ColumnName) -> Result<(), Unsupported> {
        let before = alter.before;
        if is_used(before, name) || self.position(&before.name).is_some() {
            return self.fold(alter, None);
        }
        self.execute(ddl::drop_column(before, name)?);
        Ok(())
    }

    fn alter_column(
        &mut self,
        alter: Alter<'_>,
        name: &ColumnName,
        fill: Option<&Expr>,
    ) -> Result<(), Unsupported> {
        let Alter { before, after, .. } = alter;
        let old = Parts::new(&Sqlite, before).existing(name)?;
        let new = Parts::new(&Sqlite, after).existing(name)?;
        if old.column_type != new.column_type {
            refuse_strange(Dialect::Sqlite, old, new)?;
            refuse_addresses(Dialect::Sqlite, old, new)?;
        }
        // A computed value is read from the table, so that the table must have the column.
        if old.generated.is_some()
            && let Some(position) = self.position(&before.name)
            && !self.pending[position].copies(name)
        {
            self.flush(position)?;
        }
        if ddl::column_definition(before, old)? == ddl::column_definition(after, new)? {
            return self.fold_if_pending(alter);
        }
        self.fold(alter, fill)
    }

    fn rename_table(&mut self, before: &Arc<Table>, after: &Arc<Table>) -> Result<(), Unsupported> {
        if before.name.as_str().eq_ignore_ascii_case(after.name.as_str()) {
            // To SQLite, names that differ only in case are equal, so that the new name is taken.
            let between = rebuild::beside(&after.name);
            self.execute(ddl::rename_table(&before.name, &between)?);
            self.execute(ddl::rename_table(&between, &after.name)?);
        } else {
            self.execute(ddl::rename_table(&before.name, &after.name)?);
        }
        for rebuild in &mut self.pending {
            rebuild.current.rename_target(&before.name, &after.name);
            Arc::make_mut(&mut rebuild.wanted).rename_target(&before.name, &after.name);
        }
        Ok(())
    }

    fn rename_column(
        &mut self,
        alter: Alter<'_>,
        old: &ColumnName,
        new: &ColumnName,
    ) -> Result<(), Unsupported> {
        let table = &alter.before.name;
        let mut in_file = true;
        if let Some(position) = self.position(table) {
            let rebuild = &self.pending[position];
            in_file = rebuild.copies(old);
            // A column with the new name whose removal is pending still has the name, and raw SQL cannot be changed.
            if in_file && (rebuild.current.column(new).is_some() || rebuild.has_raw_fill()) {
                self.flush(position)?;
            }
        }
        if in_file {
            self.execute(ddl::rename_column(table, old, new)?);
        }
        for rebuild in self.pending.iter_mut().filter(|it| it.wanted.name != *table) {
            let wanted = &mut Arc::make_mut(&mut rebuild.wanted).references;
            for reference in
                wanted.iter_mut().chain(&mut rebuild.current.references).filter(|it| it.target == *table)
            {
                reference.target_columns.iter_mut().filter(|it| *it == old).for_each(|it| *it = new.clone());
            }
        }
        if in_file && let Some(position) = self.position(table) {
            self.pending[position].rename_current(old, new);
        }
        self.fold_if_pending(alter)
    }

    /// Creates an index now, or leaves it to the pending rebuild.
    fn add_object(&mut self, alter: Alter<'_>, text: Written) -> Result<(), Unsupported> {
        if self.position(&alter.before.name).is_none() {
            self.execute(text);
        }
        self.fold_if_pending(alter)
    }

    /// Drops an index now, even if a rebuild is pending, so that the executor does not restore it after the rebuild.
    fn drop_object(&mut self, before: &Table, name: &ObjectName) -> Result<(), Unsupported> {
        if let Some(position) = self.position(&before.name) {
            let current = &mut self.pending[position].current;
            let count = current.indexes.len() + current.uniques.len();
            current.indexes.retain(|index| index.name != *name);
            current.uniques.retain(|unique| unique.name != *name);
            if current.indexes.len() + current.uniques.len() == count {
                return Ok(());
            }
        }
        self.execute(ddl::drop_index(name)?);
        Ok(())
    }

    /// Adds a change to the rebuild of its table, and starts one if none is pending.
    fn fold(&mut self, alter: Alter<'_>, fill: Option<&Expr>) -> Result<(), Unsupported> {
        let before = alter.before;
        if let Some(position) = self.position(&before.name)
            && !self.pending[position].can_read(fill)
        {
            self.flush(position)?;
        }
        if self.position(&before.name).is_none() {
            self.pending.push(Rebuild::of(before));
        }
        self.fold_if_pending(alter)?;
        // Raw SQL may read other tables, which must be as they are now.
        if fill.is_some_and(has_raw) { self.flush_table(&before.name) } else { Ok(()) }
    }

    fn fold_if_pending(&mut self, alter: Alter<'_>) -> Result<(), Unsupported> {
        let Some(position) = self.position(&alter.before.name) else { return Ok(()) };
        let (operation, why) = &self.planned;
        self.pending[position].add_reason(*operation, why);
        self.pending[position].take(alter.change, alter.after)
    }

    fn position(&self, table: &TableName) -> Option<usize> {
        self.pending.iter().position(|rebuild| rebuild.wanted.name == *table)
    }

    fn flush_all(&mut self) -> Result<(), Unsupported> {
        while !self.pending.is_empty() {
            self.flush(0)?;
        }
        Ok(())
    }

    fn flush_table(&mut self, table: &TableName) -> Result<(), Unsupported> {
        self.position(table).map_or(Ok(()), |position| self.flush(position))
    }

    fn flush(&mut self, position: usize) -> Result<(), Unsupported> {
        let rebuild = self.pending.remove(position);
        self.failed = Some(rebuild.operation);
        self.rendering.actions.extend(rebuild.actions()?);
        self.failed = None;
        self.drops = true;
        Ok(())
    }

    fn execute(&mut self, text: Written) {
        self.rendering.actions.push(Action::Execute(text.because(&self.planned.1)));
    }
}

/// Returns whether a part of the table names the column, so that SQLite does not drop it in place.
fn is_used(table: &Table, name: &ColumnName) -> bool {
    table.primary_key.as_ref().is_some_and(|key| key.columns.contains(name))
        || table.uniques.iter().any(|unique| unique.columns.contains(name))
        || table.references.iter().any(|reference| reference.columns.contains(name))
        || table.checks.iter().any(|check| may_name(&check.condition, name))
        || table
            .columns
            .iter()
            .any(|it| it.generated.as_ref().is_some_and(|it| may_name(&it.expression, name)))
        || table.indexes.iter().any(|index| {
            index.parts.iter().any(|part| may_name(&part.value, name))
                || index.when.as_ref().is_some_and(|when| may_name(when, name))
        })
}

fn may_name(expr: &Expr, column: &ColumnName) -> bool {
    expr.names().contains(&column.as_str()) || has_raw(expr)
}
