//! [`Step`] -> statements for MySQL and MariaDB.
//!
//! No statement can be rolled back, so that related changes are combined in one ALTER TABLE. A changed column is written
//! completely, since MODIFY drops all attributes that it does not repeat.

mod clause;
mod columns;

use modelshift_schema::name::{ColumnName, ObjectName};
use modelshift_schema::relation::ReferentialAction;
use modelshift_schema::step::{Change, Step};
use modelshift_schema::table::{Check, ForeignKeyConstraint, Table, TableIndex, Unique};
use sea_query::{ForeignKeyCreateStatement, IndexCreateStatement};

use self::clause::{Clause, alter_table};
use super::Mysql;
use super::comment::{MAX_TABLE_COMMENT, comment_text};
use super::keys::{adds_key, index_of, refuse_long_key, standing_key, support_keys};
use super::names::refuse_reserved_index;
use super::row::refuse_long_row;
use crate::dialect::render::built::{Name, add_rules, built};
use crate::dialect::render::expression::refuse_volatile;
use crate::dialect::render::table_parts::{Parts, refuse_exclusions, refuse_foreign_unique};
use crate::dialect::render::{script, translation};
use crate::dialect::{Dialect, PlannedStep, Spelling, Unsupported};
use crate::plan::statement::{RawReason, Written};

/// Returns the statements of a step.
pub(in crate::dialect) fn step(
    mysql: Mysql<'_>,
    steps: &[PlannedStep],
    position: usize,
) -> Result<Vec<Written>, Unsupported> {
    match &steps[position].step {
        Step::CreateTable { after } => Alteration { mysql, before: after, after }.create_table(),
        Step::DropTable { before } => {
            let name = Parts::new(&mysql, before).table_name()?;
            Ok(vec![built(&mysql, sea_query::Table::drop().table(name).take())])
        }
        Step::AlterTable { before, after, change: Change::AlterPrimaryKey } => {
            let is_added = (0..position).any(|at| adds_key(&steps[at].step, before, &steps[at + 1..]));
            Alteration { mysql, before, after }.alter_primary_key(is_added)
        }
        Step::AlterTable { before, after, change: Change::DropColumn { column } } => {
            Alteration { mysql, before, after }.drop_column(column, &steps[position + 1..])
        }
        Step::AlterTable { before, after, change } => Alteration { mysql, before, after }.alter(change),
        Step::RunSql(sql) => script::written(Dialect::Mysql, &mysql, sql),
        // The one is an action without a text, and only PostgreSQL has the others.
        Step::RunRust { .. }
        | Step::LoadData { .. }
        | Step::CreateExtension { .. }
        | Step::DropExtension { .. }
        | Step::CreateCollation(_)
        | Step::DropCollation { .. } => Ok(Vec::new()),
    }
}

/// One change of a table.
#[derive(Clone, Copy)]
struct Alteration<'a> {
    mysql: Mysql<'a>,
    before: &'a Table,
    after: &'a Table,
}

impl Alteration<'_> {
    fn parts(&self) -> Parts<'_> {
        Parts::new(&self.mysql, self.after)
    }

    fn quoted(&self, name: &str) -> Result<String, Unsupported> {
        self.mysql.identifier(name)
    }

    fn name(&self, name: &str) -> Result<Name, Unsupported> {
        Name::of(&self.mysql, name)
    }

    fn create_table(&self) -> Result<Vec<Written>, Unsupported> {
        let (table, parts) = (self.after, self.parts());
        refuse_exclusions(Dialect::Mysql, table)?;
        refuse_long_row(table)?;
        let mut create = sea_query::Table::create();
        create.table(parts.table_name()?);
        let mut columns = Vec::new();
        for column in &table.columns {
            columns.push(self.definition(column)?);
        }
        add_rules(table.name.as_str(), &mut columns, &[])?;
        for column in columns {
            create.col(column);
        }
        if let Some(key) = &table.primary_key {
            refuse_long_key(table, &key.columns, "the primary key")?;
            create.primary_key(&mut parts.built_key(None, &key.columns)?);
        }
        for unique in &table.uniques {
            create.index(&mut self.unique(unique)?);
        }
        for index in &table.indexes {
            create.index(&mut index_of(self.mysql, table, index)?);
        }
        for (name, columns) in support_keys(table) {
            create.index(&mut self.support_key(&name, &columns)?);
        }
        for check in &table.checks {
            self.refuse_check(check)?;
            create.check(parts.built_check(check)?);
        }
        for reference in &table.references {
            create.foreign_key(&mut self.reference(reference)?);
        }
        if table.comment.is_some() {
            create.extra(self.comment()?);
        }
        Ok(vec![built(&self.mysql, create)])
    }

    /// Writes the comment of the table, which may be empty.
    fn comment(&self) -> Result<String, Unsupported> {
        let comment = self.after.comment.as_deref().unwrap_or_default();
        Ok(format!("COMMENT {}", comment_text(comment, self.after.name.as_str(), MAX_TABLE_COMMENT)?))
    }

    fn unique(&self, unique: &Unique) -> Result<IndexCreateStatement, Unsupported> {
        refuse_foreign_unique(Dialect::Mysql, unique)?;
        refuse_reserved_index(&unique.name)?;
        refuse_long_key(self.after, &unique.columns, &format!("unique constraint `{}`", unique.name))?;
        let mut built = self.parts().built_key(Some(&unique.name), &unique.columns)?;
        built.unique().table(self.parts().table_name()?);
        Ok(built)
    }

    fn refuse_check(&self, check: &Check) -> Result<(), Unsupported> {
        let whose = format!("check `{}`", check.name);
        refuse_volatile(&check.condition, &whose)?;
        let names = check.condition.names();
        let mut automatic = self.after.columns.iter().filter(|column| column.automatic);
        if let Some(column) = automatic.find(|column| names.contains(&column.name.as_str())) {
            let what =
                format!("mysql: {whose} names column `{}`, whose values it generates itself", column.name);
            return Err(Unsupported::new(what, "check another field, or generate the keys in the service"));
        }
        refuse_check_on_action(self.after)
    }

    fn reference(&self, reference: &ForeignKeyConstraint) -> Result<ForeignKeyCreateStatement, Unsupported> {
        if [reference.on_delete, reference.on_update].contains(&ReferentialAction::SetDefault) {
            let what = format!("mysql cannot set a reference to its default (`{}`)", reference.name);
            return Err(Unsupported::new(what, "use another action, such as `set_null` or `restrict`"));
        }
        refuse_long_key(self.after, &reference.columns, &format!("reference `{}`", reference.name))?;
        refuse_check_on_action(self.after)?;
        if let Some(when) = reference.deferrable {
            self.mysql.deferrable(reference.name.as_str(), when)?;
        }
        self.parts().built_reference(reference)
    }

    fn support_key(
        &self,
        name: &ObjectName,
        columns: &[ColumnName],
    ) -> Result<IndexCreateStatement, Unsupported> {
        let mut built = self.parts().built_key(Some(name), columns)?;
        built.table(self.parts().table_name()?);
        Ok(built)
    }

    /// Returns the clause that adds a primary key.
    fn add_primary_key(&self, columns: &[ColumnName]) -> Result<Clause, Unsupported> {
        refuse_long_key(self.after, columns, "the primary key")?;
        let words = format!("ADD PRIMARY KEY ({})", self.parts().columns(columns)?);
        Ok(Clause::Words(RawReason::Constraint, words))
    }

    /// Returns the clause that adds a check.
    fn add_check(&self, check: &Check) -> Result<Clause, Unsupported> {
        self.refuse_check(check)?;
        Ok(Clause::Words(RawReason::Constraint, format!("ADD {}", self.parts().check(check)?)))
    }

    fn add_index(&self, index: &TableIndex) -> Result<Clause, Unsupported> {
        index_of(self.mysql, self.after, index).map(Clause::AddIndex)
    }

    fn alter(&self, change: &Change) -> Result<Vec<Written>, Unsupported> {
        let clauses = match change {
            Change::RenameTable => return self.rename_table(),
            Change::AlterComment => vec![Clause::Words(RawReason::Comment, self.comment()?)],
            // Primary keys and types have no names, a check is validated when it is added, required values are queries, and a
            // schema is refused; options of SQLite are none here.
            Change::RenamePrimaryKey
            | Change::AlterSqliteOptions
            | Change::MoveTable
            | Change::ValidateCheck { .. }
            | Change::RequireValues { .. }
            | Change::RequireRow { .. }
            | Change::RenameType { .. } => return Ok(Vec::new()),
            Change::AlterPrimaryKey => return self.alter_primary_key(false),
            Change::AddColumn { column, fill } => return self.add_column(column, fill.as_ref()),
            Change::AddTranslated { column, from, lookup } => {
                let mut texts = self.add_column(column, None)?;
                texts.push(translation::update(&self.mysql, self.after, (column, from), lookup)?);
                return Ok(texts);
            }
            Change::DropColumn { column } => return self.drop_column(column, &[]),
            Change::RenameColumn { before, after } => return self.rename_column(before, after),
            Change::AlterColumn { column, fill } => return self.alter_column(column, fill.as_ref()),
            Change::ConvertValues { column, values } => return self.convert_values(column, values),
            Change::AddIndex { name } | Change::AddIndexConcurrently { name } => {
                vec![self.add_index(self.parts().index(name)?)?]
            }
            Change::DropIndex { name }
            | Change::DropIndexConcurrently { name }
            | Change::DropUnique { name } => vec![Clause::DropIndex(self.name(name.as_str())?)],
            Change::RenameIndex { before, after } | Change::RenameUnique { before, after } => {
                refuse_reserved_index(after)?;
                let (before, after) = (self.quoted(before.as_str())?, self.quoted(after.as_str())?);
                vec![Clause::Words(RawReason::IndexRename, format!("RENAME INDEX {before} TO {after}"))]
            }
            Change::AddUnique { name } => {
                vec![Clause::AddIndex(self.unique(self.parts().unique_named(name)?)?)]
            }
            Change::AddCheck { name } | Change::AddCheckNotValid { name } => {
                vec![self.add_check(self.parts().check_named(name)?)?]
            }
            Change::DropCheck { name } => vec![Clause::DropConstraint(self.name(name.as_str())?)],
            // A check cannot be renamed.
            Change::RenameCheck { before, after } => vec![
                Clause::DropConstraint(self.name(before.as_str())?),
                self.add_check(self.parts().check_named(after)?)?,
            ],
            Change::AddForeignKey { name } => {
                vec![Clause::AddForeignKey(self.reference(self.parts().reference_named(name)?)?)]
            }
            Change::DropForeignKey { name } => vec![Clause::DropForeignKey(self.name(name.as_str())?)],
            // A foreign key cannot be renamed.
            Change::RenameForeignKey { before, after } => {
                // In two statements: in one, MariaDB does not drop the old foreign key if the name of the table ends with a
                // backslash.
                let dropped = Clause::DropForeignKey(self.name(before.as_str())?);
                let added = Clause::AddForeignKey(self.reference(self.parts().reference_named(after)?)?);
                return Ok(vec![self.alter_table(&[dropped])?, self.statement(vec![added])?]);
            }
            Change::AlterForeignKey { name } => {
                // A deferrable foreign key is refused here. Other changes need no statement.
                self.reference(self.parts().reference_named(name)?)?;
                return Ok(Vec::new());
            }
            Change::AddExclusion { .. } | Change::DropExclusion { .. } | Change::RenameExclusion { .. } => {
                refuse_exclusions(Dialect::Mysql, self.before)?;
                refuse_exclusions(Dialect::Mysql, self.after)?;
                return Ok(Vec::new());
            }
        };
        Ok(vec![self.statement(clauses)?])
    }

    fn rename_table(&self) -> Result<Vec<Written>, Unsupported> {
        let (before, after) =
            (self.name(self.before.name.as_str())?.iden(), self.name(self.after.name.as_str())?.iden());
        let mut texts = vec![built(&self.mysql, sea_query::Table::rename().table(before, after).take())];
        let keys = self.with_support_keys(Vec::new())?;
        if !keys.is_empty() {
            texts.push(alter_table(self.mysql, &self.name(self.after.name.as_str())?, &keys));
        }
        Ok(texts)
    }

    /// Joins clauses to one ALTER TABLE, with the support keys that this change adds and drops.
    fn statement(&self, clauses: Vec<Clause>) -> Result<Written, Unsupported> {
        self.alter_table(&self.with_support_keys(clauses)?)
    }

    fn with_support_keys(&self, clauses: Vec<Clause>) -> Result<Vec<Clause>, Unsupported> {
        let (old, new) = (support_keys(self.before), support_keys(self.after));
        // The same statement may add the column of a key, so that keys follow the other clauses.
        let mut all = clauses;
        for (name, columns) in new.iter().filter(|(name, _)| !old.iter().any(|(it, _)| it == name)) {
            all.push(Clause::AddIndex(self.support_key(name, columns)?));
        }
        for (name, _) in old.iter().filter(|(name, _)| !new.iter().any(|(it, _)| it == name)) {
            all.push(Clause::DropIndex(self.name(name.as_str())?));
        }
        Ok(all)
    }

    fn alter_table(&self, clauses: &[Clause]) -> Result<Written, Unsupported> {
        Ok(alter_table(self.mysql, &self.name(self.before.name.as_str())?, clauses))
    }

    /// Writes the new primary key, unless the statement that dropped a column of the old one has added it.
    fn alter_primary_key(&self, is_added: bool) -> Result<Vec<Written>, Unsupported> {
        let mut clauses = Vec::new();
        if standing_key(self.before).is_some() {
            clauses.push(drop_primary_key());
        }
        if let Some(key) = self.after.primary_key.as_ref().filter(|_| !is_added) {
            clauses.push(self.add_primary_key(&key.columns)?);
        }
        let all = self.with_support_keys(clauses)?;
        if all.is_empty() { Ok(Vec::new()) } else { Ok(vec![self.alter_table(&all)?]) }
    }
}

fn drop_primary_key() -> Clause {
    Clause::Words(RawReason::Constraint, "DROP PRIMARY KEY".to_owned())
}

/// Refuses checks of columns that a referential action can write: the server does not check such writes, and reports an
/// error.
fn refuse_check_on_action(table: &Table) -> Result<(), Unsupported> {
    for reference in &table.references {
        if !sets_column(reference.on_delete)
            && !sets_column(reference.on_update)
            && reference.on_update != ReferentialAction::Cascade
        {
            continue;
        }
        let check = table
            .checks
            .iter()
            .find(|check| reference.columns.iter().any(|it| check.condition.names().contains(&it.as_str())));
        if let Some(check) = check {
            let what = format!(
                "mysql: check `{}` names a column that reference `{}` may write",
                check.name, reference.name
            );
            return Err(Unsupported::new(
                what,
                "use `on_delete = restrict` or `cascade`, or check in the service",
            ));
        }
    }
    Ok(())
}

fn sets_column(action: ReferentialAction) -> bool {
    match action {
        ReferentialAction::SetNull | ReferentialAction::SetDefault => true,
        ReferentialAction::NoAction | ReferentialAction::Restrict | ReferentialAction::Cascade => false,
    }
}
