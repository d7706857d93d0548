//! Model -> [`Table`]: the table of a model, with every name resolved.

use crate::error::StateError;
use crate::model::Model;
use crate::model::column_type::ColumnType;
use crate::model::constraint::{Constraint, ExclusionPart, ExclusionRule, ReferenceRule, UniqueRule};
use crate::model::expr::Expr;
use crate::model::field::{Field, FieldKind};
use crate::model::generated::Identity;
use crate::model::index::IndexPart;
use crate::model::naming::object_name;
use crate::model::relation::ForeignKey;
use crate::name::{ColumnName, FieldName, ModelKey, ObjectName, TableName};
use crate::state::ProjectState;
use crate::table::{Check, Column, Exclusion, ForeignKeyConstraint, PrimaryKey, Table, TableIndex, Unique};

impl ProjectState {
    /// Returns the image of a model's table.
    ///
    /// # Errors
    /// [`StateError::NoModel`] for the model or one it refers to; [`StateError::CompositeTarget`];
    /// [`StateError::KeyCycle`].
    pub fn table(&self, key: &ModelKey) -> Result<Table, StateError> {
        let model = self.model(key)?;
        let name = model.table_name(&key.app);
        let columns = model.fields.iter().filter(|field| field.has_column());
        let counted = model.automatic_key().map(|automatic| &automatic.name);
        let columns = columns.map(|field| {
            let column = self.column(key, model, field)?;
            Ok(Column { automatic: column.automatic || counted == Some(&field.name), ..column })
        });
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let primary_key: Vec<ColumnName> = model.primary_key().map(Field::column_name).collect();
        let mut table = Table {
            comment: model.comment.clone(),
            sqlite: model.sqlite,
            columns,
            primary_key: (!primary_key.is_empty())
                .then(|| PrimaryKey { name: object_name(&name, &[], "pkey"), columns: primary_key }),
            indexes: Vec::new(),
            uniques: Vec::new(),
            checks: Vec::new(),
            references: Vec::new(),
            exclusions: Vec::new(),
            name,
        };
        for field in model.fields.iter().filter(|field| field.has_column()) {
            self.add_field_objects(key, field, &mut table)?;
        }
        Objects { state: self, key, model }.add(&mut table)?;
        Ok(table)
    }

    fn column(&self, key: &ModelKey, model: &Model, field: &Field) -> Result<Column, StateError> {
        let (column_type, holder) = self.holds(key, field)?;
        let mut column_type = column_type.stored();
        if let ColumnType::Choices(choices) = &mut column_type {
            refuse_native_key(key, field)?;
            let column = [field.column_name().as_str().to_owned()];
            choices.name = object_name(&model.table_name(&key.app), &column, "enum").to_string();
            choices.schema.clone_from(&model.schema);
        }
        Ok(Column {
            null: field.null,
            default: field.default.clone(),
            automatic: field.identity.is_some_and(Identity::counts),
            comment: field.comment.clone(),
            collation: holder.collation.clone(),
            generated: field.generated.as_ref().map(|it| it.map_names(&column_of(model))),
            identity: field.identity,
            sql_type: holder.sql_type.clone(),
            ..Column::new(field.column_name(), column_type)
        })
    }

    /// Returns the type of a field's column; that of a reference is the type of its target.
    ///
    /// # Errors
    /// As [`Self::table`].
    pub fn column_type(&self, key: &ModelKey, field: &Field) -> Result<ColumnType, StateError> {
        self.holds(key, field).map(|(column_type, _)| column_type.clone())
    }

    /// Returns what the column holds, and the field that says more of it: a reference must hold what its target does.
    pub(crate) fn holds<'a>(
        &'a self,
        key: &'a ModelKey,
        field: &'a Field,
    ) -> Result<(&'a ColumnType, &'a Field), StateError> {
        let (mut key, mut field) = (key, field);
        // The target may be a reference itself.
        let mut seen: Vec<(&ModelKey, &FieldName)> = Vec::new();
        while !seen.contains(&(key, &field.name)) {
            seen.push((key, &field.name));
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

    /// Returns the target field of a reference.
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

    /// Returns the one field of a model's primary key, for the field of another (or its own) that holds such keys.
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
        if field.makes_unique_constraint() {
            table.uniques.push(Unique::new(column_object(&table.name, &column, "key"), vec![column.clone()]));
        }
        if field.makes_index() {
            let name = column_object(&table.name, &column, "idx");
            table.indexes.push(TableIndex::over(name, std::slice::from_ref(&column)));
        }
        if let Some(choices) = field.choices()
            && !choices.is_native()
        {
            let list = choices.sorted_values().into_iter().map(Expr::Literal).collect();
            let condition = Expr::InList { operand: Box::new(Expr::name(column.as_str())), list };
            table.checks.push(Check { name: column_object(&table.name, &column, "check"), condition });
        }
        if let FieldKind::ForeignKey(relation) = &field.kind
            && relation.db_constraint
        {
            let target = self.target_field(key, field, relation)?;
            table.references.push(ForeignKeyConstraint {
                name: column_object(&table.name, &column, "fk"),
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

/// A type that a database creates for a column belongs to that column.
fn refuse_native_key(key: &ModelKey, field: &Field) -> Result<(), StateError> {
    match field.kind {
        FieldKind::Column(_) => Ok(()),
        FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_) => {
            Err(StateError::NativeKey { model: key.clone(), field: field.name.clone() })
        }
    }
}

fn no_column(key: &ModelKey, field: &Field) -> StateError {
    StateError::NoColumn { model: key.clone(), field: field.name.clone() }
}

/// Returns the objects that name the column of a field, by the field's name.
fn column_of(model: &Model) -> impl Fn(&str) -> String {
    |name| {
        let field = model.fields.iter().find(|field| field.name == name);
        field.map_or_else(|| name.to_owned(), |field| field.column_name().as_str().to_owned())
    }
}

/// Adds the indexes and constraints of a model to the image of its table.
struct Objects<'a> {
    state: &'a ProjectState,
    key: &'a ModelKey,
    model: &'a Model,
}

impl Objects<'_> {
    fn column(&self, field: &str) -> String {
        let found = self.model.fields.iter().find(|it| it.name == field);
        found.map_or_else(|| field.to_owned(), |field| field.column_name().as_str().to_owned())
    }

    fn columns(&self, fields: &[FieldName]) -> Vec<ColumnName> {
        fields.iter().map(|field| ColumnName::new(self.column(field.as_str()))).collect()
    }

    fn over_columns(&self, expr: &Expr) -> Expr {
        expr.map_names(&|name| self.column(name))
    }

    fn part(&self, part: &IndexPart) -> IndexPart {
        IndexPart { value: self.over_columns(&part.value), ..part.clone() }
    }

    fn add(&self, table: &mut Table) -> Result<(), StateError> {
        for index in &self.model.indexes {
            table.indexes.push(TableIndex {
                when: index.when.as_ref().map(|when| self.over_columns(when)),
                include: self.columns(&index.include),
                method: index.method,
                ..TableIndex::new(
                    named(index.name.as_ref()),
                    index.parts.iter().map(|it| self.part(it)).collect(),
                )
            });
        }
        for constraint in &self.model.constraints {
            match constraint {
                Constraint::Unique(rule) => self.add_unique(rule, table),
                Constraint::Check { name, condition } => {
                    table
                        .checks
                        .push(Check { name: named(name.as_ref()), condition: self.over_columns(condition) });
                }
                Constraint::Reference(rule) => table.references.push(self.reference(rule)?),
                Constraint::Exclude(rule) => table.exclusions.push(self.exclusion(rule)),
            }
        }
        // What else begins with the columns is known at the end.
        let rules = self.model.constraints.iter().filter_map(Constraint::reference).filter(|rule| rule.index);
        let rules = rules.map(|rule| self.reference(rule)).collect::<Result<Vec<_>, _>>()?;
        for ForeignKeyConstraint { columns, .. } in rules {
            if !table.begins_with(&columns) {
                let names: Vec<String> = columns.iter().map(|column| column.as_str().to_owned()).collect();
                table.indexes.push(TableIndex::over(object_name(&table.name, &names, "idx"), &columns));
            }
        }
        Ok(())
    }

    fn add_unique(&self, rule: &UniqueRule, table: &mut Table) {
        let name = named(rule.name.as_ref());
        if rule.is_index() {
            table.indexes.push(TableIndex {
                unique: true,
                when: rule.when.as_ref().map(|when| self.over_columns(when)),
                include: self.columns(&rule.include),
                nulls_not_distinct: rule.nulls_not_distinct,
                ..TableIndex::new(name, rule.index_parts().iter().map(|it| self.part(it)).collect())
            });
        } else {
            table.uniques.push(Unique {
                include: self.columns(&rule.include),
                nulls_not_distinct: rule.nulls_not_distinct,
                deferrable: rule.deferrable,
                ..Unique::new(name, self.columns(&rule.fields))
            });
        }
    }

    /// The columns are in the order of the key that they refer to, which some databases require.
    fn reference(&self, rule: &ReferenceRule) -> Result<ForeignKeyConstraint, StateError> {
        let target = self.state.model(&rule.to)?;
        let mut pairs: Vec<(&FieldName, &FieldName)> = rule.fields.iter().zip(&rule.to_fields).collect();
        let key: Vec<&FieldName> = target.primary_key().map(|field| &field.name).collect();
        let constraint =
            target.unique_constraint(&rule.to_fields).map(|it| it.unique_fields().iter().collect());
        let is_key = key.len() == pairs.len() && rule.to_fields.iter().all(|field| key.contains(&field));
        let order = if is_key { key } else { constraint.unwrap_or_default() };
        pairs.sort_by_key(|(_, to)| order.iter().position(|it| it == to));
        let target_columns = pairs.iter().map(|(_, to)| {
            let found = target.field(to).filter(|field| field.has_column()).map(Field::column_name);
            found.ok_or_else(|| StateError::NoTargetField {
                model: self.key.clone(),
                field: FieldName::new(named(rule.name.as_ref()).as_str()),
                to: rule.to.clone(),
                to_field: (*to).clone(),
            })
        });
        let own: Vec<FieldName> = pairs.iter().map(|(own, _)| (*own).clone()).collect();
        Ok(ForeignKeyConstraint {
            name: named(rule.name.as_ref()),
            columns: self.columns(&own),
            target: target.table_name(&rule.to.app),
            target_columns: target_columns.collect::<Result<_, _>>()?,
            on_delete: rule.on_delete,
            on_update: rule.on_update,
            deferrable: rule.deferrable,
        })
    }

    fn exclusion(&self, rule: &ExclusionRule) -> Exclusion {
        let parts = rule.parts.iter();
        let parts =
            parts.map(|it| ExclusionPart { part: self.part(&it.part), operator: it.operator.clone() });
        Exclusion {
            name: named(rule.name.as_ref()),
            parts: parts.collect(),
            method: rule.method,
            when: rule.when.as_ref().map(|when| self.over_columns(when)),
            deferrable: rule.deferrable,
        }
    }
}

/// Returns the name of an object that a field's own attribute makes.
fn column_object(table: &TableName, column: &ColumnName, suffix: &str) -> ObjectName {
    object_name(table, &[column.as_str().to_owned()], suffix)
}

/// A state names everything; a model outside a state may not.
fn named(name: Option<&ObjectName>) -> ObjectName {
    name.cloned().unwrap_or_else(|| ObjectName::new(""))
}
