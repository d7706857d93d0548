//! Branches that are switched, and migrations that are edited: one command leads over, and rows stay.

use modelshift::Migrator;
use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_backend;
use modelshift_tests::place::Place;

use crate::commands::{Program, manage};

/// The rows that every branch has.
async fn rows(place: &Place) -> Vec<String> {
    let mut rows = place.rows("SELECT name FROM blog_author ORDER BY name").await.unwrap();
    rows.extend(place.rows("SELECT title FROM blog_post ORDER BY title").await.unwrap());
    rows
}

async fn applied(place: &Place) -> String {
    place.rows("SELECT id FROM modelshift_history ORDER BY position").await.unwrap().join(" ")
}

/// The database is as the migrations of the program make it.
async fn is_of(place: &Place, program: Program) {
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(program.migrations());
    let found = migrator.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
}

/// Returns the command that a message offers.
fn offered(message: &str) -> String {
    let start = message.find("`migrate --revert").unwrap_or_else(|| panic!("{message}"));
    message[start + 1..].split('`').next().unwrap().to_owned()
}

async fn switched_branches(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    assert_eq!(manage(&place, Program::Nicks, "migrate").0, Some(0));
    place.execute("UPDATE blog_author SET nick = 'A' WHERE name = 'Ann'").await.unwrap();
    let wanted = rows(&place).await;
    assert_eq!(wanted.len(), 6);

    // The other branch is checked out: nothing happens unasked.
    let (code, said) = manage(&place, Program::Ratings, "migrate");
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("it holds `blog.0002_nick`, `blog.0003_word`, which the program does not know"),
        "{said}"
    );
    let command = offered(&said);
    assert_eq!(command, "migrate --revert blog.0002_nick");
    let (code, said) = manage(&place, Program::Ratings, &command);
    assert_eq!(code, Some(1), "{said}");
    for words in [
        "`blog.0002_nick` removes field `nick` from `Author`: table `blog_author` holds 3 rows",
        "blog.0003_word backwards",
        "blog.0002_rating forwards",
        "nobody can be asked here; run the command again with `--yes`",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert_eq!(applied(&place).await, "blog.0001_step blog.0002_nick blog.0003_word");
    let (code, said) = manage(&place, Program::Ratings, &format!("{command} --plan"));
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("blog.0002_nick backwards") && said.contains("blog.0002_rating forwards"),
        "{said}"
    );
    assert_eq!(applied(&place).await, "blog.0001_step blog.0002_nick blog.0003_word");

    // One command.
    let (code, said) = manage(&place, Program::Ratings, &format!("{command} --yes"));
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("3 migrations done"), "{said}");
    assert_eq!(applied(&place).await, "blog.0001_step blog.0002_rating");
    assert_eq!(rows(&place).await, wanted);
    is_of(&place, Program::Ratings).await;

    // And back again.
    let (code, said) = manage(&place, Program::Nicks, "migrate");
    assert_eq!(code, Some(1), "{said}");
    let (code, said) = manage(&place, Program::Nicks, &format!("{} --yes --format json", offered(&said)));
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(applied(&place).await, "blog.0001_step blog.0002_nick blog.0003_word");
    assert_eq!(rows(&place).await, wanted);
    is_of(&place, Program::Nicks).await;

    // Names that the history does not have.
    let (code, said) = manage(&place, Program::Nicks, "migrate --revert 0009");
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("there is no migration `0009`"), "{said}");
}

on_every_backend!(switched_branches);

async fn edited_migrations(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    assert_eq!(manage(&place, Program::Ratings, "migrate").0, Some(0));
    let wanted = rows(&place).await;
    let (code, said) = manage(&place, Program::EditedRatings, "migrate");
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("migration `blog.0002_rating` was edited after it was applied")
            && said.contains("operation 1 (adds field `rating` to `Author`) is not what it was: `")
            && said.contains("`3` and is now `4`"),
        "{said}"
    );
    let (code, said) = manage(&place, Program::EditedRatings, &format!("{} --yes", offered(&said)));
    assert_eq!(code, Some(0), "{said}");
    is_of(&place, Program::EditedRatings).await;
    assert_eq!(rows(&place).await, wanted);
    let ratings = place.rows("SELECT CAST(rating AS char(1)) FROM blog_author").await.unwrap();
    assert_eq!(ratings, ["4", "4", "4"]);
}

on_every_backend!(edited_migrations);

/// A branch whose migration failed, and was left in part where the database has no transactions for it.
async fn broken_branches(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let (code, said) = manage(&place, Program::Broken, "migrate");
    assert_eq!(code, Some(1), "{said}");
    let wanted = rows(&place).await;
    let (mut code, mut said) = manage(&place, Program::Ratings, "migrate");
    if !backend.capabilities().transactional_ddl {
        assert_eq!(code, Some(1), "{said}");
        assert!(
            said.contains("`blog.0002_broken` is applied in part, and this program does not know it"),
            "{said}"
        );
        (code, said) = manage(&place, Program::Ratings, &format!("{} --yes", offered(&said)));
    }
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(applied(&place).await, "blog.0001_step blog.0002_rating");
    is_of(&place, Program::Ratings).await;
    assert_eq!(rows(&place).await, wanted);
}

on_every_backend!(broken_branches);
