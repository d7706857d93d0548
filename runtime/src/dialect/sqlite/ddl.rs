//! Tables, columns and indexes -> statements, for changes in place and for the tables that a rebuild creates.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::Expr;
use modelshift_schema::generated::{Identity, Storage};
use modelshift_schema::name::{ColumnName, ObjectName, TableName};
use modelshift_schema::sqlite_options::SqliteOptions;
use modelshift_schema::table::{Column, Table, TableIndex, Unique};
use modelshift_schema::type_family::TypeFamily;
use sea_query::{ColumnDef, ColumnType as SqlType, DynIden, Query, SqliteQueryBuilder, TableBuilder};

use super::Sqlite;
use super::column_type::column_type;
use super::names::own_name;
use super::spelled::affinity;
use crate::dialect::render::built::{Name, add_rules, built, word};
use crate::dialect::render::enums;
use crate::dialect::render::expression::refuse_volatile;
use crate::dialect::render::table_parts::{
    Parts, refuse_exclusions, refuse_foreign_index, refuse_foreign_unique,
};
use crate::dialect::{Dialect, Spelling, Unsupported, spelled_type};
use crate::plan::Action;
use crate::plan::statement::{RawReason, Written};

/// Writes CREATE TABLE with the given name, which in a rebuild is not the name of the table.
pub(super) fn create_table(table: &Table, name: &TableName) -> Result<Written, Unsupported> {
    refuse_exclusions(Dialect::Sqlite, table)?;
    refuse_counted_key(table)?;
    let parts = Parts::new(&Sqlite, table);
    let mut create = sea_query::Table::create();
    create.table(own_iden(name.as_str())?);
    let mut columns = Vec::new();
    for column in &table.columns {
        columns.push(definition(table, column, Declared::of(table))?);
    }
    // sea-query leaves out the names of foreign keys.
    let references = table.references.iter().map(|reference| parts.reference(reference));
    add_rules(table.name.as_str(), &mut columns, &references.collect::<Result<Vec<_>, _>>()?)?;
    for column in columns {
        create.col(column);
    }
    if let Some(key) = &table.primary_key
        && !automatic_key(table)
    {
        // A primary key of SQLite allows NULL unless the columns are NOT NULL.
        create.primary_key(&mut parts.built_key(None, &key.columns)?);
    }
    for check in &table.checks {
        refuse_volatile(&check.condition, &format!("check `{}`", check.name))?;
        create.check(parts.built_check(check)?);
    }
    let options = options(table.sqlite);
    if !options.is_empty() {
        create.extra(options);
    }
    Ok(built(&Sqlite, create))
}

/// Returns the options of a table as they stand behind its columns; empty where there are none.
pub(super) fn options(options: SqliteOptions) -> String {
    let words = options.words().map(|word| word.to_uppercase().replace('_', " "));
    words.collect::<Vec<_>>().join(", ")
}

/// Refuses a key that SQLite would count by the number of the row, where rows have none.
fn refuse_counted_key(table: &Table) -> Result<(), Unsupported> {
    if table.sqlite.without_rowid && automatic_key(table) {
        let what = format!("sqlite counts no keys of `{}`, which is `without_rowid`", table.name);
        return Err(Unsupported::new(
            what,
            "write `identity = none` at the key, or leave `without_rowid` out",
        ));
    }
    Ok(())
}

/// Writes the indexes of a table, including its unique constraints.
pub(super) fn create_indexes(table: &Table) -> Result<Vec<Written>, Unsupported> {
    let uniques = table.uniques.iter().map(|unique| create_unique(table, unique));
    let indexes = table.indexes.iter().map(|index| create_index(table, index));
    uniques.chain(indexes).collect()
}

/// Writes CREATE INDEX.
pub(super) fn create_index(table: &Table, index: &TableIndex) -> Result<Written, Unsupported> {
    own_name(index.name.as_str())?;
    refuse_foreign_index(Dialect::Sqlite, index)?;
    Ok(Written::raw(RawReason::Index, Parts::new(&Sqlite, table).create_index(index)?))
}

/// Writes a unique constraint as CREATE UNIQUE INDEX.
pub(super) fn create_unique(table: &Table, unique: &Unique) -> Result<Written, Unsupported> {
    refuse_foreign_unique(Dialect::Sqlite, unique)?;
    let parts = Parts::new(&Sqlite, table);
    let mut columns = Vec::new();
    for column in &unique.columns {
        columns.push(Sqlite.read_column(parts.existing(column)?.name.as_str())?);
    }
    let name = own_name(unique.name.as_str())?;
    let sql = format!("CREATE UNIQUE INDEX {name} ON {} ({})", parts.name()?, columns.join(", "));
    Ok(Written::raw(RawReason::Index, sql))
}

/// Writes DROP INDEX.
pub(super) fn drop_index(name: &ObjectName) -> Result<Written, Unsupported> {
    let name = Name::of(&Sqlite, name.as_str())?.escaped();
    Ok(built(&Sqlite, sea_query::Index::drop().name(name).to_owned()))
}

/// Writes DROP TABLE.
pub(super) fn drop_table(name: &TableName) -> Result<Written, Unsupported> {
    Ok(built(&Sqlite, sea_query::Table::drop().table(iden(name.as_str())?).take()))
}

/// Writes ALTER TABLE … RENAME TO.
pub(super) fn rename_table(before: &TableName, after: &TableName) -> Result<Written, Unsupported> {
    let (before, after) = (iden(before.as_str())?, own_iden(after.as_str())?);
    Ok(built(&Sqlite, sea_query::Table::rename().table(before, after).take()))
}

/// Writes ALTER TABLE … RENAME COLUMN.
pub(super) fn rename_column(
    table: &TableName,
    before: &ColumnName,
    after: &ColumnName,
) -> Result<Written, Unsupported> {
    let mut rename = sea_query::Table::alter();
    rename.table(iden(table.as_str())?).rename_column(iden(before.as_str())?, iden(after.as_str())?);
    Ok(built(&Sqlite, rename))
}

/// Writes ALTER TABLE … ADD COLUMN, with a second form for `STRICT` tables if that differs.
pub(super) fn add_column(table: &Table, column: &Column, why: &str) -> Result<Action, Unsupported> {
    let name = iden(table.name.as_str())?;
    let [statement, in_strict] = [Declared::of(table), Declared::Strictly].map(|declared| {
        let definition = definition(table, column, declared)?;
        let add = sea_query::Table::alter().table(name.clone()).add_column(definition).take();
        Ok(built(&Sqlite, add).because(why))
    });
    let (statement, in_strict) = (statement?, in_strict?);
    if statement == in_strict {
        return Ok(Action::Execute(statement));
    }
    Ok(Action::AddColumn { table: table.name.clone(), statement, in_strict })
}

/// Writes ALTER TABLE … DROP COLUMN.
pub(super) fn drop_column(table: &Table, column: &ColumnName) -> Result<Written, Unsupported> {
    let mut drop = sea_query::Table::alter();
    drop.table(iden(table.name.as_str())?).drop_column(iden(column.as_str())?);
    Ok(built(&Sqlite, drop))
}

/// Writes the UPDATE that sets a column of all rows. The value can contain columns of the table before the change.
pub(super) fn fill(before: &Table, column: &Column, value: &Expr) -> Result<Written, Unsupported> {
    let parts = Parts::new(&Sqlite, before);
    // SQLite reads an unknown unqualified name as text.
    let value = parts.expressions().qualified().built_value(value, &column.column_type)?;
    let update = Query::update().table(parts.table_name()?).value(iden(column.name.as_str())?, value).take();
    Ok(built(&Sqlite, update))
}

fn iden(name: &str) -> Result<DynIden, Unsupported> {
    Ok(Name::of(&Sqlite, name)?.iden())
}

/// Returns the name of a table that a migration creates.
fn own_iden(name: &str) -> Result<DynIden, Unsupported> {
    own_name(name)?;
    iden(name)
}

/// The types that a table accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Declared {
    /// Any word.
    Freely,
    /// The types of a `STRICT` table.
    Strictly,
}

impl Declared {
    fn of(table: &Table) -> Self {
        if table.sqlite.strict { Self::Strictly } else { Self::Freely }
    }
}

/// Writes the definition of a column, as in CREATE TABLE.
pub(super) fn column_definition(table: &Table, column: &Column) -> Result<String, Unsupported> {
    let mut text = String::new();
    SqliteQueryBuilder.prepare_column_def(&definition(table, column, Declared::of(table))?, &mut text);
    Ok(text)
}

fn definition(table: &Table, column: &Column, declared: Declared) -> Result<ColumnDef, Unsupported> {
    let name = iden(column.name.as_str())?;
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
        let mut key = ColumnDef::new_with_type(name, SqlType::custom("integer"));
        key.not_null().primary_key().auto_increment();
        return Ok(key);
    }
    let written = match spelled_type(Dialect::Sqlite, column) {
        Some(spelled) => spelled.to_owned(),
        // A key of type `integer` would be an alias of the rowid, which the database generates.
        None if column.identity == Some(Identity::Never) && column.column_type == ColumnType::I32 => {
            "int".to_owned()
        }
        None => column_type(&column.column_type)?,
    };
    let mut written = match declared {
        Declared::Freely => written,
        Declared::Strictly => affinity::strict_type(match column.column_type.family() {
            TypeFamily::Bool => "integer",
            TypeFamily::Date | TypeFamily::Time | TypeFamily::DateTime | TypeFamily::Timestamp => "text",
            TypeFamily::Integer
            | TypeFamily::Float
            | TypeFamily::Decimal
            | TypeFamily::Text
            | TypeFamily::Enum
            | TypeFamily::Bytes
            | TypeFamily::Uuid
            | TypeFamily::Json
            | TypeFamily::Array
            | TypeFamily::Native => &written,
        }),
    };
    if let Some(collation) = column.collation.as_ref().and_then(|it| it.get(Dialect::Sqlite)) {
        written = format!("{written} COLLATE {}", Sqlite.identifier(collation)?);
    }
    let mut definition = ColumnDef::new_with_type(name, SqlType::custom(written));
    if !column.null {
        definition.not_null();
    }
    if let Some((value, storage)) = Parts::new(&Sqlite, table).computed(column)? {
        definition.generated(word(value), storage == Storage::Stored);
    }
    if let Some(default) = &column.default {
        let empty = Table { columns: Vec::new(), ..table.clone() };
        let value = Parts::new(&Sqlite, &empty).expressions().value(default, &column.column_type)?;
        definition.default(word(if default.is_constant() { value } else { format!("({value})") }));
    }
    if let ColumnType::Choices(choices) = &column.column_type {
        let values = enums::list(&Sqlite, &choices.sorted_values())?;
        let one_of = format!("{} IN ({values})", Sqlite.read_column(column.name.as_str())?);
        definition.check(sea_query::Check::unnamed(word(one_of)));
    }
    Ok(definition)
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
