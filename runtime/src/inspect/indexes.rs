//! Indexes, unique rules and checks -> what a model says of them.

use modelshift_schema::constraint::{Constraint, UniqueRule};
use modelshift_schema::expr::Expr;
use modelshift_schema::index::{Index, IndexMethod, IndexPart, Nulls};
use modelshift_schema::model::Model;
use modelshift_schema::name::{FieldName, ObjectName};
use modelshift_schema::naming::object_name;

use super::conditions;
use super::relations::deferrable;
use crate::dialect::Dialect;
use crate::session::details::{IndexDetails, PartDetails, TableDetails};

/// Adds the indexes, unique rules and checks of a table to its model; `field` names the field of a column.
pub(super) fn add(
    model: &mut Model,
    table: &TableDetails,
    dialect: Dialect,
    field: &impl Fn(&str) -> FieldName,
    notes: &mut Vec<String>,
) {
    for index in table.indexes.iter().filter(|index| !is_of_reference(table, index, dialect)) {
        let name = index.name.as_deref().unwrap_or("without a name");
        if !index.others.is_empty() {
            notes.push(format!(
                "Index `{name}` is left out, and stays in the database: a model cannot say {}.",
                index.others.join(", ")
            ));
            continue;
        }
        let method =
            index.method.as_deref().map(|it| IndexMethod::ALL.into_iter().find(|known| known.name() == it));
        if method == Some(None) {
            let method = index.method.as_deref().unwrap_or_default();
            notes.push(format!(
                "Index `{name}` is left out, and stays in the database: its method is `{method}`."
            ));
            continue;
        }
        add_index(model, table, index, method.flatten(), field);
    }
    for check in &table.checks {
        let name = check.name.as_deref().map(ObjectName::new);
        let condition = conditions::read(&check.text, dialect, table, field);
        let condition = condition.unwrap_or_else(|| Expr::Raw(check.text.clone()));
        model.constraints.push(Constraint::Check { name, condition });
    }
}

/// Returns whether MySQL made an index for a reference, which has the name that the reference of the model has.
fn is_of_reference(table: &TableDetails, index: &IndexDetails, dialect: Dialect) -> bool {
    let Some(column) = lone_column(index, None) else { return false };
    let derived = object_name(&table.table_name(), &[column.to_owned()], "fk");
    dialect == Dialect::Mysql && !index.unique && index.name.as_deref() == Some(derived.as_str())
}

fn add_index(
    model: &mut Model,
    table: &TableDetails,
    index: &IndexDetails,
    method: Option<IndexMethod>,
    field: &impl Fn(&str) -> FieldName,
) {
    let parts: Vec<IndexPart> = index.parts.iter().map(|it| part(it, field)).collect();
    let include: Vec<FieldName> = index.include.iter().map(|column| field(column)).collect();
    let when = index.when.clone().map(Expr::Raw);
    let name = index.name.as_deref().map(ObjectName::new);
    if let Some(column) = lone_column(index, method) {
        let suffix = if index.unique { "key" } else { "idx" };
        let derived = object_name(&table.table_name(), &[column.to_owned()], suffix);
        let is_derived = name.as_ref().is_none_or(|name| *name == derived);
        let own = field(column);
        if is_derived && let Some(own) = model.fields.iter_mut().find(|it| it.name == own) {
            if index.unique {
                own.unique = true;
            } else {
                own.index = true;
            }
            return;
        }
    }
    if index.unique {
        model.constraints.push(Constraint::Unique(UniqueRule {
            name,
            when,
            include,
            nulls_not_distinct: index.nulls_not_distinct,
            deferrable: deferrable(index.deferrable),
            ..UniqueRule::over_parts(parts)
        }));
    } else {
        model.indexes.push(Index { name, when, include, method, ..Index::new(parts) });
    }
}

/// Returns the column of an index that is one column and nothing more.
fn lone_column(index: &IndexDetails, method: Option<IndexMethod>) -> Option<&str> {
    let IndexDetails { when, include, nulls_not_distinct, deferrable, .. } = index;
    let is_plain = when.is_none()
        && include.is_empty()
        && !nulls_not_distinct
        && deferrable.is_none()
        && method.is_none();
    match index.parts.as_slice() {
        [PartDetails { text, is_column: true, descending: false, nulls_first: None, class: None }]
            if is_plain =>
        {
            Some(text)
        }
        _ => None,
    }
}

fn part(part: &PartDetails, field: &impl Fn(&str) -> FieldName) -> IndexPart {
    let value =
        if part.is_column { Expr::name(field(&part.text).as_str()) } else { Expr::Raw(part.text.clone()) };
    IndexPart {
        value,
        descending: part.descending,
        nulls: part.nulls_first.map(|first| if first { Nulls::First } else { Nulls::Last }),
        operator_class: part.class.clone(),
    }
}
