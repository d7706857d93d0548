//! Migrations of which a part is applied: what may be edited, how the part is reverted, and who says where it stands.

use modelshift::error::{Error, ErrorKind, Kept};
use modelshift::plan::Direction;
use modelshift::{Migrations, Migrator};
use modelshift_schema::operation::Operation;

use crate::stages::{list, texts};
use crate::support::{Place, add_field, create, id, migrations, run_sql, varchar};

async fn migrator(place: &Place, operations: &[Operation]) -> Migrator {
    Migrator::connect(&place.url()).await.unwrap().with(list(operations))
}

const LOG: &str = "CREATE TABLE log (name TEXT)";

fn noted(name: &str) -> String {
    format!("INSERT INTO log (name) VALUES ('{name}')")
}

/// A table, two texts of which the second is wrong, and a table that comes behind.
fn mistaken() -> Vec<Operation> {
    vec![
        run_sql(LOG, Some("DROP TABLE log")),
        texts(&[&noted("first"), "INSERT INTO lgo VALUES ('second')"], "DELETE FROM log"),
        create("Book", vec![id(), varchar("title")]),
    ]
}

/// The same, corrected.
fn corrected() -> Vec<Operation> {
    let mut operations = mistaken();
    operations[1] = texts(&[&noted("first"), &noted("second")], "DELETE FROM log");
    operations
}

async fn failed(place: &Place, operations: &[Operation]) -> Error {
    migrator(place, operations).await.migrate().await.unwrap_err()
}

async fn tables(place: &Place) -> String {
    let named =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    place.texts(named).await
}

const BEFORE: &str = "blog_author blog_post modelshift_history";
const AFTER: &str = "blog_author blog_book blog_post log modelshift_history";

#[tokio::test]
async fn a_stage_that_fails_is_corrected_and_the_run_continues_behind_what_is_done() {
    let place = Place::new();
    let error = failed(&place, &mistaken()).await;
    let ErrorKind::Statement { kept, .. } = error.kind() else { panic!("{error}") };
    assert_eq!(*kept, Kept::Stages { done: 2, all: 4 });
    let mut all = corrected();
    all.insert(2, run_sql(&noted("third"), Some("")));
    migrator(&place, &all).await.migrate().await.unwrap();
    assert_eq!(place.texts("SELECT name FROM log").await, "first second third");
    assert_eq!(tables(&place).await, AFTER);
    assert!(migrator(&place, &all).await.check().await.unwrap().is_empty());
    migrator(&place, &all).await.migrate_to("zero").await.unwrap();
    assert_eq!(tables(&place).await, "modelshift_history");
}

/// Also where nothing of the migration but the stage that fails is left.
#[tokio::test]
async fn a_stage_that_fails_may_be_removed() {
    let place = Place::new();
    failed(&place, &mistaken()).await;
    let mut shorter = mistaken();
    shorter[1] = texts(&[&noted("first")], "DELETE FROM log");
    shorter.truncate(2);
    migrator(&place, &shorter).await.migrate().await.unwrap();
    assert_eq!(place.texts("SELECT name FROM log").await, "first");
    assert_eq!(place.applied().await, "blog.0001_initial blog.0002_slow blog.0003_more");
}

#[tokio::test]
async fn what_is_done_is_not_edited_and_the_count_of_what_is_kept_is_right() {
    let mut first = corrected();
    first[0] = run_sql("CREATE TABLE log (name TEXT, more TEXT)", Some("DROP TABLE log"));
    let mut second = corrected();
    second[1] = texts(&[&noted("other"), &noted("second")], "DELETE FROM log");
    let removed = corrected().split_off(1);
    for (edited, words) in [
        (first, "operation 1 (runs SQL) was edited"),
        (second, "operation 2 (runs SQL)"),
        (removed, "operation 1"),
    ] {
        let place = Place::new();
        failed(&place, &mistaken()).await;
        let error = failed(&place, &edited).await;
        let ErrorKind::Refused { kept, .. } = error.kind() else { panic!("{error}") };
        assert_eq!(*kept, Kept::Stages { done: 2, all: 4 });
        assert!(error.to_string().contains(words), "{error}");
        assert!(error.to_string().contains("undo that edit"), "{error}");
        assert_eq!(place.texts("SELECT name FROM log").await, "first");
        migrator(&place, &corrected()).await.migrate().await.unwrap();
        assert_eq!(place.texts("SELECT name FROM log").await, "first second");
    }
}

#[tokio::test]
async fn what_is_done_can_be_reverted_from_the_program_and_from_the_history() {
    for from_history in [false, true] {
        let place = Place::new();
        let mut migrator = migrator(&place, &mistaken()).await;
        migrator.migrate().await.unwrap_err();
        if from_history {
            migrator = migrator.from_history();
        }
        let report = migrator.migrate_to("blog 0001").await.unwrap();
        assert_eq!(report.done.len(), 1);
        assert_eq!(tables(&place).await, BEFORE);
        assert_eq!(place.applied().await, "blog.0001_initial");
        let mut migrator = Migrator::connect(&place.url()).await.unwrap().with(list(&corrected()));
        migrator.migrate().await.unwrap();
        assert_eq!(tables(&place).await, AFTER);
    }
}

/// What leads back may have a mistake too: it is corrected and the way back continues, or the way is forwards again.
#[tokio::test]
async fn a_way_back_that_fails_is_corrected_or_turned_round() {
    let with_reverse = |reverse: &str| {
        let mut operations = corrected();
        operations[0] = run_sql(LOG, Some(reverse));
        operations
    };
    for forwards in [false, true] {
        let place = Place::new();
        let mut wrong = migrator(&place, &with_reverse("DROP TABLE lgo")).await;
        wrong.migrate().await.unwrap();
        let error = wrong.migrate_to("0001").await.unwrap_err();
        let ErrorKind::Statement { kept, .. } = error.kind() else { panic!("{error}") };
        assert_eq!(*kept, Kept::Stages { done: 2, all: 3 });
        assert_eq!(
            tables(&place).await,
            format!("{BEFORE} modelshift_progress").replace("blog_post", "blog_post log")
        );
        assert_eq!(place.number("SELECT count(*) FROM log").await, 0);
        let error = wrong.migrate_to("0001").await.unwrap_err();
        let ErrorKind::Statement { kept, .. } = error.kind() else { panic!("{error}") };
        assert_eq!(*kept, Kept::Stages { done: 2, all: 3 }, "what an earlier run reverted counts");
        let mut right = migrator(&place, &with_reverse("DROP TABLE log")).await;
        if forwards {
            right.migrate().await.unwrap();
            assert_eq!(place.texts("SELECT name FROM log").await, "first second");
            assert_eq!(tables(&place).await, AFTER);
            assert!(right.check().await.unwrap().is_empty());
        }
        right.migrate_to("0001").await.unwrap();
        assert_eq!(tables(&place).await, BEFORE);
    }
}

#[tokio::test]
async fn a_migration_that_is_removed_after_it_began_is_named_and_reverted_from_the_history() {
    let place = Place::new();
    failed(&place, &mistaken()).await;
    let without = || migrations("blog", &[crate::support::initial()]);
    let connect = async || Migrator::connect(&place.url()).await.unwrap().with(without());
    for error in [
        connect().await.migrate().await.unwrap_err(),
        connect().await.check().await.unwrap_err(),
        connect().await.status().await.unwrap().problem.unwrap(),
    ] {
        assert!(matches!(error.kind(), ErrorKind::UnknownPartial { .. }), "{error}");
        assert!(error.to_string().contains("`migrate --revert blog.0002_"), "{error}");
    }
    connect().await.from_history().migrate_to("blog 0001_initial").await.unwrap();
    assert_eq!(tables(&place).await, BEFORE);
    assert!(connect().await.migrate().await.unwrap().is_empty());
}

#[tokio::test]
async fn nothing_else_is_done_before_a_part_is_completed_or_reverted() {
    let place = Place::new();
    failed(&place, &mistaken()).await;
    let shop = || migrations("shop", &[("0001_initial", vec![], vec![create("Item", vec![id()])])]);
    let both: Migrations = list(&corrected()).and(shop());
    let mut migrator = Migrator::connect(&place.url()).await.unwrap().with(both);
    let error = migrator.migrate_to("shop").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::PartiallyApplied { done: 2, stages: 4, .. }), "{error}");
    for words in
        ["`migrate blog 0002_slow` applies the rest", "`migrate blog 0001_initial` reverts what is applied"]
    {
        assert!(error.to_string().contains(words), "{error}");
    }
    migrator.migrate().await.unwrap();
    migrator.migrate_to("shop zero").await.unwrap();
}

/// A note that an earlier version left behind is no reason to stop.
#[tokio::test]
async fn a_note_of_a_migration_that_is_applied_is_passed_over_and_removed() {
    let place = Place::new();
    migrator(&place, &corrected()).await.migrate_to("0002").await.unwrap();
    place
        .run(
            "CREATE TABLE modelshift_progress (id TEXT NOT NULL PRIMARY KEY, backwards INTEGER NOT NULL, \
             checksum TEXT NOT NULL, operation INTEGER NOT NULL, part INTEGER NOT NULL); \
             INSERT INTO modelshift_progress VALUES ('blog.0002_slow', 0, 'x', 0, 0)",
        )
        .await;
    let mut migrator = migrator(&place, &corrected()).await;
    assert!(migrator.status().await.unwrap().migrations.iter().all(|it| it.partial.is_none()));
    migrator.migrate().await.unwrap();
    assert_eq!(tables(&place).await, AFTER);
    migrator.migrate_to("zero").await.unwrap();
    assert_eq!(tables(&place).await, "modelshift_history");
}

#[tokio::test]
async fn status_check_and_plan_tell_where_it_stands() {
    let place = Place::new();
    failed(&place, &mistaken()).await;
    let mut migrator = migrator(&place, &corrected()).await;
    let status = migrator.status().await.unwrap();
    assert!(status.problem.is_none());
    let partial = status.migrations[1].partial.clone().unwrap();
    assert_eq!((partial.direction, partial.done, partial.stages), (Direction::Forward, 2, 4));
    assert_eq!(status.migrations[1].applied_at, None);
    let found = migrator.check().await.unwrap();
    assert_eq!(found.partial, [partial]);
    assert_eq!(found.unapplied.len(), 1);
    assert_eq!(found.drift, Vec::<String>::new());
    let plan = migrator.plan("0002").await.unwrap();
    let text = plan.migrations[0].to_string();
    assert!(text.starts_with("-- (2 of 4 stages are done already and are left out)\n"), "{text}");
    assert!(text.contains("('second')") && !text.contains("('first')") && !text.contains(LOG), "{text}");
    let statements: Vec<&str> = plan.migrations[0].statements().map(|it| it.sql.as_str()).collect();
    assert_eq!(statements.len(), 2, "{statements:?}");
}

/// What is looked for before anything runs is no stage: other operations behind do not move those that are done.
#[tokio::test]
async fn operations_behind_may_come_that_look_for_something_first() {
    let place = Place::new();
    failed(&place, &mistaken()).await;
    let mut more = corrected();
    more.push(add_field("Author", varchar("nickname")));
    migrator(&place, &more).await.migrate().await.unwrap();
    assert_eq!(place.texts("SELECT name FROM log").await, "first second");
}

/// What runs outside of any transaction may have done something before it failed, and the error says so.
#[tokio::test]
async fn a_stage_outside_of_any_transaction_may_be_kept_in_part() {
    let place = Place::new();
    let outside = format!("VACUUM; {}; INSERT INTO lgo VALUES (1)", noted("outside"));
    let operations = [run_sql(LOG, Some("DROP TABLE log")), run_sql(&outside, Some(""))];
    let error = failed(&place, &operations).await;
    let ErrorKind::Statement { kept, .. } = error.kind() else { panic!("{error}") };
    assert_eq!(*kept, Kept::StagesAndMore { done: 1, all: 2 });
    assert!(error.to_string().contains("1 of its 2 stages are done and kept"), "{error}");
    assert!(error.to_string().contains("so is what this stage did before it failed"), "{error}");
    assert_eq!(place.texts("SELECT name FROM log").await, "outside");
    // It begins again, and may be corrected.
    let operations = [run_sql(LOG, Some("DROP TABLE log")), run_sql("VACUUM", Some(""))];
    migrator(&place, &operations).await.migrate().await.unwrap();
    assert_eq!(place.applied().await, "blog.0001_initial blog.0002_slow blog.0003_more");
}
