//! Rows for tables that are about to change, in the SQL of each dialect.

use modelshift::dialect::Dialect;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::{Expr, Literal};
use modelshift_schema::table::{Column, Table};

/// Quotes a name.
pub fn quoted(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
        Dialect::Mysql => format!("`{}`", name.replace('`', "``")),
    }
}

/// Gives an INSERT of the row of that number, from 1; a reference is to the row of the same number.
pub fn insert(dialect: Dialect, table: &Table, number: u8) -> String {
    let is_given = |column: &&Column| !column.automatic && column.generated.is_none();
    let given: Vec<&Column> = table.columns.iter().filter(is_given).collect();
    let names: Vec<String> = given.iter().map(|column| quoted(dialect, column.name.as_str())).collect();
    // Every other row has NULL where it may.
    let value = |column: &&Column| {
        let is_null = column.null && number.is_multiple_of(2);
        match choice(table, column, number) {
            _ if is_null => "NULL".to_owned(),
            Some(Literal::Int(value)) => value.to_string(),
            Some(Literal::Text(value)) => format!("'{value}'"),
            Some(_) | None => sample(dialect, &column.column_type, number),
        }
    };
    let values: Vec<String> = given.iter().map(value).collect();
    let name = quoted(dialect, table.name.as_str());
    match (names.is_empty(), dialect) {
        (true, Dialect::Mysql) => format!("INSERT INTO {name} () VALUES ()"),
        (true, Dialect::Sqlite | Dialect::Postgres) => format!("INSERT INTO {name} DEFAULT VALUES"),
        (false, _) => format!("INSERT INTO {name} ({}) VALUES ({})", names.join(", "), values.join(", ")),
    }
}

/// Gives the value that a column of an enum has in the row of a number.
fn choice(table: &Table, column: &Column, number: u8) -> Option<Literal> {
    let position = usize::from(number) - 1;
    if let Some(choices) = column.column_type.choices() {
        let variants = &choices.variants;
        return Some(variants[position % variants.len()].value.clone());
    }
    let name = format!("{}_{}_check", table.name, column.name);
    let check = table.checks.iter().find(|check| check.name == *name.as_str())?;
    let Expr::InList { list, .. } = &check.condition else { return None };
    let Expr::Literal(value) = &list[position % list.len()] else { return None };
    Some(value.clone())
}

/// Gives a value of a type, another one for each number.
pub fn sample(dialect: Dialect, holds: &ColumnType, number: u8) -> String {
    let uuid = format!("{number:08x}-10b1-426f-9247-bb680e5fe0c8");
    match holds {
        ColumnType::Bool => if number.is_multiple_of(2) { "TRUE" } else { "FALSE" }.to_owned(),
        ColumnType::I8
        | ColumnType::I16
        | ColumnType::I32
        | ColumnType::I64
        | ColumnType::U8
        | ColumnType::U16
        | ColumnType::U32
        | ColumnType::U64 => number.to_string(),
        ColumnType::F32 | ColumnType::F64 => format!("{number}.0"),
        ColumnType::Text | ColumnType::Varchar { .. } | ColumnType::Json => format!("'{number}'"),
        ColumnType::Bytes => match dialect {
            Dialect::Sqlite | Dialect::Mysql => format!("X'FF{number:02X}00'"),
            Dialect::Postgres => format!("decode('FF{number:02X}00', 'hex')"),
        },
        ColumnType::Date => format!("'2020-01-{number:02}'"),
        ColumnType::Time => format!("'12:30:{number:02}'"),
        ColumnType::DateTime => format!("'2020-01-{number:02} 12:30:00.5'"),
        ColumnType::DateTimeTz => match dialect {
            Dialect::Sqlite => format!("'2020-01-{number:02}T12:30:00.5+00:00'"),
            Dialect::Postgres => format!("'2020-01-{number:02} 12:30:00.5+00:00'"),
            Dialect::Mysql => format!("'2020-01-{number:02} 12:30:00.5'"),
        },
        ColumnType::Uuid => match dialect {
            Dialect::Sqlite | Dialect::Mysql => format!("X'{}'", uuid.replace('-', "")),
            Dialect::Postgres => format!("'{uuid}'"),
        },
        ColumnType::Choices(choices) => format!("{:?}", choices.variants.first().map(|it| &it.value)),
        ColumnType::Decimal { .. } => match dialect {
            Dialect::Sqlite => format!("'{number}'"),
            Dialect::Postgres | Dialect::Mysql => number.to_string(),
        },
    }
}

/// Gives a text that stands for a value of a type.
pub fn sample_text(holds: &ColumnType, number: u8) -> String {
    if *holds == ColumnType::DateTimeTz {
        return format!("'2020-01-{number:02} 12:30:00'");
    }
    let text = sample(Dialect::Postgres, holds, number);
    if text.starts_with('\'') { text } else { format!("'{text}'") }
}
