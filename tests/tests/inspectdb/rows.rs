//! What Django's `inspectdb` is tested for, on real databases; each struct is one that the grammar reads.

use modelshift::inspect::Inspect;
use modelshift::{Dialect, Migrator};
use modelshift_syntax::{AsWritten, parse_struct};
use modelshift_tests::place::Place;

use crate::round_trip::{adopted_tables, made};

/// Returns the models of a database of this schema.
async fn inspected(dialect: Dialect, schema: &str, wanted: &Inspect) -> String {
    let place = made(dialect, schema).await;
    source(&place, wanted).await
}

async fn source(place: &Place, wanted: &Inspect) -> String {
    let mut migrator = Migrator::connect(&place.address()).await.unwrap();
    let source = migrator.inspect(wanted).await.unwrap();
    for item in syn::parse_file(&source).unwrap().items {
        if let syn::Item::Struct(item) = item {
            parse_struct(&item, &AsWritten).unwrap_or_else(|error| panic!("{error}\n{source}"));
        }
    }
    source
}

#[track_caller]
fn says(source: &str, texts: &[&str]) {
    let unwrapped = source.replace("\n// ", " ").replace("\n    // ", " ");
    for text in texts {
        assert!(source.contains(text) || unwrapped.contains(text), "`{text}` is not in:\n{source}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_001_and_in_002_only_the_tables_that_are_asked_for() {
    let schema = "CREATE TABLE a (id integer NOT NULL PRIMARY KEY); \
                  CREATE TABLE b (id integer NOT NULL PRIMARY KEY, a_id integer NOT NULL REFERENCES a (id)); \
                  CREATE TABLE c (id integer NOT NULL PRIMARY KEY)";
    let place = made(Dialect::Sqlite, schema).await;
    let wanted = |tables: &[&str]| Inspect {
        tables: tables.iter().map(|name| (*name).to_owned()).collect(),
        ..Inspect::default()
    };
    let two = source(&place, &wanted(&["a", "b"])).await;
    says(&two, &["pub struct A {", "pub struct B {", "pub a: ForeignKey<A>"]);
    assert!(!two.contains("struct C"), "{two}");
    let one = source(&place, &wanted(&["b"])).await;
    says(
        &one,
        &[
            "pub a_id: i64",
            "The reference from `a_id` to `a` (id) is left out: no struct here has that table.",
        ],
    );
    assert!(!one.contains("struct A"), "{one}");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_019_a_table_that_is_not_there_is_a_comment() {
    let wanted = Inspect { tables: vec!["a".to_owned(), "gone".to_owned()], ..Inspect::default() };
    let source =
        inspected(Dialect::Sqlite, "CREATE TABLE a (id integer NOT NULL PRIMARY KEY)", &wanted).await;
    says(&source, &["Unable to inspect table `gone`: there is no such table.", "pub struct A {"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_004_json_is_json() {
    for (dialect, of_json) in
        [(Dialect::Sqlite, "json_text"), (Dialect::Postgres, "jsonb"), (Dialect::Mysql, "json")]
    {
        let schema = format!(
            "CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, data {of_json} NOT NULL, more {of_json})"
        );
        let source = inspected(dialect, &schema, &Inspect::default()).await;
        says(
            &source,
            &["    pub data: Value,\n", "    pub more: Option<Value>,\n", "use serde_json::Value;"],
        );
        assert!(!source.contains("less or more"), "{source}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_005_comments_are_kept() {
    let postgres = "CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, x text); COMMENT ON TABLE a IS 'of \"all\"'; \
                    COMMENT ON COLUMN a.x IS 'it''s x'";
    let mysql =
        "CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, x longtext COMMENT 'it''s x') COMMENT 'of \"all\"'";
    for (dialect, schema) in [(Dialect::Postgres, postgres), (Dialect::Mysql, mysql)] {
        let source = inspected(dialect, schema, &Inspect::default()).await;
        says(&source, &[r#"comment = "of \"all\"""#, r#"#[field(comment = "it's x")]"#]);
        assert!(!source.contains("less or more"), "{source}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_006_a_collation_is_said_where_it_is_not_the_usual_one() {
    for (dialect, of_text, expected) in [
        (Dialect::Sqlite, "text COLLATE NOCASE", "collation(sqlite = \"NOCASE\")"),
        (Dialect::Postgres, "varchar(20) COLLATE \"C\"", "collation(postgres = \"C\")"),
        (Dialect::Mysql, "varchar(20) COLLATE utf8mb4_bin", "collation(mysql = \"utf8mb4_bin\")"),
    ] {
        let schema = format!(
            "CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, x {of_text} NOT NULL, y varchar(9) NOT NULL)"
        );
        let source = inspected(dialect, &schema, &Inspect::default()).await;
        says(&source, &[expected, "    #[field(max_length = 9)]\n    pub y: String,\n"]);
        assert!(!source.contains("less or more"), "{source}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_007_text_without_a_length_has_none() {
    let schema = "CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, x character varying NOT NULL)";
    let source = inspected(Dialect::Postgres, schema, &Inspect::default()).await;
    says(&source, &["    #[field(sql_type(postgres = \"character varying\"))]\n    pub x: String,\n"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_009_a_reference_by_another_field() {
    let schema = "CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, code varchar(9) NOT NULL UNIQUE); \
                  CREATE TABLE b (id bigint NOT NULL PRIMARY KEY, a_code varchar(9) REFERENCES a (code))";
    for dialect in [Dialect::Sqlite, Dialect::Postgres, Dialect::Mysql] {
        let source = inspected(dialect, schema, &Inspect::default()).await;
        says(&source, &["to_field = \"code\"", "pub a_code: Option<ForeignKey<A, String>>"]);
        assert!(!source.contains("less or more"), "{source}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_014_in_017_unique_expressions_are_rules_and_what_is_left_out_is_said() {
    let schema = "CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, x text NOT NULL, y integer NOT NULL); \
                  CREATE UNIQUE INDEX by_x ON a (lower(x)); CREATE UNIQUE INDEX by_y ON a (y, abs(id)); \
                  CREATE INDEX other ON a (x COLLATE \"POSIX\")";
    let source = inspected(Dialect::Postgres, schema, &Inspect::default()).await;
    says(
        &source,
        &[
            "unique(name = \"by_x\", on(sql(\"lower(x)\")))",
            "unique(name = \"by_y\", on(y, sql(\"abs(id)\")))",
            "Index `other` is left out, and stays in the database: a model cannot say its own collation.",
        ],
    );
    assert!(!source.contains("less or more"), "{source}");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_015_models_say_their_tables_and_tables_are_managed() {
    let schema = "CREATE TABLE blog_post (id bigint NOT NULL PRIMARY KEY); CREATE TABLE other (id bigint NOT NULL PRIMARY KEY)";
    let place = made(Dialect::Postgres, schema).await;
    let without_app = source(&place, &Inspect::default()).await;
    says(
        &without_app,
        &["#[model(table = \"blog_post\")]\npub struct BlogPost {", "#[model(table = \"other\")]"],
    );
    let of_app = source(&place, &Inspect { app: Some("blog".into()), ..Inspect::default() }).await;
    says(
        &of_app,
        &["#[derive(Model)]\npub struct Post {", "#[model(table = \"other\")]\npub struct Other {"],
    );
    assert!(!of_app.contains("managed"), "{of_app}");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_016_rules_over_several_columns_name_fields() {
    let schema = "CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, \"non_unique column\" integer NOT NULL, \"Type\" integer NOT NULL, \
                  CONSTRAINT both_of UNIQUE (\"non_unique column\", \"Type\"), \
                  CONSTRAINT turned UNIQUE (\"Type\", \"non_unique column\"))";
    let source = inspected(Dialect::Postgres, schema, &Inspect::default()).await;
    says(
        &source,
        &[
            "unique(name = \"both_of\", fields(non_unique_column, r#type))",
            "unique(name = \"turned\", fields(r#type, non_unique_column))",
            "column = \"non_unique column\"",
            "    #[field(column = \"Type\")]\n    pub r#type: i32,\n",
        ],
    );
    assert!(!source.contains("less or more"), "{source}");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_020_a_second_reference_to_a_table_has_a_name_for_the_way_back() {
    let schema = "CREATE TABLE a (id bigint NOT NULL PRIMARY KEY); \
                  CREATE TABLE b_c (id bigint NOT NULL PRIMARY KEY, one_id bigint NOT NULL, two_id bigint NOT NULL, \
                  FOREIGN KEY (one_id) REFERENCES a (id), FOREIGN KEY (two_id) REFERENCES a (id))";
    for dialect in [Dialect::Sqlite, Dialect::Postgres, Dialect::Mysql] {
        let source = inspected(dialect, schema, &Inspect::default()).await;
        says(&source, &["pub one: ForeignKey<A>", "related_name = \"bc_two_set\"", "pub two: ForeignKey<A>"]);
        assert_eq!(source.matches("related_name").count(), 1, "{source}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_021_views_only_where_they_are_asked_for() {
    let schema = "CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, x integer NOT NULL); CREATE VIEW v AS SELECT x, id FROM a";
    let with_views = Inspect { views: true, ..Inspect::default() };
    for (dialect, more) in [
        (Dialect::Sqlite, ""),
        (Dialect::Postgres, "; CREATE MATERIALIZED VIEW m AS SELECT x FROM a"),
        (Dialect::Mysql, ""),
    ] {
        let place = made(dialect, &format!("{schema}{more}")).await;
        assert!(!source(&place, &Inspect::default()).await.contains("view"));
        let source = source(&place, &with_views).await;
        says(
            &source,
            &[
                "Created from a view. It has no key, and a model needs one: `id` is used as one.",
                "managed = false",
            ],
        );
        assert_eq!(source.contains("pub struct M {"), !more.is_empty(), "{source}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_022_partitions_only_where_they_are_asked_for() {
    let schema = "CREATE TABLE a (id bigint NOT NULL PRIMARY KEY) PARTITION BY RANGE (id); \
                  CREATE TABLE a_low PARTITION OF a FOR VALUES FROM (1) TO (9)";
    let place = made(Dialect::Postgres, schema).await;
    let plain = source(&place, &Inspect::default()).await;
    says(&plain, &["The table is partitioned, which a model cannot say.", "pub struct A {"]);
    assert!(!plain.contains("ALow"), "{plain}");
    let all = source(&place, &Inspect { partitions: true, ..Inspect::default() }).await;
    says(
        &all,
        &["// Created from a partition.\n#[derive(Model)]\n#[model(table = \"a_low\")]\npub struct ALow {"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn in_024_a_key_of_several_columns_is_a_key_and_no_unique_rule() {
    let schema = "CREATE TABLE a (column_2 integer NOT NULL, column_1 integer NOT NULL, x integer, PRIMARY KEY (column_1, column_2))";
    for dialect in [Dialect::Sqlite, Dialect::Postgres, Dialect::Mysql] {
        let source = inspected(dialect, schema, &Inspect::default()).await;
        says(&source, &["primary_key(column_1, column_2)"]);
        assert!(!source.contains("unique") && !source.contains("less or more"), "{source}");
    }
}

/// A table that a field would make for itself needs no struct; one that differs does.
#[tokio::test(flavor = "multi_thread")]
async fn join_tables_have_a_struct_only_where_they_differ_from_ours() {
    let schema = "CREATE TABLE blog_post (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY); \
        CREATE TABLE blog_tag (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY); \
        CREATE TABLE blog_post_tags (id bigint GENERATED BY DEFAULT AS IDENTITY CONSTRAINT blog_post_tags_pkey PRIMARY KEY, \
        post_id bigint NOT NULL REFERENCES blog_post ON DELETE CASCADE, tag_id bigint NOT NULL REFERENCES blog_tag ON DELETE CASCADE, \
        CONSTRAINT blog_post_tags_post_id_tag_id_key UNIQUE (post_id, tag_id)); \
        CREATE INDEX blog_post_tags_post_id_idx ON blog_post_tags (post_id); \
        CREATE INDEX blog_post_tags_tag_id_idx ON blog_post_tags (tag_id)";
    let place = made(Dialect::Postgres, schema).await;
    let of_app = Inspect { app: Some("blog".into()), ..Inspect::default() };
    let plain = source(&place, &of_app).await;
    says(&plain, &["    pub tags: ManyToMany<Tag>,\n"]);
    assert!(!plain.contains("struct PostTags") && !plain.contains("through"), "{plain}");
    place.execute("DROP INDEX blog_post_tags_tag_id_idx").await.unwrap();
    let through = source(&place, &of_app).await;
    says(
        &through,
        &["    #[field(through = PostTags)]\n    pub tags: ManyToMany<Tag>,\n", "pub struct PostTags {"],
    );
}

/// Two tables that refer to each other, and one that refers to itself.
#[tokio::test(flavor = "multi_thread")]
async fn circles_of_references_are_fields() {
    let schema = "CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, b_id bigint, parent_id bigint REFERENCES a (id)); \
                  CREATE TABLE b (id bigint NOT NULL PRIMARY KEY, a_id bigint NOT NULL UNIQUE REFERENCES a (id)); \
                  ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b (id)";
    for dialect in [Dialect::Postgres, Dialect::Mysql] {
        let source = inspected(dialect, schema, &Inspect::default()).await;
        let one = if dialect == Dialect::Postgres { "pub a: OneToOne<A>," } else { "pub a: ForeignKey<A>," };
        says(&source, &["pub b: Option<ForeignKey<B>>,", "pub parent: Option<ForeignKey<A>>,", one]);
        assert!(!source.contains("less or more"), "{source}");
    }
}

fn in_schemas(names: &[&str]) -> Inspect {
    Inspect { schemas: names.iter().map(|name| (*name).into()).collect(), ..Inspect::default() }
}

/// The same name of a table in two schemas, references across them, a join table in its own.
#[tokio::test(flavor = "multi_thread")]
async fn tables_of_several_schemas_are_adopted() {
    let key = "id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY";
    let schema = format!(
        "CREATE SCHEMA \"Au'dit\"; CREATE TABLE post ({key}); CREATE TABLE \"Au'dit\".tag ({key}, label text); \
         CREATE TABLE \"Au'dit\".post ({key}, of_id bigint NOT NULL CONSTRAINT post_of_id_fk REFERENCES public.post, \
         level integer NOT NULL DEFAULT 3 CHECK (level > 0)); \
         CREATE INDEX post_of_id_idx ON \"Au'dit\".post (of_id); \
         CREATE TABLE \"Au'dit\".post_tags ({key}, \
         post_id bigint NOT NULL CONSTRAINT post_tags_post_id_fk REFERENCES \"Au'dit\".post ON DELETE CASCADE, \
         tag_id bigint NOT NULL CONSTRAINT post_tags_tag_id_fk REFERENCES \"Au'dit\".tag ON DELETE CASCADE, \
         CONSTRAINT post_tags_post_id_tag_id_key UNIQUE (post_id, tag_id))"
    );
    let place = made(Dialect::Postgres, &schema).await;
    let first = source(&place, &Inspect::default()).await;
    assert!(first.contains("struct Post {") && !first.contains("Au'dit"), "{first}");
    assert_eq!(first, source(&place, &in_schemas(&["public"])).await.as_str());
    let one = source(&place, &in_schemas(&["Au'dit"])).await;
    says(&one, &["The reference from `of_id` to `post` (id) is left out: no struct here has that table."]);
    let both = adopted_tables(&place, &in_schemas(&["Au'dit", "public"]), &[]).await;
    says(&both, &["schema = \"Au'dit\"", "pub of: ForeignKey<", "through = "]);
    let mut migrator = Migrator::connect(&place.address()).await.unwrap();
    let error = migrator.inspect(&in_schemas(&["nosuch"])).await.unwrap_err();
    assert!(format!("{error:#?}").contains("schema \\\"nosuch\\\" does not exist"), "{error:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_postgres_has_schemas() {
    for dialect in [Dialect::Sqlite, Dialect::Mysql] {
        let place = made(dialect, "CREATE TABLE a (id integer NOT NULL PRIMARY KEY)").await;
        let mut migrator = Migrator::connect(&place.address()).await.unwrap();
        let error = migrator.inspect(&in_schemas(&["audit"])).await.unwrap_err().to_string();
        assert!(error.contains("leave the schema out"), "{error}");
    }
}
