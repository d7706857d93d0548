//! The size of a row.

use modelshift_schema::table::{Column, Table};

use super::column_type::row_bytes;
use crate::dialect::{Dialect, Unsupported, spelled_type};

/// The most bytes of a row. Long values are stored elsewhere.
const MAX_ROW_BYTES: u32 = 65_535;

/// Refuses a table whose rows are too long.
pub(super) fn refuse_long_row(table: &Table) -> Result<(), Unsupported> {
    // The size of a type that the author spells is unknown here; the server checks it.
    let counted = table.columns.iter().filter(|column| spelled_type(Dialect::Mysql, column).is_none());
    let columns: u32 = counted.map(|column| row_bytes(&column.column_type)).fold(0, u32::saturating_add);
    let nullable = table.columns.iter().filter(|column| column.null).count();
    let sum = columns.saturating_add(u32::try_from(nullable.div_ceil(8)).unwrap_or(u32::MAX));
    if sum <= MAX_ROW_BYTES {
        return Ok(());
    }
    let longest = table.columns.iter().max_by_key(|column| row_bytes(&column.column_type));
    let longest = longest.map(|Column { name, .. }| format!(", such as `{name}`")).unwrap_or_default();
    let what = format!("mysql: a row of `{}` takes {sum} bytes, more than {MAX_ROW_BYTES}", table.name);
    let remedy =
        format!("leave `max_length` out of a long field{longest}: text without one is kept beside the row");
    Err(Unsupported::new(what, remedy))
}

#[cfg(test)]
mod tests {
    use modelshift_schema::column_type::ColumnType;
    use modelshift_schema::sqlite_options::SqliteOptions;

    use super::*;

    fn table(lengths: &[u32]) -> Table {
        let column = |(position, max_length): (usize, &u32)| {
            Column::new(
                format!("c{position}").as_str().into(),
                ColumnType::Varchar { max_length: *max_length },
            )
        };
        Table {
            name: "t".into(),
            comment: None,
            sqlite: SqliteOptions::default(),
            columns: lengths.iter().enumerate().map(column).collect(),
            primary_key: None,
            indexes: Vec::new(),
            uniques: Vec::new(),
            checks: Vec::new(),
            references: Vec::new(),
            exclusions: Vec::new(),
        }
    }

    #[test]
    fn a_row_holds_65535_bytes() {
        assert_eq!(refuse_long_row(&table(&[16_383])), Ok(()));
        assert_eq!(refuse_long_row(&table(&[8_000, 8_000, 380])), Ok(()));
        let refused = refuse_long_row(&table(&[16_383, 10])).unwrap_err();
        assert_eq!(refused.what, "mysql: a row of `t` takes 65575 bytes, more than 65535");
        assert!(refused.remedy.contains("such as `c0`"), "{refused}");
    }
}
