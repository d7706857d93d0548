//! A column -> a field.

use modelshift_schema::choices::{Choice, Choices, Storage};
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::{Expr, Literal};
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::generated::{self, Generated, Identity};
use modelshift_schema::name::{ColumnName, FieldName};
use modelshift_schema::per_database::PerDatabase;

use super::names;
use super::values;
use crate::dialect::Dialect;
use crate::session::details::{ColumnDetails, Numbered, TableDetails};

/// How a column becomes a field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) dialect: Dialect,
    pub(super) table: &'a TableDetails,
    pub(super) name: &'a FieldName,
    /// The name of the enum, if the column has one.
    pub(super) choices: Option<&'a str>,
    /// Whether the type is spelled as the database does.
    pub(super) spelled: bool,
    /// Whether the default is SQL.
    pub(super) raw_default: bool,
}

/// Returns whether the values of a column can be those of an enum.
pub(super) fn has_choices(column: &ColumnDetails) -> bool {
    let is_fit = |label: &String| {
        !label.is_empty() && label.len() <= 63 && label.trim() == label && !label.contains(char::is_control)
    };
    !column.labels.is_empty() && column.labels.iter().all(is_fit)
}

/// Returns the field of a plain column, and what there is to say of it.
pub(super) fn field(column: &ColumnDetails, wanted: Wanted<'_>) -> (Field, Vec<String>) {
    let mut notes = column.others.clone();
    let choices = wanted.choices.map(|name| ColumnType::Choices(choices(name, &column.labels)));
    let known = choices.or_else(|| column.column_type.clone());
    if known.is_none() {
        let declared = &column.declared;
        notes.push(format!(
            "The type `{declared}` is unknown to modelshift: the column keeps it, and the field is text, which may \
             not be how your driver reads it."
        ));
    }
    let is_spelled = (known.is_none() || wanted.spelled) && !column.declared.is_empty();
    let column_type = known.unwrap_or(ColumnType::Text);
    let mut field = Field::new(wanted.name.clone(), column_type);
    if is_spelled {
        let declared = match wanted.dialect {
            Dialect::Sqlite => column.declared.to_lowercase(),
            Dialect::Postgres | Dialect::Mysql => column.declared.clone(),
        };
        field.sql_type = Some(PerDatabase::only(wanted.dialect, &declared));
        if wanted.choices.is_some() && wanted.dialect == Dialect::Postgres {
            notes.push(format!(
                "The type `{}` is not one that a migration makes: a new database needs it before (`RunSql`).",
                column.declared
            ));
        }
    }
    let is_key = wanted.table.primary_key.contains(&column.name);
    field.primary_key = is_key;
    field.null = column.null && !is_key;
    field.comment = column.comment.clone().filter(|comment| !comment.is_empty());
    settle(&mut field, column, wanted, &mut notes);
    settle_collation(&mut field, column, wanted.dialect, &mut notes);
    (field, notes)
}

/// Sets what concerns plain columns and references alike: the name of the column, and the default.
pub(super) fn settle(field: &mut Field, column: &ColumnDetails, wanted: Wanted<'_>, notes: &mut Vec<String>) {
    if field.column_name() != *column.name.as_str() {
        field.column = Some(ColumnName::new(column.name.as_str()));
    }
    if let Some((text, is_stored)) = &column.generated {
        let storage = if *is_stored { generated::Storage::Stored } else { generated::Storage::Virtual };
        field.generated = Some(Generated { expression: Expr::Raw(text.clone()), storage });
        return;
    }
    if let Some(text) = &column.default {
        let raw = || Some(Expr::Raw(text.trim().to_owned()));
        field.default = match &field.kind {
            _ if wanted.raw_default => raw(),
            FieldKind::Column(column_type) => values::default(text, &column_type.clone()),
            FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_) => values::default(text, &ColumnType::I64),
        };
        if text.starts_with("nextval(") {
            notes.push(format!(
                "A sequence numbers the column ({text}), which no migration makes: a new database needs it before \
                 (`RunSql`). An identity column in its place needs no default."
            ));
        }
    }
    field.identity = match (column.numbered, column.default.is_some()) {
        (Some(Numbered::Always), _) => Some(Identity::Always),
        (Some(Numbered::ByDefault), _) => {
            // The only integer of a key is numbered without a word.
            (wanted.table.primary_key != [column.name.clone()]).then_some(Identity::ByDefault)
        }
        (None, false) => {
            let is_lone_key = wanted.table.primary_key == [column.name.clone()];
            let is_integer =
                matches!(&field.kind, FieldKind::Column(column_type) if column_type.is_integer());
            (is_lone_key && is_integer).then_some(Identity::Never)
        }
        (None, true) => None,
    };
}

fn settle_collation(field: &mut Field, column: &ColumnDetails, dialect: Dialect, notes: &mut Vec<String>) {
    let Some(collation) = &column.collation else { return };
    let is_text = matches!(&field.kind, FieldKind::Column(ColumnType::Text | ColumnType::Varchar { .. }));
    if is_text {
        field.collation = Some(PerDatabase::only(dialect, collation));
    } else {
        notes.push(format!("The collation `{collation}` is for fields of text only, and is left out."));
    }
}

fn choices(name: &str, labels: &[String]) -> Choices {
    let variants = names::variants(labels).into_iter().zip(labels);
    let variants = variants.map(|(name, value)| Choice { name, value: Literal::Text(value.clone()) });
    Choices { storage: Storage::Native, variants: variants.collect(), ..Choices::as_written(name) }
}
