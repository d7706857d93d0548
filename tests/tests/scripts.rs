//! Scripts of `sqlmigrate`, piped into the real clients `sqlite3`, `psql` and `mariadb`: they do what the plan does, and
//! stop by themselves where a check or a statement fails.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use modelshift::dialect::{Capabilities, Dialect, client_script};
use modelshift::plan::Direction;
use modelshift::planner::plan_migration;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::Expr;
use modelshift_schema::field::Field;
use modelshift_schema::index::{Index, IndexPart};
use modelshift_schema::migration::Migration;
use modelshift_schema::model::Model;
use modelshift_schema::name::MigrationId;
use modelshift_schema::operation::{
    AddField, AddIndexConcurrently, AlterField, CreateModel, Operation, RemoveField, RunSql,
};
use modelshift_schema::replay::advance;
use modelshift_schema::state::ProjectState;
use modelshift_tests::backend::Backend;
use modelshift_tests::servers::{self, Server};

fn capabilities(dialect: Dialect) -> Capabilities {
    if dialect == Dialect::Mysql { Capabilities::mariadb() } else { Capabilities::default_for(dialect) }
}

/// A database that is spoken to by its client alone.
struct Client {
    dialect: Dialect,
    folder: tempfile::TempDir,
    room: String,
    server: Option<Arc<Server>>,
}

/// What a client said, and whether it ended well.
struct Said {
    success: bool,
    text: String,
}

impl Client {
    fn new(dialect: Dialect, room: &str) -> Self {
        let server = Backend::from(dialect).server().expect("the server starts");
        let client = Self {
            dialect,
            folder: tempfile::tempdir().expect("a folder"),
            room: format!("scripts_{room}"),
            server,
        };
        match dialect {
            Dialect::Sqlite => {}
            Dialect::Postgres => client.well(&format!("CREATE SCHEMA {};", client.room)),
            Dialect::Mysql => {
                let made = client.pipe_into("", &format!("CREATE DATABASE {};", client.room));
                assert!(made.success, "{}", made.text);
            }
        }
        client
    }

    /// Pipes a text into the client, as a person would.
    fn pipe(&self, script: &str) -> Said {
        self.pipe_into(&self.room, script)
    }

    fn pipe_into(&self, room: &str, script: &str) -> Said {
        let mut command = Command::new(servers::client(self.dialect).expect("a client"));
        let socket = self.server.as_ref().map(|server| server.socket().display().to_string());
        match self.dialect {
            Dialect::Sqlite => {
                command.arg(self.folder.path().join("test.db")).env("HOME", self.folder.path());
            }
            Dialect::Postgres => {
                command.args(["-X", "-q", "-A", "-t", "-U", "postgres", "-d", "postgres", "-h"]);
                command.arg(socket.expect("a socket")).env("PGOPTIONS", format!("-c search_path={room}"));
            }
            Dialect::Mysql => {
                command
                    .args(["--no-defaults", "-N", "-u", "root"])
                    .arg(format!("--socket={}", socket.expect("a socket")));
                if !room.is_empty() {
                    command.arg(room);
                }
            }
        }
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the client starts");
        let mut input = child.stdin.take().expect("an input");
        // A client that stopped reads no more.
        let _ = input.write_all(script.as_bytes());
        drop(input);
        let output = child.wait_with_output().expect("the client ends");
        let texts = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Said { success: output.status.success(), text: texts.concat() }
    }

    fn well(&self, script: &str) {
        let said = self.pipe(script);
        assert!(said.success && !said.text.to_lowercase().contains("error"), "{script}\n{}", said.text);
    }

    fn answer(&self, query: &str) -> String {
        let said = self.pipe(&format!("{query};\n"));
        assert!(said.success, "{query}: {}", said.text);
        said.text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn migration(name: &str, operations: Vec<Operation>) -> Migration {
    Migration::new(MigrationId::new("blog", name), Vec::new(), operations)
}

fn state_of(migrations: &[Migration]) -> ProjectState {
    let mut state = ProjectState::default();
    for migration in migrations {
        advance(&mut state, migration).expect("the migration fits");
    }
    state
}

fn script(migration: &Migration, before: &ProjectState, direction: Direction, dialect: Dialect) -> String {
    let capabilities = capabilities(dialect);
    let plan = plan_migration(migration, direction, before, dialect, &capabilities).expect("a plan");
    client_script(&plan, dialect, &capabilities).expect("a script")
}

fn id() -> Field {
    Field { primary_key: true, ..Field::new("id", ColumnType::I64) }
}

fn text(name: &str) -> Field {
    Field::new(name, ColumnType::Varchar { max_length: 40 })
}

fn create(name: &str, fields: Vec<Field>) -> Operation {
    Operation::CreateModel(CreateModel { model: Model::new(name, fields) })
}

fn sql(forward: &str) -> Operation {
    Operation::RunSql(RunSql::new(forward, Some("".into())))
}

fn initial() -> Migration {
    let name = Field { null: true, ..text("name") };
    migration(
        "0001_initial",
        vec![create("Author", vec![id(), name]), create("Log", vec![id(), text("word")])],
    )
}

/// Begins with the first migration, by its script, and three authors.
fn begun(dialect: Dialect, room: &str) -> Client {
    let client = Client::new(dialect, room);
    client.well(&script(&initial(), &ProjectState::default(), Direction::Forward, dialect));
    client.well(
        "INSERT INTO blog_author (name) VALUES ('Ann');\nINSERT INTO blog_author (name) VALUES (NULL);\n",
    );
    client
}

const NOTED: &str = "INSERT INTO blog_log (word) VALUES ('before')";

/// A note, a NOT NULL over rows that hold NULL, and another note.
fn strict(atomic: bool) -> Migration {
    let name = Operation::AlterField(AlterField::new("Author", text("name")));
    let operations = vec![sql(NOTED), name, sql("INSERT INTO blog_log (word) VALUES ('behind')")];
    Migration { atomic, ..migration("0002_strict", operations) }
}

#[test]
fn a_script_stops_at_a_check_that_fails_and_nothing_behind_it_is_done() {
    for dialect in Dialect::ALL {
        for atomic in [true, false] {
            let client = begun(dialect, if atomic { "check" } else { "check_stages" });
            let script = script(&strict(atomic), &state_of(&[initial()]), Direction::Forward, dialect);
            let said = client.pipe(&script);
            assert!(said.text.contains("holds NULL in `name`"), "{dialect}: {}\n{script}", said.text);
            assert!(!said.success, "{dialect}: {}", said.text);
            let kept = if atomic && dialect != Dialect::Mysql { "" } else { "before" };
            assert_eq!(client.answer("SELECT word FROM blog_log"), kept, "{dialect}\n{script}");
            client.well("DELETE FROM blog_log;");
            // NULL is allowed still.
            client.well("INSERT INTO blog_author (name) VALUES (NULL);");
            client.well("UPDATE blog_author SET name = 'Bob' WHERE name IS NULL;");
            client.well(&script);
            assert_eq!(client.answer("SELECT word FROM blog_log ORDER BY id"), "before behind", "{dialect}");
            let refused = client.pipe("INSERT INTO blog_author (name) VALUES (NULL);");
            assert!(refused.text.to_lowercase().contains("null"), "{dialect}: {}", refused.text);
        }
    }
}

#[test]
fn a_script_stops_at_a_statement_that_fails() {
    for dialect in Dialect::ALL {
        for atomic in [true, false] {
            let client = begun(dialect, if atomic { "failure" } else { "failure_stages" });
            // Semicolons at the ends of lines, in texts and in comments are no ends of the script.
            let first = "INSERT INTO blog_log (word) VALUES ('one;');\n-- a comment;\nINSERT INTO blog_log (word)\nVALUES ('two');\n";
            let operations = vec![
                sql(first),
                sql("INSERT INTO nowhere VALUES (1); -- ;"),
                sql("DELETE FROM blog_author;"),
            ];
            let failing = Migration { atomic, ..migration("0002_failing", operations) };
            let script = script(&failing, &state_of(&[initial()]), Direction::Forward, dialect);
            let said = client.pipe(&script);
            assert!(!said.success && said.text.contains("nowhere"), "{dialect}: {}", said.text);
            assert_eq!(client.answer("SELECT count(*) FROM blog_author"), "2", "{dialect}\n{script}");
            let kept = if atomic && dialect != Dialect::Mysql { "" } else { "one; two" };
            assert_eq!(client.answer("SELECT word FROM blog_log ORDER BY id"), kept, "{dialect}\n{script}");
        }
    }
}

/// A field that is unique has no value that rows could get back.
#[test]
fn a_reverted_removal_stops_where_rows_would_get_made_up_values() {
    for dialect in Dialect::ALL {
        let client = Client::new(dialect, "removal");
        let slug = Field { unique: true, ..text("slug") };
        let first = migration("0001_initial", vec![create("Author", vec![id(), slug])]);
        let second = migration(
            "0002_slug",
            vec![Operation::RemoveField(RemoveField { model: "Author".into(), field: "slug".into() })],
        );
        let before = state_of(std::slice::from_ref(&first));
        client.well(&script(&first, &ProjectState::default(), Direction::Forward, dialect));
        client.well(&script(&second, &before, Direction::Forward, dialect));
        client.well(match dialect {
            Dialect::Mysql => "INSERT INTO blog_author () VALUES ();",
            Dialect::Sqlite | Dialect::Postgres => "INSERT INTO blog_author DEFAULT VALUES;",
        });
        let back = script(&second, &before, Direction::Backward, dialect);
        let said = client.pipe(&back);
        let reason = "holds rows, and nobody knows their valu";
        assert!(!said.success && said.text.contains(reason), "{dialect}: {}", said.text);
        let asked = client.pipe("SELECT slug FROM blog_author;").text.to_lowercase();
        assert!(asked.contains("column"), "{dialect}: {asked}");
        assert_eq!(client.answer("SELECT count(*) FROM blog_author"), "1");
        client.well("DELETE FROM blog_author;");
        client.well(&back);
        assert_eq!(client.answer("SELECT count(slug) FROM blog_author"), "0");
    }
}

/// What is said of a check may hold quotes of every kind.
#[test]
fn names_in_a_reason_end_no_text() {
    for dialect in Dialect::ALL {
        let client = Client::new(dialect, "names");
        let odd = "a'b\"c`d\\e$check0$;--";
        let model = Model { table: Some(odd.into()), ..Model::new("Author", vec![id()]) };
        let first = migration("0001_initial", vec![Operation::CreateModel(CreateModel { model })]);
        let add = AddField { model: "Author".into(), field: text("name"), backfill: None };
        let second = migration("0002_name", vec![Operation::AddField(add)]);
        let before = state_of(std::slice::from_ref(&first));
        client.well(&script(&first, &ProjectState::default(), Direction::Forward, dialect));
        let quoted = match dialect {
            Dialect::Mysql => format!("`{}`", odd.replace('`', "``")),
            Dialect::Sqlite | Dialect::Postgres => format!("\"{}\"", odd.replace('"', "\"\"")),
        };
        let values = if dialect == Dialect::Mysql { "() VALUES ()" } else { "DEFAULT VALUES" };
        client.well(&format!("INSERT INTO {quoted} {values};"));
        let forwards = script(&second, &before, Direction::Forward, dialect);
        let said = client.pipe(&forwards);
        assert!(!said.success && said.text.contains("holds rows"), "{dialect}: {}\n{forwards}", said.text);
        client.well(&format!("DELETE FROM {quoted};"));
        client.well(&forwards);
        assert_eq!(client.answer(&format!("SELECT count(name) FROM {quoted}")), "0", "{dialect}");
    }
}

/// A routine has semicolons inside, and a client must not take them for its end.
#[test]
fn triggers_go_through_the_clients() {
    for (dialect, trigger) in [
        (
            Dialect::Sqlite,
            "CREATE TRIGGER notes AFTER INSERT ON blog_author BEGIN\nINSERT INTO blog_log (word) VALUES ('a');\nINSERT INTO blog_log (word) VALUES ('b');\nEND;",
        ),
        (
            Dialect::Postgres,
            "CREATE FUNCTION notes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\nINSERT INTO blog_log (word) VALUES ('a');\nINSERT INTO blog_log (word) VALUES ('b');\nRETURN NEW;\nEND $$;\nCREATE TRIGGER notes AFTER INSERT ON blog_author FOR EACH ROW EXECUTE FUNCTION notes();",
        ),
        (
            Dialect::Mysql,
            "CREATE TRIGGER notes AFTER INSERT ON blog_author FOR EACH ROW BEGIN\nINSERT INTO blog_log (word) VALUES ('a // b');\nINSERT INTO blog_log (word) VALUES ('b');\nEND;",
        ),
    ] {
        let client = begun(dialect, "triggers");
        let second = migration(
            "0002_trigger",
            vec![sql(trigger), sql("INSERT INTO blog_author (name) VALUES ('Cid')")],
        );
        client.well(&script(&second, &state_of(&[initial()]), Direction::Forward, dialect));
        assert_eq!(client.answer("SELECT count(*) FROM blog_log"), "2", "{dialect}");
        assert_eq!(client.answer("SELECT count(*) FROM blog_author"), "3", "{dialect}");
    }
}

/// A script cannot create again what it does not know, and a rebuild on SQLite drops it with the table.
#[test]
fn a_rebuild_by_a_script_stops_where_it_would_lose_a_trigger_an_index_or_a_reference() {
    let longer = Operation::AlterField(AlterField::new(
        "Author",
        Field { default: Some(Expr::text("x")), null: true, ..Field::new("name", ColumnType::Text) },
    ));
    let second = migration("0002_longer", vec![longer]);
    let rebuild = script(&second, &state_of(&[initial()]), Direction::Forward, Dialect::Sqlite);
    for (object, words) in [
        ("CREATE INDEX by_hand ON blog_author (name);", "a trigger or an index of `blog_author`"),
        (
            "CREATE TRIGGER by_hand AFTER DELETE ON blog_author BEGIN DELETE FROM blog_log; END;",
            "a trigger or an index of `blog_author`",
        ),
        ("", ""),
    ] {
        let client = begun(Dialect::Sqlite, "rebuild");
        client.well(object);
        let said = client.pipe(&rebuild);
        assert_eq!(said.success, words.is_empty(), "{}\n{rebuild}", said.text);
        assert!(said.text.contains(words), "{}", said.text);
        assert_eq!(client.answer("SELECT count(*) FROM blog_author"), "2");
        let there = client.answer("SELECT count(*) FROM sqlite_schema WHERE name = 'by_hand'");
        assert_eq!(there, if words.is_empty() { "0" } else { "1" });
        assert_eq!(client.answer("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'new_%'"), "0");
    }
    // References that were broken before stop nothing; new ones do.
    let client = begun(Dialect::Sqlite, "references");
    client.well("CREATE TABLE pet (id integer PRIMARY KEY, owner integer REFERENCES blog_author (id));");
    client.well("INSERT INTO pet (owner) VALUES (99);");
    client.well(&rebuild);
    let removing = migration(
        "0003_removing",
        vec![
            sql("DELETE FROM blog_author WHERE name IS NULL"),
            Operation::AlterField(AlterField::new("Author", Field { null: true, ..text("name") })),
        ],
    );
    client.well("INSERT INTO pet (owner) SELECT id FROM blog_author WHERE name IS NULL;");
    let removing = script(&removing, &state_of(&[initial(), second]), Direction::Forward, Dialect::Sqlite);
    let said = client.pipe(&removing);
    assert!(
        !said.success && said.text.contains("a row refers to a row that is not there"),
        "{}\n{removing}",
        said.text
    );
    assert_eq!(client.answer("SELECT count(*) FROM blog_author"), "2");
}

/// An index that is built while others write is no matter for a transaction, and what a failed build has left is dropped.
#[test]
fn an_index_is_built_concurrently_by_a_script() {
    let client = begun(Dialect::Postgres, "concurrently");
    let index =
        Index { name: Some("by_name".into()), ..Index::new(vec![IndexPart::ascending(Expr::name("name"))]) };
    let add = Operation::AddIndexConcurrently(AddIndexConcurrently { model: "Author".into(), index });
    let second = Migration { atomic: false, ..migration("0002_index", vec![add]) };
    let script = script(&second, &state_of(&[initial()]), Direction::Forward, Dialect::Postgres);
    let is_valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'by_name'::regclass";
    client.well(&script);
    assert_eq!(client.answer(is_valid), "t");
    let again = client.pipe(&script);
    assert!(!again.success && again.text.contains("already exists"), "{}", again.text);
    client.well("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'by_name'::regclass;");
    client.well(&script);
    assert_eq!(client.answer(is_valid), "t");
}
