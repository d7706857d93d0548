//! What is written into migration modules: exact bytes, and exactly the values that they were written from.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is test code, which fails by panicking")]

use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;
use modelshift_syntax::{print_module, read_module, trailer};

fn id() -> MigrationId {
    MigrationId::new("blog", "0002_sample")
}

fn read(body: &str) -> Migration {
    read_module(&id(), &format!("migration! {{ {body} }}")).unwrap_or_else(|error| panic!("{error}: {body}"))
}

/// Reads the body, prints it, and reads that back.
fn printed(body: &str) -> String {
    let migration = read(body);
    let text = print_module(&migration);
    assert_eq!(read_module(&id(), &text), Ok(migration), "{text}");
    text
}

/// Checks that a field's attributes are written as they are here.
#[track_caller]
fn check_field(attributes: &str, field: &str) {
    let text = printed(&format!("AddField(Post) {{ #[field({attributes})] {field} }}"));
    assert!(text.contains(&format!("#[field({attributes})]")), "{attributes}\n{text}");
}

#[test]
fn wr_001_wr_004_what_does_not_fit_into_a_line_has_a_line_for_each_part() {
    let short = "AddIndex(Post) { index(name = \"post_idx\", fields(author, -published_at)) }";
    assert!(printed(short).contains(&format!("\n    {short}\n")));
    let long = printed(
        "AddIndex(Post) { index(name = \"a_name_that_is_as_long_as_names_of_indexes_may_be\", \
         fields(author, published_at), when = deleted_at.is_none()) }",
    );
    let expect = "
    AddIndex(Post) {
        index(
            name = \"a_name_that_is_as_long_as_names_of_indexes_may_be\",
            fields(author, published_at),
            when = deleted_at.is_none(),
        )
    }
";
    assert!(long.contains(expect), "{long}");
    let names: Vec<String> = (1..=6).map(|n| format!("\"blog.000{n}_a_long_name_of_a_migration\"")).collect();
    let list = printed(&format!("depends_on = [{}];", names.join(", ")));
    let lines: Vec<String> = names.iter().map(|name| format!("        {name},\n")).collect();
    let lines = lines.concat();
    assert!(list.contains(&format!("    depends_on = [\n{lines}    ];\n")), "{list}");
    assert!(printed("DeleteModel(Post)").contains("\n    DeleteModel(Post);\n"));
}

#[test]
fn wr_005_numbers_are_the_digits_that_were_written() {
    for number in ["0", "-1", "9223372036854775807", "-9223372036854775808"] {
        check_field(&format!("default = {number}"), "size: i64");
    }
    check_field("default = 18446744073709551615", "size: u64");
    for number in ["1.0", "-0.5", "1e300", "5"] {
        check_field(&format!("default = {number}"), "weight: f64");
    }
    for number in ["12.220", "0.10", "-99999999.99"] {
        check_field(&format!("precision = 10, scale = 3, default = {number}"), "price: Decimal");
    }
    for number in ["f64::INFINITY", "f64::NAN"] {
        let text = format!("migration! {{ AddField(Post) {{ #[field(default = {number})] weight: f64 }} }}");
        assert!(read_module(&id(), &text).is_err(), "{number}");
    }
}

#[test]
fn wr_006_wr_010_text_bytes_and_what_is_written_as_text_come_back_exactly() {
    for value in ["\"\"", "\"förd\"", "\"two\\nlines\\n\"", "\"a \\\"quoted\\\" \\\\ one\"", "\"tab\\there\""]
    {
        check_field(&format!("default = {value}"), "text: String");
    }
    for value in ["true", "false"] {
        check_field(&format!("default = {value}"), "flag: bool");
    }
    for value in ["b\"\"", "b\"\\x00\\xff\"", "b\"f\\xc3\\xb6rd\""] {
        check_field(&format!("default = {value}"), "data: Vec<u8>");
    }
    check_field("default = \"67e55044-10b1-426f-9247-bb680e5fe0c8\"", "token: Uuid");
    check_field("default = \"{\\\"a\\\":[1,null]}\"", "meta: serde_json::Value");
    check_field("default = \"2012-01-01 01:01:01.5+01:00\"", "at: DateTime<Utc>");
    check_field("default = \"23:59:59\"", "at: NaiveTime");
    let raw = printed("RunSql { forward = r#\"CREATE VIEW \"v\" AS\n    SELECT 1;\n\"#, reverse = () }");
    assert!(raw.contains("CREATE VIEW \"v\" AS\n    SELECT 1;\n"), "{raw}");
}

#[test]
fn wr_007_lists_keep_their_order_and_give_the_same_bytes_each_time() {
    let check = |list: &str| {
        let body = format!("AddConstraint(Post) {{ check(name = \"c\", status.is_in([{list}])) }}");
        let text = printed(&body);
        assert!(text.contains(&format!("status.is_in([{list}])")), "{text}");
        assert_eq!(text, print_module(&read(&body)));
    };
    check("\"b\", \"a\", \"c\"");
    check("3, 1, 2");
    check("\"alone\"");
    let unique = "AddConstraint(Post) { unique(name = \"u\", fields(slug, author)) }";
    assert!(printed(unique).contains("fields(slug, author)"));
}

/// What an enum was when the migration was written is in the migration: the enum of today is not asked.
#[test]
fn wr_009_an_enum_is_its_names_and_the_values_in_the_database() {
    check_field("choices(Draft = \"draft\", Published = \"published\")", "status: Status");
    check_field("choices(native, Low = \"low\", High = \"high\")", "level: Level");
    check_field("choices(i16, Low = 1, High = 10)", "level: Level");
    let text = printed(
        "AddField(Post) { #[field(choices(i16, Low = 1, High = 10), default = 10)] level: Option<Level> }",
    );
    assert!(text.contains("#[field(choices(i16, Low = 1, High = 10), default = 10)]"), "{text}");
    assert!(text.contains("level: Option<Level>"), "{text}");
    let unknown = read_module(&id(), "migration! { AddField(Post) { level: Level } }");
    assert!(unknown.is_err_and(|error| error.message.contains("`Level`")));
}

#[test]
fn wr_012_what_goes_without_saying_is_not_written_and_the_rest_has_one_order() {
    let text = printed(
        "CreateModel { struct Post { #[field(primary_key)] id: i64, #[field(max_length = 255)] name: String,
         #[field(default = \"\", unique, max_length = 80)] slug: Option<String>,
         #[field(index)] author: ForeignKey<Author>, #[field(index = false, on_delete = no_action)] editor: ForeignKey<Author> } }",
    );
    let expect = "        struct Post {
            id: i64,
            #[field(max_length = 255)]
            name: String,
            #[field(unique, max_length = 80, default = \"\")]
            slug: Option<String>,
            author: ForeignKey<Author>,
            #[field(index = false)]
            editor: ForeignKey<Author>,
        }
";
    assert!(text.contains(expect), "{text}");
}

#[test]
fn wr_014_an_expression_is_written_as_a_whole() {
    let index = "index(name = \"i\", on(desc(abs(weight)), coalesce(lower(title), \"\"), -(a + b)), \
                 when = !(a > 1 && b.is_none()))";
    let text = printed(&format!("AddIndex(Post) {{ {index} }}"));
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in
        ["desc(abs(weight)), coalesce(lower(title), \"\"), -(a + b)", "when = !(a > 1 && b.is_none())"]
    {
        assert!(flat.contains(part), "{text}");
    }
}

#[test]
fn wr_015_wr_019_wr_021_a_whole_migration_is_one_macro_and_needs_no_imports() {
    let text = printed(
        "depends_on = [\"accounts.0001_initial\", \"blog.0001_initial\"];
         CreateModel { struct MyModel { id: i64, at: DateTime<Utc>, day: chrono::NaiveDate, token: uuid::Uuid } }
         CreateModel { struct MyModel2 { id: i64, parent: Option<ForeignKey<MyModel>>, user: ForeignKey<accounts::User> } }
         DeleteModel(MyModel3); AddField(OtherModel) { #[field(default = now())] at: DateTime<Utc> }",
    );
    let file = syn::parse_file(&text).unwrap();
    assert!(matches!(file.items[..], [syn::Item::Macro(_)]), "{text}");
    assert!(text.contains("user: ForeignKey<accounts::User>") && !text.contains("use "), "{text}");
}

#[test]
fn wr_020_the_head_says_what_is_done_and_no_clock() {
    let migration = read("AddField(Author) { rating: i32 } DeleteModel(Post)");
    let text = print_module(&migration);
    assert!(
        text.starts_with(
            "//! Adds field `rating` to `Author` and deletes model `Post`.\n\nmodelshift::migration! {\n"
        ),
        "{text}"
    );
    assert_eq!(text, print_module(&migration));
    // What is signed says so in its last line; what is not reads the same.
    let signed = trailer::sign(&text);
    assert_eq!(
        signed.lines().last().unwrap().split_whitespace().take(3).collect::<Vec<_>>(),
        ["//", "modelshift", "1"]
    );
    let headless = text.split_once("\n\n").unwrap().1;
    for text in [&signed, headless] {
        assert_eq!(read_module(&id(), text).as_ref(), Ok(&migration));
    }
}

#[test]
fn wr_020_neighbours_of_one_kind_share_a_phrase_of_the_head() {
    for (body, head) in [
        ("AddField(Post) { a: i32 } AddField(Post) { b: i32 }", "Adds fields `a` and `b` to `Post`."),
        (
            "DeleteModel(A); DeleteModel(B); DeleteModel(C); RemoveField(Post: a);",
            "Deletes models `A`, `B` and `C`, and removes field `a` from `Post`.",
        ),
        (
            "AddField(Post) { a: i32 } AddField(Tag) { b: i32 } RenameField(Post: c -> d);",
            "Adds field `a` to `Post`, adds field `b` to `Tag`, and renames field `c` on `Post` to `d`.",
        ),
    ] {
        let text = printed(body);
        assert!(text.starts_with(&format!("//! {head}\n")), "{text}");
    }
}
