//! The text of a module, for each operation.

use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;
use modelshift_syntax::{print_module, read_module};

/// Reads `body`, checks that the module reads back, and compares its text with the stored one.
fn check(name: &str, body: &str) {
    let id = MigrationId::new("blog", "0002_sample");
    let migration =
        read_module(&id, &format!("modelshift::migration! {{ {body} }}")).expect("the body reads");
    let text = print_module(&migration);
    assert_eq!(read_module(&id, &text), Ok(migration));
    insta::with_settings!({ snapshot_path => "files", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn create_model() {
    check(
        "create_model",
        r#"
        depends_on = ["accounts.0001_initial", "blog.0001_initial"]
        CreateModel {
            #[model(table = "posts", index(name = "post_author_idx", fields(author, -published_at)))]
            #[model(index(name = "post_email_idx", on(desc(lower(email)), title), when = deleted_at.is_none()))]
            #[model(unique(name = "post_slug_key", fields(author, slug)), check(name = "stars", rating >= 0 && rating <= 5))]
            pub struct Post {
                id: i64,
                #[field(max_length = 200)] title: String,
                #[field(max_length = 80, unique, default = "", column = "url_slug")] slug: String,
                #[field(on_delete = cascade, related_name = "posts")] author: ForeignKey<Author>,
                #[field(on_delete = set_null, on_update = cascade, index = false, related_name = "edited_posts_of_this_user")]
                editor: Option<ForeignKey<accounts::User>>,
                parent: Option<ForeignKey<Self>>,
                published_at: Option<DateTime<Utc>>,
                deleted_at: Option<NaiveDateTime>,
                #[field(index)] email: Option<String>,
                #[field(default = 0)] rating: i16,
                #[field(precision = 12, scale = 2, default = -1.50)] price: Decimal,
                #[field(default = random_uuid())] token: Uuid,
                #[field(default = "{}")] meta: serde_json::Value,
                r#type: Vec<u8>,
            }
        }
        "#,
    );
    check("create_model_key", "CreateModel { struct Tag { #[field(primary_key)] word: String, id: i64 } }");
}

#[test]
fn models() {
    check("delete_model", "DeleteModel(Post)");
    check("rename_model", "RenameModel(Article -> Post)");
    check("alter_model_table", "AlterModelTable(Post: \"posts\") AlterModelTable(Author: ())");
    check(
        "alter_model_options",
        "AlterModelOptions(Post: comment = \"what is read\") AlterModelOptions(Author: ())",
    );
}

#[test]
fn fields() {
    check("add_field", "AddField(Author) { #[field(default = 0, backfill = 1)] rating: i32 }");
    check("remove_field", "RemoveField(Author: rating)");
    check("alter_field", "AlterField(Author) { #[field(primary_key)] id: i64, }");
    check("rename_field", "RenameField(Author: name -> full_name)");
}

#[test]
fn indexes_and_constraints() {
    check("add_index", "AddIndex(Post) { index(fields(title), name = \"post_title_idx\") }");
    check(
        "add_index_long",
        "AddIndex(Post) { index(name = \"post_by_author_and_time_of_publication\", fields(author, -published_at), \
         when = deleted_at.is_none()) }",
    );
    check(
        "add_index_of_postgres",
        "AddIndex(Post) { index(name = \"i\", method = gist, include(slug, author), on(desc(ops(lower(title), \
         \"text_pattern_ops\")), rating)) }",
    );
    check("remove_index", "RemoveIndex(Post: \"post_title_idx\")");
    check("rename_constraint", "RenameConstraint(Post: \"a\" -> \"b\")");
    check("rename_index", "RenameIndex(Post: \"a\" -> \"b\")");
    check("add_constraint", "AddConstraint(Post) { check(rating >= 0, name = \"stars\") }");
    check("remove_constraint", "RemoveConstraint(Post: \"stars\")");
}

#[test]
fn sql() {
    check("run_sql", r#"RunSql { forward = "UPDATE post SET rating = 0", reverse = () }"#);
    check("run_sql_irreversible", r#"RunSql { forward = "DELETE FROM \"post\"" }"#);
    check(
        "run_sql_lines",
        r##"RunSql { forward = "CREATE VIEW \"v\" AS\n    SELECT 1;\n", reverse = r#"DROP VIEW "v" "# }"##,
    );
}

#[test]
fn many_operations_are_told_in_one_line() {
    let models: Vec<String> = ('a'..='z').map(|letter| format!("DeleteModel(Model{letter})")).collect();
    check("many", &models.join(" "));
    check(
        "mixed",
        "AddField(Author) { rating: i32 } RenameField(Author: name -> full_name) DeleteModel(Post)",
    );
    check("nothing", "");
    check(
        "dependencies_only",
        "depends_on = [\"accounts.0012_a_long_name_of_a_migration\", \"billing.0003_another_long_name\", \"blog.0001_initial\"]",
    );
}

#[test]
fn the_first_migration_names_its_app_and_any_may_stand_for_others() {
    let id = MigrationId::new("blog", "0001_squashed_0003");
    let body = "replaces = [\"blog.0001_initial\", \"blog.0002_tags\"]; run_before = [\"shop.0001_initial\"]; DeleteModel(A);";
    let migration =
        read_module(&id, &format!("modelshift::migration! {{ {body} }}")).expect("the body reads");
    let text = print_module(&migration);
    let expect = "//! Deletes `A`.\n\nmodelshift::migration! {\n    app = \"blog\";\n    run_before = [\"shop.0001_initial\"];\n    \
                  replaces = [\"blog.0001_initial\", \"blog.0002_tags\"];\n\n    DeleteModel(A);\n}\n";
    assert_eq!(text, expect);
    assert_eq!(read_module(&id, &text), Ok(migration));
    let error = read_module(&MigrationId::new("weblog", "0001_squashed_0003"), &text).unwrap_err();
    assert_eq!(error.label, Some("blog".into()));
    assert_eq!(error.message, "this migration is of app `blog`, and is read for app `weblog`");
}

#[test]
fn a_file_with_functions_and_comments_reads_as_its_migration() {
    let text = "//! Doc.\n\nuse std::fmt;\n\n// why\nmodelshift::migration! {\n    DeleteModel(Post);\n}\n\nfn help() {}\n";
    let id = MigrationId::new("blog", "0002_sample");
    let migration: Migration = read_module(&id, text).unwrap();
    assert_eq!(migration.operations.len(), 1);
}

#[test]
fn a_mistake_is_reported_where_it_is() {
    let check = |text: &str, place: &str, expected: &str| {
        let error = read_module(&MigrationId::new("blog", "0002_sample"), text).unwrap_err();
        assert_eq!(format!("{}:{}", error.line, error.column), place, "{text}");
        assert!(error.message.contains(expected), "{text}: {}", error.message);
    };
    check("", "1:1", "expected a migration");
    check("migration! {}\nmigration! {}", "2:1", "duplicate `migration!`");
    check("migration! {\n    AddFeld(Post) { a: i32 }\n}", "2:5", "did you mean `AddField`?");
    check("migration! {\r\n    RenameField(Post: a = b)\r\n}", "2:16", "`RenameField(Post: name -> title)`");
    check("migration! {\n    AddField(Post) { a: Foo }\n}", "2:25", "unknown type `Foo`");
    check("migration! { AddField(Post) { #[field(new)] a: i32 } }", "1:39", "cannot be used in a migration");
    check("migration! { DeleteModel(Post), DeleteModel(A) }", "1:31", "expected an operation");
    check("migration! { depends_on = [\"blog\"]; }", "1:28", "`blog` is not of the form");
    check("migration! { DeleteModel(A) depends_on = []; }", "1:29", "before the operations");
    check("migration! { AddIndex(A) { index(fields(b)) } }", "1:28", "expected a name");
    check("migration! { CreateModel { struct A { id: i64 } struct B { id: i64 } } }", "1:49", "one struct");
    check("migration! { RunSql { reverse = () } }", "1:14", "forward");
    check("migration! {", "1:12", "");
}
