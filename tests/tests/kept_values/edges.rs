//! Values of every type at the edges of others.

use modelshift_schema::column_type::ColumnType;

pub(crate) const LARGE: ColumnType = ColumnType::Decimal { precision: 10, scale: 4 };
pub(crate) const SMALL: ColumnType = ColumnType::Decimal { precision: 6, scale: 1 };

pub(crate) fn types() -> Vec<ColumnType> {
    let sized = [SMALL, LARGE, ColumnType::Varchar { max_length: 3 }, ColumnType::Varchar { max_length: 80 }];
    let is_sized = |it: &ColumnType| matches!(it, ColumnType::Varchar { .. } | ColumnType::Decimal { .. });
    ColumnType::samples().into_iter().filter(|it| !is_sized(it)).chain(sized).collect()
}

/// Values of a type, in its own text, at the edges of others.
pub(crate) fn edges(holds: &ColumnType, to: &ColumnType) -> Vec<String> {
    let integers = [
        "0",
        "1",
        "-1",
        "2",
        "127",
        "-128",
        "128",
        "255",
        "256",
        "32767",
        "-32769",
        "65536",
        "99999",
        "100000",
        "16777217",
        "2147483647",
        "-2147483649",
        "4294967296",
        "9007199254740993",
        "9223372036854775807",
        "-9223372036854775808",
        "999999",
        "1000000",
    ];
    let owned = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    match holds {
        ColumnType::Bool => owned(&["0", "1"]),
        ColumnType::F32 => owned(&["0", "0.5", "0.1", "16777216", "-2.25", "3e38", "300"]),
        ColumnType::F64 => owned(&[
            "0",
            "0.5",
            "0.1",
            "0.30000000000000004",
            "-3",
            "2.5",
            "1e300",
            "1e-300",
            "16777217",
            "255",
            "-129",
            "9223372036854775808",
            "99999.9",
            "99999.95",
            "4294967296",
            "123456789.12345678",
        ]),
        ColumnType::Decimal { precision: 10, .. } => owned(&[
            "123456.7891",
            "0.5000",
            "12.0000",
            "-1.2000",
            "99999.9000",
            "99999.9500",
            "0.0001",
            "-0.0400",
            "300.0000",
        ]),
        ColumnType::Decimal { .. } => owned(&["99999.9", "12.0", "-0.1", "0.0", "255.0"]),
        ColumnType::Text | ColumnType::Varchar { max_length: 80 } => texts(to),
        ColumnType::Varchar { .. } => {
            texts(to).into_iter().filter(|text| text.chars().count() <= 3).collect()
        }
        ColumnType::Bytes => owned(&["00FF", "", &"AB".repeat(81)]),
        ColumnType::Varbinary { .. } => owned(&["00FF", ""]),
        ColumnType::Date => owned(&["2020-02-29", "0001-01-01", "9999-12-31"]),
        ColumnType::Time => owned(&["00:00:00", "23:59:59.999999", "12:30:00.500"]),
        ColumnType::DateTime | ColumnType::DateTimeTz => {
            owned(&["2020-02-29 00:00:00", "2020-02-29 12:30:00.123456", "1999-12-31 23:59:59.500"])
        }
        ColumnType::Uuid => owned(&["67e55044-10b1-426f-9247-bb680e5fe0c8"]),
        ColumnType::Json => owned(&["{\"a\":1.50}", "7", "\"a\""]),
        whole => {
            let fits = |it: &&&str| match whole {
                ColumnType::I8 => it.parse::<i8>().is_ok(),
                ColumnType::I16 => it.parse::<i16>().is_ok(),
                ColumnType::I32 => it.parse::<i32>().is_ok(),
                ColumnType::U8 => it.parse::<u8>().is_ok(),
                ColumnType::U16 => it.parse::<u16>().is_ok(),
                ColumnType::U32 => it.parse::<u32>().is_ok(),
                ColumnType::U64 => it.parse::<u64>().is_ok(),
                _ => it.parse::<i64>().is_ok(),
            };
            integers.iter().filter(fits).map(|it| (*it).to_owned()).collect()
        }
    }
}

pub(crate) fn texts(to: &ColumnType) -> Vec<String> {
    let documents = [
        "1",
        "-1.5",
        "{\"a\": 1}",
        "[{\"a\": {\"b\": 1, \"b\": 2}}]",
        "\"\"",
        "[]",
        "{}",
        " [ [ ], { \"a\" : [ true, false , null ] } ] ",
        "[[[[[[0]]]]]]",
        "{\"]\": \"}\"}",
    ];
    let others = [
        "abc",
        "abc   ",
        "",
        " ",
        "12",
        " 12",
        "12\n",
        "007",
        "-5",
        "+5",
        "-0",
        "1.5",
        "1.50",
        "1.",
        ".5",
        "1e2",
        "300",
        "70000",
        "0.30000000000000004",
        "0.1234567890123456789",
        "12345678901234567890",
        "99999.95",
        "123456.78910",
        "NaN",
        "Infinity",
        "1e999",
        "0x10",
        "1_000",
        "2020-02-30",
        "2020-02-29",
        "2020-2-9",
        "0000-01-01",
        "2020-13-01",
        "2020-02-29 12:30:00",
        "2020-02-29T12:30:00.5",
        "2020-02-29 12:30:00.1234567",
        "2020-02-29 24:00:00",
        "2020-02-29T12:30:00+02:00",
        "2020-03-01T00:30:00.250+02:00",
        "2020-02-29T12:30:00Z",
        "2020-02-29 12:30:00+00",
        "now",
        "24:00:00",
        "12:30:00.25",
        "12:30",
        "12:30:60",
        "67e55044-10b1-426f-9247-bb680e5fe0c8",
        "67E5504410B1426F9247BB680E5FE0C8",
        "67e55044-10b1-426f-9247-bb680e5fe0cg",
        "ä€𝄞",
    ];
    // What is no document is found as well, and not left to the server.
    let broken = [
        "{\"a\": 1",
        "[1,]",
        "[1 2]",
        "{1: 2}",
        "01",
        "1.",
        "tru",
        "nulls",
        "\"a",
        "[\"a\" \"b\"]",
        "{\"a\" 1}",
        "",
        " ",
        "\"\t\"",
        "[[[[]]]",
        "-",
        "NaN",
    ];
    let all: Vec<&str> = match to {
        ColumnType::Json => documents.into_iter().chain(broken).collect(),
        _ => others.to_vec(),
    };
    all.into_iter().map(str::to_owned).collect()
}
