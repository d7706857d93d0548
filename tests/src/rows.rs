//! Rows for tables that are about to change, in the SQL of each dialect.

use modelshift::dialect::Dialect;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::{Expr, Literal};
use modelshift_schema::name::TableName;
use modelshift_schema::native_type::{NativeType, RangeOf};
use modelshift_schema::table::{Column, Table};

/// Quotes a name.
pub fn quoted(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
        Dialect::Mysql => format!("`{}`", name.replace('`', "``")),
    }
}

/// Quotes the name of a table, and that of its schema.
pub fn quoted_table(dialect: Dialect, table: &TableName) -> String {
    let name = quoted(dialect, table.as_str());
    table.schema().map_or(name.clone(), |schema| format!("{}.{name}", quoted(dialect, schema.as_str())))
}

/// Returns an INSERT of the row of that number, from 1; a reference is to the row of the same number.
pub fn insert(dialect: Dialect, table: &Table, number: u8) -> String {
    let is_given = |column: &&Column| !column.automatic && column.generated.is_none();
    let given: Vec<&Column> = table.columns.iter().filter(is_given).collect();
    let names: Vec<String> = given.iter().map(|column| quoted(dialect, column.name.as_str())).collect();
    let value = |column: &&Column| {
        // Every other row has NULL where it may. MySQL does not let a row refer to itself by a number that it counts.
        let is_null = column.null && (number.is_multiple_of(2) || refers_to_itself(table, column));
        match choice(table, column, number) {
            _ if is_null => "NULL".to_owned(),
            Some(Literal::Int(value)) => value.to_string(),
            Some(Literal::Text(value)) => format!("'{}'", value.replace('\'', "''")),
            Some(_) | None => sample(dialect, &column.column_type, number),
        }
    };
    let values: Vec<String> = given.iter().map(value).collect();
    let name = quoted_table(dialect, &table.name);
    match (names.is_empty(), dialect) {
        (true, Dialect::Mysql) => format!("INSERT INTO {name} () VALUES ()"),
        (true, Dialect::Sqlite | Dialect::Postgres) => format!("INSERT INTO {name} DEFAULT VALUES"),
        (false, _) => format!("INSERT INTO {name} ({}) VALUES ({})", names.join(", "), values.join(", ")),
    }
}

fn refers_to_itself(table: &Table, column: &Column) -> bool {
    table.references.iter().any(|it| it.target == table.name && it.columns.contains(&column.name))
}

/// Returns the value that a column of an enum has in the row of a number.
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

/// Returns a value of a type, another one for each number.
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
        ColumnType::Bytes | ColumnType::Varbinary { .. } => match dialect {
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
        ColumnType::Array(item) => list(item, number),
        ColumnType::Native(native) => format!("'{}'", native_sample(*native, number)),
        ColumnType::Decimal { .. } => match dialect {
            Dialect::Sqlite => format!("'{number}'"),
            Dialect::Postgres | Dialect::Mysql => number.to_string(),
        },
    }
}

/// Returns a list of an item, with NULL behind it where the number is even; truth values are told apart by how many.
fn list(item: &ColumnType, number: u8) -> String {
    let count = if *item == ColumnType::Bool { number } else { 1 };
    let item = if *item == ColumnType::Bytes {
        format!("\\\\xFF{number:02X}")
    } else {
        sample(Dialect::Postgres, item, number).trim_matches('\'').to_owned()
    };
    let mut items = vec![format!("\"{item}\""); count.into()];
    items.extend(number.is_multiple_of(2).then(|| "NULL".to_owned()));
    format!("'{{{}}}'", items.join(", "))
}

fn native_sample(native: NativeType, number: u8) -> String {
    match native {
        NativeType::Inet => format!("10.0.0.{number}/24"),
        NativeType::MacAddr => format!("00:00:00:00:00:{number:02}"),
        NativeType::Interval => format!("{number} days 02:00:00"),
        NativeType::TimeTz => format!("12:30:{number:02}+02"),
        NativeType::Range(RangeOf::I32 | RangeOf::I64) => format!("[{number},10)"),
        NativeType::Range(RangeOf::Decimal) => format!("[{number}.5,10)"),
        NativeType::Range(RangeOf::Date) => format!("[2020-01-{number:02},2020-02-01)"),
        NativeType::Range(RangeOf::DateTime) => format!("[2020-01-{number:02} 12:30:00,)"),
        NativeType::Range(RangeOf::DateTimeTz) => format!("(,2020-01-{number:02} 12:30:00+00)"),
        NativeType::VarBit => format!("{number:04b}"),
        NativeType::Hstore => format!("a=>{number}"),
        NativeType::LTree | NativeType::LQuery => format!("top.n{number}"),
        NativeType::CiText | NativeType::Oid => number.to_string(),
        NativeType::Cube => format!("({number}, 1)"),
        NativeType::Money => format!("{number}.50"),
        NativeType::Point => format!("({number},1)"),
        NativeType::Line => format!("{{1,{number},0}}"),
        NativeType::LSeg | NativeType::Path => format!("[(0,0),({number},1)]"),
        NativeType::Box => format!("({number},1),(0,0)"),
        NativeType::Polygon => format!("((0,0),({number},1))"),
        NativeType::Circle => format!("<(0,0),{number}>"),
    }
}

/// Returns a text that stands for a value of a type.
pub fn sample_text(holds: &ColumnType, number: u8) -> String {
    if *holds == ColumnType::DateTimeTz {
        return format!("'2020-01-{number:02} 12:30:00'");
    }
    let text = sample(Dialect::Postgres, holds, number);
    if text.starts_with('\'') { text } else { format!("'{text}'") }
}
