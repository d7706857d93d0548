//! Databases whose history is not the one of the program, and the ways out.

use modelshift::EmbeddedMigration;
use modelshift::error::ErrorKind;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::Constraint;
use modelshift_schema::expr::{BinaryOp, Expr};
use modelshift_schema::field::Field;
use modelshift_schema::operation::{AddConstraint, Operation};

use crate::support::{
    Entry, Place, add_field, author_rating, blog, initial, migrations, remove_field, run_sql, seed, stored,
    varchar,
};

/// Invariant 11: what was edited after it was applied is refused, operation by operation.
#[tokio::test]
async fn invariant_11_an_edited_migration_is_named_with_what_differs() {
    let place = Place::new();
    place.migrator(&blog()[..2]).await.migrate().await.unwrap();
    let mut entries = blog();
    entries[1].2[0] = add_field("Author", Field { null: true, ..varchar("nickname") });
    entries[1].2.truncate(1);
    let mut migrator = place.migrator(&entries).await;
    let error = migrator.migrate().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Edited { .. }), "{error}");
    for words in [
        "`blog.0002_author_rating` was edited after it was applied",
        "operation 1 was \"adds field `rating` to `Author`\" and is now \"adds field `nickname` to `Author`\"",
        "operation 2 (",
        "is gone",
        "`migrate --revert blog.0002_author_rating`",
    ] {
        assert!(error.to_string().contains(words), "{words}: {error}");
    }
    assert_eq!(place.applied().await, "blog.0001_initial blog.0002_author_rating");
    let status = migrator.status().await.unwrap();
    assert!(status.problem.is_some_and(|problem| matches!(problem.kind(), ErrorKind::Edited { .. })));

    // The way out that was named.
    let mut back = place.migrator(&entries).await.from_history();
    back.migrate_to("blog 0001_initial").await.unwrap();
    assert_eq!(place.applied().await, "blog.0001_initial");
    entries.truncate(2);
    let mut migrator = place.migrator(&entries).await;
    migrator.migrate().await.unwrap();
    assert!(migrator.check().await.unwrap().is_empty());
}

/// Invariant 11: a switched branch. What only the database knows is named, and led back when asked.
#[tokio::test]
async fn invariant_11_a_database_that_is_ahead_goes_back_from_its_history_and_never_unasked() {
    let place = Place::new();
    place.migrator(&blog()).await.migrate_to("0001").await.unwrap();
    seed(&place).await;
    place.migrator(&blog()).await.migrate().await.unwrap();
    let other: Vec<Entry> = vec![
        initial(),
        (
            "0002_bio",
            vec!["blog.0001_initial"],
            vec![add_field("Author", Field { null: true, ..varchar("bio") })],
        ),
    ];
    let mut migrator = place.migrator(&other).await;
    let error = migrator.migrate().await.unwrap_err();
    let ErrorKind::Ahead { migrations, way_out, .. } = error.kind() else { panic!("{error}") };
    assert_eq!(migrations.len(), 3);
    assert_eq!(way_out, "migrate --revert blog.0002_author_rating");
    assert!(migrator.migrate_to("0001").await.is_err(), "not even back without being asked");
    assert_eq!(place.number("SELECT count(*) FROM modelshift_history").await, 4);

    let mut back = place.migrator(&other).await.from_history();
    let report = back.migrate_to("blog 0001_initial").await.unwrap();
    assert_eq!(report.done.len(), 3);
    migrator.migrate().await.unwrap();
    assert_eq!(place.applied().await, "blog.0001_initial blog.0002_bio");
    assert_eq!(place.texts("SELECT name FROM blog_author ORDER BY id").await, "Ann Bob Cid");
    assert!(migrator.check().await.unwrap().is_empty());
    let error = back.migrate_to("0009").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::UnknownTarget { .. }), "{error}");
}

/// A dependency that was written into a file after it was applied.
#[tokio::test]
async fn a_child_without_its_parent_is_inconsistent_and_the_way_out_works() {
    let place = Place::new();
    place.migrator(&[initial(), author_rating()]).await.migrate().await.unwrap();
    let mut entries = vec![initial(), author_rating(), ("0002_other", vec!["blog.0001_initial"], vec![])];
    entries[1].1.push("blog.0002_other");
    let error = place.migrator(&entries).await.migrate().await.unwrap_err();
    let ErrorKind::Inconsistent { way_out, .. } = error.kind() else { panic!("{error}") };
    assert!(
        error.to_string().contains("`blog.0002_author_rating` is applied, and `blog.0002_other`"),
        "{error}"
    );
    assert_eq!(way_out, "migrate --revert blog.0002_author_rating");
    let back = modelshift::Target::without(["blog.0002_author_rating"]);
    place.migrator(&entries).await.migrate_to(back).await.unwrap();
    let mut migrator = place.migrator(&entries).await;
    migrator.migrate().await.unwrap();
    assert!(migrator.check().await.unwrap().is_empty());
}

/// Rows that somebody deleted: whatever names them names a remedy that works, and nothing runs twice.
#[tokio::test]
async fn rows_that_are_missing_in_the_middle_are_named_and_recorded_again() {
    for lost in ["'blog.0002_author_rating'", "'blog.0001_initial', 'blog.0003_rating_range'"] {
        let place = Place::new();
        place.migrator(&blog()).await.migrate().await.unwrap();
        place.run(&format!("DELETE FROM modelshift_history WHERE id IN ({lost})")).await;
        let mut migrator = place.migrator(&blog()).await;
        let from_history = place.migrator(&blog()).await.from_history().migrate_to("blog zero").await;
        for error in [
            migrator.migrate().await.unwrap_err(),
            migrator.migrate_to("blog zero").await.unwrap_err(),
            from_history.unwrap_err(),
        ] {
            let ErrorKind::MissingRows { migrations, .. } = error.kind() else { panic!("{error}") };
            for id in migrations {
                assert!(lost.contains(&id.to_string()), "{error}");
            }
            assert!(error.to_string().contains("run `repair`"), "{error}");
        }
        assert!(migrator.status().await.unwrap().problem.is_some());
        let repairs = migrator.repairs().await.unwrap();
        assert_eq!(repairs.len(), lost.split(',').count());
        assert_eq!(migrator.repair().await.unwrap(), repairs);
        assert!(migrator.repairs().await.unwrap().is_empty());
        assert!(migrator.check().await.unwrap().is_empty());
        assert!(migrator.migrate().await.unwrap().is_empty());
        migrator.migrate_to("blog zero").await.unwrap();
    }
}

/// The last row is no row in the middle: without it the migration counts as not applied.
#[tokio::test]
async fn what_was_never_applied_is_not_repaired() {
    let place = Place::new();
    place.migrator(&blog()).await.migrate_to("0002").await.unwrap();
    let mut migrator = place.migrator(&blog()).await;
    assert!(migrator.repairs().await.unwrap().is_empty());
    assert_eq!(migrator.migrate().await.unwrap().done.len(), 2);
}

#[tokio::test]
async fn operations_that_do_not_have_the_checksum_of_their_row_are_noticed() {
    let place = Place::new();
    place.migrator(&blog()).await.migrate().await.unwrap();
    let other = "UPDATE modelshift_history SET operations = \
        (SELECT operations FROM modelshift_history WHERE id = 'blog.0004_full_name') \
        WHERE id = 'blog.0002_author_rating'";
    place.run(other).await;
    let mut migrator = place.migrator(&blog()).await;
    let error = migrator.migrate().await.unwrap_err();
    let ErrorKind::Damaged { migrations, .. } = error.kind() else { panic!("{error}") };
    assert_eq!(migrations.len(), 1);
    assert!(
        error.to_string().contains("of `blog.0002_author_rating` are not those that were applied"),
        "{error}"
    );
    assert!(error.to_string().contains("run `repair`"), "{error}");
    // What the row keeps leads nobody back.
    let mut back = place.migrator(&blog()).await.from_history();
    let error = back.migrate_to("blog 0001_initial").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Damaged { .. }), "{error}");

    assert_eq!(migrator.repair().await.unwrap().len(), 1);
    assert!(migrator.check().await.unwrap().is_empty());
    let mut back = place.migrator(&blog()).await.from_history();
    back.migrate_to("blog 0001_initial").await.unwrap();

    // A program that does not know what was applied cannot repair it.
    migrator.migrate().await.unwrap();
    place.run(other).await;
    let mut entries = blog();
    entries[1].2.truncate(1);
    let mut migrator = place.migrator(&entries).await;
    let error = migrator.migrate().await.unwrap_err();
    assert!(error.to_string().contains("restore the table from a backup"), "{error}");
    assert!(migrator.repairs().await.unwrap().is_empty());
}

#[tokio::test]
async fn rows_of_another_database_are_refused() {
    let place = Place::new();
    place.migrator(&blog()).await.migrate_to("0002").await.unwrap();
    place.run("UPDATE modelshift_history SET dialect = 'postgres' WHERE id = 'blog.0001_initial'").await;
    let error = place.migrator(&blog()).await.migrate().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::History { .. }), "{error}");
    for words in ["the row of `blog.0001_initial` was written on postgres", "copied from another database"] {
        assert!(error.to_string().contains(words), "{words}: {error}");
    }
}

/// What the grammar takes goes through the row of the history, and back.
#[tokio::test]
async fn a_condition_of_two_hundred_operators_is_applied_and_reverted_by_the_history() {
    let term = |number: i64| Expr::binary(BinaryOp::Ne, Expr::name("rating"), Expr::int(number));
    let all = |number: i64, so_far: Expr| Expr::binary(BinaryOp::And, so_far, term(number));
    let condition = (1..=100).fold(term(0), |so_far, number| all(number, so_far));
    let constraint = Constraint::Check { name: Some("few_ratings".into()), condition };
    let check = Operation::AddConstraint(AddConstraint { model: "Author".into(), constraint });
    let mut entries = blog();
    entries.truncate(2);
    entries.push(("0003_few_ratings", vec!["blog.0002_author_rating"], vec![check]));
    let place = Place::new();
    let mut migrator = place.migrator(&entries).await;
    migrator.migrate().await.unwrap();
    assert!(migrator.check().await.unwrap().is_empty());
    let mut back = place.migrator(&blog()[..2]).await.from_history();
    back.migrate_to("blog 0002_author_rating").await.unwrap();
    assert!(!place.applied().await.contains("0003_few_ratings"));
    assert!(back.check().await.unwrap().is_empty());
}

/// A trigger may take a row away without an error.
#[tokio::test]
async fn a_history_that_does_not_keep_its_rows_is_noticed_and_nothing_is_kept_of_the_migration() {
    for trigger in [
        "BEFORE INSERT ON modelshift_history BEGIN SELECT RAISE(IGNORE); END",
        "AFTER INSERT ON modelshift_history BEGIN DELETE FROM modelshift_history WHERE id = NEW.id; END",
        "AFTER INSERT ON modelshift_history BEGIN UPDATE modelshift_history SET operations = '[]' WHERE id = NEW.id; END",
    ] {
        let place = Place::new();
        place.migrator(&blog()).await.migrate_to("0001").await.unwrap();
        place.run(&format!("CREATE TRIGGER swallows {trigger}")).await;
        let error = place.migrator(&blog()).await.migrate().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::History { .. }), "{error}");
        for words in
            ["does not hold what was just written to it", "drop the triggers of that table: `swallows`"]
        {
            assert!(error.to_string().contains(words), "{words}: {error}");
        }
        let rating = "SELECT count(*) FROM pragma_table_info('blog_author') WHERE name = 'rating'";
        assert_eq!(place.number(rating).await, 0);
        place.run("DROP TRIGGER swallows").await;
        place.migrator(&blog()).await.migrate().await.unwrap();
    }
    let place = Place::new();
    place.migrator(&blog()).await.migrate().await.unwrap();
    place
        .run("CREATE TRIGGER keeps BEFORE DELETE ON modelshift_history BEGIN SELECT RAISE(IGNORE); END")
        .await;
    let error = place.migrator(&blog()).await.migrate_to("0001").await.unwrap_err();
    assert!(error.to_string().contains("`keeps`"), "{error}");
    assert_eq!(
        place.number("SELECT count(*) FROM pragma_table_info('blog_author') WHERE name = 'full_name'").await,
        1
    );
}

#[tokio::test]
async fn the_migrations_of_other_programs_are_left_alone() {
    let place = Place::new();
    place.migrator(&[initial()]).await.migrate().await.unwrap();
    let shop = migrations("shop", &[initial()]);
    let mut other = modelshift::Migrator::connect(&place.url()).await.unwrap().with(shop);
    other.migrate().await.unwrap();
    assert_eq!(place.applied().await, "blog.0001_initial shop.0001_initial");
    assert!(other.check().await.unwrap().is_empty());
    let status = other.status().await.unwrap();
    assert_eq!(status.migrations.iter().filter(|it| !it.known).count(), 1);
    assert!(status.problem.is_none());
    other.migrate_to("zero").await.unwrap();
    assert_eq!(place.applied().await, "blog.0001_initial");
}

#[tokio::test]
async fn rows_of_a_newer_version_and_tables_of_strangers_are_refused() {
    let place = Place::new();
    place.migrator(&[initial()]).await.migrate().await.unwrap();
    place.run("UPDATE modelshift_history SET format = 99, tool = 'modelshift 42.0'").await;
    let error = place.migrator(&blog()).await.migrate().await.unwrap_err();
    assert!(error.to_string().contains("written by the newer `modelshift 42.0`"), "{error}");
    place.run("UPDATE modelshift_history SET format = 1, operations = '[{\"Frobnicate\":{}}]'").await;
    let error = place.migrator(&blog()).await.migrate().await.unwrap_err();
    assert!(error.to_string().contains("the operations of the row `blog.0001_initial`"), "{error}");
    place.run("DROP TABLE modelshift_history; CREATE TABLE modelshift_history (notes text)").await;
    let error = place.migrator(&blog()).await.migrate().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::History { .. }), "{error}");
    assert_eq!(place.number("SELECT count(*) FROM modelshift_history").await, 0);
}

#[tokio::test]
async fn a_statement_that_fails_leaves_nothing_of_its_migration_and_all_before_it() {
    let place = Place::new();
    let broken: Entry = (
        "0003_broken",
        vec!["blog.0002_author_rating"],
        vec![
            add_field("Author", Field { null: true, ..Field::new("age", ColumnType::I16) }),
            run_sql("UPDATE blog_author SET nonsense = 1", None),
        ],
    );
    let entries = vec![initial(), author_rating(), broken];
    let mut migrator = place.migrator(&entries).await;
    let error = migrator.migrate().await.unwrap_err();
    let ErrorKind::Statement { migration, why, sql, source, .. } = error.kind() else { panic!("{error}") };
    assert_eq!((migration.to_string().as_str(), why.as_str()), ("blog.0003_broken", "runs SQL"));
    assert_eq!(sql, "UPDATE blog_author SET nonsense = 1");
    assert_eq!(source.to_string(), "no such column: nonsense");
    assert_eq!(error.report().done.len(), 2, "the report tells what was done before");
    assert_eq!(place.applied().await, "blog.0001_initial blog.0002_author_rating");
    assert_eq!(
        place.number("SELECT count(*) FROM pragma_table_info('blog_author') WHERE name = 'age'").await,
        0
    );
    // The same migrator goes on once the cause is gone.
    let mut migrator = migrator.with(migrations("blog", &blog()));
    assert_eq!(migrator.migrate().await.unwrap().done.len(), 2);
}

#[tokio::test]
async fn sql_that_would_leave_its_transaction_is_refused_before_anything_runs() {
    let place = Place::new();
    let entry: Entry = (
        "0002_commit",
        vec!["blog.0001_initial"],
        vec![run_sql("DELETE FROM blog_post; COMMIT; BEGIN", Some(""))],
    );
    let error = place.migrator(&[initial(), entry]).await.migrate().await.unwrap_err();
    assert!(error.to_string().contains("its SQL says `COMMIT`"), "{error}");
    assert!(!place.file().exists());
}

#[tokio::test]
async fn a_way_back_that_is_none_is_found_before_anything_runs() {
    let place = Place::new();
    let entry: Entry = (
        "0002_delete",
        vec!["blog.0001_initial"],
        vec![run_sql("DELETE FROM blog_post", None), remove_field("Post", "title")],
    );
    let mut migrator = place.migrator(&[initial(), entry]).await;
    migrator.migrate().await.unwrap();
    let error = migrator.migrate_to("zero").await.unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("RunSql without `reverse` cannot be reverted"), "{error}: {cause}");
    assert_eq!(place.applied().await, "blog.0001_initial blog.0002_delete");
}

#[tokio::test]
async fn what_was_changed_by_hand_is_told_by_check() {
    let place = Place::new();
    let mut migrator = place.migrator(&blog()).await;
    migrator.migrate().await.unwrap();
    place
        .run(
            "DROP INDEX blog_post_author_id_idx; ALTER TABLE blog_author ADD COLUMN shoe integer;
             CREATE TABLE strange (x); CREATE INDEX by_hand ON blog_author (shoe);
             DROP INDEX blog_author_rating_idx; CREATE UNIQUE INDEX blog_author_rating_idx ON blog_author (rating)",
        )
        .await;
    let found = migrator.check().await.unwrap();
    assert_eq!(
        found.drift,
        [
            "table `blog_author` has a column `shoe` that no migration made",
            "table `blog_author`: index `blog_author_rating_idx` is `unique (rating)`, and should be `(rating desc)`",
            "table `blog_post`: index `blog_post_author_id_idx` is missing",
        ]
    );
}

#[tokio::test]
async fn a_full_disk_leaves_nothing_of_the_migration() {
    let place = Place::new();
    let numbers = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 5000)";
    let fill = format!(
        "PRAGMA max_page_count = 30; CREATE TABLE big AS {numbers} SELECT randomblob(500) AS x FROM n"
    );
    let entry: Entry = ("0002_big", vec!["blog.0001_initial"], vec![run_sql(&fill, None)]);
    let mut migrator = place.migrator(&[initial(), entry]).await;
    let error = migrator.migrate().await.unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        cause.contains("disk is full") && error.to_string().contains("`blog.0002_big`"),
        "{error}: {cause}"
    );
    assert_eq!(place.applied().await, "blog.0001_initial");
    assert_eq!(place.number("SELECT count(*) FROM sqlite_schema WHERE name = 'big'").await, 0);
    let mut migrator = migrator.with(migrations("blog", &blog()));
    assert_eq!(migrator.migrate().await.unwrap().done.len(), 3);
}

#[tokio::test]
async fn what_must_come_later_is_remembered_and_obeyed_on_the_way_back() {
    let place = Place::new();
    let shop = |entry: Entry| {
        let (name, depends_on, operations) = entry;
        let first = EmbeddedMigration { run_before: &["blog.0002_author_rating"], ..stored(&operations) };
        assert!(depends_on.is_empty());
        modelshift::Migrations::new("shop", &[(name, first)])
    };
    let all = || migrations("blog", &[initial(), author_rating()]).and(shop(initial()));
    let connect = async || modelshift::Migrator::connect(&place.url()).await.unwrap().with(all());
    connect().await.migrate().await.unwrap();
    let said = "SELECT run_before FROM modelshift_history WHERE id = 'shop.0001_initial'";
    assert_eq!(place.texts(said).await, "blog.0002_author_rating");
    // Taking it back takes back what came later, by what the database remembers.
    let report = connect().await.from_history().migrate_to("shop zero").await.unwrap();
    assert_eq!(report.done.len(), 2);
    assert_eq!(place.applied().await, "blog.0001_initial");
}
