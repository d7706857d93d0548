//! A model: the struct as the database is to know it.

pub mod canonical;
pub mod choices;
pub mod collation;
pub mod column_type;
pub mod constant;
pub mod constraint;
pub mod conversion;
pub mod expr;
pub mod field;
pub mod generated;
pub mod hints;
pub mod index;
pub mod naming;
pub mod native_type;
pub mod per_database;
pub(crate) mod raw_sql;
pub mod references;
pub mod relation;
pub mod sqlite_options;
pub mod type_family;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use self::constraint::{Constraint, UniqueRule};
use self::expr::Expr;
use self::field::{Field, FieldKind};
use self::generated::Identity;
use self::index::{Index, IndexPart};
use self::sqlite_options::SqliteOptions;
use crate::name::{AppLabel, ColumnName, FieldName, ModelName, SchemaName, TableName};

/// A model.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Model {
    /// The name of the struct.
    pub name: ModelName,
    /// The name of the table, if it is not derived from app and model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableName>,
    /// The schema of PostgreSQL that the tables are in, if it is not the first of the search path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<SchemaName>,
    /// The comment of the table in the database; never empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// True if migrations create and change the table; false if something else does, and only references to it are ours.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub managed: bool,
    /// The options of the table in SQLite.
    #[serde(default, skip_serializing_if = "SqliteOptions::is_plain")]
    pub sqlite: SqliteOptions,
    /// The fields, in the order of the struct.
    pub fields: Vec<Field>,
    /// The order of a primary key of several fields; empty if it is that of the fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key_order: Vec<FieldName>,
    /// The fields that identify a row in fixtures, in order; empty if only the primary key does. The key has no effect
    /// while one of its fields does not exist.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub natural_key: Vec<FieldName>,
    /// The indexes of the struct's attributes; those of single fields are at the field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Index>,
    /// The constraints of the struct's attributes; those of single fields are at the field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<Constraint>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_true(flag: &bool) -> bool {
    *flag
}

fn yes() -> bool {
    true
}

impl Model {
    /// Creates a model without indexes and constraints of its own.
    pub fn new(name: impl Into<ModelName>, fields: Vec<Field>) -> Self {
        Self {
            name: name.into(),
            table: None,
            schema: None,
            comment: None,
            managed: true,
            sqlite: SqliteOptions::default(),
            fields,
            key_order: Vec::new(),
            natural_key: Vec::new(),
            indexes: Vec::new(),
            constraints: Vec::new(),
        }
    }

    /// Finds a field.
    pub fn field(&self, name: &FieldName) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == *name)
    }

    /// Returns the fields of the primary key, in order.
    pub fn primary_key(&self) -> impl Iterator<Item = &Field> {
        let mut key: Vec<&Field> = self.fields.iter().filter(|field| field.primary_key).collect();
        if !self.key_order.is_empty() {
            key.sort_by_key(|field| {
                self.key_order.iter().position(|it| *it == field.name).unwrap_or(usize::MAX)
            });
        }
        key.into_iter()
    }

    /// Returns whether the order of the primary key, if one is specified, has each of its fields once.
    pub(crate) fn orders_whole_key(&self) -> bool {
        let ordered: BTreeSet<&FieldName> = self.key_order.iter().collect();
        let key = self.fields.iter().filter(|field| field.primary_key).map(|field| &field.name);
        self.key_order.is_empty()
            || (self.key_order.len() == ordered.len() && ordered == key.collect::<BTreeSet<_>>())
    }

    /// Updates the order of the primary key, if one is specified: fields that left the key are removed, new ones are added
    /// at its end. A key of one field has no order.
    pub(crate) fn update_key_order(&mut self) {
        if self.key_order.is_empty() {
            return;
        }
        let mut order: Vec<FieldName> = self.primary_key().map(|field| field.name.clone()).collect();
        if order.len() < 2 {
            order.clear();
        }
        self.key_order = order;
    }

    /// Returns the field whose value the database generates: the only field of the primary key, where it is an integer
    /// without a default and without `identity = none`. A value that an insert brings along is accepted all the same.
    pub fn automatic_key(&self) -> Option<&Field> {
        let mut keys = self.primary_key();
        let (Some(key), None) = (keys.next(), keys.next()) else { return None };
        match &key.kind {
            FieldKind::Column(column_type)
                if column_type.is_integer()
                    && key.default.is_none()
                    && key.identity.is_none_or(Identity::counts) =>
            {
                Some(key)
            }
            FieldKind::Column(_) | FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_) => None,
        }
    }

    /// Follows the renaming of a column in raw text, which names columns rather than fields.
    pub(crate) fn follow_column(&mut self, before: &ColumnName, after: &ColumnName) {
        if before == after {
            return;
        }
        let of_fields = self.fields.iter_mut().flat_map(Field::expressions_mut);
        let of_indexes = self.indexes.iter_mut().flat_map(Index::expressions_mut);
        let of_constraints = self.constraints.iter_mut().flat_map(Constraint::expressions_mut);
        for expr in of_fields.chain(of_indexes).chain(of_constraints) {
            if !expr.raw_texts().is_empty() {
                *expr = expr.with_raw_column(before.as_str(), after.as_str());
            }
        }
    }

    /// Returns the name of the table in its schema: the given one, else `<app>_<model>` in snake case.
    pub fn table_name(&self, app: &AppLabel) -> TableName {
        let name = self.table.clone().unwrap_or_else(|| naming::table_name(app, &self.name));
        name.within(self.schema.as_ref())
    }

    /// Removes indexes and constraints without a name that say again what another one without a name, or a field, says:
    /// they are one object. What has a name of its own is an object of its own.
    pub fn remove_repetitions(&mut self) {
        let mut indexes: Vec<Index> = Vec::new();
        for index in self.indexes.drain(..) {
            if index.name.is_some() || !(indexes.contains(&index) || repeats_field(&self.fields, &index)) {
                indexes.push(index);
            }
        }
        let mut constraints: Vec<Constraint> = Vec::new();
        for rule in self.constraints.drain(..) {
            if rule.name().is_some() || !(constraints.contains(&rule) || repeats_unique(&self.fields, &rule))
            {
                constraints.push(rule);
            }
        }
        (self.indexes, self.constraints) = (indexes, constraints);
    }

    /// Returns the column of the field of this name; where there is no such field, the name itself.
    pub(crate) fn column_of(&self, name: &str) -> String {
        let field = self.fields.iter().find(|field| field.name == name);
        field.map_or_else(|| name.to_owned(), |field| field.column_name().as_str().to_owned())
    }

    /// Returns the model with a name on every index and constraint, as every model in a state has.
    #[must_use]
    pub fn with_names(mut self, app: &AppLabel) -> Self {
        let table = self.table_name(app);
        let mut indexes = self.indexes.clone();
        for index in indexes.iter_mut().filter(|index| index.name.is_none()) {
            index.name = Some(naming::index_name(&table, index, |names| self.columns_of(names)));
        }
        let mut constraints = self.constraints.clone();
        for constraint in constraints.iter_mut().filter(|constraint| constraint.name().is_none()) {
            constraint.set_name(naming::constraint_name(&table, constraint, |names| self.columns_of(names)));
        }
        self.indexes = indexes;
        self.constraints = constraints;
        self
    }

    fn columns_of(&self, names: &[&str]) -> Vec<String> {
        names.iter().map(|name| self.column_of(name)).collect()
    }

    /// Removes the names that [`Self::with_names`] would add, so that they follow changes.
    #[must_use]
    pub fn without_derived_names(mut self, app: &AppLabel) -> Self {
        let mut derived = self.clone();
        derived.indexes.iter_mut().for_each(|index| index.name = None);
        derived.constraints.iter_mut().for_each(Constraint::clear_name);
        let derived = derived.with_names(app);
        for (index, derived) in self.indexes.iter_mut().zip(&derived.indexes) {
            if index.name == derived.name {
                index.name = None;
            }
        }
        for (constraint, derived) in self.constraints.iter_mut().zip(&derived.constraints) {
            if constraint.name() == derived.name() {
                constraint.clear_name();
            }
        }
        self
    }
}

/// Returns whether a field with the attribute `index` makes the same index.
fn repeats_field(fields: &[Field], index: &Index) -> bool {
    let [part] = index.parts.as_slice() else { return false };
    let plain = Index::new(vec![IndexPart::ascending(part.value.clone())]);
    index.has_content_of(&plain)
        && fields.iter().any(|field| field.index && part.value == Expr::name(field.name.as_str()))
}

/// Returns whether a field with the attribute `unique` makes the same constraint.
fn repeats_unique(fields: &[Field], constraint: &Constraint) -> bool {
    let [name] = constraint.unique_fields() else { return false };
    *constraint == Constraint::Unique(UniqueRule::over(vec![name.clone()]))
        && fields.iter().any(|field| field.unique && field.name == *name)
}
