//! The parts of a table as statements of sea-query.

use modelshift_schema::index::{IndexPart, Nulls};
use modelshift_schema::name::{ColumnName, ObjectName, TableName};
use modelshift_schema::relation::ReferentialAction;
use modelshift_schema::table::{Check, ForeignKeyConstraint, TableIndex};
use sea_query::{
    DynIden, ForeignKey, ForeignKeyAction, ForeignKeyCreateStatement, Index, IndexColumn,
    IndexCreateStatement, IndexOrder, IndexType, Query, SelectStatement, TableRef,
};

use super::{Parts, plain_column};
use crate::dialect::Unsupported;
use crate::dialect::render::built::{Name, word};
use crate::dialect::render::expression::refuse_volatile;

impl Parts<'_> {
    /// Returns the name of the table.
    pub(crate) fn table_name(&self) -> Result<TableRef, Unsupported> {
        self.table_ref(&self.table.name)
    }

    /// Returns the name of a table for sea-query, which escapes it.
    fn table_ref(&self, name: &TableName) -> Result<TableRef, Unsupported> {
        let table = self.iden(name.as_str())?;
        match name.schema() {
            None => Ok(table.into()),
            Some(schema) => Ok((self.iden(schema.as_str())?, table).into()),
        }
    }

    /// Returns a query for rows of the table: finished words, with a condition that is finished words too.
    pub(crate) fn rows(
        &self,
        shown: impl IntoIterator<Item = String>,
        condition: Option<String>,
    ) -> Result<SelectStatement, Unsupported> {
        let mut select = Query::select();
        select.exprs(shown.into_iter().map(word)).from(self.table_name()?);
        if let Some(condition) = condition {
            select.and_where(word(condition));
        }
        Ok(select)
    }

    /// Returns a name for sea-query, which escapes it.
    pub(crate) fn iden(&self, name: &str) -> Result<DynIden, Unsupported> {
        Ok(Name::of(self.spelling, name)?.iden())
    }

    /// Returns a check with its name.
    pub(crate) fn built_check(&self, check: &Check) -> Result<sea_query::Check, Unsupported> {
        let condition = self.expressions().built_condition(&check.condition)?;
        Ok(sea_query::Check::named(self.iden(check.name.as_str())?, condition))
    }

    /// Returns a foreign key that is checked at once.
    pub(crate) fn built_reference(
        &self,
        reference: &ForeignKeyConstraint,
    ) -> Result<ForeignKeyCreateStatement, Unsupported> {
        let mut built = ForeignKey::create();
        built.name(Name::of(self.spelling, reference.name.as_str())?.escaped());
        built.from_tbl(self.table_name()?).to_tbl(self.table_ref(&reference.target)?);
        for (own, other) in reference.columns.iter().zip(&reference.target_columns) {
            built.from_col(self.iden(own.as_str())?).to_col(self.iden(other.as_str())?);
        }
        // NO ACTION is the default in every database.
        if let Some(action) = action(reference.on_delete) {
            built.on_delete(action);
        }
        if let Some(action) = action(reference.on_update) {
            built.on_update(action);
        }
        Ok(built)
    }

    /// Returns a key over columns: a primary key or a unique constraint.
    pub(crate) fn built_key(
        &self,
        name: Option<&ObjectName>,
        columns: &[ColumnName],
    ) -> Result<IndexCreateStatement, Unsupported> {
        let mut built = Index::create();
        if let Some(name) = name {
            built.name(Name::of(self.spelling, name.as_str())?.escaped());
        }
        for column in columns {
            built.col(self.iden(column.as_str())?);
        }
        Ok(built)
    }

    /// Returns an index.
    pub(crate) fn built_index(&self, index: &TableIndex) -> Result<IndexCreateStatement, Unsupported> {
        let whose = format!("index `{}`", index.name);
        let mut built = Index::create();
        built.name(Name::of(self.spelling, index.name.as_str())?.escaped()).table(self.table_name()?);
        if index.unique {
            built.unique();
        }
        if let Some(method) = index.method {
            built.index_type(IndexType::Custom(method.name().to_owned().into()));
        }
        for part in &index.parts {
            built.col(self.built_index_part(part, &whose)?);
        }
        for column in &index.include {
            self.existing(column)?;
            built.include(self.iden(column.as_str())?);
        }
        if index.nulls_not_distinct {
            built.nulls_not_distinct();
        }
        if let Some(when) = &index.when {
            refuse_volatile(when, &whose)?;
            sea_query::ConditionalStatement::and_where(&mut built, self.expressions().built_condition(when)?);
        }
        Ok(built)
    }

    fn built_index_part(&self, part: &IndexPart, whose: &str) -> Result<IndexColumn, Unsupported> {
        // sea-query writes the order before the operator class, where the server reads it after that, and has no words for
        // the place of NULL.
        let mut words = Vec::new();
        if let Some(class) = &part.operator_class {
            words.push(self.spelling.identifier(class)?);
        }
        let has_words = part.operator_class.is_some() || part.nulls.is_some();
        if part.descending && has_words {
            words.push("DESC".to_owned());
        }
        words.extend(part.nulls.map(|nulls| match nulls {
            Nulls::First => "NULLS FIRST".to_owned(),
            Nulls::Last => "NULLS LAST".to_owned(),
        }));
        let is_descending = part.descending && !has_words;
        let column: IndexColumn = if let Some(column) = plain_column(&part.value) {
            self.existing(&column)?;
            let name = self.iden(column.as_str())?;
            if is_descending { (name, IndexOrder::Desc).into() } else { name.into() }
        } else {
            refuse_volatile(&part.value, whose)?;
            let value = self.expressions().built_condition(&part.value)?;
            if is_descending { (value, IndexOrder::Desc).into() } else { value.into() }
        };
        Ok(if has_words { column.with_operator_class(words.join(" ")) } else { column })
    }
}

fn action(action: ReferentialAction) -> Option<ForeignKeyAction> {
    match action {
        ReferentialAction::NoAction => None,
        ReferentialAction::Restrict => Some(ForeignKeyAction::Restrict),
        ReferentialAction::Cascade => Some(ForeignKeyAction::Cascade),
        ReferentialAction::SetNull => Some(ForeignKeyAction::SetNull),
        ReferentialAction::SetDefault => Some(ForeignKeyAction::SetDefault),
    }
}
