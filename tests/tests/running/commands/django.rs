//! Rows of Django's commands `migrate`, `showmigrations` and `sqlmigrate`.

use modelshift::{EmbeddedMigration, Migrations};
use modelshift_tests::place::Place;

use super::{Program, manage};
use crate::list::{add_text, create_plain, sql};
use crate::rows::{BACKENDS, history};

fn stored(operations: &[modelshift_schema::operation::Operation]) -> EmbeddedMigration {
    let operations = serde_json::to_string(operations).unwrap().leak();
    EmbeddedMigration { operations, ..EmbeddedMigration::EMPTY }
}

/// A migration of a later number that runs before another one.
pub(super) fn earlier() -> Migrations {
    let first = stored(&[create_plain("Author")]);
    let depends_on: &[&str] = &["blog.0001_initial"];
    let second = EmbeddedMigration { depends_on, ..stored(&[add_text("Author", "second")]) };
    let third = EmbeddedMigration { run_before: &["blog.0002_second"], ..second };
    let third = EmbeddedMigration { operations: stored(&[add_text("Author", "third")]).operations, ..third };
    Migrations::new("blog", &[("0001_initial", first), ("0002_second", second), ("0003_third", third)])
}

/// A migration that is not one transaction.
pub(super) fn stages() -> Migrations {
    let stages = stored(&[create_plain("Author"), sql("INSERT INTO blog_author (label) VALUES ('Ann')")]);
    Migrations::new("blog", &[("0001_initial", EmbeddedMigration { atomic: false, ..stages })])
}

/// An app of the default database, one of another, and one of every database.
pub(super) fn routed() -> Migrations {
    let app = |label: &str, model: &str| {
        let rows = format!("INSERT INTO {label}_{} (label) VALUES ('Ann')", model.to_lowercase());
        Migrations::new(label, &[("0001_initial", stored(&[create_plain(model), sql(&rows)]))])
    };
    let (shop, statistics) = (app("shop", "Cart"), app("statistics", "Hit"));
    shop.only_on(["default"]).and(statistics.only_on(["analytics"])).and(app("log", "Entry"))
}

/// Runs a command that ends well, and returns what it says.
fn told(place: &Place, program: Program, words: &str) -> String {
    let (code, told) = manage(place, program, words);
    assert_eq!(code, Some(0), "{words}: {told}");
    told
}

/// Runs a command that ends with this code, and whose message has all of these words.
fn refused(place: &Place, program: Program, words: &str, code: i32, all: &[&str]) {
    let (found, told) = manage(place, program, words);
    assert_eq!(found, Some(code), "{words}: {told}");
    for part in all {
        assert!(told.contains(part), "{words}: {part} is not in {told}");
    }
}

async fn tables(place: &Place) -> Vec<String> {
    let mut migrator = modelshift::Migrator::connect(&place.address()).await.unwrap();
    migrator.introspect().await.unwrap().tables.into_keys().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn cmd_001_cmd_004_cmd_005_to_a_target_and_back() {
    for backend in BACKENDS {
        let Some(_ready) = backend.ready() else { continue };
        let place = Place::new(backend).await.unwrap();
        let said = told(&place, Program::Parts, "migrate blog 0001");
        assert!(said.starts_with("applying blog.0001_initial ... ok\n1 migration done"), "{said}");
        assert_eq!(tables(&place).await, ["blog_author"]);
        let said = told(&place, Program::Parts, "migrate");
        assert!(said.starts_with("applying blog.0002_second ... ok\n1 migration done"), "{said}");
        assert_eq!(tables(&place).await, ["blog_author", "blog_book"]);
        let said = told(&place, Program::Parts, "migrate blog zero");
        let expected =
            "reverting blog.0002_second ... ok\nreverting blog.0001_initial ... ok\n2 migrations done";
        assert!(said.starts_with(expected), "{said}");
        assert!(tables(&place).await.is_empty());
        // CMD-004, CMD-005: a prefix of several, and of none.
        let both = ["`blog.0001_initial`", "`blog.0002_second`"];
        refused(&place, Program::Parts, "migrate blog 000", 2, &both);
        refused(&place, Program::Parts, "sqlmigrate blog 000", 2, &both);
        refused(
            &place,
            Program::Parts,
            "migrate blog nonexistent",
            2,
            &["there is no migration `nonexistent`"],
        );
        assert!(tables(&place).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cmd_002_cmd_010_cmd_040_what_is_refused_before_anything_runs() {
    for backend in BACKENDS {
        let Some(_ready) = backend.ready() else { continue };
        let place = Place::new(backend).await.unwrap();
        // MySQL runs SQL outside of any transaction that it could end.
        if backend.dialect() != modelshift::Dialect::Mysql {
            refused(&place, Program::Refused, "migrate", 1, &["`blog.0002_refused`", "`COMMIT`"]);
        }
        let leaves = ["`blog.0002_left`", "`blog.0002_right`", "makemigrations --merge"];
        refused(&place, Program::Forked, "migrate", 1, &leaves);
        assert!(tables(&place).await.is_empty());
        // CMD-040: the second is recorded, and the first is not.
        told(&place, Program::Parts, "migrate --fake");
        place.execute("DELETE FROM modelshift_history WHERE id = 'blog.0001_initial'").await.unwrap();
        refused(&place, Program::Parts, "migrate", 1, &["lacks `blog.0001_initial`"]);
        assert_eq!(history(&place).await, "blog.0002_second");
        assert!(tables(&place).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cmd_006_cmd_007_recorded_and_not_run() {
    for backend in BACKENDS {
        let Some(_ready) = backend.ready() else { continue };
        let place = Place::new(backend).await.unwrap();
        told(&place, Program::Parts, "migrate");
        // CMD-006: only the first migration of an app is recorded by its tables.
        told(&place, Program::Parts, "migrate blog 0001 --fake");
        refused(&place, Program::Parts, "migrate --fake-initial", 1, &["`blog.0002_second`", "blog_book"]);
        assert_eq!(history(&place).await, "blog.0001_initial");
        told(&place, Program::Parts, "migrate --fake");
        assert_eq!(history(&place).await, "blog.0001_initial blog.0002_second");
        // CMD-007: the tables are there, and nothing is recorded.
        told(&place, Program::Parts, "migrate blog zero --fake");
        refused(&place, Program::Parts, "migrate blog 0001", 1, &["`blog.0001_initial`", "blog_author"]);
        assert_eq!(history(&place).await, "");
        let said = told(&place, Program::Parts, "migrate blog 0001 --fake-initial");
        assert!(said.starts_with("recording (not running) blog.0001_initial ... ok\n"), "{said}");
        // Where only one of the tables of a migration is there, it is compared, and the missing one is named.
        told(&place, Program::Parts, "migrate blog zero --fake");
        place.execute("DROP TABLE blog_book").await.unwrap();
        let words = "migrate --fake-initial";
        refused(&place, Program::SquashedAlone, words, 1, &["table `blog_book` is missing"]);
        assert_eq!(history(&place).await, "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cmd_011_cmd_012_cmd_017_what_would_be_done() {
    for backend in BACKENDS {
        let Some(_ready) = backend.ready() else { continue };
        let place = Place::new(backend).await.unwrap();
        refused(&place, Program::Sql, "migrate blog 0001 --check", 1, &["blog.0001_initial forwards"]);
        assert!(tables(&place).await.is_empty());
        let said = told(&place, Program::Sql, "migrate --plan");
        for words in [
            "blog.0001_initial forwards\n  - creates model `Author`\n",
            "blog.0002_rows forwards\n  - runs SQL",
            "INSERT INTO blog_author (label) VALUES ('Ann')",
            "blog.0003_one_way forwards\n",
        ] {
            assert!(said.contains(words), "{words} is not in {said}");
        }
        told(&place, Program::Sql, "migrate blog 0002");
        let said = told(&place, Program::Sql, "migrate blog zero --plan");
        let (second, first) = said.split_once("blog.0001_initial backwards\n").unwrap();
        assert!(second.starts_with("blog.0002_rows backwards\n"), "{said}");
        assert!(first.contains("DROP TABLE"), "{said}");
        told(&place, Program::Sql, "migrate");
        // CMD-017: what has no way back is known before anything is reverted.
        refused(&place, Program::Sql, "migrate blog 0002 --plan", 1, &["`blog.0003_one_way`"]);
        refused(&place, Program::Sql, "migrate blog zero", 1, &["`blog.0003_one_way`"]);
        assert_eq!(history(&place).await, "blog.0001_initial blog.0002_rows blog.0003_one_way");
        for words in ["migrate --check", "migrate blog --check", "migrate --plan"] {
            assert!(told(&place, Program::Sql, words).starts_with("nothing to do"), "{words}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cmd_014_cmd_015_cmd_036_cmd_037_what_is_applied() {
    for backend in BACKENDS {
        let Some(_ready) = backend.ready() else { continue };
        let place = Place::new(backend).await.unwrap();
        let list = "blog\n [ ] 0001_initial\n [ ] 0002_second\n";
        assert_eq!(told(&place, Program::Parts, "showmigrations"), list);
        told(&place, Program::Parts, "migrate blog 0001");
        let said = told(&place, Program::Parts, "showmigrations -v 2");
        assert!(said.starts_with("blog\n [X] 0001_initial  applied 2"), "{said}");
        assert!(said.contains(" ms\n [ ] 0002_second\n"), "{said}");
        told(&place, Program::Parts, "migrate");
        // CMD-037: all that it replaces is applied; it is recorded without a statement.
        let said = told(&place, Program::Squashed, "showmigrations");
        assert!(
            said.starts_with("blog\n [X] 0001_squashed_0002  replaces 2 migrations; applied 2"),
            "{said}"
        );
        assert!(told(&place, Program::Squashed, "migrate").starts_with("nothing to do"));
        assert_eq!(history(&place).await, "blog.0001_initial blog.0001_squashed_0002 blog.0002_second");
        // CMD-015, CMD-036: a new database runs it alone; programs of before know what it stands for.
        let place = Place::new(backend).await.unwrap();
        let list = "blog\n [ ] 0001_squashed_0002  replaces 2 migrations\n";
        assert_eq!(told(&place, Program::Squashed, "showmigrations"), list);
        told(&place, Program::Squashed, "migrate");
        assert!(told(&place, Program::Squashed, "showmigrations").contains(" [X] 0001_squashed_0002"));
        assert_eq!(history(&place).await, "blog.0001_squashed_0002");
        assert!(told(&place, Program::Parts, "migrate").starts_with("nothing to do"));
        assert_eq!(told(&place, Program::Parts, "showmigrations").matches("[X]").count(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cmd_016_cmd_019_cmd_020_cmd_021_cmd_022_the_order_of_the_plan() {
    let place = Place::new(modelshift_tests::backend::Backend::Sqlite).await.unwrap();
    let heads = |program, words: &str| -> Vec<String> {
        let said = told(&place, program, words);
        let heads = said.lines().filter(|line| line.starts_with('['));
        heads.map(|line| line.split("  ").next().unwrap().to_owned()).collect()
    };
    let order = ["[ ] blog.0001_initial", "[ ] blog.0003_third", "[ ] blog.0002_second"];
    assert_eq!(heads(Program::Earlier, "showmigrations --plan"), order);
    let said = told(&place, Program::Earlier, "showmigrations --plan");
    assert!(said.contains("      after blog.0001_initial, blog.0003_third\n"), "{said}");
    // CMD-019: no migrations at all.
    assert_eq!(told(&place, Program::Empty, "showmigrations --plan"), "(no migrations)\n");
    assert_eq!(told(&place, Program::Empty, "showmigrations --plan blog"), "(no migrations)\n");
    assert_eq!(told(&place, Program::Empty, "showmigrations"), "blog\n (no migrations)\n");
    // CMD-020: what is replaced is not listed, and what depends on it comes after what replaces it.
    let order = ["[ ] blog.0001_squashed_0002", "[ ] shop.0001_initial"];
    assert_eq!(heads(Program::SquashedAndMore, "showmigrations --plan"), order);
    let said = told(&place, Program::SquashedAndMore, "showmigrations --plan");
    assert!(said.ends_with("      after blog.0001_squashed_0002\n"), "{said}");
    // CMD-021: what an app needs of others is listed too. CMD-022: the order of the apps does not matter.
    let order = ["[ ] a.0001_initial", "[ ] b.0001_initial", "[ ] a.0002_more"];
    assert_eq!(heads(Program::Apps, "showmigrations a --plan"), order);
    assert_eq!(heads(Program::Apps, "showmigrations c --plan").len(), 5);
    assert!(!told(&place, Program::Apps, "showmigrations a").contains('b'));
    let both = told(&place, Program::Apps, "showmigrations --plan a b");
    assert_eq!(told(&place, Program::Apps, "showmigrations --plan b a"), both);
    // The plan is the order in which `migrate` goes, and what is applied has its mark.
    told(&place, Program::Earlier, "migrate blog 0003");
    let order = ["[X] blog.0001_initial", "[X] blog.0003_third", "[ ] blog.0002_second"];
    assert_eq!(heads(Program::Earlier, "showmigrations --plan"), order);
}

#[tokio::test(flavor = "multi_thread")]
async fn cmd_024_cmd_025_cmd_026_cmd_027_cmd_029_cmd_031_sql_of_a_migration() {
    let place = Place::new(modelshift_tests::backend::Backend::Sqlite).await.unwrap();
    let said = told(&place, Program::Blog, "sqlmigrate blog 0002 --backwards");
    let at = |words: &str| said.find(words).unwrap_or_else(|| panic!("{words} is not in {said}"));
    assert!(at("DROP INDEX") < at("DROP COLUMN"), "{said}");
    assert!(told(&place, Program::Parts, "sqlmigrate blog 0001 --backwards").contains("DROP TABLE"));
    // CMD-025: no transaction where there is none.
    for words in ["sqlmigrate 0001 --dialect postgres", "sqlmigrate 0001 --dialect sqlite"] {
        assert_eq!(told(&place, Program::Parts, words).matches("BEGIN").count(), 1, "{words}");
        assert_eq!(told(&place, Program::Stages, words).matches("BEGIN").count(), 2, "{words}");
    }
    let words = "sqlmigrate 0002 --dialect postgres";
    assert!(!told(&place, Program::Concurrently, words).contains("BEGIN;\n"));
    let words = "sqlmigrate 0001 --dialect mysql";
    assert!(!told(&place, Program::Parts, words).contains("BEGIN;\n"));
    // CMD-026, CMD-027: the squash, and what it replaces.
    let both = ["`blog.0001_initial`", "`blog.0001_squashed_0002`"];
    refused(&place, Program::Squashed, "sqlmigrate blog 0001", 2, &both);
    let said = told(&place, Program::Squashed, "sqlmigrate blog 0001_squashed_0002");
    assert!(said.contains("blog_author") && said.contains("blog_book"), "{said}");
    let said = told(&place, Program::Squashed, "sqlmigrate blog 0002_second");
    assert!(!said.contains("blog_author") && said.contains("blog_book"), "{said}");
    // CMD-029: SQL that does nothing.
    let said = told(&place, Program::Sql, "sqlmigrate blog 0002 --backwards");
    assert!(said.contains("-- "), "{said}");
    assert!(!said.contains('\u{1b}'), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn cmd_042_cmd_044_cmd_045_cmd_046_rows_that_are_not_needed() {
    for backend in BACKENDS {
        let Some(_ready) = backend.ready() else { continue };
        let place = Place::new(backend).await.unwrap();
        told(&place, Program::Parts, "migrate");
        told(&place, Program::Apps, "migrate");
        let said = told(&place, Program::Squashed, "migrate blog --prune");
        assert!(said.starts_with("nothing to prune of `blog`"), "{said}");
        assert_eq!(told(&place, Program::Squashed, "migrate blog --prune -v 0"), "");
        refused(&place, Program::SquashedAlone, "migrate --prune", 2, &["required arguments"]);
        told(&place, Program::SquashedAlone, "migrate");
        let said = told(&place, Program::SquashedAlone, "migrate blog --prune");
        assert!(said.contains("`blog.0001_initial`") && said.contains("`blog.0002_second`"), "{said}");
        let others = history(&place).await;
        assert!(others.starts_with("a.0001_initial a.0002_more b.0001_initial b.0002_more"), "{others}");
        assert!(others.contains("blog.0001_squashed_0002 c.0001_initial"), "{others}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cmd_110_cmd_111_apps_that_are_not_there() {
    let place = Place::new(modelshift_tests::backend::Backend::Sqlite).await.unwrap();
    for words in ["migrate nosuch 0001", "showmigrations nosuch", "sqlmigrate nosuch 0001", "migrate nosuch"]
    {
        refused(&place, Program::Blog, words, 2, &["there is no", "`nosuch"]);
    }
    for words in ["migrate blogs 0001", "showmigrations blogs", "sqlmigrate blogs 0001"] {
        refused(&place, Program::Blog, words, 2, &["there is `blog"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_many_databases_do_not_have_is_refused() {
    let place = Place::new(modelshift_tests::backend::Backend::Sqlite).await.unwrap();
    let file = std::env::temp_dir().join(format!("modelshift-fleet-{}", std::process::id()));
    std::fs::write(&file, format!("one {}\n", place.address())).unwrap();
    for option in
        ["--plan", "--check", "--fake", "--fake-initial", "--single-transaction", "--revert blog.0001"]
    {
        let words = format!("migrate {option} --fleet {}", file.display());
        refused(&place, Program::Parts, &words, 2, &["cannot be used with"]);
    }
    assert!(tables(&place).await.is_empty());
    std::fs::remove_file(file).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn mdb_001_mdb_002_mdb_005_apps_belong_to_databases() {
    for backend in BACKENDS {
        let Some(_ready) = backend.ready() else { continue };
        let [place, other] = [Place::new(backend).await.unwrap(), Place::new(backend).await.unwrap()];
        let run = |words: &str| {
            let mut command = super::command(&place, Program::Routed, words);
            super::said(&command.env("DATABASE_URL_ANALYTICS", other.address()).output().unwrap())
        };
        let (code, said) = run("showmigrations --database analytics");
        assert_eq!(
            (code, said.as_str()),
            (Some(0), "log\n [ ] 0001_initial\nstatistics\n [ ] 0001_initial\n")
        );
        assert_eq!(run("migrate").0, Some(0));
        assert_eq!(tables(&place).await, ["log_entry", "shop_cart"]);
        assert_eq!(history(&place).await, "log.0001_initial shop.0001_initial");
        assert!(tables(&other).await.is_empty());
        // MDB-005: nor does SQL run where the app does not belong.
        assert_eq!(run("migrate --database analytics").0, Some(0));
        assert_eq!(tables(&other).await, ["log_entry", "statistics_hit"]);
        assert_eq!(other.rows("SELECT label FROM statistics_hit").await.unwrap(), ["Ann"]);
        for words in ["migrate", "migrate --database analytics", "check", "check --database analytics"] {
            assert_eq!(run(words).0, Some(0), "{words}");
        }
        let (code, said) = run("migrate statistics zero");
        assert_eq!(code, Some(2), "{said}");
        assert_eq!(run("migrate statistics zero --database analytics").0, Some(0));
        assert_eq!(tables(&other).await, ["log_entry"]);
        assert_eq!(tables(&place).await, ["log_entry", "shop_cart"]);
    }
}
