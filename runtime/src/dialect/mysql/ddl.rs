//! [`Step`] -> text for MySQL and MariaDB.
//!
//! No statement here can be rolled back, so that each does as much as one may: what belongs together is one ALTER
//! TABLE. A changed column is written whole, since MODIFY drops whatever it does not restate.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::{Expr, Function, Literal};
use modelshift_schema::generated::Identity;
use modelshift_schema::name::ColumnName;
use modelshift_schema::relation::ReferentialAction;
use modelshift_schema::step::{Change, Step};
use modelshift_schema::table::{Check, Column, ForeignKeyConstraint, Table, Unique};

use super::column_type::{column_type, default_is_expression};
use super::comment::{MAX_COMMENT, MAX_TABLE_COMMENT, comment_text};
use super::keys::{brings_key, index_clause, key_behind, refuse_long_key, standing_key, support_keys};
use super::names::refuse_kept_index;
use super::row::refuse_long_row;
use super::{Mysql, is_written_as_bytes};
use crate::dialect::render::conversion::{Kind, refusal, refuse_addresses, refuse_strange};
use crate::dialect::render::expression::refuse_volatile;
use crate::dialect::render::table_parts::{Parts, refuse_exclusions, refuse_foreign_unique};
use crate::dialect::render::{enums, script, translation};
use crate::dialect::{Dialect, PlannedStep, Spelling, Unsupported, spelled_type};

/// Returns the text for a step.
pub(in crate::dialect) fn step(
    mysql: Mysql<'_>,
    steps: &[PlannedStep],
    position: usize,
) -> Result<Vec<String>, Unsupported> {
    match &steps[position].step {
        Step::CreateTable { after } => Alteration { mysql, before: after, after }.create_table(),
        Step::DropTable { before } => Ok(vec![format!("DROP TABLE {}", Parts::new(&mysql, before).name()?)]),
        Step::AlterTable { before, after, change: Change::AlterPrimaryKey } => {
            let came = (0..position).any(|at| brings_key(&steps[at].step, before, &steps[at + 1..]));
            Alteration { mysql, before, after }.alter_primary_key(came)
        }
        Step::AlterTable { before, after, change: Change::DropColumn { column } } => {
            Alteration { mysql, before, after }.drop_column(column, &steps[position + 1..])
        }
        Step::AlterTable { before, after, change } => Alteration { mysql, before, after }.alter(change),
        Step::RunSql(sql) => script::texts(Dialect::Mysql, &mysql, sql),
        // These are PostgreSQL's.
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

    /// Writes the table's comment; the empty one is none.
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
        // What a server has no words for follows from the expression.
        let is_reckoned = generated.is_some();
        words.extend(generated);
        if !is_reckoned || (!column.null && self.mysql.capabilities.generated_not_null) {
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

    /// The server counts one column of a table, and takes the values that an insert brings along.
    fn refuse_identity(&self, column: &Column) -> Result<(), Unsupported> {
        if column.identity == Some(Identity::Always) {
            let what =
                format!("mysql takes any value that an insert brings along for column `{}`", column.name);
            return Err(Unsupported::new(what, "write `identity = by_default`"));
        }
        let is_other = |other: &&Column| other.automatic && other.name != column.name;
        match self.after.columns.iter().find(is_other) {
            None => Ok(()),
            Some(other) => {
                let what = format!(
                    "mysql counts one column of a table, and not both `{}` and `{}`",
                    other.name, column.name
                );
                Err(Unsupported::new(what, "leave one `identity` out, and give a key without one a default"))
            }
        }
    }

    fn primary_key(&self, columns: &[ColumnName]) -> Result<String, Unsupported> {
        refuse_long_key(self.after, columns, "the primary key")?;
        Ok(format!("PRIMARY KEY ({})", self.parts().columns(columns)?))
    }

    fn unique(&self, unique: &Unique) -> Result<String, Unsupported> {
        refuse_foreign_unique(Dialect::Mysql, unique)?;
        refuse_kept_index(&unique.name)?;
        refuse_long_key(self.after, &unique.columns, &format!("unique constraint `{}`", unique.name))?;
        self.parts().unique(unique)
    }

    fn check(&self, check: &Check) -> Result<String, Unsupported> {
        let whose = format!("check `{}`", check.name);
        refuse_volatile(&check.condition, &whose)?;
        let names = check.condition.names();
        let is_named = |column: &&Column| column.automatic && names.contains(&column.name.as_str());
        if let Some(column) = self.after.columns.iter().find(is_named) {
            let what =
                format!("mysql: {whose} names column `{}`, whose values it gives out itself", column.name);
            return Err(Unsupported::new(what, "check another field, or give out the keys in the service"));
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
            // A primary key has no name of its own, and a check holds for every row from the start.
            // Nor has a type of a column, and what is required is a query.
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
                refuse_kept_index(after)?;
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
            // The name is part of the check, and nothing renames it.
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
            // Nothing renames a reference, so that it goes and comes in one statement.
            Change::RenameForeignKey { before, after } => {
                // Each by itself: MariaDB forgets the one that goes where both are in one statement and the name of
                // the table ends in a backslash.
                let gone = format!("DROP FOREIGN KEY {}", self.quoted(before.as_str())?);
                let again = format!("ADD {}", self.reference(self.parts().reference_named(after)?)?);
                return Ok(vec![self.alter_table(&[gone])?, self.statement(vec![again])?]);
            }
            Change::AlterForeignKey { name } => {
                // What the server cannot put off is refused here; what it need not, it never did.
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

    /// Joins clauses to one ALTER TABLE, with the support keys that come and go at this change.
    fn statement(&self, clauses: Vec<String>) -> Result<String, Unsupported> {
        self.alter_table(&self.with_support_keys(clauses)?)
    }

    fn with_support_keys(&self, clauses: Vec<String>) -> Result<Vec<String>, Unsupported> {
        let (old, new) = (support_keys(self.before), support_keys(self.after));
        let is_in = |keys: &[(String, Vec<ColumnName>)], name: &str| keys.iter().any(|(key, _)| key == name);
        let mut all = Vec::new();
        // A column that an automatic key is over may come with this very statement, so that its key comes behind it.
        all.extend(clauses);
        for (name, columns) in new.iter().filter(|(name, _)| !is_in(&old, name)) {
            all.push(format!("ADD {}", self.support_key(name, columns)?));
        }
        for (name, _) in old.iter().filter(|(name, _)| !is_in(&new, name)) {
            all.push(format!("DROP INDEX {}", self.quoted(name)?));
        }
        Ok(all)
    }

    fn alter_table(&self, clauses: &[String]) -> Result<String, Unsupported> {
        let name = self.quoted(self.before.name.as_str())?;
        Ok(format!("ALTER TABLE {name} {}", clauses.join(", ")))
    }

    /// Writes the new key, unless it came with the statement that dropped a column of the old one.
    fn alter_primary_key(&self, came: bool) -> Result<Vec<String>, Unsupported> {
        let mut clauses = Vec::new();
        if standing_key(self.before).is_some() {
            clauses.push("DROP PRIMARY KEY".to_owned());
        }
        if let Some(key) = self.after.primary_key.as_ref().filter(|_| !came) {
            clauses.push(format!("ADD {}", self.primary_key(&key.columns)?));
        }
        let all = self.with_support_keys(clauses)?;
        if all.is_empty() { Ok(Vec::new()) } else { Ok(vec![self.alter_table(&all)?]) }
    }

    /// A key of several columns would merely lose the column, and stand for fewer.
    ///
    /// The key that follows comes with the same statement: some servers take no table without one, not for a moment.
    fn drop_column(&self, name: &ColumnName, later: &[PlannedStep]) -> Result<Vec<String>, Unsupported> {
        let mut clauses = Vec::new();
        let drops_key = standing_key(self.before).is_some_and(|key| key.columns.contains(name));
        if drops_key {
            clauses.push("DROP PRIMARY KEY".to_owned());
        }
        clauses.push(format!("DROP COLUMN {}", self.quoted(name.as_str())?));
        if drops_key && let Some(key) = key_behind(self.after, later) {
            clauses.push(format!("ADD {}", self.primary_key(&key.columns)?));
        }
        let statement = self.statement(clauses)?;
        // MySQL keeps a column that it drops at once under a longer name, for which it may lack the room.
        let is_long = name.as_str().len() > MAX_HIDDEN_NAME_BYTES && !name.as_str().is_ascii();
        Ok(vec![if is_long && !drops_key { format!("{statement}, ALGORITHM=INPLACE") } else { statement }])
    }

    /// MySQL does not rename a column that a check, an indexed expression or a generated column names, so that these go
    /// and come back.
    fn rename_column(&self, old: &ColumnName, new: &ColumnName) -> Result<Vec<String>, Unsupported> {
        let names = |expr: &Expr| expr.may_read_column(new.as_str());
        let mut texts = Vec::new();
        let mut back = Vec::new();
        for check in self.after.checks.iter().filter(|check| names(&check.condition)) {
            texts
                .push(self.alter_table(&[format!("DROP CONSTRAINT {}", self.quoted(check.name.as_str())?)])?);
            back.push(self.alter_table(&[format!("ADD {}", self.check(check)?)])?);
        }
        for index in &self.after.indexes {
            let is_over = |expr: &Expr| !matches!(expr, Expr::Name(_)) && names(expr);
            if index.parts.iter().any(|part| is_over(&part.value)) {
                texts.push(self.alter_table(&[format!("DROP INDEX {}", self.quoted(index.name.as_str())?)])?);
                back.push(
                    self.alter_table(&[format!("ADD {}", index_clause(self.mysql, self.after, index)?)])?,
                );
            }
        }
        let below = |column: &&Column| column.generated.as_ref().is_some_and(|it| it.names(new.as_str()));
        let is_in_the_way = !self.mysql.capabilities.rename_below_generated;
        for column in self.after.columns.iter().filter(|column| is_in_the_way && below(column)) {
            let (away, again) = self.take_away(column)?;
            texts.push(self.alter_table(&away)?);
            back.insert(0, self.alter_table(&again)?);
        }
        let (old, new) = (self.quoted(old.as_str())?, self.quoted(new.as_str())?);
        texts.push(self.alter_table(&[format!("RENAME COLUMN {old} TO {new}")])?);
        texts.extend(back);
        Ok(texts)
    }

    /// Returns what takes a generated column away with all that names it, and what makes both again.
    fn take_away(&self, column: &Column) -> Result<(Vec<String>, Vec<String>), Unsupported> {
        let name = column.name.as_str();
        let names = |expr: &Expr| expr.may_read_column(name);
        let mut away = Vec::new();
        let mut again = vec![format!("ADD COLUMN {}", self.definition(column)?)];
        for check in self.after.checks.iter().filter(|check| names(&check.condition)) {
            away.push(format!("DROP CONSTRAINT {}", self.quoted(check.name.as_str())?));
            again.push(format!("ADD {}", self.check(check)?));
        }
        for index in self.after.indexes.iter().filter(|it| it.parts.iter().any(|part| names(&part.value))) {
            away.push(format!("DROP INDEX {}", self.quoted(index.name.as_str())?));
            again.push(format!("ADD {}", index_clause(self.mysql, self.after, index)?));
        }
        for unique in self.after.uniques.iter().filter(|unique| unique.columns.contains(&column.name)) {
            away.push(format!("DROP INDEX {}", self.quoted(unique.name.as_str())?));
            again.push(format!("ADD {}", self.unique(unique)?));
        }
        away.push(format!("DROP COLUMN {}", self.quoted(name)?));
        Ok((away, again))
    }

    fn add_column(&self, name: &ColumnName, fill: Option<&Expr>) -> Result<Vec<String>, Unsupported> {
        let column = self.parts().existing(name)?;
        refuse_long_row(self.after)?;
        let add = |column: &Column| self.statement(vec![format!("ADD COLUMN {}", self.definition(column)?)]);
        // With a binary log, the server adds no column whose default is random: rows get their values by themselves.
        let random = column.default.as_ref().filter(|default| is_random(default));
        let Some(fill) = fill.or(random) else { return Ok(vec![add(column)?]) };
        let whole = self.modify(column)?;
        if fill.is_constant() {
            let filled = Column { default: Some(fill.clone()), ..column.clone() };
            return Ok(vec![add(&filled)?, whole]);
        }
        let empty = Column { default: None, null: true, ..column.clone() };
        let value = Parts::new(&self.mysql, self.before).expressions().value(fill, &column.column_type)?;
        let (table, quoted) = (self.parts().name()?, self.quoted(name.as_str())?);
        Ok(vec![add(&empty)?, format!("UPDATE {table} SET {quoted} = {value}"), whole])
    }

    fn modify(&self, column: &Column) -> Result<String, Unsupported> {
        self.statement(vec![format!("MODIFY COLUMN {}", self.definition(column)?)])
    }

    fn alter_column(&self, name: &ColumnName, fill: Option<&Expr>) -> Result<Vec<String>, Unsupported> {
        let old = Parts::new(&self.mysql, self.before).existing(name)?;
        let new = self.parts().existing(name)?;
        refuse_long_row(self.after)?;
        let (table, quoted) = (self.parts().name()?, self.quoted(name.as_str())?);
        let mut texts = Vec::new();
        if old.column_type != new.column_type {
            refuse_conversion(old, new)?;
            if (old.column_type.family(), new.column_type.family()) == (Kind::Integer, Kind::Bool) {
                texts.push(format!("UPDATE {table} SET {quoted} = {quoted} <> 0"));
            }
            if fill.is_some() {
                // The value is of the new type, and needs a column that still takes NULL.
                let empty = Column { default: None, null: true, ..new.clone() };
                texts.push(self.alter_table(&[format!("MODIFY COLUMN {}", self.definition(&empty)?)])?);
            }
        }
        if let Some(fill) = fill {
            let value = self.parts().expressions().value(fill, &new.column_type)?;
            texts.push(format!("UPDATE {table} SET {quoted} = {value} WHERE {quoted} IS NULL"));
        }
        texts.push(self.modify(new)?);
        Ok(texts)
    }
}

impl Alteration<'_> {
    /// A column that lists its values knows the old ones and the new ones while rows change.
    fn convert_values(
        &self,
        name: &ColumnName,
        values: &[(Literal, Literal)],
    ) -> Result<Vec<String>, Unsupported> {
        let old = Parts::new(&self.mysql, self.before).existing(name)?;
        let new = self.parts().existing(name)?;
        let update = || enums::update(&self.mysql, self.after, name, values);
        let (ColumnType::Choices(one), ColumnType::Choices(other)) = (&old.column_type, &new.column_type)
        else {
            return Ok(vec![update()?]);
        };
        let mut both = one.clone();
        let came = other.variants.iter().filter(|variant| !one.has_value(&variant.value));
        both.variants.extend(came.cloned());
        let between = Column { column_type: ColumnType::Choices(both), default: None, ..new.clone() };
        Ok(vec![self.modify(&between)?, update()?, self.modify(new)?])
    }
}

/// The most bytes of a name that the server can make longer for a column that it dropped, and some to spare.
const MAX_HIDDEN_NAME_BYTES: usize = 32;

/// Returns whether a value is another for each row, whatever the moment.
fn is_random(value: &Expr) -> bool {
    let mut found = false;
    value.visit(&mut |node| {
        found |= matches!(node, Expr::Call { function: Function::RandomUuid, .. });
    });
    found
}

/// The server does not check what it writes itself when the row referred to goes or changes, and refuses to pretend.
fn refuse_check_on_action(table: &Table) -> Result<(), Unsupported> {
    let writes = |action| match action {
        ReferentialAction::SetNull | ReferentialAction::SetDefault => true,
        ReferentialAction::NoAction | ReferentialAction::Restrict | ReferentialAction::Cascade => false,
    };
    for reference in &table.references {
        if !writes(reference.on_delete)
            && !writes(reference.on_update)
            && reference.on_update != ReferentialAction::Cascade
        {
            continue;
        }
        let is_named = |check: &&Check| {
            reference.columns.iter().any(|it| check.condition.names().contains(&it.as_str()))
        };
        if let Some(check) = table.checks.iter().find(is_named) {
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

/// The sixteen bytes of a UUID and its text are no two forms of one value to the server.
fn refuse_conversion(old: &Column, new: &Column) -> Result<(), Unsupported> {
    refuse_strange(Dialect::Mysql, old, new)?;
    refuse_addresses(Dialect::Mysql, old, new)?;
    match (old.column_type.family(), new.column_type.family()) {
        (Kind::Uuid, Kind::Text) | (Kind::Text, Kind::Uuid) => Err(refusal(Dialect::Mysql, old, new)),
        _ => Ok(()),
    }
}
