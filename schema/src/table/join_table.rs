//! Field -> [`Table`]: the join table that a `ManyToMany` field makes of itself.

use crate::error::StateError;
use crate::model::Model;
use crate::model::column_type::ColumnType;
use crate::model::field::Field;
use crate::model::naming::{join_table_name, object_name, shortened_before, snake_case};
use crate::model::relation::{ManyToMany, ReferentialAction};
use crate::model::sqlite_options::SqliteOptions;
use crate::name::{ColumnName, FieldName, ModelKey, TableName};
use crate::state::ProjectState;
use crate::table::{Column, ForeignKeyConstraint, PrimaryKey, Table, TableIndex, Unique};

impl Model {
    /// Returns the fields that make a join table, with the names of these tables.
    pub fn join_table_names(&self, own: &ModelKey) -> impl Iterator<Item = (&Field, TableName)> {
        self.fields.iter().filter_map(|field| {
            let derived = || join_table_name(&self.table_name(&own.app), &field.name);
            let name = field.join()?.table.clone().unwrap_or_else(derived);
            Some((field, name.within(self.schema.as_ref())))
        })
    }
}

impl ProjectState {
    /// Returns the images of all tables that migrations make for a model: its own, then the join tables of its fields.
    ///
    /// # Errors
    /// As [`Self::table`].
    pub fn tables(&self, key: &ModelKey) -> Result<Vec<Table>, StateError> {
        if self.model(key)?.managed { self.images(key) } else { Ok(Vec::new()) }
    }

    /// Returns the images of all tables of a model, managed or not.
    ///
    /// # Errors
    /// As [`Self::table`].
    pub(crate) fn images(&self, key: &ModelKey) -> Result<Vec<Table>, StateError> {
        let joins = self.join_tables(key)?.into_iter().map(|(_, table)| table);
        Ok([self.table(key)?].into_iter().chain(joins).collect())
    }

    /// Returns the images of the join tables of a model's fields, with the fields.
    ///
    /// # Errors
    /// As [`Self::table`].
    pub fn join_tables(&self, key: &ModelKey) -> Result<Vec<(FieldName, Table)>, StateError> {
        let joins = self.model(key)?.join_table_names(key);
        let tables = joins.filter_map(|(field, name)| {
            let table = self.join_table(key, field, field.join()?, name);
            Some(table.map(|table| (field.name.clone(), table)))
        });
        tables.collect()
    }

    fn join_table(
        &self,
        key: &ModelKey,
        field: &Field,
        relation: &ManyToMany,
        name: TableName,
    ) -> Result<Table, StateError> {
        let (own, target) = column_names(key, &relation.to);
        let mut table = Table {
            comment: None,
            sqlite: SqliteOptions::default(),
            columns: vec![column("id".into(), ColumnType::I64, true)],
            primary_key: Some(PrimaryKey {
                name: object_name(&name, &[], "pkey"),
                columns: vec!["id".into()],
            }),
            indexes: Vec::new(),
            uniques: Vec::new(),
            checks: Vec::new(),
            references: Vec::new(),
            exclusions: Vec::new(),
            name,
        };
        for (name, to) in [(&own, key), (&target, &relation.to)] {
            self.add_end(key, field, to, name, &mut table)?;
        }
        let names = [own.as_str().to_owned(), target.as_str().to_owned()];
        table.uniques.push(Unique::new(object_name(&table.name, &names, "key"), vec![own, target]));
        Ok(table)
    }

    /// Adds the column that refers to the rows of a model, with its index.
    fn add_end(
        &self,
        key: &ModelKey,
        field: &Field,
        to: &ModelKey,
        name: &ColumnName,
        table: &mut Table,
    ) -> Result<(), StateError> {
        let target = self.key_field(key, field, to)?;
        let (column_type, holder) = self.holds(to, target)?;
        let column_type = column_type.stored();
        if column_type.choices().is_some() {
            return Err(StateError::NativeKey { model: key.clone(), field: field.name.clone() });
        }
        let end = column(name.clone(), column_type, false);
        let (collation, sql_type) = (holder.collation.clone(), holder.sql_type.clone());
        table.columns.push(Column { collation, sql_type, ..end });
        let part = [name.as_str().to_owned()];
        table
            .indexes
            .push(TableIndex::over(object_name(&table.name, &part, "idx"), std::slice::from_ref(name)));
        table.references.push(ForeignKeyConstraint {
            name: object_name(&table.name, &part, "fk"),
            columns: vec![name.clone()],
            target: self.model(to)?.table_name(&to.app),
            target_columns: vec![target.column_name()],
            on_delete: ReferentialAction::Cascade,
            on_update: ReferentialAction::NoAction,
            deferrable: None,
        });
        Ok(())
    }
}

fn column(name: ColumnName, column_type: ColumnType, automatic: bool) -> Column {
    Column { automatic, ..Column::new(name, column_type) }
}

/// Returns the names of the columns: `post_id` and `tag_id`, or `from_post_id` and `to_post_id` where both would be one.
fn column_names(own: &ModelKey, target: &ModelKey) -> (ColumnName, ColumnName) {
    let (from, to) = (snake_case(own.name.as_str()), snake_case(target.name.as_str()));
    let (from, to) = if from == to { (format!("from_{from}"), format!("to_{to}")) } else { (from, to) };
    (ColumnName::new(shortened_before(&from, "_id")), ColumnName::new(shortened_before(&to, "_id")))
}

#[cfg(test)]
mod tests;
