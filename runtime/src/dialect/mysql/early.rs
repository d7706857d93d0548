//! Queries before a migration, for rows that a later statement would refuse.
//!
//! The server commits each statement. So rows that a later statement would refuse are searched for before the first
//! statement, unless an earlier step changes their values.

mod first_names;

use modelshift_schema::name::{ColumnName, TableName};
use modelshift_schema::step::{Change, Lookup, Step};
use modelshift_schema::table::{Check, ForeignKeyConstraint, Table, Unique};
use sea_query::Query;

use super::Mysql;
use crate::dialect::render::built::{built, word};
use crate::dialect::render::table_parts::{Parts, has_raw};
use crate::dialect::render::{enums, kept_values, not_null_checks, translation};
use crate::dialect::{PlannedStep, Spelling, Unsupported};
use crate::plan::Action;
use crate::plan::statement::Statement;

/// Returns the queries for all steps but the first.
pub(in crate::dialect) fn before_anything(
    mysql: Mysql<'_>,
    steps: &[PlannedStep],
) -> Result<Vec<Action>, (usize, Unsupported)> {
    let renamed = first_names::steps(steps);
    let (steps, first) = match &renamed {
        // A rename that comes first is left out.
        Some(found) => (found.as_slice(), usize::from(!steps.first().is_some_and(first_names::is_rename))),
        None => (steps, 1),
    };
    let mut found = Vec::new();
    for (position, planned) in steps.iter().enumerate().skip(first) {
        let Step::AlterTable { before, after, change } = &planned.step else { continue };
        let rows = Rows { mysql, before, after, earlier: &steps[..position] };
        let queries = rows.queries(change, planned);
        found.extend(queries.map_err(|error| (planned.operation, error))?);
    }
    Ok(found)
}

/// The rows that a change affects.
struct Rows<'a> {
    mysql: Mysql<'a>,
    before: &'a Table,
    after: &'a Table,
    earlier: &'a [PlannedStep],
}

impl Rows<'_> {
    fn queries(&self, change: &Change, planned: &PlannedStep) -> Result<Vec<Action>, Unsupported> {
        let mut found = Vec::new();
        if self.are_without_change(change) {
            found.extend(not_null_checks::requirement(&self.mysql, self.earlier, &planned.step)?);
            found.extend(kept_values::requirement(&self.mysql, self.earlier, planned)?);
        }
        found.extend(self.query(change)?.map(Action::Require));
        if let Change::RequireValues { column, .. } = change
            && self.are_as_before(&self.before.name, std::slice::from_ref(column))
        {
            found.extend(enums::requirement(&self.mysql, &planned.step)?.map(Action::Require));
        }
        Ok(found)
    }

    fn query(&self, change: &Change) -> Result<Option<Statement>, Unsupported> {
        let parts = Parts::new(&self.mysql, self.after);
        match change {
            Change::AddUnique { name } => self.of_unique(parts.unique_named(name)?),
            Change::AddCheck { name } | Change::AddCheckNotValid { name } => {
                self.of_check(parts.check_named(name)?)
            }
            Change::AddForeignKey { name } => self.of_reference(parts.reference_named(name)?),
            Change::RequireRow { column, lookup } => self.of_translation(column, lookup),
            Change::RenameTable
            | Change::MoveTable
            | Change::AlterComment
            | Change::AlterSqliteOptions
            | Change::RenamePrimaryKey
            | Change::AlterPrimaryKey
            | Change::AddColumn { .. }
            | Change::AlterColumn { .. }
            | Change::DropColumn { .. }
            | Change::RenameColumn { .. }
            | Change::RequireValues { .. }
            | Change::AddTranslated { .. }
            | Change::ConvertValues { .. }
            | Change::RenameType { .. }
            | Change::AddIndex { .. }
            | Change::DropIndex { .. }
            | Change::AddIndexConcurrently { .. }
            | Change::DropIndexConcurrently { .. }
            | Change::RenameIndex { .. }
            | Change::DropUnique { .. }
            | Change::RenameUnique { .. }
            | Change::ValidateCheck { .. }
            | Change::DropCheck { .. }
            | Change::RenameCheck { .. }
            | Change::DropForeignKey { .. }
            | Change::RenameForeignKey { .. }
            | Change::AlterForeignKey { .. }
            | Change::AddExclusion { .. }
            | Change::DropExclusion { .. }
            | Change::RenameExclusion { .. } => Ok(None),
        }
    }

    fn of_translation(&self, column: &ColumnName, lookup: &Lookup) -> Result<Option<Statement>, Unsupported> {
        let stays = self.are_as_before(&self.before.name, std::slice::from_ref(column))
            && self.are_as_before(&lookup.table, &[lookup.by.clone(), lookup.value.clone()]);
        if stays { translation::query(&self.mysql, self.before, column, lookup).map(Some) } else { Ok(None) }
    }

    fn of_unique(&self, unique: &Unique) -> Result<Option<Statement>, Unsupported> {
        let existed = self.first_image().uniques.iter().any(|it| it.columns == unique.columns);
        if existed || !self.are_as_before(&self.before.name, &unique.columns) {
            return Ok(None);
        }
        let columns = unique.columns.iter().map(|column| self.quoted(column.as_str()));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let mut query = self.parts().rows(columns.clone(), Some(self.filled(&unique.columns, "")?))?;
        query.add_group_by(columns.into_iter().map(word)).and_having(word("COUNT(*) > 1")).limit(1);
        let why =
            format!("rows of `{}` have the same values, which `{}` forbids", self.before.name, unique.name);
        Ok(Some(built(&self.mysql, query).because(why)))
    }

    fn of_check(&self, check: &Check) -> Result<Option<Statement>, Unsupported> {
        let columns: Vec<ColumnName> = check.condition.names().into_iter().map(ColumnName::new).collect();
        // The columns of raw SQL are unknown.
        if self.first_image().checks.iter().any(|it| it.condition == check.condition)
            || has_raw(&check.condition)
            || !self.are_as_before(&self.before.name, &columns)
        {
            return Ok(None);
        }
        let condition = self.parts().expressions().condition(&check.condition)?;
        let mut query = self.parts().rows(["1".to_owned()], Some(format!("NOT ({condition})")))?;
        query.limit(1);
        let why = format!("a row of `{}` does not fulfil the check `{}`", self.before.name, check.name);
        Ok(Some(built(&self.mysql, query).because(why)))
    }

    fn of_reference(&self, reference: &ForeignKeyConstraint) -> Result<Option<Statement>, Unsupported> {
        let ForeignKeyConstraint { columns, target, target_columns, .. } = reference;
        let mut existing = self.first_image().references.iter();
        if existing.any(|it| it.columns == *columns && it.target == *target)
            || !self.are_as_before(&self.before.name, columns)
            || !self.are_as_before(target, target_columns)
        {
            return Ok(None);
        }
        let mut pairs = Vec::new();
        for (own, other) in columns.iter().zip(target_columns) {
            let (own, other) = (self.quoted(own.as_str())?, self.quoted(other.as_str())?);
            pairs.push(format!("target.{other} = own.{own}"));
        }
        let condition = format!(
            "{} AND NOT EXISTS (SELECT 1 FROM {} AS target WHERE {})",
            self.filled(columns, "own.")?,
            self.quoted(target.as_str())?,
            pairs.join(" AND ")
        );
        let mut query = Query::select();
        query.expr(word("1")).from_as(self.parts().table_name()?, "own").and_where(word(condition)).limit(1);
        let why = format!("a row of `{}` refers to a row of `{target}` that is not there", self.before.name);
        Ok(Some(built(&self.mysql, query).because(why)))
    }

    /// Returns the table before the migration.
    fn first_image(&self) -> &Table {
        let first = self.earlier.iter().find_map(|planned| match &planned.step {
            Step::AlterTable { before, .. } if before.name == self.before.name => Some(before),
            Step::AlterTable { .. }
            | Step::CreateTable { .. }
            | Step::DropTable { .. }
            | Step::RunSql(_)
            | Step::RunRust { .. }
            | Step::LoadData { .. }
            | Step::CreateExtension { .. }
            | Step::DropExtension { .. }
            | Step::CreateCollation(_)
            | Step::DropCollation { .. } => None,
        });
        first.map_or(self.before, |table| table.as_ref())
    }

    /// Returns whether the rows that a change of a column requires can be queried before the migration.
    fn are_without_change(&self, change: &Change) -> bool {
        if let Change::AlterColumn { column, .. } = change {
            return self.are_as_before(&self.before.name, std::slice::from_ref(column));
        }
        self.are_as_before(&self.before.name, &[])
    }

    /// Returns whether no earlier step changes the values of these columns.
    fn are_as_before(&self, table: &TableName, columns: &[ColumnName]) -> bool {
        !self.earlier.iter().any(|planned| match &planned.step {
            Step::CreateTable { after: other } | Step::DropTable { before: other } => other.name == *table,
            Step::AlterTable { before, after, change } => {
                (before.name == *table || after.name == *table) && may_change(change, columns)
            }
            Step::RunSql(_) | Step::RunRust { .. } | Step::LoadData { .. } => true,
            Step::CreateExtension { .. }
            | Step::DropExtension { .. }
            | Step::CreateCollation(_)
            | Step::DropCollation { .. } => false,
        })
    }

    fn filled(&self, columns: &[ColumnName], prefix: &str) -> Result<String, Unsupported> {
        let quoted = columns.iter().map(|column| self.quoted(column.as_str()));
        let filled = quoted.map(|column| Ok(format!("{prefix}{} IS NOT NULL", column?)));
        Ok(filled.collect::<Result<Vec<_>, _>>()?.join(" AND "))
    }

    fn parts(&self) -> Parts<'_> {
        Parts::new(&self.mysql, self.before)
    }

    fn quoted(&self, name: &str) -> Result<String, Unsupported> {
        self.mysql.identifier(name)
    }
}

/// Returns whether a change may change the values or the name of one of these columns.
fn may_change(change: &Change, columns: &[ColumnName]) -> bool {
    match change {
        Change::RenameTable => true,
        Change::AddColumn { column, .. }
        | Change::AddTranslated { column, .. }
        | Change::DropColumn { column }
        | Change::AlterColumn { column, .. }
        | Change::ConvertValues { column, .. } => columns.contains(column),
        Change::RenameColumn { before, after } => columns.contains(before) || columns.contains(after),
        Change::MoveTable
        | Change::AlterComment
        | Change::AlterSqliteOptions
        | Change::RenamePrimaryKey
        | Change::AlterPrimaryKey
        | Change::RequireValues { .. }
        | Change::RequireRow { .. }
        | Change::RenameType { .. }
        | Change::AddIndex { .. }
        | Change::DropIndex { .. }
        | Change::AddIndexConcurrently { .. }
        | Change::DropIndexConcurrently { .. }
        | Change::RenameIndex { .. }
        | Change::AddUnique { .. }
        | Change::DropUnique { .. }
        | Change::RenameUnique { .. }
        | Change::AddCheck { .. }
        | Change::AddCheckNotValid { .. }
        | Change::ValidateCheck { .. }
        | Change::DropCheck { .. }
        | Change::RenameCheck { .. }
        | Change::AddForeignKey { .. }
        | Change::DropForeignKey { .. }
        | Change::RenameForeignKey { .. }
        | Change::AlterForeignKey { .. }
        | Change::AddExclusion { .. }
        | Change::DropExclusion { .. }
        | Change::RenameExclusion { .. } => false,
    }
}
