//! Forwards, backwards, to a name or a part of it, to nothing, and forwards again.

use modelshift::error::ErrorKind;
use modelshift::{EmbeddedMigration, Migrations, Migrator, Target};
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::field::Field;

use crate::support::{
    Place, add_field, alter_field, author_rating, author_reference, blog, initial, migrations, seed, stored,
    varchar,
};

const ALL: &str = "blog.0001_initial blog.0002_author_rating blog.0003_rating_range blog.0004_full_name";

#[tokio::test]
async fn forwards_and_then_nothing_is_to_be_done() {
    let place = Place::new();
    let mut migrator = place.migrator(&blog()).await;
    let report = migrator.migrate().await.unwrap();
    let done: Vec<String> = report.done.iter().map(|done| done.id.to_string()).collect();
    assert_eq!(done.join(" "), ALL);
    assert_eq!(place.applied().await, ALL);
    assert!(migrator.migrate().await.unwrap().is_empty());
    assert!(migrator.check().await.unwrap().is_empty());
}

#[tokio::test]
async fn to_every_target_and_back() {
    let place = Place::new();
    let mut migrator = place.migrator(&blog()).await;
    for (target, last) in [
        ("0002", 2),
        ("blog.0004_full_name", 4),
        ("0003_rat", 3),
        ("blog 0001", 1),
        ("blog", 4),
        ("zero", 0),
        ("", 4),
        ("blog.zero", 0),
        ("blog 0003", 3),
        ("blog zero", 0),
    ] {
        migrator.migrate_to(target).await.unwrap();
        let wanted: Vec<&str> = ALL.split(' ').take(last).collect();
        assert_eq!(place.applied().await, wanted.join(" "), "{target}");
        let tables = place.number("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'blog%'").await;
        assert_eq!(tables > 0, last > 0, "{target}");
    }
}

#[tokio::test]
async fn rows_survive_the_way_there_and_back() {
    let place = Place::new();
    let mut migrator = place.migrator(&blog()).await;
    migrator.migrate_to("0001").await.unwrap();
    seed(&place).await;
    let names = "SELECT name FROM blog_author ORDER BY id";
    for _ in 0..2 {
        migrator.migrate().await.unwrap();
        assert_eq!(place.texts("SELECT full_name FROM blog_author ORDER BY id").await, "Ann Bob Cid");
        assert_eq!(place.number("SELECT count(*) FROM blog_post").await, 6);
        migrator.migrate_to("0001").await.unwrap();
        assert_eq!(place.texts(names).await, "Ann Bob Cid");
        assert_eq!(place.number("SELECT count(*) FROM blog_post WHERE title = ''").await, 6);
    }
}

/// Invariant 8: what cannot be planned to the end is not begun.
#[tokio::test]
async fn invariant_8_the_whole_plan_exists_before_the_first_statement() {
    let place = Place::new();
    let mut entries = vec![initial(), author_rating()];
    entries[1].2.push(crate::support::remove_field("Author", "gone"));
    let error = place.migrator(&entries).await.migrate().await.unwrap_err();
    assert!(format!("{error}").contains("`blog.0002_author_rating`, operation 3"), "{error}");
    assert!(!place.file().exists(), "nothing was made");
    let mut migrator = place.migrator(&blog()).await;
    let plan = migrator.plan(Target::Latest).await.unwrap();
    assert_eq!(plan.migrations.len(), 4);
    assert!(plan.migrations.iter().all(|migration| migration.statements().count() > 0));
    assert!(!place.file().exists(), "nothing was made");
}

#[tokio::test]
async fn targets_that_mean_nothing_or_too_much_name_what_there_is() {
    let place = Place::new();
    let mut entries = blog();
    entries[3].0 = "0003_also";
    let mut migrator = place.migrator(&entries).await;
    let error = migrator.migrate_to("0009").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::UnknownTarget { candidates, .. } if candidates.len() == 4));
    let error = migrator.migrate_to("0003").await.unwrap_err().to_string();
    assert!(error.contains("`blog.0003_also`") && error.contains("`blog.0003_rating_range`"), "{error}");
    let mut long = entries.clone();
    for number in 4..9_usize {
        let parent: &'static str = format!("blog.{}", long.last().unwrap().0).leak();
        long.push((format!("{number:04}_more").leak(), vec![parent], vec![]));
    }
    let error = place.migrator(&long).await.migrate_to("000").await.unwrap_err().to_string();
    assert!(error.contains("`blog.0004_more` and 4 more"), "{error}");
    let error = migrator.migrate_to("shop 0001").await.unwrap_err().to_string();
    assert!(error.contains("`shop 0001`") && error.contains("`blog 0001`"), "{error}");
    assert!(!place.file().exists());
}

#[tokio::test]
async fn two_newest_migrations_are_an_error_that_names_both() {
    let place = Place::new();
    let mut other = author_rating();
    other.0 = "0002_other";
    let mut migrator = place.migrator(&[initial(), author_rating(), other]).await;
    let error = migrator.migrate().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TwoLeaves { leaves, .. } if leaves.len() == 2), "{error}");
    assert!(error.to_string().contains("`blog.0002_author_rating`, `blog.0002_other`"), "{error}");
    assert!(!place.file().exists());
}

#[tokio::test]
async fn apps_depend_on_each_other_and_leave_in_the_opposite_order() {
    let place = Place::new();
    let mut shop = initial();
    shop.1 = vec!["blog.0002_author_rating"];
    let shop = migrations("shop", &[shop]);
    let mut migrator = modelshift::Migrator::connect(&place.url()).await.unwrap().with(shop.clone());
    let error = migrator.migrate().await.unwrap_err();
    assert!(error.to_string().contains("`.with(blog::migrations::all())`"), "{error}");
    let mut migrator = migrator.with(migrations("blog", &[initial(), author_rating()])).with(shop);
    migrator.migrate().await.unwrap();
    assert_eq!(place.applied().await, "blog.0001_initial blog.0002_author_rating shop.0001_initial");
    let error = migrator.migrate_to("zero").await.unwrap_err();
    assert!(error.to_string().contains("`blog zero`, `shop zero`"), "{error}");
    let report = migrator.migrate_to("blog 0001").await.unwrap();
    let done: Vec<String> = report.done.iter().map(|done| done.id.to_string()).collect();
    assert_eq!(done.join(" "), "shop.0001_initial blog.0002_author_rating");
    migrator.migrate_to("shop").await.unwrap();
    assert_eq!(place.applied().await, "blog.0001_initial blog.0002_author_rating shop.0001_initial");
}

#[tokio::test]
async fn what_would_be_lost_is_known_before() {
    let place = Place::new();
    let mut migrator = place.migrator(&blog()).await;
    migrator.migrate_to("0003").await.unwrap();
    assert_eq!(migrator.losses(Target::Latest).await.unwrap(), []);
    seed(&place).await;
    let told = |losses: Vec<modelshift::loss::Loss>| -> Vec<String> {
        losses.iter().map(|loss| format!("{} {} {}", loss.what, loss.table, loss.rows)).collect()
    };
    let losses = migrator.losses(Target::Latest).await.unwrap();
    assert_eq!(told(losses), ["removes field `title` from `Post` blog_post 6"]);
    let losses = migrator.losses("0001").await.unwrap();
    assert_eq!(told(losses), ["removes field `rating` from `Author` blog_author 3"]);
}

/// Two branches that were merged: each can be left without the other.
#[tokio::test]
async fn back_to_one_of_two_branches_leaves_the_other() {
    let place = Place::new();
    let age = Field { null: true, ..Field::new("age", ColumnType::I16) };
    let entries = [
        initial(),
        ("0002_age", vec!["blog.0001_initial"], vec![add_field("Author", age)]),
        author_rating(),
        ("0003_merge", vec!["blog.0002_age", "blog.0002_author_rating"], vec![]),
    ];
    let mut migrator = place.migrator(&entries).await;
    migrator.migrate().await.unwrap();
    for (target, left) in [
        ("0002_age", vec!["0001_initial", "0002_age", "0002_author_rating"]),
        ("0001", vec!["0001_initial"]),
        ("0002_author", vec!["0001_initial", "0002_author_rating"]),
        ("0003", vec!["0001_initial", "0002_age", "0002_author_rating", "0003_merge"]),
        ("zero", vec![]),
    ] {
        migrator.migrate_to(target).await.unwrap();
        let mut applied: Vec<String> = place.applied().await.split_whitespace().map(str::to_owned).collect();
        applied.sort();
        let left: Vec<String> = left.iter().map(|name| format!("blog.{name}")).collect();
        assert_eq!(applied, left, "{target}");
        assert_eq!(migrator.check().await.unwrap().drift, Vec::<String>::new(), "{target}");
    }
}

#[tokio::test]
async fn ld_001_each_database_remembers_what_it_holds_and_no_other_does() {
    let (one, other) = (Place::new(), Place::new());
    let mut migrator = one.migrator(&blog()).await;
    migrator.migrate_to("0002").await.unwrap();
    assert_eq!(one.applied().await, "blog.0001_initial blog.0002_author_rating");
    other.migrator(&blog()).await.migrate_to("0001").await.unwrap();
    migrator.migrate_to("0001").await.unwrap();
    assert_eq!(
        (one.applied().await, other.applied().await),
        ("blog.0001_initial".into(), "blog.0001_initial".into())
    );
    migrator.migrate_to("zero").await.unwrap();
    assert_eq!((one.applied().await.as_str(), other.applied().await.as_str()), ("", "blog.0001_initial"));
}

/// Rows that would lack a value stop the way back before anything is done, whether the migration is done at once or not.
#[tokio::test]
async fn rows_without_a_value_stop_the_way_back_before_it_begins() {
    for atomic in [true, false] {
        let place = Place::new();
        let loose = Field { null: true, ..author_reference() };
        let operations =
            [alter_field("Post", loose), add_field("Author", Field { null: true, ..varchar("nick") })];
        let second = EmbeddedMigration { depends_on: &["blog.0001_initial"], atomic, ..stored(&operations) };
        let list = [("0001_initial", stored(&initial().2)), ("0002_loose", second)];
        let mut migrator =
            Migrator::connect(&place.url()).await.unwrap().with(Migrations::new("blog", &list));
        migrator.migrate_to("0001").await.unwrap();
        seed(&place).await;
        migrator.migrate().await.unwrap();
        place.run("UPDATE blog_post SET author_id = NULL WHERE title = 'c'").await;
        let error = migrator.migrate_to("0001").await.unwrap_err().to_string();
        assert!(error.contains("a row of `blog_post` holds NULL in `author_id`"), "{error}");
        assert_eq!(
            place.number("SELECT count(*) FROM pragma_table_info('blog_author') WHERE name = 'nick'").await,
            1
        );
        place.run("UPDATE blog_post SET author_id = 7 WHERE author_id IS NULL").await;
        migrator.migrate_to("0001").await.unwrap();
        assert_eq!(place.number("SELECT sum(author_id) FROM blog_post").await, 1 + 1 + 7 + 2 + 7 + 7);
        assert_eq!(place.applied().await, "blog.0001_initial");
    }
}
