//! Model -> [`Table`]: what the database is to hold for a model of a state.

use crate::column_type::ColumnType;
use crate::constraint::Constraint;
use crate::error::StateError;
use crate::expr::Expr;
use crate::field::{Field, FieldKind};
use crate::index::IndexPart;
use crate::model::Model;
use crate::name::{ColumnName, FieldName, ModelKey, ObjectName, TableName};
use crate::naming::object_name;
use crate::relation::ForeignKey;
use crate::state::ProjectState;
use crate::table::{Check, Column, PrimaryKey, Reference, Table, TableIndex, Unique};

impl ProjectState {
    /// Gives the image of a model's table.
    ///
    /// # Errors
    /// [`StateError::NoModel`] for the model or one it refers to; [`StateError::CompositeTarget`];
    /// [`StateError::KeyCycle`].
    pub fn table(&self, key: &ModelKey) -> Result<Table, StateError> {
        let model = self.model(key)?;
        let name = model.table_name(&key.app);
        let columns = model.fields.iter().filter(|field| field.has_column());
        let columns = columns.map(|field| self.column(key, model, field)).collect::<Result<Vec<_>, _>>()?;
        let primary_key: Vec<ColumnName> = model.primary_key().map(Field::column_name).collect();
        let mut table = Table {
            comment: model.comment.clone(),
            columns,
            primary_key: (!primary_key.is_empty())
                .then(|| PrimaryKey { name: object_name(&name, &[], "pkey"), columns: primary_key }),
            indexes: Vec::new(),
            uniques: Vec::new(),
            checks: Vec::new(),
            references: Vec::new(),
            name,
        };
        for field in model.fields.iter().filter(|field| field.has_column()) {
            self.add_field_objects(key, field, &mut table)?;
        }
        add_model_objects(model, &mut table);
        Ok(table)
    }

    fn column(&self, key: &ModelKey, model: &Model, field: &Field) -> Result<Column, StateError> {
        let (column_type, holder) = self.holds(key, field)?;
        let counts = || model.automatic_key().is_some_and(|automatic| automatic.name == field.name);
        Ok(Column {
            null: field.null,
            default: field.default.clone(),
            automatic: field.identity.is_some() || counts(),
            comment: field.comment.clone(),
            collation: holder.collation.clone(),
            generated: field.generated.as_ref().map(|it| it.map_names(&column_of(model))),
            identity: field.identity,
            sql_type: holder.sql_type.clone(),
            ..Column::new(field.column_name(), column_type.clone())
        })
    }

    /// Gives the type of a field's column; that of a reference is the type of what it refers to.
    ///
    /// # Errors
    /// As [`Self::table`].
    pub fn column_type(&self, key: &ModelKey, field: &Field) -> Result<ColumnType, StateError> {
        self.holds(key, field).map(|(column_type, _)| column_type.clone())
    }

    /// Gives what the column holds, and the field that says more of it: a reference must hold what its target does.
    pub(crate) fn holds<'a>(
        &'a self,
        key: &'a ModelKey,
        field: &'a Field,
    ) -> Result<(&'a ColumnType, &'a Field), StateError> {
        let (mut key, mut field) = (key, field);
        // What is referred to may itself be a reference; more steps than models means a circle.
        for _ in 0..=self.len() {
            match &field.kind {
                FieldKind::Column(column_type) => return Ok((column_type, field)),
                FieldKind::ForeignKey(relation) => {
                    field = self.target_field(key, field, relation)?;
                    key = &relation.to;
                }
                FieldKind::ManyToMany(_) => return Err(no_column(key, field)),
            }
        }
        Err(StateError::KeyCycle { model: key.clone() })
    }

    /// Gives the field that a reference leads to.
    ///
    /// # Errors
    /// As [`Self::key_field`]; [`StateError::NoTargetField`].
    pub(crate) fn target_field(
        &self,
        key: &ModelKey,
        field: &Field,
        relation: &ForeignKey,
    ) -> Result<&Field, StateError> {
        match &relation.to_field {
            None => self.key_field(key, field, &relation.to),
            Some(to_field) => {
                let target = self.model(&relation.to)?.field(to_field).filter(|target| target.has_column());
                target.ok_or_else(|| StateError::NoTargetField {
                    model: key.clone(),
                    field: field.name.clone(),
                    to: relation.to.clone(),
                    to_field: to_field.clone(),
                })
            }
        }
    }

    /// Gives the one field of a model's primary key, for the field of another (or its own) that holds such keys.
    ///
    /// # Errors
    /// [`StateError::NoModel`], [`StateError::NoKey`], [`StateError::CompositeTarget`].
    pub(crate) fn key_field(
        &self,
        key: &ModelKey,
        field: &Field,
        to: &ModelKey,
    ) -> Result<&Field, StateError> {
        let mut keys = self.model(to)?.primary_key();
        match (keys.next(), keys.next()) {
            (Some(target), None) => Ok(target),
            (None, _) => Err(StateError::NoKey { model: to.clone() }),
            (Some(_), Some(_)) => Err(StateError::CompositeTarget {
                model: key.clone(),
                field: field.name.clone(),
                to: to.clone(),
            }),
        }
    }

    fn add_field_objects(&self, key: &ModelKey, field: &Field, table: &mut Table) -> Result<(), StateError> {
        let column = field.column_name();
        let named = |table: &TableName, suffix| object_name(table, &[column.as_str().to_owned()], suffix);
        if field.unique && !field.primary_key {
            table.uniques.push(Unique { name: named(&table.name, "key"), columns: vec![column.clone()] });
        }
        // A unique or primary column has an index of the database's own making.
        if field.index && !field.unique && !field.primary_key {
            table.indexes.push(TableIndex {
                name: named(&table.name, "idx"),
                parts: vec![IndexPart::ascending(Expr::name(column.as_str()))],
                unique: false,
                when: None,
                include: Vec::new(),
                method: None,
            });
        }
        if let FieldKind::ForeignKey(relation) = &field.kind
            && relation.db_constraint
        {
            let target = self.target_field(key, field, relation)?;
            table.references.push(Reference {
                name: named(&table.name, "fk"),
                columns: vec![column.clone()],
                target: self.model(&relation.to)?.table_name(&relation.to.app),
                target_columns: vec![target.column_name()],
                on_delete: relation.on_delete,
                on_update: relation.on_update,
                deferrable: relation.deferrable,
            });
        }
        Ok(())
    }
}

fn no_column(key: &ModelKey, field: &Field) -> StateError {
    StateError::NoColumn { model: key.clone(), field: field.name.clone() }
}

/// Gives what names the column of a field, by the field's name.
fn column_of(model: &Model) -> impl Fn(&str) -> String {
    |name| {
        let field = model.fields.iter().find(|field| field.name == name);
        field.map_or_else(|| name.to_owned(), |field| field.column_name().as_str().to_owned())
    }
}

fn add_model_objects(model: &Model, table: &mut Table) {
    let column = column_of(model);
    let column = |name: &str| column(name);
    let over_columns = |expr: &Expr| expr.map_names(&column);
    // A state names everything; a model outside a state may not.
    let named = |name: &Option<ObjectName>| name.clone().unwrap_or_else(|| ObjectName::new(""));
    for index in &model.indexes {
        let part = |part: &IndexPart| IndexPart { value: over_columns(&part.value), ..part.clone() };
        table.indexes.push(TableIndex {
            name: named(&index.name),
            parts: index.parts.iter().map(part).collect(),
            unique: false,
            when: index.when.as_ref().map(over_columns),
            include: index.include.iter().map(|field| ColumnName::new(column(field.as_str()))).collect(),
            method: index.method,
        });
    }
    for constraint in &model.constraints {
        match constraint {
            Constraint::Unique { name, fields, when: None } => table.uniques.push(Unique {
                name: named(name),
                columns: fields.iter().map(|field| ColumnName::new(column(field.as_str()))).collect(),
            }),
            Constraint::Unique { name, fields, when: Some(when) } => table.indexes.push(TableIndex {
                name: named(name),
                parts: fields.iter().map(|field| plain_part(field, column)).collect(),
                unique: true,
                when: Some(over_columns(when)),
                include: Vec::new(),
                method: None,
            }),
            Constraint::Check { name, condition } => {
                table.checks.push(Check { name: named(name), condition: over_columns(condition) });
            }
        }
    }
}

fn plain_part(field: &FieldName, column: impl Fn(&str) -> String) -> IndexPart {
    IndexPart::ascending(Expr::Name(column(field.as_str())))
}
