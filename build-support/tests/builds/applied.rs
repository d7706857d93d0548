//! A draft that was applied: `migrate` says so, and what it applied is rewritten no more; where that was not known, the
//! database is brought over, with its rows.

use std::sync::{Mutex, MutexGuard, PoisonError};

use modelshift_project::{Project, Run};

use super::{AUTHOR, author_with};

const MANAGE: &str =
    "fn main() -> std::process::ExitCode {\n    modelshift::manage::main(library::migrations::all())\n}\n";

/// Adds an author on the command line, and lists all of them.
const ROWS: &str = "use modelshift::__sqlx::{self as sqlx, Connection, Row};\n\
    #[tokio::main(flavor = \"current_thread\")]\nasync fn main() {\n    \
    let mut db = sqlx::SqliteConnection::connect(\"sqlite://db.sqlite3\").await.unwrap();\n    \
    for sql in std::env::args().skip(1) {\n        \
    for row in sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).fetch_all(&mut db).await.unwrap() {\n            \
    println!(\"{}\", row.get::<String, _>(0));\n        }\n    }\n}\n";

/// Cargo puts programs of one name into one place of the target folder, whichever project they are of.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes a project with a program `manage`, not built yet.
fn project() -> Project {
    let project = Project::new(env!("CARGO_TARGET_TMPDIR"), &["sqlite", "manage"]);
    project.models(AUTHOR);
    project.write("src/bin/manage.rs", MANAGE);
    project.write("src/bin/rows.rs", ROWS);
    let manifest = project.read("Cargo.toml");
    let more = "[dependencies]\ntokio = { version = \"1\", features = [\"rt\", \"macros\"] }\n";
    project.write("Cargo.toml", &manifest.replace("[dependencies]\n", more));
    project
}

fn migrate(project: &Project, words: &[&str]) -> Run {
    let all = [&["run", "-q", "--bin", "manage", "--", "migrate"], words].concat();
    project.run("cargo", &all)
}

fn rows(project: &Project, sql: &[&str]) -> Vec<String> {
    let all = [&["run", "-q", "--bin", "rows", "--"], sql].concat();
    project.run("cargo", &all).ok().stdout.lines().map(str::to_owned).collect()
}

const INSERT: &str = "INSERT INTO library_author (name) VALUES ('Ann')";
const NAMES: &str = "SELECT name FROM library_author";

#[test]
fn build_migrate_edit_build_migrate_simply_works() {
    let _alone = alone();
    let mut project = project();
    let _ = migrate(&project, &[]).ok();
    assert!(rows(&project, &[INSERT]).is_empty());
    let initial = project.newest();
    project.models(&author_with("pub age: Option<i32>,"));
    let _ = migrate(&project, &[]).ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs", "m0002_author_age.rs"]);
    assert_eq!(project.read("src/migrations/m0001_initial.rs"), initial);
    // The same, whatever is cleaned and wherever cargo builds; only the explicit way writes in this mode.
    let _ = project.run("cargo", &["clean", "-q", "-p", "library"]).ok();
    project.set("MODELSHIFT", "check");
    project.models(&author_with("pub age: Option<i32>,\n    pub born: Option<i32>,"));
    let _ = project.check().failure();
    project.set("MODELSHIFT", "write");
    let _ = migrate(&project, &[]).ok();
    project.unset("MODELSHIFT");
    assert_eq!(project.migrations().last().unwrap(), "m0003_author_born.rs");
    assert_eq!(rows(&project, &[NAMES]), ["Ann"]);

    // What is reverted is a draft again.
    let _ = migrate(&project, &["0002"]).ok();
    project.models(&author_with("pub age: Option<i32>,\n    pub died: Option<i32>,"));
    let _ = migrate(&project, &[]).ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs", "m0002_author_age.rs", "m0003_author_died.rs"]);

    // So is everything when the database is gone.
    std::fs::remove_file(project.path("db.sqlite3")).unwrap();
    project.models(&author_with("pub age: Option<i32>,\n    pub death: Option<i32>,"));
    let _ = project.build().ok();
    assert_eq!(project.migrations().last().unwrap(), "m0003_author_death.rs");
    assert_eq!(project.git(&["status", "--porcelain", "--", ".git"]), "");
}

#[test]
fn a_database_in_memory_and_that_of_a_test_bind_no_draft() {
    let _alone = alone();
    let project = project();
    let test = "pub mod migrations;\npub mod models;\n#[cfg(test)]\nmod tests {\n    \
        #[tokio::test]\n    async fn migrates() {\n        let url = \"sqlite://scratch.sqlite3\";\n        \
        let all = crate::migrations::all();\n        \
        assert!(!modelshift::Migrator::connect(url).await.unwrap().with(all).migrate().await.unwrap().is_empty());\n    }\n}\n";
    project.write("src/lib.rs", test);
    let _ = project.run("cargo", &["test", "-q", "--lib"]).ok();
    let _ = migrate(&project, &["--database", "sqlite::memory:"]).ok();
    project.models(&author_with("pub age: Option<i32>,"));
    let _ = project.build().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs"]);
    assert!(project.newest().contains("age"));
}

/// Has the build forget what is applied, as where a container migrates.
fn forget(project: &Project) {
    std::fs::remove_dir_all(project.path(".git/modelshift")).expect("something was applied");
}

#[test]
fn a_database_is_brought_over_to_a_draft_that_was_rewritten() {
    let _alone = alone();
    let project = project();
    project.models(&author_with("pub age: Option<i32>,\n    pub rank: Option<i32>,"));
    let _ = migrate(&project, &[]).ok();
    let _ = rows(&project, &["INSERT INTO library_author (name, age, rank) VALUES ('Ann', 7, 1)"]);
    forget(&project);
    // The first migration is rewritten: one field stays, one goes, one comes.
    project.models(&author_with("pub age: Option<i32>,\n    #[field(default = 3)]\n    pub level: i32,"));
    let _ = project.build().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs"]);
    let plan = migrate(&project, &["--plan"]).ok();
    assert!(plan.stderr.contains("removes field `rank` from `Author`"), "{}", plan.stderr);
    let said = migrate(&project, &[]).failure();
    for text in
        ["rewrote a draft", "adds field `level` to `Author`", "table `library_author` holds 1 row", "`--yes`"]
    {
        assert!(said.contains(text), "`{text}` is not in:\n{said}");
    }
    assert_eq!(rows(&project, &["SELECT name || age || rank FROM library_author"]), ["Ann71"]);
    // A terminal, as `script` of util-linux makes one.
    let command = "cargo run -q --bin manage -- migrate";
    let asked = project.run_with_input("script", &["-qec", command, "/dev/null"], "y\n").ok();
    assert!(asked.stdout.contains("Bring the database over? [y/N]"), "{}", asked.stdout);
    assert_eq!(rows(&project, &["SELECT name || age || level FROM library_author"]), ["Ann73"]);
    let _ = project.run("cargo", &["run", "-q", "--bin", "manage", "--", "check"]).ok();

    // Under another name, with a field renamed in both forms.
    project.commit("authors");
    let renamed = |name: &str| {
        let field = format!("#[field(renamed_from = \"name\")]\n    pub {name}: String");
        author_with("pub age: Option<i32>,\n    #[field(default = 3)]\n    pub level: i32,")
            .replace("pub name: String", &field)
    };
    project.models(&renamed("title"));
    let _ = migrate(&project, &[]).ok();
    forget(&project);
    project.models(&renamed("full_name"));
    let _ = project.build().ok();
    assert_eq!(project.migrations().last().unwrap(), "m0002_rename_name_author_full_name.rs");
    let done = migrate(&project, &["--yes"]).ok();
    assert!(done.stderr.contains("renames field `title` on `Author`"), "{}", done.stderr);
    assert_eq!(rows(&project, &["SELECT full_name || age || level FROM library_author"]), ["Ann73"]);
    let _ = project.run("cargo", &["run", "-q", "--bin", "manage", "--", "check"]).ok();
    // It is applied now, and the next edit starts the next number.
    project.models(&renamed("full_name").replace("Option<i32>", "Option<i64>"));
    let _ = project.build().ok();
    assert_eq!(project.migrations().len(), 3);
}

#[test]
fn a_program_that_is_older_than_its_sources_offers_no_way_back() {
    let _alone = alone();
    let project = project();
    let _ = migrate(&project, &[]).ok();
    let _ = rows(&project, &[INSERT]);
    let older = project.path("older");
    std::fs::copy(project.target().join("debug/manage"), &older).unwrap();
    let older = older.to_str().unwrap();
    forget(&project);
    project.models(&author_with("#[field(default = 7)]\n    pub age: i32,"));
    let _ = migrate(&project, &["--yes"]).ok();
    let read = ["SELECT name || age FROM library_author"];
    assert_eq!(rows(&project, &read), ["Ann7"]);
    for words in [&["migrate"][..], &["migrate", "--yes"], &["migrate", "--plan"]] {
        let said = project.run(older, words).failure();
        let expected =
            "this program is older than its sources: `library.0001_initial` changed after it was built";
        assert!(said.contains(expected) && said.contains("`cargo build`"), "{said}");
    }
    assert_eq!(rows(&project, &read), ["Ann7"]);
    let _ = migrate(&project, &[]).ok();
}

#[test]
fn the_way_back_by_the_history_needs_a_yes_where_rows_are_lost() {
    let _alone = alone();
    let project = project();
    let _ = migrate(&project, &[]).ok();
    let _ = rows(&project, &[INSERT]);
    let said = migrate(&project, &["library", "zero", "--from-history"]).failure();
    assert!(said.contains("table `library_author` holds 1 row") && said.contains("`--yes`"), "{said}");
    assert_eq!(rows(&project, &[NAMES]), ["Ann"]);
    let _ = migrate(&project, &["library", "zero", "--from-history", "--yes"]).ok();
}
