//! The steps of one migration -> what is done to a SQLite file, in order.
//!
//! What SQLite does in place is written at once. What it cannot do waits in a [`Rebuild`] of its table, which is
//! written at the end, or before something that must see its outcome (`RunSql`). While a rebuild waits, names of tables
//! and columns, and indexes that go, are still changed in place and at once: the references, triggers and views of
//! other tables follow then, and the names are free.

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
use crate::plan::statement::Statement;

/// Returns what is done to a SQLite file; an error comes with the position of its operation.
pub(in crate::dialect) fn render(steps: &[PlannedStep]) -> Result<Rendering, (usize, Unsupported)> {
    let mut walk = Walk::default();
    for (position, planned) in steps.iter().enumerate() {
        walk.planned = (planned.operation, planned.why.clone());
        let required = not_null_checks::requirement(&Sqlite, &steps[..position], &planned.step);
        if let Some(required) = required.map_err(|error| (planned.operation, error))? {
            walk.show(&planned.step)
                .map_err(|error| (walk.failed.take().unwrap_or(planned.operation), error))?;
            walk.rendering.actions.push(required);
        }
        let kept = kept_values::requirement(&Sqlite, &steps[..position], planned);
        if let Some(required) = kept.map_err(|error| (planned.operation, error))? {
            walk.show_values(&planned.step)
                .map_err(|error| (walk.failed.take().unwrap_or(planned.operation), error))?;
            walk.rendering.actions.push(required);
        }
        walk.step(&planned.step).map_err(|error| (walk.failed.take().unwrap_or(planned.operation), error))?;
    }
    walk.flush_all().map_err(|error| (walk.failed.take().unwrap_or_default(), error))?;
    let mut rendering = std::mem::take(&mut walk.rendering);
    if walk.drops {
        settings::without_references(&mut rendering);
    }
    Ok(rendering)
}

#[derive(Debug, Default)]
struct Walk {
    rendering: Rendering,
    /// Rebuilds that are not written yet, in the order in which they were asked for.
    waiting: Vec<Rebuild>,
    /// The operation whose step is taken: its position and what it does.
    planned: (usize, String),
    /// The operation that an error belongs to, where it is an earlier one.
    failed: Option<usize>,
    /// Whether a table is dropped, in a rebuild or for good.
    drops: bool,
}

/// One change of a table, with what the table is on both sides of it.
#[derive(Clone, Copy, Debug)]
struct Alter<'a> {
    before: &'a Arc<Table>,
    after: &'a Arc<Table>,
    change: &'a Change,
}

impl Walk {
    fn step(&mut self, step: &Step) -> Result<(), Unsupported> {
        match step {
            Step::CreateTable { after } => {
                self.execute(ddl::create_table(after, &after.name)?);
                ddl::create_indexes(after)?.into_iter().for_each(|sql| self.execute(sql));
                Ok(())
            }
            Step::DropTable { before } => {
                self.waiting.retain(|rebuild| rebuild.wanted.name != before.name);
                self.drops = true;
                self.execute(ddl::drop_table(&before.name)?);
                Ok(())
            }
            Step::AlterTable {
                before,
                change: change @ (Change::RequireValues { .. } | Change::RequireRow { .. }),
                ..
            } => {
                // The rows are asked as they are at this point, after what waits.
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
                for sql in script::texts(Dialect::Sqlite, &Sqlite, sql)? {
                    self.execute(sql);
                }
                Ok(())
            }
            // These are PostgreSQL's.
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
            // A file keeps none of the first three, and nothing goes by the name of a reference.
            Change::RenamePrimaryKey
            | Change::AlterComment
            | Change::RenameType { .. }
            | Change::RenameReference { .. } => self.fold_if_waiting(alter),
            Change::AddIndex { name } | Change::AddIndexConcurrently { name } => {
                let sql = ddl::create_index(after, Parts::new(&Sqlite, after).index(name)?)?;
                self.add_object(alter, sql)
            }
            Change::AddUnique { name } => {
                let sql = ddl::create_unique(after, Parts::new(&Sqlite, after).unique_named(name)?)?;
                self.add_object(alter, sql)
            }
            Change::DropIndex { name }
            | Change::DropIndexConcurrently { name }
            | Change::DropUnique { name } => {
                self.drop_object(before, name)?;
                self.fold_if_waiting(alter)
            }
            Change::RenameIndex { before: old, after: new } => {
                let sql = ddl::create_index(after, Parts::new(&Sqlite, after).index(new)?)?;
                self.drop_object(before, old)?;
                self.add_object(alter, sql)
            }
            Change::RenameUnique { before: old, after: new } => {
                let sql = ddl::create_unique(after, Parts::new(&Sqlite, after).unique_named(new)?)?;
                self.drop_object(before, old)?;
                self.add_object(alter, sql)
            }
            Change::AddColumn { column, fill } => self.add_column(alter, column, fill.as_ref()),
            Change::AddTranslated { column, from, lookup } => {
                self.flush_table(&before.name)?;
                self.flush_table(&lookup.table)?;
                let column_added = Parts::new(&Sqlite, after).existing(column)?;
                self.add_in_place(after, column_added)?;
                self.execute(translation::update(Dialect::Sqlite, &Sqlite, after, (column, from), lookup)?);
                Ok(())
            }
            Change::DropColumn { column } => self.drop_column(alter, column),
            Change::AlterColumn { column, fill } => self.alter_column(alter, column, fill.as_ref()),
            // A check holds for every row from the start, and what is only asked changes nothing.
            Change::ValidateCheck { .. } | Change::RequireValues { .. } | Change::RequireRow { .. } => Ok(()),
            Change::AlterPrimaryKey
            | Change::ConvertValues { .. }
            | Change::AddCheck { .. }
            | Change::AddCheckNotValid { .. }
            | Change::DropCheck { .. }
            | Change::RenameCheck { .. }
            | Change::AddForeignKey { .. }
            | Change::DropReference { .. }
            | Change::AlterReference { .. }
            | Change::AddExclusion { .. }
            | Change::DropExclusion { .. }
            | Change::RenameExclusion { .. } => self.fold(alter, None),
        }
    }

    /// Writes what waits for the table of a step, whose rows are about to be looked at.
    fn show(&mut self, step: &Step) -> Result<(), Unsupported> {
        let Step::AlterTable { before, change: Change::AlterColumn { .. }, .. } = step else { return Ok(()) };
        self.flush_table(&before.name)
    }

    /// Writes what waits for the table of a step, unless the values of its column are those that the file has.
    fn show_values(&mut self, step: &Step) -> Result<(), Unsupported> {
        let Step::AlterTable { before, change: Change::AlterColumn { column, .. }, .. } = step else {
            return Ok(());
        };
        match self.position(&before.name) {
            Some(position) if !self.waiting[position].holds_as_it_stands(column) => self.flush(position),
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
        // SQLite adds a column in place when every row that exists can hold one constant, or NULL.
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
        // A value that was reckoned is read from the file, where it must be first.
        if old.generated.is_some()
            && let Some(position) = self.position(&before.name)
            && !self.waiting[position].copies(name)
        {
            self.flush(position)?;
        }
        if ddl::column_definition(before, old)? == ddl::column_definition(after, new)? {
            return self.fold_if_waiting(alter);
        }
        self.fold(alter, fill)
    }

    fn rename_table(&mut self, before: &Arc<Table>, after: &Arc<Table>) -> Result<(), Unsupported> {
        if before.name.as_str().eq_ignore_ascii_case(after.name.as_str()) {
            // A name that differs by case alone is the same to SQLite, and taken.
            let between = rebuild::beside(&after.name);
            self.execute(ddl::rename_table(&before.name, &between)?);
            self.execute(ddl::rename_table(&between, &after.name)?);
        } else {
            self.execute(ddl::rename_table(&before.name, &after.name)?);
        }
        for rebuild in &mut self.waiting {
            rebuild.standing.rename_target(&before.name, &after.name);
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
            let rebuild = &self.waiting[position];
            in_file = rebuild.copies(old);
            // A column of the new name that waits for its end still has the name, and raw text cannot follow.
            if in_file && (rebuild.standing.column(new).is_some() || rebuild.has_raw_fill()) {
                self.flush(position)?;
            }
        }
        if in_file {
            self.execute(ddl::rename_column(table, old, new)?);
        }
        for rebuild in self.waiting.iter_mut().filter(|it| it.wanted.name != *table) {
            let wanted = &mut Arc::make_mut(&mut rebuild.wanted).references;
            for reference in
                wanted.iter_mut().chain(&mut rebuild.standing.references).filter(|it| it.target == *table)
            {
                reference.target_columns.iter_mut().filter(|it| *it == old).for_each(|it| *it = new.clone());
            }
        }
        if in_file && let Some(position) = self.position(table) {
            self.waiting[position].rename_standing(old, new);
        }
        self.fold_if_waiting(alter)
    }

    /// Makes an index now, or leaves it to the rebuild that waits.
    fn add_object(&mut self, alter: Alter<'_>, sql: String) -> Result<(), Unsupported> {
        if self.position(&alter.before.name).is_none() {
            self.execute(sql);
        }
        self.fold_if_waiting(alter)
    }

    /// Drops an index now, also where a rebuild waits: what it keeps for the executor to restore must not be this.
    fn drop_object(&mut self, before: &Table, name: &ObjectName) -> Result<(), Unsupported> {
        if let Some(position) = self.position(&before.name) {
            let standing = &mut self.waiting[position].standing;
            let count = standing.indexes.len() + standing.uniques.len();
            standing.indexes.retain(|index| index.name != *name);
            standing.uniques.retain(|unique| unique.name != *name);
            if standing.indexes.len() + standing.uniques.len() == count {
                return Ok(());
            }
        }
        self.execute(ddl::drop_index(name)?);
        Ok(())
    }

    /// Takes a change into the rebuild of its table, and begins one where none waits.
    fn fold(&mut self, alter: Alter<'_>, fill: Option<&Expr>) -> Result<(), Unsupported> {
        let before = alter.before;
        if let Some(position) = self.position(&before.name)
            && !self.waiting[position].can_read(fill)
        {
            self.flush(position)?;
        }
        if self.position(&before.name).is_none() {
            self.waiting.push(Rebuild::of(before));
        }
        self.fold_if_waiting(alter)?;
        // Raw text may read other tables, as they are now.
        if fill.is_some_and(has_raw) { self.flush_table(&before.name) } else { Ok(()) }
    }

    fn fold_if_waiting(&mut self, alter: Alter<'_>) -> Result<(), Unsupported> {
        let Some(position) = self.position(&alter.before.name) else { return Ok(()) };
        let (operation, why) = &self.planned;
        self.waiting[position].serve(*operation, why);
        self.waiting[position].take(alter.change, alter.after)
    }

    fn position(&self, table: &TableName) -> Option<usize> {
        self.waiting.iter().position(|rebuild| rebuild.wanted.name == *table)
    }

    fn flush_all(&mut self) -> Result<(), Unsupported> {
        while !self.waiting.is_empty() {
            self.flush(0)?;
        }
        Ok(())
    }

    fn flush_table(&mut self, table: &TableName) -> Result<(), Unsupported> {
        self.position(table).map_or(Ok(()), |position| self.flush(position))
    }

    fn flush(&mut self, position: usize) -> Result<(), Unsupported> {
        let rebuild = self.waiting.remove(position);
        self.failed = Some(rebuild.operation);
        self.rendering.actions.extend(rebuild.actions()?);
        self.failed = None;
        self.drops = true;
        Ok(())
    }

    fn execute(&mut self, sql: String) {
        self.rendering.actions.push(Action::Execute(Statement::new(sql, &self.planned.1)));
    }
}

/// Returns whether something of the table names the column, so that SQLite does not drop it in place.
fn is_used(table: &Table, name: &ColumnName) -> bool {
    let in_expr = |expr: &Expr| expr.names().contains(&name.as_str()) || has_raw(expr);
    table.primary_key.as_ref().is_some_and(|key| key.columns.contains(name))
        || table.uniques.iter().any(|unique| unique.columns.contains(name))
        || table.references.iter().any(|reference| reference.columns.contains(name))
        || table.checks.iter().any(|check| in_expr(&check.condition))
        || table.columns.iter().any(|it| it.generated.as_ref().is_some_and(|it| in_expr(&it.expression)))
        || table.indexes.iter().any(|index| {
            index.parts.iter().any(|part| in_expr(&part.value)) || index.when.as_ref().is_some_and(in_expr)
        })
}
