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
    check("rename_model", "RenameModel(Article -> Post) RenameModel(Page -> Leaf: \"blog_page\")");
    check("move_model", "MoveModel(blog.Article -> news.Post) MoveModel(blog.Tag -> news.Tag: \"tags\")");
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
    check(
        "rename_field",
        "RenameField(Author: name -> full_name) RenameField(Post: name -> title, column = \"name\")
         RenameField(Post: tags -> labels, table = \"blog_post_tags\")",
    );
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

/// `OP-124` to `OP-127`: lists, parameters, nothing, state, and what may be left out; and another text for each database.
#[test]
fn op_124_sql_in_its_wide_form() {
    check(
        "run_sql_wide",
        r#"
        atomic = false;
        RunSql { forward = ["UPDATE post SET a = 1", ("UPDATE post SET a = ?, b = ?", [1, "it's"]),], reverse = () }
        RunSql { forward = (), reverse = (), elidable }
        RunSql { forward = [("UPDATE post SET a = ?", [()])], elidable = false }
        RunSql {
            forward = {
                sqlite = "CREATE VIEW v AS SELECT 1",
                postgres = ["CREATE MATERIALIZED VIEW v AS SELECT 1", "CREATE UNIQUE INDEX v_idx ON v (a)"],
                mysql = ()
            },
            reverse = { sqlite = "DROP VIEW v", postgres = "DROP MATERIALIZED VIEW v", mysql = () },
            state { AddField(Post) { #[field(default = 0)] rating: i32 }; RenameModel(A -> B) }
        }
        RunSql {
            forward = [
                ("INSERT INTO country (code, name, area, is_large, flag) VALUES (?, ?, ?, ?, ?)", ["de", "Germany", 357.6, false, b"\0"]),
                "ANALYZE",
            ]
        }
        "#,
    );
}

#[test]
fn wr_002_op_137_database_and_state_apart() {
    check(
        "separate",
        r#"
        SeparateDatabaseAndState {
            state { CreateModel { struct Post { id: i64 } } }
            database {
                RunSql { forward = "ALTER TABLE articles RENAME TO blog_post", reverse = () }
                AddIndex(Post) { index(name = "post_by_author_and_time_of_publication", fields(author, -published_at), when = a > 0) }
            }
        }
        SeparateDatabaseAndState { state { DeleteModel(Tag) } }
        SeparateDatabaseAndState {}
        "#,
    );
}

#[test]
fn se_170_what_only_postgres_has_a_word_for() {
    check(
        "postgres",
        r#"
        atomic = false
        CreateExtension("citext")
        CreateCollation("german") { provider = icu, locale = "de-u-ks-level2", deterministic = false }
        CreateCollation("C_test") { locale = "C", provider = libc, deterministic = true }
        AddIndexConcurrently(Post) { index(name = "post_title_idx", fields(title)) }
        RemoveIndexConcurrently(Post: "post_title_idx")
        AddConstraintNotValid(Post) { check(name = "rating_range", rating >= 0) }
        ValidateConstraint(Post: "rating_range")
        RemoveCollation("C_test") { locale = "C" }
        RemoveExtension("citext")
        "#,
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
    let expect = "//! Deletes model `A`.\n\nmodelshift::migration! {\n    app = \"blog\";\n    run_before = [\"shop.0001_initial\"];\n    \
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
    // OP-126.
    let bound = "such as `(\"UPDATE post SET rating = ?\", [1])`";
    check("migration! { RunSql { forward = (\"a\") } }", "1:33", bound);
    check("migration! { RunSql { forward = [\"a\", (\"a\", [], 1)] } }", "1:39", bound);
    check("migration! { RunSql { forward = (\"a\", [now()]) } }", "1:40", "expected a value");
    check("migration! { RunSql { forward = { oracle = \"a\" } } }", "1:35", "texts by database");
    check("migration! { RunSql { forward = {} } }", "1:33", "texts by database");
    check("migration! { RunSql { forward = \"a\", state { DeletModel(A) } } }", "1:46", "`DeleteModel`?");
    let both = "migration! { RunSql { forward = \"a\", elidable, state { DeleteModel(A) } } }";
    check(both, "1:38", "cannot be used with `state`");
    check("migration! { SeparateDatabaseAndState { states { } } }", "1:41", "database { … } state { … }");
    check("migration! { atomic = no; }", "1:14", "`atomic = false;`");
    check("migration! { CreateCollation(\"a\") { provider = icu } }", "1:14", "locale = ");
    check(
        "migration! { AddConstraintNotValid(A) { unique(name = \"a\", fields(b)) } }",
        "1:41",
        "check(name = ",
    );
    check("migration! {", "1:12", "");
}

/// Returns every mistake that is told of a struct.
fn told(attribute: &str) -> Vec<String> {
    let source = format!("#[model({attribute})] struct Post {{ id: i64, title: String }}");
    let item: syn::DeriveInput = syn::parse_str(&source).expect("the struct is Rust");
    let errors = modelshift_syntax::parse_model(&item, &modelshift_syntax::AsWritten).err();
    errors.into_iter().flatten().map(|error| error.to_string()).collect()
}

#[test]
fn a_typing_slip_is_told_once() {
    for (attribute, word) in [
        ("index(feilds(title))", "`feilds`"),
        ("index(feilds(title), fields(title)), table = \"posts\"", "`feilds`"),
        ("unique(feilds(title))", "`feilds`"),
        ("check(title == \"a\" and title != \"b\")", "`and`"),
        ("foreign_key(feilds(id), references = Post(id))", "`feilds`"),
        ("exclude(in(with(id, \"=\")))", "`in`"),
        ("index(on(nulls_last(id, title)))", "one expression"),
    ] {
        let said = told(attribute);
        assert!(said.len() == 1 && said[0].contains(word), "{attribute}: {said:?}");
    }
    let tokens = "AddIndex(Post) { index(name = \"a\", feilds(title)) } AddField(Post) { rating: i32 }";
    let tokens: proc_macro2::TokenStream = tokens.parse().expect("the text is tokens");
    let errors = modelshift_syntax::parse_migration(&"blog".into(), tokens).err();
    let said: Vec<String> = errors.into_iter().flatten().map(|error| error.to_string()).collect();
    assert!(said.len() == 1 && said[0].contains("`feilds`"), "{said:?}");
}

/// What a variant means is known in its source only, which a migration outlives.
#[test]
fn variants_of_enums_are_refused_wherever_they_stand() {
    let field = "AddField(Post) { #[field(default = Status::Draft)] status: String }";
    for body in [field.to_owned(), format!("RunSql {{ forward = \"x\", state {{ {field} }} }}")] {
        let id = MigrationId::new("blog", "0002_sample");
        let error = read_module(&id, &format!("modelshift::migration! {{ {body} }}")).expect_err(&body);
        let told = error.to_string();
        assert!(told.contains("expected a value in place of `Status::Draft`"), "{told}");
        assert_eq!(told.matches("expected a value").count(), 1, "{told}");
    }
}
