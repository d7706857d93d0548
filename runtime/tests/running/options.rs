//! The options that all commands share, and those that Django's users know.

#![cfg(feature = "manage")]

use std::path::Path;

use crate::commands::{manage, manage_at, manage_by, said_by};
use crate::support::Place;

/// Runs the command where `DATABASE_URL` is not set.
fn without_variable(place: &Place, words: &str) -> (Option<i32>, String) {
    said_by(place, &manage_at("", 4, place, words))
}

/// Runs `migrate` with these variables.
fn migrate_by(place: &Place, variables: &[(&str, &str)]) -> (Option<i32>, String) {
    said_by(place, &manage_by(variables, 4, place, "migrate"))
}

fn write_env(folder: &Path, text: &str) {
    std::fs::write(folder.join(".env"), text).unwrap();
}

#[test]
fn the_address_is_read_from_the_file_env_unless_the_environment_has_it() {
    let place = Place::new();
    write_env(
        place.folder(),
        "# of the project\nOTHER=\"a b\"\nexport DATABASE_URL='sqlite://from_env.sqlite3'\n",
    );
    let (code, said) = without_variable(&place, "migrate");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.ends_with("4 migrations done on `from_env.sqlite3`\n"), "{said}");
    assert!(place.folder().join("from_env.sqlite3").exists());
    assert!(!place.folder().join("db.sqlite3").exists());

    let (_, said) = manage(&place, "migrate");
    assert!(said.ends_with("4 migrations done on `$PLACE/test.sqlite3`\n"), "{said}");
    let (_, said) = without_variable(&place, "migrate --no-dotenv");
    assert!(said.ends_with("4 migrations done on `db.sqlite3`\n"), "{said}");
    let (_, said) = without_variable(&place, "migrate --database other.sqlite3");
    assert!(said.ends_with("4 migrations done on `other.sqlite3`\n"), "{said}");
}

#[test]
fn a_file_env_that_cannot_be_read_is_an_error_without_its_values() {
    let place = Place::new();
    write_env(place.folder(), "SECRET=hunter2 and 'more\nDATABASE_URL=sqlite://a.sqlite3\n");
    let (code, said) = without_variable(&place, "migrate");
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("the file `.env` cannot be read: a line is not `NAME=value`"), "{said}");
    assert!(said.contains("add `--no-dotenv`"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
    assert!(!place.folder().join("db.sqlite3").exists());
}

#[test]
fn the_address_is_read_from_the_file_that_a_variable_names() {
    let place = Place::new();
    std::fs::write(place.folder().join("secret"), "sqlite://from_file.sqlite3\n").unwrap();
    std::fs::write(place.folder().join("empty"), " \n").unwrap();
    write_env(place.folder(), "DATABASE_URL='sqlite://from_env.sqlite3'\n");

    let (code, said) = migrate_by(&place, &[("DATABASE_URL_FILE", "secret"), ("DATABASE_URL", "")]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.ends_with("4 migrations done on `from_file.sqlite3`\n"), "{said}");
    let (_, said) = migrate_by(&place, &[("DATABASE_URL_FILE", ""), ("DATABASE_URL", "")]);
    assert!(said.ends_with("4 migrations done on `from_env.sqlite3`\n"), "{said}");
    for (variables, words) in [
        (
            [("DATABASE_URL_FILE", "nowhere"), ("DATABASE_URL", "")],
            "`nowhere` of `DATABASE_URL_FILE` cannot be read",
        ),
        ([("DATABASE_URL_FILE", "empty"), ("DATABASE_URL", "")], "`empty` of `DATABASE_URL_FILE` is empty"),
        (
            [("DATABASE_URL_FILE", "secret"), ("DATABASE_URL", "sqlite://hunter2.sqlite3")],
            "both `DATABASE_URL` and `DATABASE_URL_FILE`",
        ),
    ] {
        let (code, said) = migrate_by(&place, &variables);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(words) && !said.contains("hunter2"), "{said}");
    }
    let both = [("DATABASE_URL_FILE", "secret"), ("DATABASE_URL", "sqlite://hunter2.sqlite3")];
    let output = manage_by(&both, 4, &place, "migrate --database other.sqlite3");
    assert_eq!(said_by(&place, &output).0, Some(0), "the command line comes first");
}

#[test]
fn a_word_names_the_database_of_a_variable() {
    let place = Place::new();
    write_env(place.folder(), "DATABASE_URL_OTHER='sqlite://of_file.sqlite3'\n");
    let (_, said) = without_variable(&place, "migrate --database other");
    assert!(said.ends_with("4 migrations done on `of_file.sqlite3`\n"), "{said}");
    let variable = [("DATABASE_URL_OTHER", "sqlite://of_variable.sqlite3")];
    let (code, said) = said_by(&place, &manage_by(&variable, 4, &place, "migrate --database other"));
    assert_eq!(code, Some(0), "{said}");
    assert!(said.ends_with("4 migrations done on `of_variable.sqlite3`\n"), "{said}");
    let (code, said) = without_variable(&place, "migrate --database hunter2");
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("a word without a scheme names a database"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn migrate_check_fails_while_there_is_something_to_do_and_changes_nothing() {
    let place = Place::new();
    let (code, said) = manage(&place, "migrate --check");
    assert_eq!(code, Some(1));
    assert!(said.contains("blog.0001_initial forwards\n"), "{said}");
    assert!(!place.file().exists());
    assert_eq!(manage(&place, "migrate").0, Some(0));
    let expected = "nothing to do: `$PLACE/test.sqlite3` is up to date\n";
    assert_eq!(manage(&place, "migrate --check"), (Some(0), expected.to_owned()));
}

#[test]
fn verbosity_chooses_how_much_is_printed() {
    let place = Place::new();
    assert_eq!(manage(&place, "migrate 0001 -v 0"), (Some(0), String::new()));
    let (code, said) = manage(&place, "migrate 0002 --verbosity 2 --noinput");
    assert_eq!(code, Some(0));
    let (line, _) = said.split_once('\n').unwrap();
    assert!(line.starts_with("applying blog.0002_author_rating ... ok (") && line.ends_with(" s)"), "{said}");
    let (_, said) = manage(&place, "migrate 0003 -v3");
    assert!(said.starts_with("applying blog.0003_rating_range\n      "), "{said}");
    assert!(said.contains("CREATE TABLE"), "{said}");
    let (code, said) = manage(&place, "migrate -v 4");
    assert_eq!(code, Some(2));
    assert!(said.contains("0..=3"), "{said}");
}

#[test]
fn showmigrations_takes_the_short_options_of_django_and_several_apps() {
    let place = Place::new();
    let (listed, planned) = (manage(&place, "showmigrations"), manage(&place, "showmigrations --plan"));
    assert_eq!(manage(&place, "showmigrations -l"), listed);
    assert_eq!(manage(&place, "showmigrations blog blog --list"), listed);
    assert_eq!(manage(&place, "showmigrations -p"), planned);
    assert_eq!(manage(&place, "showmigrations -l -p").0, Some(2));
    let (code, said) = manage(&place, "showmigrations blog blok");
    assert_eq!(code, Some(2));
    assert!(said.contains("`blok`") && said.contains("`blog`"), "{said}");
}
