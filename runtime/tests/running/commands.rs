//! The commands of `manage`, each in a process of its own, in a pipe.

#![cfg(feature = "manage")]

use std::process::{Command, ExitCode, Output};

use crate::support::{Place, author_rating, blog, initial, migrations, seed};

const WORDS: &str = "MODELSHIFT_TEST_WORDS";
const LENGTH: &str = "MODELSHIFT_TEST_LENGTH";

/// Starts this very program again as the `manage` of a blog with so many migrations.
fn manage_of(length: usize, place: &Place, words: &str) -> Output {
    manage_at(&place.url(), length, place, words)
}

/// The same, where `DATABASE_URL` says something else.
pub(crate) fn manage_at(url: &str, length: usize, place: &Place, words: &str) -> Output {
    manage_by(&[("DATABASE_URL", url)], length, place, words)
}

/// Runs the command with these variables.
pub(crate) fn manage_by(variables: &[(&str, &str)], length: usize, place: &Place, words: &str) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "commands::child", "--nocapture"]);
    command.env(WORDS, words).env(LENGTH, length.to_string()).envs(variables.iter().copied());
    command.current_dir(place.folder()).output().unwrap()
}

pub(crate) fn manage(place: &Place, words: &str) -> (Option<i32>, String) {
    said_by(place, &manage_of(4, place, words))
}

/// What the command answers and says, and its exit code.
pub(crate) fn said_by(place: &Place, output: &Output) -> (Option<i32>, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, errors) = (text(&output.stdout), text(&output.stderr));
    // What the test harness says before it lets the child speak.
    let said = out.split_once("running 1 test\n").map_or(out.as_str(), |(_, said)| said);
    (output.status.code(), format!("{said}{errors}").replace(&place.folder().display().to_string(), "$PLACE"))
}

/// What the other process does; without words in the environment there is nothing to do.
#[test]
fn child() {
    let Ok(words) = std::env::var(WORDS) else {
        assert!(std::env::var(LENGTH).is_err(), "a length needs words");
        return;
    };
    let length: usize = std::env::var(LENGTH).unwrap().parse().unwrap();
    let words = std::iter::once("manage").chain(words.split_whitespace()).map(Into::into);
    let code = modelshift::manage::main_from(words, migrations("blog", &blog()[..length]));
    let number = [(ExitCode::SUCCESS, 0), (ExitCode::FAILURE, 1), (ExitCode::from(2), 2)];
    let number = number.into_iter().find(|(known, _)| *known == code).map_or(99, |(_, number)| number);
    std::process::exit(number);
}

#[test]
fn migrate_shows_each_migration_and_then_that_nothing_is_to_be_done() {
    let place = Place::new();
    let expected = "applying blog.0001_initial ... ok\n\
                    applying blog.0002_author_rating ... ok\n\
                    applying blog.0003_rating_range ... ok\n\
                    applying blog.0004_full_name ... ok\n\
                    4 migrations done on `$PLACE/test.sqlite3`\n";
    assert_eq!(manage(&place, "migrate"), (Some(0), expected.to_owned()));
    let expected = "nothing to do: `$PLACE/test.sqlite3` is up to date\n";
    assert_eq!(manage(&place, "migrate"), (Some(0), expected.to_owned()));
    let expected = "reverting blog.0004_full_name ... ok\n1 migration done on `$PLACE/test.sqlite3`\n";
    assert_eq!(manage(&place, "migrate blog 0003"), (Some(0), expected.to_owned()));
    let expected = "nothing to do: `$PLACE/test.sqlite3` is there already\n";
    assert_eq!(manage(&place, "migrate blog 0003"), (Some(0), expected.to_owned()));
    let expected = "{\"by_others\":[],\"done\":[{\"direction\":\"forwards\",\"faked\":false,\"id\":\"blog.0004_full_name\"}],\"warnings\":[]}\n";
    assert_eq!(manage(&place, "migrate --format json"), (Some(0), expected.to_owned()));
}

#[test]
fn a_plan_is_shown_and_not_gone() {
    let place = Place::new();
    let (code, said) = manage(&place, "migrate --plan");
    assert_eq!(code, Some(0));
    for words in [
        "blog.0001_initial forwards\n  - creates model `Author`\n  - creates model `Post`\n",
        "  - removes field `title` from `Post` (loses data)\n",
        "CREATE TABLE \"blog_author\" (",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains('\u{1b}'), "a pipe gets no colours: {said}");
    assert!(!place.file().exists());
}

#[tokio::test]
async fn showmigrations_is_aligned_and_tells_what_only_the_database_knows() {
    let place = Place::new();
    let expected =
        "blog\n [ ] 0001_initial\n [ ] 0002_author_rating\n [ ] 0003_rating_range\n [ ] 0004_full_name\n";
    assert_eq!(manage(&place, "showmigrations"), (Some(0), expected.to_owned()));
    place.migrator(&blog()).await.migrate_to("0002").await.unwrap();
    place.run("UPDATE modelshift_history SET applied_at = '2026-01-02T03:04:05Z'").await;
    let expected = "blog\n [X] 0001_initial        applied 2026-01-02T03:04:05Z\n [X] 0002_author_rating  applied 2026-01-02T03:04:05Z\n [ ] 0003_rating_range\n [ ] 0004_full_name\n";
    assert_eq!(manage(&place, "showmigrations"), (Some(0), expected.to_owned()));
    let (_, said) = manage(&place, "showmigrations --plan");
    assert!(
        said.contains("[ ] blog.0003_rating_range\n      adds constraint `rating_range` to `Author`\n"),
        "{said}"
    );
    assert!(said.contains("      after blog.0002_author_rating\n"), "{said}");
    let older = String::from_utf8(manage_of(1, &place, "showmigrations").stdout).unwrap();
    assert!(older.contains(" [?] 0002_author_rating  only the database knows it; applied 2026"), "{older}");
    let (code, said) = manage(&place, "showmigrations --format json");
    assert_eq!(code, Some(0));
    let json: serde_json::Value = serde_json::from_str(said.trim()).unwrap();
    assert_eq!(json["migrations"][1]["applied_at"], "2026-01-02T03:04:05Z");
}

#[test]
fn sqlmigrate_prints_every_dialect_both_ways_without_a_database() {
    let place = Place::new();
    for (words, expected) in [
        ("sqlmigrate 0002", "-- blog.0002_author_rating on sqlite, forwards\nBEGIN;\n"),
        ("sqlmigrate blog 0002 --dialect postgres", "ADD COLUMN \"rating\" integer"),
        ("sqlmigrate blog.0002 --dialect mysql", "ADD COLUMN `rating` int"),
        ("sqlmigrate 0002_author --dialect mariadb --backwards", "DROP COLUMN `rating`"),
    ] {
        let (code, said) = manage(&place, words);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains(expected), "{words}: {said}");
    }
    assert!(!place.file().exists());
}

#[tokio::test]
async fn check_fails_where_something_is_to_be_done() {
    let place = Place::new();
    place.migrator(&blog()).await.migrate_to("0003").await.unwrap();
    let expected = "to do: `blog.0004_full_name` is not applied; run `migrate`\n";
    assert_eq!(manage(&place, "check"), (Some(1), expected.to_owned()));
    place.migrator(&blog()).await.migrate().await.unwrap();
    assert_eq!(manage(&place, "check"), (Some(0), "ok: `$PLACE/test.sqlite3` is up to date\n".to_owned()));
    place.run("DROP INDEX blog_author_rating_idx").await;
    let expected = "drift: table `blog_author`: index `blog_author_rating_idx` is missing\n";
    assert_eq!(manage(&place, "check"), (Some(1), expected.to_owned()));
}

#[tokio::test]
async fn mistakes_have_their_exit_codes_and_say_what_to_do() {
    let place = Place::new();
    for (words, code, expected) in [
        ("migrate 0009", 2, "error[MS0012]: there is no migration `0009`; there is `blog.0001_initial`"),
        (
            "migrate --database oracle://ann:hunter2@host",
            2,
            "error[MS0001]: `oracle://ann:***@host` is not an address",
        ),
        ("frobnicate", 2, "unrecognized subcommand 'frobnicate'"),
        ("migrate --from-history", 2, "required arguments"),
        ("migrate --database $PLACE/nowhere/x.db", 1, "there is no folder"),
        ("--help", 0, "Brings databases up to date with this program's models"),
    ] {
        let words = words.replace("$PLACE", &place.folder().display().to_string());
        let (told, said) = manage(&place, &words);
        assert_eq!(told, Some(code), "{words}: {said}");
        assert!(said.contains(expected), "{words}: {said}");
    }
    place.migrator(&[initial(), author_rating()]).await.migrate().await.unwrap();
    seed(&place).await;
    place.run("UPDATE blog_author SET rating = -1").await;
    let (code, said) = manage(&place, "migrate");
    assert_eq!(code, Some(1));
    assert!(
        said.starts_with(
            "applying blog.0003_rating_range ... failed\nerror[MS0048]: migration `blog.0003_rating_range`"
        ),
        "{said}"
    );
    assert!(said.contains("  because: CHECK constraint failed: rating_range\n"), "{said}");

    let older = manage_of(1, &place, "migrate");
    let said = String::from_utf8(older.stderr).unwrap();
    assert!(
        said.contains("is ahead of this program")
            && said.contains("`migrate --revert blog.0002_author_rating`"),
        "{said}"
    );
    let back = manage_of(1, &place, "migrate --revert blog.0002_author_rating --yes");
    assert!(back.status.success());
    assert_eq!(place.applied().await, "blog.0001_initial");
}

#[test]
fn an_address_that_is_not_understood_makes_no_file_and_shows_no_secret() {
    let place = Place::new();
    for url in [
        "host=h user=a password=hunter2 dbname=d",
        "Server=h;Database=d;Uid=a;Pwd=hunter2",
        "postgres:ann:hunter2@h",
        "ann:hunter2@host/db",
        "mysql://host/db?auth=hunter2",
        "file:x.db?key=hunter2",
        "hunter2",
    ] {
        for words in ["migrate", "check --format json", "showmigrations", "sqlmigrate 0001"] {
            let (code, told) = said_by(&place, &manage_at(url, 4, &place, words));
            assert!(!told.contains("hunter2"), "{url}: {told}");
            let is_rendered = words.starts_with("sqlmigrate") && url.starts_with("mysql://");
            assert_eq!(code == Some(0), is_rendered, "{url}, {words}: {told}");
        }
    }
    assert_eq!(std::fs::read_dir(place.folder()).unwrap().count(), 0);
}

#[tokio::test]
async fn unknown_names_answer_with_the_nearest_ones() {
    let place = Place::new();
    for (words, expected) in [
        ("showmigrations blgo", "there is no app `blgo`; there is `blog`"),
        ("showmigrations nosuch", "there is no app `nosuch`; there is `blog`"),
        ("migrate blgo 0001", "there is no migration `blgo 0001`; there is `blog 0001`"),
        ("migrate 0002_autor", "there is no migration `0002_autor`; there is `blog.0002_author_rating`"),
        (
            "sqlmigrate blog 0003_range",
            "there is no migration `0003_range`; there is `blog.0003_rating_range`",
        ),
    ] {
        let (code, told) = manage(&place, words);
        assert_eq!(code, Some(2), "{words}: {told}");
        assert!(told.contains(expected), "{words}: {told}");
        assert!(told.matches("`blog.").count() <= 1, "not all of them: {told}");
    }
}

#[tokio::test]
async fn with_json_errors_are_json_too() {
    let place = Place::new();
    place.migrator(&[initial(), author_rating()]).await.migrate().await.unwrap();
    seed(&place).await;
    place.run("UPDATE blog_author SET rating = -1").await;
    for (words, (ended, code), expected) in [
        ("migrate --format json", (1, "MS0048"), "migration `blog.0003_rating_range`"),
        ("migrate 0009 --format=json", (2, "MS0012"), "there is no migration `0009`"),
        ("showmigrations nosuch --format json", (2, "MS0013"), "there is no app `nosuch`"),
        ("frobnicate --format json", (2, "MS0011"), "unrecognized subcommand"),
        ("sqlmigrate 0009 --format json", (2, "MS0012"), "there is no migration `0009`"),
    ] {
        let (told, said) = manage(&place, words);
        assert_eq!(told, Some(ended), "{words}: {said}");
        let json: serde_json::Value = serde_json::from_str(said.trim()).expect(&said);
        assert_eq!(json["code"], code, "{words}: {said}");
        assert!(json["error"].as_str().unwrap().contains(expected), "{words}: {said}");
    }
    let (_, said) = manage(&place, "migrate --format json");
    let json: serde_json::Value = serde_json::from_str(said.trim()).unwrap();
    assert_eq!(json["causes"][0], "CHECK constraint failed: rating_range");
    assert_eq!(json["report"]["done"], serde_json::json!([]));

    let older = manage_of(1, &place, "showmigrations --format json");
    assert_eq!(String::from_utf8(older.stderr).unwrap(), "");
    let (_, said) = said_by(&place, &manage_of(1, &place, "showmigrations --format json"));
    let json: serde_json::Value = serde_json::from_str(said.trim()).unwrap();
    assert!(json["problem"].as_str().unwrap().contains("is ahead of this program"));
    assert_eq!(json["problem_code"], "MS0024");
}

#[tokio::test]
async fn rows_that_are_lost_are_told_in_a_pipe_and_in_a_plan() {
    let place = Place::new();
    place.migrator(&blog()).await.migrate_to("0003").await.unwrap();
    seed(&place).await;
    let warning =
        "warning: `blog.0004_full_name` removes field `title` from `Post`: table `blog_post` holds 6 rows\n";
    let (code, told) = manage(&place, "migrate --plan");
    assert_eq!(code, Some(0));
    assert!(told.contains(warning), "{told}");
    let (_, told) = manage(&place, "migrate --plan --format json");
    let json: serde_json::Value = serde_json::from_str(told.trim()).unwrap();
    assert_eq!(json["losses"][0]["rows"], 6);
    assert_eq!(json["losses"][0]["table"], "blog_post");
    let (code, told) = manage(&place, "migrate");
    assert_eq!(code, Some(0));
    assert!(told.contains(warning), "{told}");
    let (_, told) = manage(&place, "migrate");
    assert!(!told.contains("warning"), "{told}");
    manage(&place, "migrate blog 0003");
    let (_, told) = manage(&place, "migrate --format json");
    let json: serde_json::Value = serde_json::from_str(told.trim()).unwrap();
    assert_eq!(json["warnings"][0], warning["warning: ".len()..].trim_end());
}

#[test]
fn check_of_an_empty_database_is_one_line() {
    let place = Place::new();
    let expected =
        "to do: nothing is applied to `$PLACE/test.sqlite3` yet; run `migrate` to apply 4 migrations\n";
    assert_eq!(manage(&place, "check"), (Some(1), expected.to_owned()));
}

#[tokio::test]
async fn repair_shows_what_it_would_write_and_writes_it_when_told_to() {
    let place = Place::new();
    place.migrator(&blog()).await.migrate().await.unwrap();
    let nothing = "nothing to repair in the history of `$PLACE/test.sqlite3`\n";
    assert_eq!(manage(&place, "repair"), (Some(0), nothing.to_owned()));
    place.run("DELETE FROM modelshift_history WHERE id = 'blog.0002_author_rating'").await;
    let (code, told) = manage(&place, "repair");
    assert_eq!(code, Some(1));
    assert!(
        told.starts_with(
            "records `blog.0002_author_rating` as applied, without running it\nnothing was written\n"
        ),
        "{told}"
    );
    assert_eq!(place.number("SELECT count(*) FROM modelshift_history").await, 3);
    let (code, told) = manage(&place, "repair --yes");
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(place.number("SELECT count(*) FROM modelshift_history").await, 4);
    assert_eq!(manage(&place, "check").0, Some(0));
}

#[tokio::test]
async fn showmigrations_and_check_tell_of_a_migration_that_is_applied_in_part() {
    let place = Place::new();
    place.migrator(&blog()).await.migrate_to("0001").await.unwrap();
    place
        .run(
            "CREATE TABLE modelshift_progress (id TEXT NOT NULL PRIMARY KEY, backwards INTEGER NOT NULL, checksum \
             TEXT NOT NULL, operation INTEGER NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL, done INTEGER \
             NOT NULL, stages INTEGER NOT NULL, migration TEXT)",
        )
        .await;
    let two = author_rating();
    let id = modelshift_schema::name::MigrationId::new("blog", two.0);
    let begun = modelshift_schema::migration::Migration::new(id, Vec::new(), two.2);
    let begun = serde_json::to_string(&begun).unwrap();
    place
        .run(&format!(
            "ALTER TABLE blog_author ADD COLUMN rating integer NOT NULL DEFAULT 0; \
             INSERT INTO modelshift_progress VALUES ('blog.0002_author_rating', 0, 'x', 0, 0, 1, 1, 2, '{begun}')"
        ))
        .await;
    let (code, told) = manage(&place, "showmigrations");
    assert_eq!(code, Some(0));
    assert!(told.contains(" [-] 0002_author_rating  applied in part: 1 of 2 stages\n"), "{told}");
    let (code, told) = manage(&place, "check");
    assert_eq!(code, Some(1));
    let expected = "to do: `blog.0002_author_rating` is applied in part: 1 of 2 stages; run `migrate` to apply the rest\n";
    assert!(told.starts_with(expected), "{told}");
    assert!(!told.contains("drift"), "{told}");
    let (_, told) = manage(&place, "migrate --plan");
    assert!(told.contains("-- (1 of 2 stages are done already and are left out)"), "{told}");
    assert_eq!(manage(&place, "migrate").0, Some(0));
    assert_eq!(manage(&place, "check").0, Some(0));
}

#[tokio::test]
async fn fake_and_fake_initial_say_what_is_only_recorded() {
    let place = Place::new();
    let expected = "blog.0001_initial forwards\n      -- (recorded only, no statement is run)\n";
    assert_eq!(manage(&place, "migrate 0001 --fake --plan"), (Some(0), expected.to_owned()));
    let expected =
        "recording (not running) blog.0001_initial ... ok\n1 migration done on `$PLACE/test.sqlite3`\n";
    assert_eq!(manage(&place, "migrate 0001 --fake"), (Some(0), expected.to_owned()));
    let expected = "removing from the history (not reverting) blog.0001_initial ... ok\n1 migration done on `$PLACE/test.sqlite3`\n";
    assert_eq!(manage(&place, "migrate zero --fake"), (Some(0), expected.to_owned()));
    place.run("CREATE TABLE blog_author (id integer NOT NULL PRIMARY KEY AUTOINCREMENT)").await;
    let (code, said) = manage(&place, "migrate --fake-initial");
    assert_eq!(code, Some(1));
    assert!(
        said.contains(
            "\n  - table `blog_author`: column `name` is missing\n  - table `blog_post` is missing"
        ),
        "{said}"
    );
    assert_eq!(manage(&place, "migrate --fake --fake-initial").0, Some(2));
}
