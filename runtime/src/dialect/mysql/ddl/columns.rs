//! Changes of columns -> statements for MySQL and MariaDB.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::{Expr, Function, Literal};
use modelshift_schema::name::ColumnName;
use modelshift_schema::table::Column;

use super::Alteration;
use crate::dialect::mysql::conversion::refuse_conversion;
use crate::dialect::mysql::keys::{index_clause, key_behind, standing_key};
use crate::dialect::mysql::row::refuse_long_row;
use crate::dialect::render::conversion::Kind;
use crate::dialect::render::enums;
use crate::dialect::render::table_parts::Parts;
use crate::dialect::{PlannedStep, Unsupported};

/// The most bytes of the name of a column that the server can prefix when it drops the column, with a margin.
const MAX_HIDDEN_NAME_BYTES: usize = 32;

impl Alteration<'_> {
    /// Writes the statement that drops a column. A primary key with the column is dropped explicitly, since the server would
    /// only remove the column from the key.
    ///
    /// The same statement adds the next primary key, since some servers accept no table without one.
    pub(super) fn drop_column(
        &self,
        name: &ColumnName,
        later: &[PlannedStep],
    ) -> Result<Vec<String>, Unsupported> {
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
        // MySQL drops a column instantly by giving it a longer name, which may be too long.
        let is_long = name.as_str().len() > MAX_HIDDEN_NAME_BYTES && !name.as_str().is_ascii();
        Ok(vec![if is_long && !drops_key { format!("{statement}, ALGORITHM=INPLACE") } else { statement }])
    }

    /// Writes the statements that rename a column. MySQL does not rename a column that a check, an indexed expression or a
    /// generated column names, so that these are dropped and added again.
    pub(super) fn rename_column(
        &self,
        old: &ColumnName,
        new: &ColumnName,
    ) -> Result<Vec<String>, Unsupported> {
        let name = new.as_str();
        let mut texts = Vec::new();
        let mut back = Vec::new();
        for check in self.after.checks.iter().filter(|check| check.condition.may_read_column(name)) {
            texts
                .push(self.alter_table(&[format!("DROP CONSTRAINT {}", self.quoted(check.name.as_str())?)])?);
            back.push(self.alter_table(&[format!("ADD {}", self.check(check)?)])?);
        }
        for index in &self.after.indexes {
            let mut values = index.parts.iter().map(|part| &part.value);
            if values.any(|value| !matches!(value, Expr::Name(_)) && value.may_read_column(name)) {
                texts.push(self.alter_table(&[format!("DROP INDEX {}", self.quoted(index.name.as_str())?)])?);
                back.push(
                    self.alter_table(&[format!("ADD {}", index_clause(self.mysql, self.after, index)?)])?,
                );
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
        let (old, new) = (self.quoted(old.as_str())?, self.quoted(new.as_str())?);
        texts.push(self.alter_table(&[format!("RENAME COLUMN {old} TO {new}")])?);
        texts.extend(back);
        Ok(texts)
    }

    /// Returns the clauses that drop a generated column with all its dependents, and those that add them again.
    fn drop_and_add(&self, column: &Column) -> Result<(Vec<String>, Vec<String>), Unsupported> {
        let name = column.name.as_str();
        let mut dropped = Vec::new();
        let mut added = vec![format!("ADD COLUMN {}", self.definition(column)?)];
        for check in self.after.checks.iter().filter(|check| check.condition.may_read_column(name)) {
            dropped.push(format!("DROP CONSTRAINT {}", self.quoted(check.name.as_str())?));
            added.push(format!("ADD {}", self.check(check)?));
        }
        let mut indexes = self.after.indexes.iter();
        while let Some(index) =
            indexes.find(|it| it.parts.iter().any(|part| part.value.may_read_column(name)))
        {
            dropped.push(format!("DROP INDEX {}", self.quoted(index.name.as_str())?));
            added.push(format!("ADD {}", index_clause(self.mysql, self.after, index)?));
        }
        for unique in self.after.uniques.iter().filter(|unique| unique.columns.contains(&column.name)) {
            dropped.push(format!("DROP INDEX {}", self.quoted(unique.name.as_str())?));
            added.push(format!("ADD {}", self.unique(unique)?));
        }
        dropped.push(format!("DROP COLUMN {}", self.quoted(name)?));
        Ok((dropped, added))
    }

    pub(super) fn add_column(
        &self,
        name: &ColumnName,
        fill: Option<&Expr>,
    ) -> Result<Vec<String>, Unsupported> {
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
        let value = Parts::new(&self.mysql, self.before).expressions().value(fill, &column.column_type)?;
        let (table, quoted) = (self.parts().name()?, self.quoted(name.as_str())?);
        Ok(vec![self.add_defined_column(&empty)?, format!("UPDATE {table} SET {quoted} = {value}"), whole])
    }

    fn add_defined_column(&self, column: &Column) -> Result<String, Unsupported> {
        self.statement(vec![format!("ADD COLUMN {}", self.definition(column)?)])
    }

    fn modify(&self, column: &Column) -> Result<String, Unsupported> {
        self.statement(vec![format!("MODIFY COLUMN {}", self.definition(column)?)])
    }

    pub(super) fn alter_column(
        &self,
        name: &ColumnName,
        fill: Option<&Expr>,
    ) -> Result<Vec<String>, Unsupported> {
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
                // The value has the new type, and the column must still allow NULL.
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

    /// Writes the statements that replace values. During the UPDATE, an enum column contains the old and the new values.
    pub(super) fn convert_values(
        &self,
        name: &ColumnName,
        values: &[(Literal, Literal)],
    ) -> Result<Vec<String>, Unsupported> {
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
