//! Changes of columns -> statements for MySQL and MariaDB.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::{Expr, Function, Literal};
use modelshift_schema::generated::{Identity, Storage};
use modelshift_schema::name::ColumnName;
use modelshift_schema::table::{Column, Table};
use sea_query::{ColumnDef, ColumnType as SqlType, Query, UpdateStatement};

use super::clause::Clause;
use super::{Alteration, drop_primary_key};
use crate::dialect::mysql::column_type::{column_type, default_is_expression};
use crate::dialect::mysql::comment::{MAX_COMMENT, comment_text};
use crate::dialect::mysql::conversion::refuse_conversion;
use crate::dialect::mysql::is_written_as_bytes;
use crate::dialect::mysql::keys::{key_behind, standing_key};
use crate::dialect::mysql::row::refuse_long_row;
use crate::dialect::mysql::spelled::is_current_timestamp;
use crate::dialect::render::built::{add_extra, built, word};
use crate::dialect::render::conversion::Kind;
use crate::dialect::render::enums;
use crate::dialect::render::table_parts::Parts;
use crate::dialect::{Dialect, PlannedStep, Unsupported, spelled_type};
use crate::plan::statement::{RawReason, Written};

/// The most bytes of the name of a column that the server can prefix when it drops the column, with a margin.
const MAX_HIDDEN_NAME_BYTES: usize = 32;

impl Alteration<'_> {
    /// Returns the definition of a column.
    pub(super) fn definition(&self, column: &Column) -> Result<ColumnDef, Unsupported> {
        let mut written = match spelled_type(Dialect::Mysql, column) {
            Some(spelled) => spelled.to_owned(),
            None => column_type(self.mysql, &column.column_type)?,
        };
        if let Some(collation) = column.collation.as_ref().and_then(|it| it.get(Dialect::Mysql)) {
            written = format!("{written} COLLATE {}", self.quoted(collation)?);
        }
        let name = self.name(column.name.as_str())?.iden();
        let mut definition = ColumnDef::new_with_type(name, SqlType::custom(written));
        if let Some((value, storage)) = self.parts().computed(column)? {
            definition.generated(word(value), storage == Storage::Stored);
            // Some servers derive NOT NULL from the expression only, and all of them read it behind the expression.
            if !column.null && self.mysql.capabilities.generated_not_null {
                add_extra(&mut definition, "NOT NULL");
            }
        } else if column.null {
            definition.null();
        } else {
            definition.not_null();
        }
        if column.automatic {
            self.refuse_identity(column)?;
            definition.auto_increment();
        } else if let Some(default) = &column.default {
            let empty = Table { columns: Vec::new(), ..self.after.clone() };
            let value = Parts::new(&self.mysql, &empty).expressions().value(default, &column.column_type)?;
            let bytes = matches!(default, Expr::Literal(Literal::Text(text)) if is_written_as_bytes(text));
            let declared = spelled_type(Dialect::Mysql, column);
            let is_spelled = declared.is_some();
            let needs_expression = is_spelled || default_is_expression(&column.column_type);
            let is_now = declared.is_some_and(|declared| is_current_timestamp(default, declared));
            let bare = is_now || (default.is_constant() && !bytes && !needs_expression);
            definition.default(word(if bare { value } else { format!("({value})") }));
        }
        if let Some(comment) = &column.comment {
            let text = comment_text(comment, column.name.as_str(), MAX_COMMENT)?;
            add_extra(&mut definition, &format!("COMMENT {text}"));
        }
        Ok(definition)
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

    /// Writes the statement that drops a column. A primary key with the column is dropped explicitly, since the server would
    /// only remove the column from the key.
    ///
    /// The same statement adds the next primary key, since some servers accept no table without one.
    pub(super) fn drop_column(
        &self,
        name: &ColumnName,
        later: &[PlannedStep],
    ) -> Result<Vec<Written>, Unsupported> {
        let mut clauses = Vec::new();
        let drops_key = standing_key(self.before).is_some_and(|key| key.columns.contains(name));
        if drops_key {
            clauses.push(drop_primary_key());
        }
        clauses.push(Clause::DropColumn(self.name(name.as_str())?));
        if drops_key && let Some(key) = key_behind(self.after, later) {
            clauses.push(self.add_primary_key(&key.columns)?);
        }
        let mut clauses = self.with_support_keys(clauses)?;
        // MySQL drops a column instantly by giving it a longer name, which may be too long.
        let is_long = name.as_str().len() > MAX_HIDDEN_NAME_BYTES && !name.as_str().is_ascii();
        if is_long && !drops_key {
            clauses.push(Clause::Words(RawReason::Clauses, "ALGORITHM=INPLACE".to_owned()));
        }
        Ok(vec![self.alter_table(&clauses)?])
    }

    /// Writes the statements that rename a column. MySQL does not rename a column that a check, an indexed expression or a
    /// generated column names, so that these are dropped and added again.
    pub(super) fn rename_column(
        &self,
        old: &ColumnName,
        new: &ColumnName,
    ) -> Result<Vec<Written>, Unsupported> {
        let name = new.as_str();
        let mut texts = Vec::new();
        let mut back = Vec::new();
        for check in self.after.checks.iter().filter(|check| check.condition.may_read_column(name)) {
            texts.push(self.alter_table(&[Clause::DropConstraint(self.name(check.name.as_str())?)])?);
            back.push(self.alter_table(&[self.add_check(check)?])?);
        }
        for index in &self.after.indexes {
            let mut values = index.parts.iter().map(|part| &part.value);
            if values.any(|value| !matches!(value, Expr::Name(_)) && value.may_read_column(name)) {
                texts.push(self.alter_table(&[Clause::DropIndex(self.name(index.name.as_str())?)])?);
                back.push(self.alter_table(&[self.add_index(index)?])?);
            }
        }
        if !self.mysql.capabilities.rename_below_generated {
            for column in &self.after.columns {
                if column.generated.as_ref().is_some_and(|it| it.names(name)) {
                    let (dropped, added) = self.drop_and_add(column)?;
                    texts.push(self.alter_table(&dropped)?);
                    back.insert(0, self.alter_table(&added)?);
                }
            }
        }
        let (old, new) = (self.name(old.as_str())?, self.name(new.as_str())?);
        texts.push(self.alter_table(&[Clause::RenameColumn(old, new)])?);
        texts.extend(back);
        Ok(texts)
    }

    /// Returns the clauses that drop a generated column with all its dependents, and those that add them again.
    fn drop_and_add(&self, column: &Column) -> Result<(Vec<Clause>, Vec<Clause>), Unsupported> {
        let name = column.name.as_str();
        let mut dropped = Vec::new();
        let mut added = vec![Clause::AddColumn(self.definition(column)?)];
        for check in self.after.checks.iter().filter(|check| check.condition.may_read_column(name)) {
            dropped.push(Clause::DropConstraint(self.name(check.name.as_str())?));
            added.push(self.add_check(check)?);
        }
        let mut indexes = self.after.indexes.iter();
        while let Some(index) =
            indexes.find(|it| it.parts.iter().any(|part| part.value.may_read_column(name)))
        {
            dropped.push(Clause::DropIndex(self.name(index.name.as_str())?));
            added.push(self.add_index(index)?);
        }
        for unique in self.after.uniques.iter().filter(|unique| unique.columns.contains(&column.name)) {
            dropped.push(Clause::DropIndex(self.name(unique.name.as_str())?));
            added.push(Clause::AddIndex(self.unique(unique)?));
        }
        dropped.push(Clause::DropColumn(self.name(name)?));
        Ok((dropped, added))
    }

    pub(super) fn add_column(
        &self,
        name: &ColumnName,
        fill: Option<&Expr>,
    ) -> Result<Vec<Written>, Unsupported> {
        let column = self.parts().existing(name)?;
        refuse_long_row(self.after)?;
        // With a binary log, the server adds no column with a random default, so that an UPDATE sets the values.
        let random = column.default.as_ref().filter(|default| is_random(default));
        let Some(fill) = fill.or(random) else { return Ok(vec![self.add_defined_column(column)?]) };
        let whole = self.modify(column)?;
        if fill.is_constant() {
            let filled = Column { default: Some(fill.clone()), ..column.clone() };
            return Ok(vec![self.add_defined_column(&filled)?, whole]);
        }
        let empty = Column { default: None, null: true, ..column.clone() };
        let before = Parts::new(&self.mysql, self.before);
        let value = before.expressions().built_value(fill, &column.column_type)?;
        Ok(vec![self.add_defined_column(&empty)?, built(&self.mysql, self.update(name, value)?), whole])
    }

    /// Returns an UPDATE that sets a column of all rows.
    fn update(&self, column: &ColumnName, value: sea_query::Expr) -> Result<UpdateStatement, Unsupported> {
        let (table, column) = (self.parts().table_name()?, self.name(column.as_str())?.iden());
        Ok(Query::update().table(table).value(column, value).take())
    }

    fn add_defined_column(&self, column: &Column) -> Result<Written, Unsupported> {
        self.statement(vec![Clause::AddColumn(self.definition(column)?)])
    }

    fn modify(&self, column: &Column) -> Result<Written, Unsupported> {
        self.statement(vec![Clause::ModifyColumn(self.definition(column)?)])
    }

    pub(super) fn alter_column(
        &self,
        name: &ColumnName,
        fill: Option<&Expr>,
    ) -> Result<Vec<Written>, Unsupported> {
        let old = Parts::new(&self.mysql, self.before).existing(name)?;
        let new = self.parts().existing(name)?;
        refuse_long_row(self.after)?;
        let quoted = self.quoted(name.as_str())?;
        let mut texts = Vec::new();
        if old.column_type != new.column_type {
            refuse_conversion(old, new)?;
            if (old.column_type.family(), new.column_type.family()) == (Kind::Integer, Kind::Bool) {
                let update = self.update(name, word(format!("{quoted} <> 0")))?;
                texts.push(built(&self.mysql, update));
            }
            if fill.is_some() {
                // The value has the new type, and the column must still allow NULL.
                let empty = Column { default: None, null: true, ..new.clone() };
                texts.push(self.alter_table(&[Clause::ModifyColumn(self.definition(&empty)?)])?);
            }
        }
        if let Some(fill) = fill {
            let value = self.parts().expressions().built_value(fill, &new.column_type)?;
            let mut update = self.update(name, value)?;
            update.and_where(word(format!("{quoted} IS NULL")));
            texts.push(built(&self.mysql, update));
        }
        texts.push(self.modify(new)?);
        Ok(texts)
    }

    /// Writes the statements that replace values. During the UPDATE, an enum column contains the old and the new values.
    pub(super) fn convert_values(
        &self,
        name: &ColumnName,
        values: &[(Literal, Literal)],
    ) -> Result<Vec<Written>, Unsupported> {
        let old = Parts::new(&self.mysql, self.before).existing(name)?;
        let new = self.parts().existing(name)?;
        let update = enums::update(&self.mysql, self.after, name, values)?;
        let (ColumnType::Choices(one), ColumnType::Choices(other)) = (&old.column_type, &new.column_type)
        else {
            return Ok(vec![update]);
        };
        let mut both = one.clone();
        let added = other.variants.iter().filter(|variant| !one.has_value(&variant.value));
        both.variants.extend(added.cloned());
        let between = Column { column_type: ColumnType::Choices(both), default: None, ..new.clone() };
        Ok(vec![self.modify(&between)?, update, self.modify(new)?])
    }
}

/// Returns whether a value differs for each row.
fn is_random(value: &Expr) -> bool {
    let mut found = false;
    value.visit(&mut |node| {
        found |= matches!(node, Expr::Call { function: Function::RandomUuid, .. });
    });
    found
}
