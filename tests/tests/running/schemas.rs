//! Tables in schemas of their own: PostgreSQL has them, the others are told what to do instead before anything runs.

use modelshift::{Dialect, EmbeddedMigration, Migrations, Migrator};
use modelshift_schema::name::MigrationId;
use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_backend;
use modelshift_tests::place::Place;

const INITIAL: &str = r#"modelshift::migration! {
    CreateModel {
        struct Author {
            id: i64,
            #[field(unique, max_length = 80)]
            name: String,
        }
    }

    CreateModel {
        #[model(
            schema = "it's \"audit\"",
            comment = "what happened",
            index(name = "recent", fields(-at)),
            check(name = "at_range", at >= 0),
        )]
        struct Entry {
            id: i64,
            #[field(default = 0)]
            at: i64,
            #[field(comment = "who")]
            author: ForeignKey<Author>,
            #[field(on_delete = cascade)]
            parent: Option<ForeignKey<Entry>>,
            #[field(choices(native, Read = "read", Write = "write"), default = "read")]
            kind: Kind,
            readers: ManyToMany<Author>,
        }
    }

    CreateModel {
        struct Note {
            id: i64,
            entry: ForeignKey<Entry>,
        }
    }
}
"#;

const CHANGES: &str = r#"modelshift::migration! {
    depends_on = ["blog.0001_initial"];

    RenameField(Entry: at -> moment);

    RemoveIndex(Entry: "recent");

    AlterModelTable(Entry: "entries", schema = "it's \"audit\"");
}
"#;

const MOVES: &str = r#"modelshift::migration! {
    depends_on = ["blog.0002_changes"];

    AlterModelTable(Author: (), schema = "people");

    AlterModelTable(Entry: ());
}
"#;

fn blog(all: &[(&'static str, &str)]) -> Migrations {
    let mut list = Vec::new();
    for (name, source) in all {
        let migration = modelshift_syntax::read_module(&MigrationId::new("blog", *name), source).unwrap();
        let depends_on: Vec<&'static str> =
            migration.depends_on.iter().map(|id| &*id.to_string().leak()).collect();
        let operations = serde_json::to_string(&migration.operations).unwrap().leak();
        list.push((
            *name,
            EmbeddedMigration { operations, depends_on: depends_on.leak(), ..EmbeddedMigration::EMPTY },
        ));
    }
    Migrations::new("blog", &list)
}

fn all() -> Migrations {
    blog(&[("0001_initial", INITIAL), ("0002_changes", CHANGES), ("0003_moves", MOVES)])
}

/// Returns the message of an error with those of its causes.
fn whole(error: &dyn std::error::Error) -> String {
    let cause = error.source().map(whole);
    cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

async fn rows_of_schemas(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(all());
    match backend.dialect() {
        Dialect::Postgres => there_and_back(&place, &mut migrator).await,
        Dialect::Mysql | Dialect::Sqlite => {
            let error = whole(&migrator.migrate().await.unwrap_err());
            assert!(error.contains("has no schemas inside of a database"), "{error}");
            assert!(error.contains("leave `schema = \"it's \"audit\"\"` out"), "{error}");
            assert!(migrator.introspect().await.unwrap().tables.is_empty());
        }
    }
}

on_every_backend!(rows_of_schemas);

/// Returns the names of tables and types, with their schemas, and the rows that are joined.
async fn found(place: &Place) -> (Vec<String>, Vec<String>) {
    let names = "SELECT nspname || ' ' || relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace \
        WHERE relkind IN ('r', 'S') AND relname LIKE ANY (ARRAY['%entry%', '%entries%', '%author%']) \
        UNION ALL SELECT nspname || ' ' || typname FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace \
        WHERE typtype = 'e' ORDER BY 1";
    let rows = "SELECT concat(a.name, e.kind, n.id) FROM people.blog_author a JOIN blog_entry e ON e.author_id = a.id \
        JOIN blog_note n ON n.entry_id = e.id";
    (place.rows(names).await.unwrap(), place.rows(rows).await.unwrap_or_default())
}

async fn there_and_back(place: &Place, migrator: &mut Migrator) {
    migrator.migrate_to("blog 0001").await.unwrap();
    place
        .execute(
            r#"INSERT INTO blog_author (name) VALUES ('Ann');
            INSERT INTO "it's ""audit""".blog_entry (author_id, kind) VALUES (1, 'write');
            INSERT INTO "it's ""audit""".blog_entry_readers (entry_id, author_id) VALUES (1, 1);
            INSERT INTO blog_note (entry_id) VALUES (1)"#,
        )
        .await
        .unwrap();
    let at_first = found(place).await;
    for names in ["blog_entry", "blog_entry_id_seq", "blog_entry_kind_enum", "blog_entry_readers"] {
        assert!(at_first.0.contains(&format!("it's \"audit\" {names}")), "{names}: {at_first:#?}");
    }
    for step in ["blog 0001", "blog 0002", "blog 0003", "blog 0001", "blog 0003"] {
        migrator.migrate_to(step).await.unwrap();
        let found = migrator.check().await.unwrap();
        assert!(found.drift.is_empty() && found.not_compared.is_none(), "{step}: {found:#?}");
    }
    let (names, rows) = found(place).await;
    assert_eq!(rows, ["Annwrite1"]);
    let homes: Vec<&str> =
        names.iter().filter(|name| !name.contains("readers")).map(String::as_str).collect();
    assert_eq!(
        homes,
        [
            "people blog_author",
            "people blog_author_id_seq",
            "public blog_entry",
            "public blog_entry_id_seq",
            "public blog_entry_kind_enum"
        ]
    );

    // What differs in another schema is found.
    place.execute("ALTER TABLE people.blog_author ALTER COLUMN name DROP NOT NULL").await.unwrap();
    let drift = migrator.check().await.unwrap().drift;
    assert_eq!(
        drift,
        [
            "table `people.blog_author`: column `name` is `character varying(80)`, and should be `character varying(80) not null`"
        ]
    );
    place.execute("ALTER TABLE people.blog_author ALTER COLUMN name SET NOT NULL").await.unwrap();

    // A database that has it all is adopted.
    place.execute("DROP TABLE modelshift_history").await.unwrap();
    migrator.migrate_to("blog zero").await.unwrap();
    migrator.fake("").await.unwrap();
    assert!(migrator.check().await.unwrap().is_empty());

    migrator.migrate_to("blog zero").await.unwrap();
    assert!(migrator.introspect().await.unwrap().tables.is_empty());
    let schemas =
        "SELECT nspname FROM pg_namespace WHERE nspname IN ('people', 'it''s \"audit\"') ORDER BY 1";
    assert_eq!(place.rows(schemas).await.unwrap(), ["it's \"audit\"", "people"], "schemas stay");
}

/// A role that may not create schemas uses those that are there.
async fn without_rights(backend: Backend) {
    if backend.dialect() != Dialect::Postgres {
        return;
    }
    let place = Place::new(backend).await.unwrap();
    let name = place.name();
    for sql in [
        format!("CREATE ROLE {name}_app LOGIN"),
        format!("GRANT CREATE ON SCHEMA public TO {name}_app"),
        format!("CREATE SCHEMA people AUTHORIZATION {name}_app"),
    ] {
        place.execute(&sql).await.unwrap();
    }
    let address = place.address().replace("postgres@", &format!("{name}_app@"));
    let people = INITIAL.replace(r#"it's \"audit\""#, "people");
    let mut migrator =
        Migrator::connect(&address).await.unwrap().with(blog(&[("0001_initial", people.leak())]));
    migrator.migrate().await.unwrap();
    assert!(migrator.introspect().await.unwrap().tables.contains_key("people.blog_entry"));

    let other = Place::new(backend).await.unwrap();
    let address = other.address().replace("postgres@", &format!("{name}_app@"));
    other.execute(&format!("GRANT CREATE ON SCHEMA public TO {name}_app")).await.unwrap();
    let mut migrator = Migrator::connect(&address).await.unwrap().with(all());
    let error = whole(&migrator.migrate().await.unwrap_err());
    assert!(error.contains("permission denied"), "{error}");
    assert!(migrator.introspect().await.unwrap().tables.is_empty());
}

on_every_backend!(without_rights);
