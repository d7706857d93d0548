//! Migrations that stand for others: for fresh databases, for those half-way, and for programs before and after.

use modelshift::error::ErrorKind;
use modelshift::{EmbeddedMigration, Migrations, Migrator};

use crate::support::{Entry, Place, author_rating, blog, initial, migrations, rating_range, seed, stored};

const REPLACES: &[&str] = &["blog.0001_initial", "blog.0002_author_rating", "blog.0003_rating_range"];

/// Which of the files a program has.
#[derive(Clone, Copy, PartialEq)]
enum Files {
    Originals,
    Both,
    SquashWithReplaces,
    SquashAlone,
}

fn program(files: Files) -> Migrations {
    let originals: Vec<Entry> = blog();
    let operations: Vec<_> = originals[..3].iter().flat_map(|entry| entry.2.clone()).collect();
    let replaces = if files == Files::SquashAlone { &[] } else { REPLACES };
    let squash = ("0001_squashed_0003", EmbeddedMigration { replaces, ..stored(&operations) });
    let parent: &[&str] =
        if files == Files::SquashAlone { &["blog.0001_squashed_0003"] } else { &["blog.0003_rating_range"] };
    let last = (originals[3].0, EmbeddedMigration { depends_on: parent, ..stored(&originals[3].2) });
    match files {
        Files::Originals => migrations("blog", &originals),
        Files::Both => migrations("blog", &originals).and(Migrations::new("blog", &[squash])),
        Files::SquashWithReplaces | Files::SquashAlone => Migrations::new("blog", &[squash, last]),
    }
}

async fn migrator(place: &Place, files: Files) -> Migrator {
    Migrator::connect(&place.url()).await.unwrap().with(program(files))
}

#[tokio::test]
async fn ex_002_a_fresh_database_runs_the_squash_alone_there_and_back() {
    let place = Place::new();
    let mut migrator = migrator(&place, Files::Both).await;
    migrator.migrate().await.unwrap();
    assert_eq!(place.applied().await, "blog.0001_squashed_0003 blog.0004_full_name");
    assert!(migrator.check().await.unwrap().is_empty());
    let status = migrator.status().await.unwrap();
    assert_eq!(status.migrations.len(), 2);
    assert_eq!(status.migrations[0].replaces.len(), 3);
    assert!(status.problem.is_none());
    migrator.migrate_to("zero").await.unwrap();
    assert_eq!(place.applied().await, "");
    // A program of the release before sees what it knows.
    migrator.migrate_to("0001_squashed").await.unwrap();
    let mut before = self::migrator(&place, Files::Originals).await;
    before.migrate().await.unwrap();
    assert_eq!(place.applied().await, "blog.0001_squashed_0003 blog.0004_full_name");
    assert!(before.check().await.unwrap().is_empty());
    assert!(before.status().await.unwrap().problem.is_none());
}

#[tokio::test]
async fn ex_016_ex_017_the_squash_is_recorded_when_all_that_it_stands_for_is_applied() {
    let place = Place::new();
    let mut one = Migrator::connect(&place.url()).await.unwrap().with(migrations("blog", &[initial()]));
    one.migrate().await.unwrap();
    seed(&place).await;
    let mut migrator = migrator(&place, Files::Both).await;
    let report = migrator.migrate().await.unwrap();
    let done: Vec<&str> = report.done.iter().map(|done| done.id.name.as_str()).collect();
    assert_eq!(done, ["0002_author_rating", "0003_rating_range", "0004_full_name"]);
    assert_eq!(place.number("SELECT count(*) FROM blog_author").await, 3);
    let all = "blog.0001_initial blog.0002_author_rating blog.0003_rating_range blog.0004_full_name";
    assert_eq!(place.applied().await, format!("{all} blog.0001_squashed_0003"));
    assert!(migrator.migrate().await.unwrap().is_empty());
    // Once every database is here, the files may go, and then the `replaces`; the release before still fits.
    for files in [Files::Originals, Files::SquashWithReplaces, Files::SquashAlone] {
        let mut program = self::migrator(&place, files).await;
        assert!(program.migrate().await.unwrap().is_empty());
        assert!(program.check().await.unwrap().is_empty());
    }
    let mut finished = self::migrator(&place, Files::Both).await;
    finished.migrate_to("zero").await.unwrap();
    assert_eq!(place.applied().await, "");
}

#[tokio::test]
async fn ld_019_a_squash_that_is_not_recorded_is_applied_where_its_parts_are() {
    let place = Place::new();
    let _ = migrator(&place, Files::Originals).await.migrate().await.unwrap();
    let mut squashed = migrator(&place, Files::SquashWithReplaces).await;
    let status = squashed.status().await.unwrap();
    assert!(status.problem.is_none() && status.unapplied().next().is_none());
    assert!(squashed.check().await.unwrap().is_empty());
    squashed.migrate_to("zero").await.unwrap();
    assert_eq!(place.applied().await, "");
}

#[tokio::test]
async fn ld_017_files_that_are_gone_too_early_are_named() {
    let place = Place::new();
    let two = migrations("blog", &[initial(), author_rating()]);
    let _ = Migrator::connect(&place.url()).await.unwrap().with(two).migrate().await.unwrap();
    let error = migrator(&place, Files::SquashWithReplaces).await.migrate().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Graph(_)), "{error}");
    assert!(error.to_string().contains("`blog.0001_squashed_0003` cannot replace it"), "{error}");
    assert_eq!(place.applied().await, "blog.0001_initial blog.0002_author_rating");
}

#[tokio::test]
async fn the_history_leads_back_without_the_program() {
    let place = Place::new();
    let three = migrations("blog", &[initial(), author_rating(), rating_range()]);
    let _ = Migrator::connect(&place.url()).await.unwrap().with(three).migrate().await.unwrap();
    let _ = migrator(&place, Files::Both).await.migrate().await.unwrap();
    let mut migrator = migrator(&place, Files::Originals).await.from_history();
    migrator.migrate_to("blog zero").await.unwrap();
    assert_eq!(place.applied().await, "");
    assert_eq!(place.number("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'blog%'").await, 0);
}

#[tokio::test]
async fn a_history_of_the_first_versions_is_read_and_widened() {
    let place = Place::new();
    let _ = migrator(&place, Files::Originals).await.migrate().await.unwrap();
    place.run("ALTER TABLE modelshift_history DROP COLUMN replaces").await;
    let mut migrator = migrator(&place, Files::Both).await;
    assert!(migrator.status().await.unwrap().problem.is_none());
    migrator.migrate().await.unwrap();
    let said = "SELECT replaces FROM modelshift_history WHERE id = 'blog.0001_squashed_0003'";
    assert_eq!(place.texts(said).await, REPLACES.join(" "));
}
