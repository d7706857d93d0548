//! Migrations that are recorded and not run.

use modelshift::error::ErrorKind;

use crate::support::{Place, author_rating, blog, create, id, initial, migrations, run_sql, seed, varchar};

/// What another program created, equal to what the initial migration of the blog creates.
async fn adoptable() -> Place {
    let place = Place::new();
    place.migrator(&[initial()]).await.migrate().await.unwrap();
    place.run("DROP TABLE modelshift_history").await;
    seed(&place).await;
    place
}

#[tokio::test]
async fn fake_initial_adopts_tables_that_are_as_the_migration_creates_them() {
    let place = adoptable().await;
    let before = place.texts("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").await;
    let mut migrator = place.migrator(&[initial()]).await;
    let report = migrator.fake_initial("").await.unwrap();
    assert_eq!(report.to_string(), "recorded blog.0001_initial as applied, without running it");
    assert!(migrator.check().await.unwrap().is_empty());
    let after = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name NOT LIKE 'modelshift%' ORDER BY name";
    assert_eq!(place.texts(after).await, before, "the tables are not touched");
    assert_eq!(place.number("SELECT count(*) FROM blog_post").await, 6);
    assert!(migrator.fake_initial("").await.unwrap().is_empty(), "a second run has nothing to do");
}

#[tokio::test]
async fn fake_initial_runs_what_comes_behind_the_initial_migration() {
    let place = adoptable().await;
    let mut migrator = place.migrator(&[initial(), author_rating()]).await;
    let report = migrator.fake_initial("").await.unwrap();
    let expected =
        "recorded blog.0001_initial as applied, without running it\napplied blog.0002_author_rating";
    assert_eq!(report.to_string(), expected);
    assert!(migrator.check().await.unwrap().is_empty());
    assert_eq!(place.number("SELECT count(rating) FROM blog_author").await, 3);
}

#[tokio::test]
async fn fake_initial_runs_the_initial_migration_where_no_table_is_there() {
    let place = Place::new();
    let report = place.migrator(&[initial()]).await.fake_initial("").await.unwrap();
    assert_eq!(report.to_string(), "applied blog.0001_initial");
}

#[tokio::test]
async fn fake_initial_names_every_difference_and_records_nothing() {
    for (change, expected) in [
        ("ALTER TABLE blog_author ADD COLUMN age integer", "table `blog_author` has a column `age`"),
        ("ALTER TABLE blog_author DROP COLUMN name", "column `name` is missing"),
        ("DROP INDEX blog_post_author_id_idx", "index `blog_post_author_id_idx` is missing"),
        ("DROP TABLE blog_post", "table `blog_post` is missing"),
        (
            "DROP TABLE blog_post; CREATE TABLE blog_post (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, \
             title varchar(50), author_id bigint NOT NULL)",
            "column `title` is `varchar(50)`, and should be `varchar(100) not null`",
        ),
    ] {
        let place = adoptable().await;
        place.run(change).await;
        let mut migrator = place.migrator(&[initial()]).await;
        let error = migrator.fake_initial("").await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NotAdoptable { .. }), "{change}: {error}");
        assert!(error.to_string().contains(expected), "{change}: {error}");
        assert!(error.to_string().contains("`migrate blog 0001_initial --fake`"), "{error}");
        let tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'modelshift_history'";
        assert_eq!(place.number(tables).await, 0, "{change}");
    }
}

#[tokio::test]
async fn fake_records_and_removes_without_a_statement() {
    let place = Place::new();
    let mut migrator = place.migrator(&blog()).await;
    migrator.fake("0002").await.unwrap();
    assert_eq!(place.applied().await, "blog.0001_initial blog.0002_author_rating");
    let tables = "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'blog%'";
    assert_eq!(place.number(tables).await, 0);
    assert!(!migrator.check().await.unwrap().drift.is_empty(), "`check` says what is not there");
    let report = migrator.fake("zero").await.unwrap();
    assert!(
        report.to_string().starts_with("recorded blog.0002_author_rating as reverted, without running it\n")
    );
    assert_eq!(place.applied().await, "");
    migrator.migrate().await.unwrap();
    migrator.fake("0003").await.unwrap();
    assert_eq!(place.applied().await, "blog.0001_initial blog.0002_author_rating blog.0003_rating_range");
    migrator.fake("").await.unwrap();
    assert!(migrator.check().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_a_comparison_of_tables_does_not_see_is_a_warning() {
    let place = Place::new();
    let sql = run_sql("INSERT INTO blog_note (text) VALUES ('first')", None);
    let only = ("0001_initial", vec![], vec![create("Note", vec![id(), varchar("text")]), sql]);
    place.migrator(std::slice::from_ref(&only)).await.migrate().await.unwrap();
    place.run("DROP TABLE modelshift_history").await;
    let report = place.migrator(std::slice::from_ref(&only)).await.fake_initial("").await.unwrap();
    let expected = "`blog.0001_initial` is recorded as applied by its tables alone; what else it does was neither run \
                    nor compared: runs SQL";
    assert!(report.warnings[0].starts_with(expected), "{:?}", report.warnings);
    assert_eq!(place.number("SELECT count(*) FROM blog_note").await, 1, "the SQL did not run again");
    // What cannot be reverted can be removed from the history.
    let mut migrator =
        modelshift::Migrator::connect(&place.url()).await.unwrap().with(migrations("blog", &[only]));
    migrator.fake("zero").await.unwrap();
    assert_eq!(place.applied().await, "");
}
