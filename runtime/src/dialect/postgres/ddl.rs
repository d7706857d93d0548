//! [`Step`] -> text for PostgreSQL.
//!
//! A column is altered in several statements: its default can prevent a change of type, and NULLs prevent NOT NULL.

use modelshift_schema::conversion::becomes;
use modelshift_schema::expr::Expr;
use modelshift_schema::generated::Identity;
use modelshift_schema::name::{ColumnName, ObjectName};
use modelshift_schema::step::{Change, Step};
use modelshift_schema::table::{Column, Table};

use super::column_type::column_type;
use super::conversion::{through_text, using};
use super::index::{constraint_of_exclusion, create_index};
use super::names::refuse_system_column;
use super::native::{refuse_sized_lists, refuse_unordered};
use super::rows::updated;
use super::spelled::same_text;
use super::{Postgres, enums, objects, parts};
use crate::dialect::render::conversion::{Kind, refuse_strange};
use crate::dialect::render::literal::Value;
use crate::dialect::render::spelled_types::meant;
use crate::dialect::render::table_parts::is_free_of_columns;
use crate::dialect::render::{script, translation};
use crate::dialect::{Dialect, PlannedStep, Spelling, Unsupported, spelled_type};

/// Returns the statements of a step.
pub(in crate::dialect) fn step(step: &Step, later: &[PlannedStep]) -> Result<Vec<String>, Unsupported> {
    match step {
        Step::CreateTable { after } => create_table(after),
        Step::DropTable { before } => drop_table(before),
        Step::AlterTable { before, after, change } => alter(before, after, change, later),
        Step::RunSql(sql) => script::texts(Dialect::Postgres, &Postgres, sql),
        Step::CreateExtension { name } => Ok(vec![objects::create_extension(name)?]),
        Step::DropExtension { name } => Ok(vec![objects::drop_extension(name)?]),
        Step::CreateCollation(collation) => Ok(vec![objects::create_collation(collation)?]),
        Step::DropCollation { name } => Ok(vec![objects::drop_collation(name)?]),
    }
}

fn create_table(table: &Table) -> Result<Vec<String>, Unsupported> {
    let parts = parts(table);
    let mut lines = Vec::new();
    for column in &table.columns {
        lines.push(column_definition(table, column)?);
    }
    if let Some(key) = &table.primary_key {
        refuse_unordered(table, &key.columns, "the primary key")?;
        lines.push(parts.primary_key(key)?);
    }
    // CREATE TABLE merges two unique constraints over the same columns, so that the second is added by ALTER TABLE.
    let key = table.primary_key.iter().map(|key| &key.columns);
    let mut seen: Vec<&Vec<ColumnName>> = key.collect();
    let mut repeated = Vec::new();
    for unique in &table.uniques {
        refuse_unordered(table, &unique.columns, &format!("unique constraint `{}`", unique.name))?;
        if seen.contains(&&unique.columns) {
            repeated.push(format!("ALTER TABLE {} ADD {}", parts.name()?, parts.unique(unique)?));
        } else {
            seen.push(&unique.columns);
            lines.push(parts.unique(unique)?);
        }
    }
    for check in &table.checks {
        lines.push(parts.check(check)?);
    }
    for exclusion in &table.exclusions {
        lines.push(constraint_of_exclusion(table, exclusion)?);
    }
    for reference in &table.references {
        refuse_sized_lists(table, reference)?;
        lines.push(parts.reference(reference)?);
    }
    let types = table.columns.iter().map(|column| enums::create_type(column).transpose());
    let mut texts: Vec<String> = types.flatten().collect::<Result<_, _>>()?;
    texts.push(format!("CREATE TABLE {} (\n    {}\n)", parts.name()?, lines.join(",\n    ")));
    texts.extend(repeated);
    if table.comment.is_some() {
        texts.push(comment_on_table(table)?);
    }
    for column in table.columns.iter().filter(|column| column.comment.is_some()) {
        texts.push(comment_on(table, column)?);
    }
    for index in &table.indexes {
        texts.push(create_index(table, index)?);
    }
    Ok(texts)
}

fn drop_table(table: &Table) -> Result<Vec<String>, Unsupported> {
    let mut texts = vec![format!("DROP TABLE {}", parts(table).name()?)];
    for column in &table.columns {
        texts.extend(enums::drop_type(column)?);
    }
    Ok(texts)
}

fn column_definition(table: &Table, column: &Column) -> Result<String, Unsupported> {
    refuse_system_column(&column.name)?;
    let mut words = vec![Postgres.identifier(column.name.as_str())?, collated_type(column)?];
    words.extend(parts(table).generated(column)?);
    if !column.null {
        words.push("NOT NULL".to_owned());
    }
    if column.automatic {
        words.push(format!("GENERATED {} AS IDENTITY", identity(column)));
    } else if let Some(default) = &column.default {
        words.push(format!("DEFAULT {}", default_value(table, column, default)?));
    }
    Ok(words.join(" "))
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
    Ok(match column.collation.as_ref().and_then(|it| it.postgres.as_ref()) {
        Some(collation) => format!("{written} COLLATE {}", Postgres.identifier(collation)?),
        None => written,
    })
}

fn comment_on_table(table: &Table) -> Result<String, Unsupported> {
    Ok(format!("COMMENT ON TABLE {} IS {}", parts(table).name()?, comment_text(table.comment.as_ref())?))
}

fn comment_text(comment: Option<&String>) -> Result<String, Unsupported> {
    comment.map_or_else(|| Ok("NULL".to_owned()), |comment| Postgres.literal(&Value::Text(comment)))
}

fn comment_on(table: &Table, column: &Column) -> Result<String, Unsupported> {
    let text = comment_text(column.comment.as_ref())?;
    let name = Postgres.identifier(column.name.as_str())?;
    Ok(format!("COMMENT ON COLUMN {}.{name} IS {text}", parts(table).name()?))
}

/// Writes a value for DEFAULT, which cannot name columns.
fn default_value(table: &Table, column: &Column, value: &Expr) -> Result<String, Unsupported> {
    let empty = Table { columns: Vec::new(), ..table.clone() };
    let text = parts(&empty).expressions().value(value, &column.column_type)?;
    let stands_alone = value.is_constant() || matches!(value, Expr::Call { .. });
    Ok(if stands_alone { text } else { format!("({text})") })
}

fn alter(
    before: &Table,
    after: &Table,
    change: &Change,
    later: &[PlannedStep],
) -> Result<Vec<String>, Unsupported> {
    let table = parts(before).name()?;
    let one = match change {
        Change::RenameTable => format!("ALTER TABLE {table} RENAME TO {}", parts(after).name()?),
        Change::RenamePrimaryKey => match (&before.primary_key, &after.primary_key) {
            (Some(old), Some(new)) if old.name != new.name => {
                rename_constraint(&table, &old.name, &new.name)?
            }
            _ => return Ok(Vec::new()),
        },
        Change::AlterComment => comment_on_table(after)?,
        Change::AlterPrimaryKey => return alter_primary_key(before, after),
        Change::AddColumn { column, fill } => return add_column(before, after, column, fill.as_ref()),
        Change::DropColumn { column } => {
            let drop = format!("ALTER TABLE {table} DROP COLUMN {}", Postgres.identifier(column.as_str())?);
            let column = parts(before).existing(column)?;
            return Ok([drop].into_iter().chain(enums::drop_type(column)?).collect());
        }
        Change::ConvertValues { column, values } => {
            return enums::convert_values(after, parts(after).existing(column)?, values);
        }
        Change::RenameType { column } => {
            return enums::rename_type(parts(before).existing(column)?, parts(after).existing(column)?);
        }
        Change::AddTranslated { column, from, lookup } => {
            let mut texts = add_column(before, after, column, None)?;
            let columns = (column, from);
            texts.push(translation::update(Dialect::Postgres, &Postgres, after, columns, lookup)?);
            return Ok(texts);
        }
        // These are queries.
        Change::RequireValues { .. } | Change::RequireRow { .. } => return Ok(Vec::new()),
        Change::RenameColumn { before: old, after: new } => {
            refuse_system_column(new)?;
            let (old, new) = (Postgres.identifier(old.as_str())?, Postgres.identifier(new.as_str())?);
            format!("ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
        }
        Change::AlterColumn { column, fill } => {
            return alter_column(before, after, column, fill.as_ref(), later);
        }
        // `concurrent` handles the concurrent forms.
        Change::AddIndex { name } | Change::AddIndexConcurrently { name } => {
            create_index(after, parts(after).index(name)?)?
        }
        Change::DropIndex { name } | Change::DropIndexConcurrently { name } => {
            format!("DROP INDEX {}", Postgres.identifier(name.as_str())?)
        }
        Change::RenameIndex { before: old, after: new } => format!(
            "ALTER INDEX {} RENAME TO {}",
            Postgres.identifier(old.as_str())?,
            Postgres.identifier(new.as_str())?,
        ),
        Change::AddUnique { name } => {
            let unique = parts(after).unique_named(name)?;
            refuse_unordered(after, &unique.columns, &format!("unique constraint `{name}`"))?;
            add_constraint(&table, &parts(after).unique(unique)?)
        }
        Change::RenameUnique { before: old, after: new }
        | Change::RenameCheck { before: old, after: new }
        | Change::RenameForeignKey { before: old, after: new }
        | Change::RenameExclusion { before: old, after: new } => rename_constraint(&table, old, new)?,
        Change::AlterForeignKey { name } => {
            let when = parts(after).reference_named(name)?.deferrable;
            let when = when.map_or(Ok("NOT DEFERRABLE"), |when| Postgres.deferrable(name.as_str(), when))?;
            format!("{} {when}", alter_named(&table, "ALTER CONSTRAINT", name)?)
        }
        Change::AddExclusion { name } => {
            add_constraint(&table, &constraint_of_exclusion(after, parts(after).exclusion_named(name)?)?)
        }
        Change::AddCheck { name } => {
            add_constraint(&table, &parts(after).check(parts(after).check_named(name)?)?)
        }
        Change::AddCheckNotValid { name } => {
            let check = parts(after).check(parts(after).check_named(name)?)?;
            format!("{} NOT VALID", add_constraint(&table, &check))
        }
        Change::ValidateCheck { name } => validate(after, name)?,
        Change::AddForeignKey { name } => {
            let reference = parts(after).reference_named(name)?;
            refuse_sized_lists(after, reference)?;
            add_constraint(&table, &parts(after).reference(reference)?)
        }
        Change::DropUnique { name }
        | Change::DropCheck { name }
        | Change::DropForeignKey { name }
        | Change::DropExclusion { name } => alter_named(&table, "DROP CONSTRAINT", name)?,
    };
    Ok(vec![one])
}

fn alter_named(table: &str, verb: &str, name: &ObjectName) -> Result<String, Unsupported> {
    Ok(format!("ALTER TABLE {table} {verb} {}", Postgres.identifier(name.as_str())?))
}

fn add_constraint(table: &str, constraint: &str) -> String {
    format!("ALTER TABLE {table} ADD {constraint}")
}

fn rename_constraint(table: &str, old: &ObjectName, new: &ObjectName) -> Result<String, Unsupported> {
    let renamed = alter_named(table, "RENAME CONSTRAINT", old)?;
    Ok(format!("{renamed} TO {}", Postgres.identifier(new.as_str())?))
}

fn validate(table: &Table, name: &ObjectName) -> Result<String, Unsupported> {
    if !table.checks.iter().any(|check| check.name == *name) {
        let what = format!("postgres: `{name}` is not a check, so that all rows fulfil it already");
        return Err(Unsupported::new(what, "leave `ValidateConstraint` out"));
    }
    let quoted = Postgres.identifier(name.as_str())?;
    Ok(format!("ALTER TABLE {} VALIDATE CONSTRAINT {quoted}", parts(table).name()?))
}

fn alter_primary_key(before: &Table, after: &Table) -> Result<Vec<String>, Unsupported> {
    let table = parts(before).name()?;
    let mut texts = Vec::new();
    // Dropping a column of the key has dropped the key.
    if let Some(key) = &before.primary_key
        && key.columns.iter().all(|column| before.column(column).is_some())
    {
        let name = Postgres.identifier(key.name.as_str())?;
        texts.push(format!("ALTER TABLE {table} DROP CONSTRAINT {name}"));
    }
    if let Some(key) = &after.primary_key {
        refuse_unordered(after, &key.columns, "the primary key")?;
        texts.push(format!("ALTER TABLE {table} ADD {}", parts(after).primary_key(key)?));
    }
    Ok(texts)
}

fn add_column(
    before: &Table,
    after: &Table,
    name: &ColumnName,
    fill: Option<&Expr>,
) -> Result<Vec<String>, Unsupported> {
    let column = parts(after).existing(name)?;
    let mut texts: Vec<String> = enums::create_type(column)?.into_iter().collect();
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
) -> Result<Vec<String>, Unsupported> {
    let Some(fill) = fill else { return Ok(vec![add_defined_column(after, column)?]) };
    let verb = alter_column_prefix(after, column)?;
    let set_default = match &column.default {
        Some(default) => format!("{verb} SET DEFAULT {}", default_value(after, column, default)?),
        None => format!("{verb} DROP DEFAULT"),
    };
    if is_free_of_columns(fill) {
        // A temporary default sets the value of every row; a constant one rewrites no rows.
        let filled = Column { default: Some(fill.clone()), ..column.clone() };
        return Ok(vec![add_defined_column(after, &filled)?, set_default]);
    }
    let empty = Column { default: None, null: true, ..column.clone() };
    let value = parts(before).expressions().value(fill, &column.column_type)?;
    let quoted = Postgres.identifier(column.name.as_str())?;
    let mut texts = vec![add_defined_column(after, &empty)?];
    texts.extend(updated(before, format!("UPDATE {} SET {quoted} = {value}", parts(after).name()?))?);
    if !column.null {
        texts.push(format!("{verb} SET NOT NULL"));
    }
    if column.default.is_some() {
        texts.push(set_default);
    }
    Ok(texts)
}

fn add_defined_column(table: &Table, column: &Column) -> Result<String, Unsupported> {
    Ok(format!("ALTER TABLE {} ADD COLUMN {}", parts(table).name()?, column_definition(table, column)?))
}

fn alter_column_prefix(table: &Table, column: &Column) -> Result<String, Unsupported> {
    let name = Postgres.identifier(column.name.as_str())?;
    Ok(format!("ALTER TABLE {} ALTER COLUMN {name}", parts(table).name()?))
}

fn alter_column(
    before: &Table,
    after: &Table,
    name: &ColumnName,
    fill: Option<&Expr>,
    later: &[PlannedStep],
) -> Result<Vec<String>, Unsupported> {
    let (old, new) = (parts(before).existing(name)?, parts(after).existing(name)?);
    let quoted = Postgres.identifier(name.as_str())?;
    let verb = alter_column_prefix(after, new)?;
    let retyped = old.column_type != new.column_type || old.sql_type != new.sql_type;
    let redefaulted = retyped || old.default != new.default || old.automatic != new.automatic;
    let mut texts = Vec::new();
    if redefaulted && old.default.is_some() && !old.automatic {
        texts.push(format!("{verb} DROP DEFAULT"));
    }
    if old.automatic && !new.automatic {
        texts.push(format!("{verb} DROP IDENTITY"));
    }
    if old.generated.is_some() && new.generated.is_none() {
        texts.push(format!("{verb} DROP EXPRESSION"));
    }
    if let (Some(one), Some(other)) = (enums::own(old), enums::own(new))
        && retyped
        && !enums::may_be_used(before, later)
    {
        texts.extend(enums::add_values(one, other)?);
    } else if retyped || old.collation != new.collation {
        let dependents = enums::dependents(before, after, old, new)?;
        texts.extend(dependents.drop);
        texts.extend(alter_type(&verb, &quoted, old, new)?);
        texts.extend(dependents.add);
    }
    if let Some(fill) = fill {
        let value = parts(after).expressions().value(fill, &new.column_type)?;
        let name = parts(after).name()?;
        let update = format!("UPDATE {name} SET {quoted} = {value} WHERE {quoted} IS NULL");
        texts.extend(updated(before, update)?);
    }
    match (old.null, new.null) {
        (true, false) => texts.push(format!("{verb} SET NOT NULL")),
        (false, true) => texts.push(format!("{verb} DROP NOT NULL")),
        (true, true) | (false, false) => {}
    }
    if let Some(default) = &new.default
        && redefaulted
        && !new.automatic
    {
        texts.push(format!("{verb} SET DEFAULT {}", default_value(after, new, default)?));
    }
    if new.automatic && !old.automatic {
        texts.push(format!("{verb} ADD GENERATED {} AS IDENTITY", identity(new)));
        texts.push(continue_identity(after, new)?);
    } else if new.automatic && identity(old) != identity(new) {
        texts.push(format!("{verb} SET GENERATED {}", identity(new)));
    }
    if old.comment != new.comment {
        texts.push(comment_on(after, new)?);
    }
    Ok(texts)
}

fn alter_type(verb: &str, quoted: &str, old: &Column, new: &Column) -> Result<Vec<String>, Unsupported> {
    refuse_strange(Dialect::Postgres, old, new)?;
    if let (Some(_), Some(listed)) = (enums::own(old), enums::own(new)) {
        return enums::replace_type(verb, quoted, listed);
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
    let using = using.map(|using| format!(" USING {using}")).unwrap_or_default();
    let mut texts: Vec<String> = enums::create_type(new)?.into_iter().collect();
    texts.push(format!("{verb} TYPE {to}{using}"));
    texts.extend(enums::drop_type(old)?);
    Ok(texts)
}

/// Writes the condition that a value has the same text in a type that the author spells. Text is converted to bytes only
/// if it has no backslash, and bytes are never converted to text.
pub(super) fn fits_unknown(value: &str, old: &Column, new: &Column) -> Result<Option<String>, Unsupported> {
    let [old_kind, new_kind] = [old, new].map(|column| meant(&Postgres, column).map(|holds| holds.family()));
    Ok(Some(match (old_kind, new_kind) {
        (Some(Kind::Text), Some(Kind::Bytes)) => format!("strpos({value}, chr(92)) = 0"),
        (Some(Kind::Bytes), _) | (_, Some(Kind::Bytes)) => "false".to_owned(),
        _ => same_text(value, &collated_type(new)?, ""),
    }))
}

/// Writes the statement that continues a new identity after the largest existing value.
fn continue_identity(table: &Table, column: &Column) -> Result<String, Unsupported> {
    let (name, quoted) = (parts(table).name()?, Postgres.identifier(column.name.as_str())?);
    // The first argument is read as a name with its quotes, the second as the name itself.
    let sequence = format!(
        "pg_get_serial_sequence({}, {})",
        Postgres.literal(&Value::Text(&name))?,
        Postgres.literal(&Value::Text(column.name.as_str()))?,
    );
    // A sequence begins with 1, even if all existing keys are negative.
    Ok(format!("SELECT setval({sequence}, greatest(coalesce(max({quoted}), 0), 0) + 1, false) FROM {name}"))
}
