//! Tables, columns and indexes -> statements, for changes in place and for the tables that a rebuild creates.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::Expr;
use modelshift_schema::generated::Identity;
use modelshift_schema::name::{ColumnName, ObjectName, TableName};
use modelshift_schema::table::{Column, Table, TableIndex, Unique};

use super::column_type::column_type;
use super::names::own_name;
use super::{Sqlite, affinity};
use crate::dialect::render::enums;
use crate::dialect::render::expression::refuse_volatile;
use crate::dialect::render::table_parts::{
    Parts, refuse_exclusions, refuse_foreign_index, refuse_foreign_unique,
};
use crate::dialect::{Dialect, Spelling, Unsupported, spelled_type};
use crate::plan::Action;
use crate::plan::statement::Statement;

/// Writes CREATE TABLE with the given name, which in a rebuild is not the name of the table.
pub(super) fn create_table(table: &Table, name: &TableName) -> Result<String, Unsupported> {
    refuse_exclusions(Dialect::Sqlite, table)?;
    let parts = Parts::new(&Sqlite, table);
    let mut lines = Vec::new();
    for column in &table.columns {
        lines.push(column_definition(table, column)?);
    }
    if let Some(key) = &table.primary_key
        && !automatic_key(table)
    {
        // A primary key of SQLite allows NULL unless the columns are NOT NULL.
        lines.push(format!("PRIMARY KEY ({})", parts.columns(&key.columns)?));
    }
    for check in &table.checks {
        refuse_volatile(&check.condition, &format!("check `{}`", check.name))?;
        lines.push(parts.check(check)?);
    }
    for reference in &table.references {
        lines.push(parts.reference(reference)?);
    }
    Ok(format!("CREATE TABLE {} (\n    {}\n)", own_name(name.as_str())?, lines.join(",\n    ")))
}

/// Writes the indexes of a table, including its unique constraints.
pub(super) fn create_indexes(table: &Table) -> Result<Vec<String>, Unsupported> {
    let uniques = table.uniques.iter().map(|unique| create_unique(table, unique));
    let indexes = table.indexes.iter().map(|index| create_index(table, index));
    uniques.chain(indexes).collect()
}

/// Writes CREATE INDEX.
pub(super) fn create_index(table: &Table, index: &TableIndex) -> Result<String, Unsupported> {
    own_name(index.name.as_str())?;
    refuse_foreign_index(Dialect::Sqlite, index)?;
    Parts::new(&Sqlite, table).create_index(index)
}

/// Writes a unique constraint as CREATE UNIQUE INDEX.
pub(super) fn create_unique(table: &Table, unique: &Unique) -> Result<String, Unsupported> {
    refuse_foreign_unique(Dialect::Sqlite, unique)?;
    let parts = Parts::new(&Sqlite, table);
    let mut columns = Vec::new();
    for column in &unique.columns {
        columns.push(Sqlite.read_column(parts.existing(column)?.name.as_str())?);
    }
    let name = own_name(unique.name.as_str())?;
    Ok(format!("CREATE UNIQUE INDEX {name} ON {} ({})", parts.name()?, columns.join(", ")))
}

/// Writes DROP INDEX.
pub(super) fn drop_index(name: &ObjectName) -> Result<String, Unsupported> {
    Ok(format!("DROP INDEX {}", Sqlite.identifier(name.as_str())?))
}

/// Writes DROP TABLE.
pub(super) fn drop_table(name: &TableName) -> Result<String, Unsupported> {
    Ok(format!("DROP TABLE {}", Sqlite.identifier(name.as_str())?))
}

/// Writes ALTER TABLE … RENAME TO.
pub(super) fn rename_table(before: &TableName, after: &TableName) -> Result<String, Unsupported> {
    Ok(format!("ALTER TABLE {} RENAME TO {}", Sqlite.identifier(before.as_str())?, own_name(after.as_str())?))
}

/// Writes ALTER TABLE … RENAME COLUMN.
pub(super) fn rename_column(
    table: &TableName,
    before: &ColumnName,
    after: &ColumnName,
) -> Result<String, Unsupported> {
    Ok(format!(
        "ALTER TABLE {} RENAME COLUMN {} TO {}",
        Sqlite.identifier(table.as_str())?,
        Sqlite.identifier(before.as_str())?,
        Sqlite.identifier(after.as_str())?,
    ))
}

/// Writes ALTER TABLE … ADD COLUMN, with a second form for `STRICT` tables if that differs.
pub(super) fn add_column(table: &Table, column: &Column, why: &str) -> Result<Action, Unsupported> {
    let name = Sqlite.identifier(table.name.as_str())?;
    let [statement, in_strict] = [Declared::Freely, Declared::Strictly].map(|declared| {
        let definition = definition(table, column, declared)?;
        Ok(Statement::new(format!("ALTER TABLE {name} ADD COLUMN {definition}"), why))
    });
    let (statement, in_strict) = (statement?, in_strict?);
    if statement == in_strict {
        return Ok(Action::Execute(statement));
    }
    Ok(Action::AddColumn { table: table.name.clone(), statement, in_strict })
}

/// Writes ALTER TABLE … DROP COLUMN.
pub(super) fn drop_column(table: &Table, column: &ColumnName) -> Result<String, Unsupported> {
    let parts = Parts::new(&Sqlite, table);
    Ok(format!("ALTER TABLE {} DROP COLUMN {}", parts.name()?, Sqlite.identifier(column.as_str())?))
}

/// Writes the UPDATE that sets a column of all rows. The value can contain columns of the table before the change.
pub(super) fn fill(before: &Table, column: &Column, value: &Expr) -> Result<String, Unsupported> {
    let parts = Parts::new(&Sqlite, before);
    // SQLite reads an unknown unqualified name as text.
    let value = parts.expressions().qualified().value(value, &column.column_type)?;
    Ok(format!("UPDATE {} SET {} = {value}", parts.name()?, Sqlite.identifier(column.name.as_str())?))
}

/// The types that a table accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Declared {
    /// Any word.
    Freely,
    /// The types of a `STRICT` table.
    Strictly,
}

/// Writes the definition of a column for CREATE TABLE and ADD COLUMN.
pub(super) fn column_definition(table: &Table, column: &Column) -> Result<String, Unsupported> {
    definition(table, column, Declared::Freely)
}

fn definition(table: &Table, column: &Column, declared: Declared) -> Result<String, Unsupported> {
    let name = Sqlite.identifier(column.name.as_str())?;
    refuse_identity(table, column)?;
    if column.automatic && automatic_key(table) {
        if let Some(spelled) = spelled_type(Dialect::Sqlite, column)
            && !spelled.eq_ignore_ascii_case("integer")
        {
            let what = format!(
                "sqlite counts keys of its own type `integer` only, and not `{spelled}` (`{}`)",
                column.name
            );
            return Err(Unsupported::new(
                what,
                "keep `sql_type` to the other databases: `sql_type(postgres = \"…\")`",
            ));
        }
        // AUTOINCREMENT requires exactly this type, which makes the column an alias of the rowid.
        return Ok(format!("{name} integer NOT NULL PRIMARY KEY AUTOINCREMENT"));
    }
    let written = match spelled_type(Dialect::Sqlite, column) {
        Some(spelled) => spelled.to_owned(),
        // A key of type `integer` would be an alias of the rowid, which the database generates.
        None if column.identity == Some(Identity::Never) && column.column_type == ColumnType::I32 => {
            "int".to_owned()
        }
        None => column_type(&column.column_type)?,
    };
    let written = match declared {
        Declared::Freely => written,
        Declared::Strictly => affinity::strict_type(&written),
    };
    let mut words = vec![name, written];
    if let Some(collation) = column.collation.as_ref().and_then(|it| it.sqlite.as_ref()) {
        words.push(format!("COLLATE {}", Sqlite.identifier(collation)?));
    }
    if !column.null {
        words.push("NOT NULL".to_owned());
    }
    words.extend(Parts::new(&Sqlite, table).generated(column)?);
    if let Some(default) = &column.default {
        let empty = Table { columns: Vec::new(), ..table.clone() };
        let value = Parts::new(&Sqlite, &empty).expressions().value(default, &column.column_type)?;
        let value = if default.is_constant() { value } else { format!("({value})") };
        words.push(format!("DEFAULT {value}"));
    }
    if let ColumnType::Choices(choices) = &column.column_type {
        let values = enums::list(&Sqlite, &choices.sorted_values())?;
        words.push(format!("CHECK ({} IN ({values}))", Sqlite.read_column(column.name.as_str())?));
    }
    Ok(words.join(" "))
}

/// Refuses identity columns that SQLite does not support: it generates values of single-column primary keys only.
fn refuse_identity(table: &Table, column: &Column) -> Result<(), Unsupported> {
    let whose = format!("column `{}` of `{}`", column.name, table.name);
    if column.identity == Some(Identity::Always) {
        let what = format!("sqlite takes any value that an insert brings along for {whose}");
        return Err(Unsupported::new(what, "write `identity = by_default`, on the primary key"));
    }
    let is_key = table.primary_key.as_ref().is_some_and(|key| *key.columns == [column.name.clone()]);
    if column.identity.is_some_and(Identity::counts) && !is_key {
        let what = format!("sqlite counts primary keys of one column only, and not {whose}");
        return Err(Unsupported::new(what, "leave `identity` out, and give out the numbers in the service"));
    }
    Ok(())
}

/// Returns whether SQLite generates the values of the primary key, which must have one column.
pub(super) fn automatic_key(table: &Table) -> bool {
    table.primary_key.as_ref().is_some_and(|key| match key.columns.as_slice() {
        [column] => table.column(column).is_some_and(|column| column.automatic),
        _ => false,
    })
}
