use super::*;

fn reading(source: &str) -> String {
    let source: Type = syn::parse_str(source).unwrap();
    match read(&source) {
        Ok(FieldType { null, shape, .. }) => format!("{}{shape:?}", if null { "NULL " } else { "" }),
        Err(error) => error.to_string(),
    }
}

#[test]
fn types_are_known_by_name_and_crate() {
    for (source, expected) in [
        ("i64", "Fixed(I64)"),
        ("std::string::String", "Text"),
        ("Option<u8>", "NULL Fixed(U8)"),
        ("std::option::Option<Vec<u8>>", "NULL Fixed(Bytes)"),
        ("chrono::DateTime<chrono::Utc>", "Fixed(DateTimeTz)"),
        ("DateTime<FixedOffset>", "Fixed(DateTimeTz)"),
        ("jiff::civil::DateTime", "Fixed(DateTime)"),
        ("time::OffsetDateTime", "Fixed(DateTimeTz)"),
        ("sqlx::types::chrono::NaiveDate", "Fixed(Date)"),
        ("sqlx::types::Json<Vec<String>>", "Fixed(Json)"),
        ("serde_json::Value", "Fixed(Json)"),
        ("chrono::Duration", "Fixed(I64)"),
        ("Option<TimeDelta>", "NULL Fixed(I64)"),
        ("std::time::Duration", "Fixed(I64)"),
        ("time::Duration", "Fixed(I64)"),
        ("IpAddr", "Fixed(Native(Inet))"),
        ("rust_decimal::Decimal", "Decimal"),
        ("Vec<Option<String>>", "Array(Text)"),
        ("Option<Vec<std::net::IpAddr>>", "NULL Array(Fixed(Native(Inet)))"),
        ("sqlx::postgres::types::PgRange<DateTime<Utc>>", "Fixed(Native(Range(DateTimeTz)))"),
        ("PgRange<Decimal>", "Fixed(Native(Range(Decimal)))"),
    ] {
        assert_eq!(reading(source), expected, "{source}");
    }
}

#[test]
fn what_no_column_holds_is_refused_with_what_to_write() {
    for (source, expected) in [
        ("usize", "`u64`"),
        ("Vec<Vec<String>>", "`Json<Vec<…>>`"),
        ("PgRange<String>", "unknown type `PgRange<String>`"),
        ("&'static str", "`String`"),
        ("Slug<4>", "`#[field(as = \"i64\")]`"),
        ("Option<Option<i64>>", "one `Option`"),
        ("ManyToMany<(Tag,)>", "`ManyToMany<Author>`"),
        ("Strin<u8>", "did you mean `String`?"),
        ("ForeignKey", "`ForeignKey<Author>`"),
        ("OneToOne<(i64,), i64>", "`OneToOne<Author>`"),
        ("[u8; 4]", "`Vec<u8>`"),
        ("(i32, i32)", "`Json<(…)>`"),
    ] {
        let message = reading(source);
        assert!(message.contains(expected), "{source}: {message}");
    }
}

#[test]
fn a_type_of_the_crate_is_known_by_its_path() {
    for (source, expected) in
        [("UserId", "UserId"), ("models::Uuid", "models::Uuid"), ("Option<r#Type>", "r#Type")]
    {
        let source: Type = syn::parse_str(source).unwrap();
        let Ok(FieldType { shape: Shape::Named(path), .. }) = read(&source) else { panic!("{source:?}") };
        assert_eq!(quote::quote!(#path).to_string().replace(' ', ""), expected);
    }
}

#[test]
fn every_type_reads_back_from_its_spelling() {
    for native in NativeType::all() {
        assert_eq!(reading(native_type::spell(native)), format!("Fixed(Native({native:?}))"));
    }
    for column_type in ColumnType::samples() {
        let reading = reading(&spell(&column_type));
        let expected = if matches!(column_type, ColumnType::Text | ColumnType::Varchar { .. }) {
            "Text".to_owned()
        } else if matches!(column_type, ColumnType::Varbinary { .. }) {
            "Fixed(Bytes)".to_owned()
        } else if matches!(column_type, ColumnType::Decimal { .. }) {
            "Decimal".to_owned()
        } else {
            format!("Fixed({column_type:?})")
        };
        assert_eq!(reading, expected);
    }
}
