//! [`Step`] -> text for MySQL and MariaDB.
//!
//! No statement can be rolled back, so that related changes are combined in one ALTER TABLE. A changed column is written
//! completely, since MODIFY drops all attributes that it does not repeat.

mod columns;

use modelshift_schema::expr::{Expr, Literal};
use modelshift_schema::generated::Identity;
use modelshift_schema::name::ColumnName;
use modelshift_schema::relation::ReferentialAction;
use modelshift_schema::step::{Change, Step};
use modelshift_schema::table::{Check, Column, ForeignKeyConstraint, Table, Unique};

use super::column_type::{column_type, default_is_expression};
use super::comment::{MAX_COMMENT, MAX_TABLE_COMMENT, comment_text};
use super::keys::{adds_key, index_clause, refuse_long_key, standing_key, support_keys};
use super::names::refuse_reserved_index;
use super::row::refuse_long_row;
use super::{Mysql, is_written_as_bytes};
use crate::dialect::render::expression::refuse_volatile;
use crate::dialect::render::table_parts::{Parts, refuse_exclusions, refuse_foreign_unique};
use crate::dialect::render::{script, translation};
use crate::dialect::{Dialect, PlannedStep, Spelling, Unsupported, spelled_type};

/// Returns the statements of a step.
pub(in crate::dialect) fn step(
    mysql: Mysql<'_>,
    steps: &[PlannedStep],
    position: usize,
) -> Result<Vec<String>, Unsupported> {
    match &steps[position].step {
        Step::CreateTable { after } => Alteration { mysql, before: after, after }.create_table(),
        Step::DropTable { before } => Ok(vec![format!("DROP TABLE {}", Parts::new(&mysql, before).name()?)]),
        Step::AlterTable { before, after, change: Change::AlterPrimaryKey } => {
            let is_added = (0..position).any(|at| adds_key(&steps[at].step, before, &steps[at + 1..]));
            Alteration { mysql, before, after }.alter_primary_key(is_added)
        }
        Step::AlterTable { before, after, change: Change::DropColumn { column } } => {
            Alteration { mysql, before, after }.drop_column(column, &steps[position + 1..])
        }
        Step::AlterTable { before, after, change } => Alteration { mysql, before, after }.alter(change),
        Step::RunSql(sql) => script::texts(Dialect::Mysql, &mysql, sql),
        // Only PostgreSQL has these.
        Step::CreateExtension { .. }
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

    fn create_table(&self) -> Result<Vec<String>, Unsupported> {
        let table = self.after;
        refuse_exclusions(Dialect::Mysql, table)?;
        refuse_long_row(table)?;
        let mut lines = Vec::new();
        for column in &table.columns {
            lines.push(self.definition(column)?);
        }
        if let Some(key) = &table.primary_key {
            lines.push(self.primary_key(&key.columns)?);
        }
        for unique in &table.uniques {
            lines.push(self.unique(unique)?);
        }
        for index in &table.indexes {
            lines.push(index_clause(self.mysql, table, index)?);
        }
        for (name, columns) in support_keys(table) {
            lines.push(self.support_key(&name, &columns)?);
        }
        for check in &table.checks {
            lines.push(self.check(check)?);
        }
        for reference in &table.references {
            lines.push(self.reference(reference)?);
        }
        let comment = if table.comment.is_some() { format!(" {}", self.comment()?) } else { String::new() };
        Ok(vec![format!(
            "CREATE TABLE {} (\n    {}\n){comment}",
            self.parts().name()?,
            lines.join(",\n    ")
        )])
    }

    /// Writes the comment of the table, which may be empty.
    fn comment(&self) -> Result<String, Unsupported> {
        let comment = self.after.comment.as_deref().unwrap_or_default();
        Ok(format!("COMMENT {}", comment_text(comment, self.after.name.as_str(), MAX_TABLE_COMMENT)?))
    }

    fn definition(&self, column: &Column) -> Result<String, Unsupported> {
        let written = match spelled_type(Dialect::Mysql, column) {
            Some(spelled) => spelled.to_owned(),
            None => column_type(self.mysql, &column.column_type)?,
        };
        let mut words = vec![self.quoted(column.name.as_str())?, written];
        if let Some(collation) = column.collation.as_ref().and_then(|it| it.mysql.as_ref()) {
            words.push(format!("COLLATE {}", self.quoted(collation)?));
        }
        let generated = self.parts().generated(column)?;
        // Some servers derive NOT NULL from the expression only.
        let is_computed = generated.is_some();
        words.extend(generated);
        if !is_computed || (!column.null && self.mysql.capabilities.generated_not_null) {
            words.push(if column.null { "NULL" } else { "NOT NULL" }.to_owned());
        }
        if column.automatic {
            self.refuse_identity(column)?;
            words.push("AUTO_INCREMENT".to_owned());
        } else if let Some(default) = &column.default {
            let empty = Table { columns: Vec::new(), ..self.after.clone() };
            let value = Parts::new(&self.mysql, &empty).expressions().value(default, &column.column_type)?;
            let bytes = matches!(default, Expr::Literal(Literal::Text(text)) if is_written_as_bytes(text));
            let is_spelled = spelled_type(Dialect::Mysql, column).is_some();
            let needs_expression = is_spelled || default_is_expression(&column.column_type);
            let bare = default.is_constant() && !bytes && !needs_expression;
            words.push(if bare { format!("DEFAULT {value}") } else { format!("DEFAULT ({value})") });
        }
        if let Some(comment) = &column.comment {
            words.push(format!("COMMENT {}", comment_text(comment, column.name.as_str(), MAX_COMMENT)?));
        }
        Ok(words.join(" "))
    }

    /// Refuses identity columns that the server does not support: it generates the values of one column, and an insert can
    /// always specify a value.
    fn refuse_identity(&self, column: &Column) -> Result<(), Unsupported> {
        if column.identity == Some(Identity::Always) {
            let what =
                format!("mysql takes any value that an insert brings along for column `{}`", column.name);
            return Err(Unsupported::new(what, "write `identity = by_default`"));
        }
        let mut others = self.after.columns.iter().filter(|other| other.name != column.name);
        let Some(other) = others.find(|other| other.automatic) else { return Ok(()) };
        let what = format!(
            "mysql counts one column of a table, and not both `{}` and `{}`",
            other.name, column.name
        );
        Err(Unsupported::new(what, "leave one `identity` out, and give a key without one a default"))
    }

    fn primary_key(&self, columns: &[ColumnName]) -> Result<String, Unsupported> {
        refuse_long_key(self.after, columns, "the primary key")?;
        Ok(format!("PRIMARY KEY ({})", self.parts().columns(columns)?))
    }

    fn unique(&self, unique: &Unique) -> Result<String, Unsupported> {
        refuse_foreign_unique(Dialect::Mysql, unique)?;
        refuse_reserved_index(&unique.name)?;
        refuse_long_key(self.after, &unique.columns, &format!("unique constraint `{}`", unique.name))?;
        self.parts().unique(unique)
    }

    fn check(&self, check: &Check) -> Result<String, Unsupported> {
        let whose = format!("check `{}`", check.name);
        refuse_volatile(&check.condition, &whose)?;
        let names = check.condition.names();
        let mut automatic = self.after.columns.iter().filter(|column| column.automatic);
        if let Some(column) = automatic.find(|column| names.contains(&column.name.as_str())) {
            let what =
                format!("mysql: {whose} names column `{}`, whose values it generates itself", column.name);
            return Err(Unsupported::new(what, "check another field, or generate the keys in the service"));
        }
        refuse_check_on_action(self.after)?;
        self.parts().check(check)
    }

    fn reference(&self, reference: &ForeignKeyConstraint) -> Result<String, Unsupported> {
        if [reference.on_delete, reference.on_update].contains(&ReferentialAction::SetDefault) {
            let what = format!("mysql cannot set a reference to its default (`{}`)", reference.name);
            return Err(Unsupported::new(what, "use another action, such as `set_null` or `restrict`"));
        }
        refuse_long_key(self.after, &reference.columns, &format!("reference `{}`", reference.name))?;
        refuse_check_on_action(self.after)?;
        self.parts().reference(reference)
    }

    fn support_key(&self, name: &str, columns: &[ColumnName]) -> Result<String, Unsupported> {
        Ok(format!("INDEX {} ({})", self.quoted(name)?, self.parts().columns(columns)?))
    }

    fn alter(&self, change: &Change) -> Result<Vec<String>, Unsupported> {
        let clauses = match change {
            Change::RenameTable => vec![format!("RENAME TO {}", self.parts().name()?)],
            Change::AlterComment => vec![self.comment()?],
            // Primary keys and types have no names, a check is validated when it is added, and required values are queries.
            Change::RenamePrimaryKey
            | Change::ValidateCheck { .. }
            | Change::RequireValues { .. }
            | Change::RequireRow { .. }
            | Change::RenameType { .. } => return Ok(Vec::new()),
            Change::AlterPrimaryKey => return self.alter_primary_key(false),
            Change::AddColumn { column, fill } => return self.add_column(column, fill.as_ref()),
            Change::AddTranslated { column, from, lookup } => {
                let mut texts = self.add_column(column, None)?;
                let columns = (column, from);
                texts.push(translation::update(Dialect::Mysql, &self.mysql, self.after, columns, lookup)?);
                return Ok(texts);
            }
            Change::DropColumn { column } => return self.drop_column(column, &[]),
            Change::RenameColumn { before, after } => return self.rename_column(before, after),
            Change::AlterColumn { column, fill } => return self.alter_column(column, fill.as_ref()),
            Change::ConvertValues { column, values } => return self.convert_values(column, values),
            Change::AddIndex { name } | Change::AddIndexConcurrently { name } => {
                vec![format!("ADD {}", index_clause(self.mysql, self.after, self.parts().index(name)?)?)]
            }
            Change::DropIndex { name }
            | Change::DropIndexConcurrently { name }
            | Change::DropUnique { name } => {
                vec![format!("DROP INDEX {}", self.quoted(name.as_str())?)]
            }
            Change::RenameIndex { before, after } | Change::RenameUnique { before, after } => {
                refuse_reserved_index(after)?;
                let (before, after) = (self.quoted(before.as_str())?, self.quoted(after.as_str())?);
                vec![format!("RENAME INDEX {before} TO {after}")]
            }
            Change::AddUnique { name } => {
                vec![format!("ADD {}", self.unique(self.parts().unique_named(name)?)?)]
            }
            Change::AddCheck { name } | Change::AddCheckNotValid { name } => {
                vec![format!("ADD {}", self.check(self.parts().check_named(name)?)?)]
            }
            Change::DropCheck { name } => vec![format!("DROP CONSTRAINT {}", self.quoted(name.as_str())?)],
            // A check cannot be renamed.
            Change::RenameCheck { before, after } => vec![
                format!("DROP CONSTRAINT {}", self.quoted(before.as_str())?),
                format!("ADD {}", self.check(self.parts().check_named(after)?)?),
            ],
            Change::AddForeignKey { name } => {
                vec![format!("ADD {}", self.reference(self.parts().reference_named(name)?)?)]
            }
            Change::DropForeignKey { name } => {
                vec![format!("DROP FOREIGN KEY {}", self.quoted(name.as_str())?)]
            }
            // A foreign key cannot be renamed.
            Change::RenameForeignKey { before, after } => {
                // In two statements: in one, MariaDB does not drop the old foreign key if the name of the table ends with a
                // backslash.
                let dropped = format!("DROP FOREIGN KEY {}", self.quoted(before.as_str())?);
                let added = format!("ADD {}", self.reference(self.parts().reference_named(after)?)?);
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

    /// Joins clauses to one ALTER TABLE, with the support keys that this change adds and drops.
    fn statement(&self, clauses: Vec<String>) -> Result<String, Unsupported> {
        self.alter_table(&self.with_support_keys(clauses)?)
    }

    fn with_support_keys(&self, clauses: Vec<String>) -> Result<Vec<String>, Unsupported> {
        let (old, new) = (support_keys(self.before), support_keys(self.after));
        let mut all = Vec::new();
        // The same statement may add the column of a key, so that keys follow the other clauses.
        all.extend(clauses);
        for (name, columns) in new.iter().filter(|(name, _)| !old.iter().any(|(it, _)| it == name)) {
            all.push(format!("ADD {}", self.support_key(name, columns)?));
        }
        for (name, _) in old.iter().filter(|(name, _)| !new.iter().any(|(it, _)| it == name)) {
            all.push(format!("DROP INDEX {}", self.quoted(name)?));
        }
        Ok(all)
    }

    fn alter_table(&self, clauses: &[String]) -> Result<String, Unsupported> {
        let name = self.quoted(self.before.name.as_str())?;
        Ok(format!("ALTER TABLE {name} {}", clauses.join(", ")))
    }

    /// Writes the new primary key, unless the statement that dropped a column of the old one has added it.
    fn alter_primary_key(&self, is_added: bool) -> Result<Vec<String>, Unsupported> {
        let mut clauses = Vec::new();
        if standing_key(self.before).is_some() {
            clauses.push("DROP PRIMARY KEY".to_owned());
        }
        if let Some(key) = self.after.primary_key.as_ref().filter(|_| !is_added) {
            clauses.push(format!("ADD {}", self.primary_key(&key.columns)?));
        }
        let all = self.with_support_keys(clauses)?;
        if all.is_empty() { Ok(Vec::new()) } else { Ok(vec![self.alter_table(&all)?]) }
    }
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
