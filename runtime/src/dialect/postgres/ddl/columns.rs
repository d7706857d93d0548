//! Columns of a table -> statements for PostgreSQL.
//!
//! A column is altered in several statements: its default can prevent a change of type, and NULLs prevent NOT NULL.

use modelshift_schema::conversion::becomes;
use modelshift_schema::expr::Expr;
use modelshift_schema::generated::{Identity, Storage};
use modelshift_schema::name::ColumnName;
use modelshift_schema::table::{Column, Table};
use sea_query::{ColumnDef, ColumnType, DynIden, Query};

use super::{comment_on, enums};
use crate::dialect::postgres::column_type::column_type;
use crate::dialect::postgres::conversion::{through_text, using};
use crate::dialect::postgres::names::refuse_system_column;
use crate::dialect::postgres::rows::updated;
use crate::dialect::postgres::spelled::same_text;
use crate::dialect::postgres::{Postgres, parts};
use crate::dialect::render::built::{add_extra, built, word};
use crate::dialect::render::conversion::{Kind, refuse_strange};
use crate::dialect::render::literal::Value;
use crate::dialect::render::spelled_types::meant;
use crate::dialect::render::table_parts::is_free_of_columns;
use crate::dialect::{Dialect, PlannedStep, Spelling, Unsupported, spelled_type};
use crate::plan::statement::Written;

/// Returns the definition of a column.
pub(super) fn definition(table: &Table, column: &Column) -> Result<ColumnDef, Unsupported> {
    refuse_system_column(&column.name)?;
    let name = parts(table).iden(column.name.as_str())?;
    let mut definition = ColumnDef::new_with_type(name, ColumnType::custom(collated_type(column)?));
    if let Some((value, storage)) = parts(table).computed(column)? {
        definition.generated(word(value), storage == Storage::Stored);
    }
    if !column.null {
        definition.not_null();
    }
    if column.automatic {
        add_extra(&mut definition, &format!("GENERATED {} AS IDENTITY", identity(column)));
    } else if let Some(default) = &column.default {
        definition.default(word(default_value(table, column, default)?));
    }
    Ok(definition)
}

/// Returns the keyword that determines whether an insert can specify a value.
fn identity(column: &Column) -> &'static str {
    if column.identity == Some(Identity::Always) { "ALWAYS" } else { "BY DEFAULT" }
}

/// Writes the type with its collation, if one is specified.
fn collated_type(column: &Column) -> Result<String, Unsupported> {
    let written = match spelled_type(Dialect::Postgres, column) {
        Some(spelled) => spelled.to_owned(),
        None => column_type(&column.column_type)?,
    };
    Ok(match column.collation.as_ref().and_then(|it| it.get(Dialect::Postgres)) {
        Some(collation) => format!("{written} COLLATE {}", Postgres.identifier(collation)?),
        None => written,
    })
}

/// Writes a value for DEFAULT, which cannot name columns.
fn default_value(table: &Table, column: &Column, value: &Expr) -> Result<String, Unsupported> {
    let empty = Table { columns: Vec::new(), ..table.clone() };
    let text = parts(&empty).expressions().value(value, &column.column_type)?;
    let stands_alone = value.is_constant() || matches!(value, Expr::Call { .. });
    Ok(if stands_alone { text } else { format!("({text})") })
}

/// One column of a table, whose parts are altered one by one.
struct Alteration<'a> {
    table: &'a Table,
    column: DynIden,
    quoted: String,
}

impl<'a> Alteration<'a> {
    fn of(table: &'a Table, column: &Column) -> Result<Self, Unsupported> {
        let name = column.name.as_str();
        Ok(Self { table, column: parts(table).iden(name)?, quoted: Postgres.identifier(name)? })
    }

    fn written(&self, definition: ColumnDef) -> Result<Written, Unsupported> {
        let alter =
            sea_query::Table::alter().table(parts(self.table).table_name()?).modify_column(definition).take();
        Ok(built(&Postgres, alter))
    }

    fn set_default(&self, column: &Column, value: &Expr) -> Result<Written, Unsupported> {
        let value = word(default_value(self.table, column, value)?);
        self.written(ColumnDef::new(self.column.clone()).default(value).take())
    }

    fn set_null(&self, is_null: bool) -> Result<Written, Unsupported> {
        let mut definition = ColumnDef::new(self.column.clone());
        if is_null {
            definition.null();
        } else {
            definition.not_null();
        }
        self.written(definition)
    }

    /// Writes what sea-query has no words for.
    fn words(&self, words: &str) -> Result<Written, Unsupported> {
        let words = format!("ALTER COLUMN {} {words}", self.quoted);
        self.written(ColumnDef::new(self.column.clone()).extra(words).take())
    }

    fn set_type(&self, written: String, using: Option<String>) -> Result<Written, Unsupported> {
        let mut definition = ColumnDef::new_with_type(self.column.clone(), ColumnType::custom(written));
        if let Some(using) = using {
            definition.using(word(using));
        }
        self.written(definition)
    }
}

pub(super) fn add_column(
    before: &Table,
    after: &Table,
    name: &ColumnName,
    fill: Option<&Expr>,
) -> Result<Vec<Written>, Unsupported> {
    let column = parts(after).existing(name)?;
    let mut texts: Vec<Written> = enums::create_type(column)?.into_iter().collect();
    texts.extend(add_bare_column(before, after, column, fill)?);
    if column.comment.is_some() {
        texts.push(comment_on(after, column)?);
    }
    Ok(texts)
}

fn add_bare_column(
    before: &Table,
    after: &Table,
    column: &Column,
    fill: Option<&Expr>,
) -> Result<Vec<Written>, Unsupported> {
    let Some(fill) = fill else { return Ok(vec![add_defined_column(after, column)?]) };
    let alteration = Alteration::of(after, column)?;
    let set_default = match &column.default {
        Some(default) => alteration.set_default(column, default)?,
        None => alteration.words("DROP DEFAULT")?,
    };
    if is_free_of_columns(fill) {
        // A temporary default sets the value of every row; a constant one rewrites no rows.
        let filled = Column { default: Some(fill.clone()), ..column.clone() };
        return Ok(vec![add_defined_column(after, &filled)?, set_default]);
    }
    let empty = Column { default: None, null: true, ..column.clone() };
    let value = parts(before).expressions().built_value(fill, &column.column_type)?;
    let mut texts = vec![add_defined_column(after, &empty)?];
    let update =
        Query::update().table(parts(after).table_name()?).value(alteration.column.clone(), value).take();
    texts.extend(updated(before, built(&Postgres, update))?);
    if !column.null {
        texts.push(alteration.set_null(false)?);
    }
    if column.default.is_some() {
        texts.push(set_default);
    }
    Ok(texts)
}

fn add_defined_column(table: &Table, column: &Column) -> Result<Written, Unsupported> {
    let alter = sea_query::Table::alter()
        .table(parts(table).table_name()?)
        .add_column(definition(table, column)?)
        .take();
    Ok(built(&Postgres, alter))
}

pub(super) fn alter_column(
    before: &Table,
    after: &Table,
    name: &ColumnName,
    fill: Option<&Expr>,
    later: &[PlannedStep],
) -> Result<Vec<Written>, Unsupported> {
    let (old, new) = (parts(before).existing(name)?, parts(after).existing(name)?);
    let alteration = Alteration::of(after, new)?;
    let retyped = old.column_type != new.column_type || old.sql_type != new.sql_type;
    let redefaulted = retyped || old.default != new.default || old.automatic != new.automatic;
    let mut texts = Vec::new();
    if redefaulted && old.default.is_some() && !old.automatic {
        texts.push(alteration.words("DROP DEFAULT")?);
    }
    if old.automatic && !new.automatic {
        texts.push(alteration.words("DROP IDENTITY")?);
    }
    if old.generated.is_some() && new.generated.is_none() {
        texts.push(alteration.words("DROP EXPRESSION")?);
    }
    if let (Some(one), Some(other)) = (enums::own(old), enums::own(new))
        && retyped
        && !enums::may_be_used(before, later)
    {
        texts.extend(enums::add_values(one, other)?);
    } else if retyped || old.collation != new.collation {
        let dependents = enums::dependents(before, after, old, new)?;
        texts.extend(dependents.drop);
        texts.extend(alter_type(&alteration, old, new)?);
        texts.extend(dependents.add);
    }
    if let Some(fill) = fill {
        let value = parts(after).expressions().built_value(fill, &new.column_type)?;
        let update = Query::update()
            .table(parts(after).table_name()?)
            .value(alteration.column.clone(), value)
            .and_where(word(format!("{} IS NULL", alteration.quoted)))
            .take();
        texts.extend(updated(before, built(&Postgres, update))?);
    }
    match (old.null, new.null) {
        (true, false) => texts.push(alteration.set_null(false)?),
        (false, true) => texts.push(alteration.set_null(true)?),
        (true, true) | (false, false) => {}
    }
    if let Some(default) = &new.default
        && redefaulted
        && !new.automatic
    {
        texts.push(alteration.set_default(new, default)?);
    }
    if new.automatic && !old.automatic {
        texts.push(alteration.words(&format!("ADD GENERATED {} AS IDENTITY", identity(new)))?);
        texts.push(continue_identity(&alteration, new)?);
    } else if new.automatic && identity(old) != identity(new) {
        texts.push(alteration.words(&format!("SET GENERATED {}", identity(new)))?);
    }
    if old.comment != new.comment {
        texts.push(comment_on(after, new)?);
    }
    Ok(texts)
}

fn alter_type(alteration: &Alteration<'_>, old: &Column, new: &Column) -> Result<Vec<Written>, Unsupported> {
    refuse_strange(Dialect::Postgres, old, new)?;
    let quoted = &alteration.quoted;
    if let (Some(_), Some(listed)) = (enums::own(old), enums::own(new)) {
        let name = column_type(&new.column_type)?;
        let using = format!("CAST(CAST({quoted} AS text) AS {name})");
        return enums::replaced_type(listed, alteration.set_type(name, Some(using))?);
    }
    let (from, to) = (collated_type(old)?, collated_type(new)?);
    if from == to {
        return Ok(Vec::new());
    }
    let is_spelled = [old, new].into_iter().any(|it| spelled_type(Dialect::Postgres, it).is_some());
    let using = match (meant(&Postgres, old), meant(&Postgres, new)) {
        _ if !is_spelled => using(quoted, &old.column_type, &new.column_type)?,
        (Some(one), Some(other)) if becomes(&one, &other) => using(quoted, &one, &other)?,
        _ => through_text(quoted, &to),
    };
    let mut texts: Vec<Written> = enums::create_type(new)?.into_iter().collect();
    texts.push(alteration.set_type(to, using)?);
    texts.extend(enums::drop_type(old)?);
    Ok(texts)
}

/// Writes the condition that a value has the same text in a type that the author spells. Text is converted to bytes only
/// if it has no backslash, and bytes are never converted to text.
pub(in crate::dialect::postgres) fn fits_unknown(
    value: &str,
    old: &Column,
    new: &Column,
) -> Result<Option<String>, Unsupported> {
    let [old_kind, new_kind] = [old, new].map(|column| meant(&Postgres, column).map(|holds| holds.family()));
    Ok(Some(match (old_kind, new_kind) {
        (Some(Kind::Text), Some(Kind::Bytes)) => format!("strpos({value}, chr(92)) = 0"),
        (Some(Kind::Bytes), _) | (_, Some(Kind::Bytes)) => "false".to_owned(),
        _ => same_text(value, &collated_type(new)?, ""),
    }))
}

/// Writes the statement that continues a new identity after the largest existing value.
fn continue_identity(alteration: &Alteration<'_>, column: &Column) -> Result<Written, Unsupported> {
    let (name, quoted) = (parts(alteration.table).name()?, &alteration.quoted);
    // The first argument is read as a name with its quotes, the second as the name itself.
    let sequence = format!(
        "pg_get_serial_sequence({}, {})",
        Postgres.literal(&Value::Text(&name))?,
        Postgres.literal(&Value::Text(column.name.as_str()))?,
    );
    // A sequence begins with 1, even if all existing keys are negative.
    let next = format!("setval({sequence}, greatest(coalesce(max({quoted}), 0), 0) + 1, false)");
    let select = Query::select().expr(word(next)).from(parts(alteration.table).table_name()?).take();
    Ok(built(&Postgres, select))
}
