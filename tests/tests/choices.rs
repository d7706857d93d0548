//! What becomes of the values of enums, with rows on every database: converted, or the migration stops before anything
//! changes.

#![expect(clippy::unwrap_used, reason = "what tests call panics as tests do")]

use std::sync::atomic::{AtomicU32, Ordering};

use modelshift::dialect::{Capabilities, Dialect};
use modelshift::plan::Direction;
use modelshift::planner::plan_migration;
use modelshift_schema::choices::{ChoiceMoves, Storage};
use modelshift_schema::field::Field;
use modelshift_schema::migration::Migration;
use modelshift_schema::model::Model;
use modelshift_schema::operation::{AlterField, Operation};
use modelshift_schema::state::ProjectState;
use modelshift_tests::cases::{Case, choices, id, null, varchar};
use modelshift_tests::database::Database;
use modelshift_tests::rows::quoted;

static ROOMS: AtomicU32 = AtomicU32::new(0);

const WORDS: [(&str, &str); 3] = [("Draft", "draft"), ("Live", "live"), ("Old", "old")];
const NUMBERS: [(&str, &str); 3] = [("Draft", "1"), ("Live", "2"), ("Old", "30")];

fn status(storage: Storage) -> Field {
    null(choices("status", storage, if storage.is_integer() { &NUMBERS } else { &WORDS }))
}

/// Runs a change on rows that hold the values, and gives what they hold afterwards, then after the way back.
async fn changed(
    dialect: Dialect,
    before: Field,
    after: AlterField,
    values: &[&str],
) -> Result<(Vec<String>, Result<Vec<String>, String>), String> {
    let mut database = Database::fresh(dialect).await.unwrap();
    // Tests run beside each other, on one server.
    let room = ROOMS.fetch_add(1, Ordering::Relaxed);
    database.enter(&format!("modelshift_choices_{room}")).await.unwrap();
    let case = Case {
        name: "choices".to_owned(),
        models: vec![Model::new("Article", vec![id(), before])],
        operations: vec![Operation::AlterField(after)],
    };
    let state = case.state();
    let plan = |direction, migration: &Migration, state: &ProjectState| {
        plan_migration(migration, direction, state, dialect, &Capabilities::default_for(dialect)).unwrap()
    };
    let first = plan(Direction::Forward, &case.first(), &ProjectState::default());
    database.run(&first).await.unwrap();
    let (table, column) = (quoted(dialect, "blog_article"), quoted(dialect, "status"));
    for value in values {
        database.execute(&format!("INSERT INTO {table} ({column}) VALUES ({value})")).await.unwrap();
    }
    let query = format!("SELECT CONCAT('', {column}) FROM {table} ORDER BY {}", quoted(dialect, "id"));
    let held = database.rows(&query).await.unwrap();
    if let Err(refused) = database.run(&plan(Direction::Forward, &case.second(), &state)).await {
        assert_eq!(database.rows(&query).await.unwrap(), held, "{dialect}: nothing has changed");
        return Err(refused.reason);
    }
    let there = database.rows(&query).await.unwrap();
    let back = match database.run(&plan(Direction::Backward, &case.second(), &state)).await {
        Ok(()) => Ok(database.rows(&query).await.unwrap()),
        Err(refused) => Err(refused.reason),
    };
    Ok((there, back))
}

fn alter(field: Field) -> AlterField {
    AlterField::new("Article", field)
}

fn moves(renamed: &[(&str, &str)], removed: &[(&str, &str)]) -> ChoiceMoves {
    let pairs = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(before, after)| ((*before).to_owned(), (*after).to_owned())).collect()
    };
    ChoiceMoves { renamed: pairs(renamed), removed: pairs(removed) }
}

/// Checks what rows hold there and back on every database.
async fn check(before: &Field, after: &AlterField, values: [&str; 2], there: [&str; 2], back: [&str; 2]) {
    for dialect in Dialect::ALL {
        let done = changed(dialect, before.clone(), after.clone(), &[values[0], values[1], "NULL"]).await;
        let (found, returned) = done.unwrap();
        let null = if dialect == Dialect::Mysql { "NULL" } else { "" };
        assert_eq!(found, [there[0], there[1], null], "{dialect}");
        assert_eq!(returned.unwrap(), [back[0], back[1], null], "{dialect}");
    }
}

#[tokio::test]
async fn every_storage_becomes_every_other_with_its_values() {
    let kinds = [Storage::Text, Storage::Native, Storage::I16];
    for from in kinds {
        for to in kinds.into_iter().filter(|to| *to != from) {
            let spelled =
                |storage: Storage| if storage.is_integer() { ["1", "30"] } else { ["'draft'", "'old'"] };
            let read = |storage: Storage| if storage.is_integer() { ["1", "30"] } else { ["draft", "old"] };
            check(&status(from), &alter(status(to)), spelled(from), read(to), read(from)).await;
        }
    }
}

#[tokio::test]
async fn renamed_variants_take_their_rows_along_and_back() {
    let renamed = [("Sketch", "sketch"), ("Live", "live"), ("Past", "past")];
    let swapped = [("Draft", "old"), ("Live", "live"), ("Old", "draft")];
    for storage in [Storage::Text, Storage::Native] {
        let to = |variants: &[(&str, &str)]| alter(null(choices("status", storage, variants)));
        let moves = moves(&[("Draft", "Sketch"), ("Old", "Past")], &[]);
        let after = AlterField { moves, ..to(&renamed) };
        check(&status(storage), &after, ["'draft'", "'old'"], ["sketch", "past"], ["draft", "old"]).await;
        check(&status(storage), &to(&swapped), ["'draft'", "'old'"], ["old", "draft"], ["draft", "old"])
            .await;
    }
    let wider = null(choices("status", Storage::I32, &[("Draft", "2"), ("Live", "1"), ("Old", "70000")]));
    check(&status(Storage::I16), &alter(wider), ["1", "30"], ["2", "70000"], ["1", "30"]).await;
}

#[tokio::test]
async fn removed_variants_give_their_rows_to_another_and_do_not_come_back() {
    for storage in [Storage::Text, Storage::Native] {
        let moves = moves(&[], &[("Old", "Live")]);
        let after = AlterField { moves, ..alter(null(choices("status", storage, &WORDS[..2]))) };
        check(&status(storage), &after, ["'draft'", "'old'"], ["draft", "live"], ["draft", "live"]).await;
    }
}

#[tokio::test]
async fn rows_that_would_be_lost_stop_the_migration() {
    for dialect in Dialect::ALL {
        for storage in [Storage::Text, Storage::Native] {
            let after = alter(null(choices("status", storage, &WORDS[..2])));
            let said =
                changed(dialect, status(storage), after.clone(), &["'draft'", "'old'"]).await.unwrap_err();
            // What keeps nothing after an error looks for it before the first statement, by the check of the column.
            let is_early = dialect == Dialect::Mysql && storage == Storage::Text;
            let expected = if is_early {
                "a row of `blog_article` does not fulfil the check `blog_article_status_check`: 1"
            } else {
                "a row of `blog_article` holds in `status` another value than `draft`, `live`: old"
            };
            assert_eq!(said, expected, "{dialect}");
            let done = changed(dialect, status(storage), after, &["'draft'", "'live'"]).await;
            assert!(done.is_ok(), "{dialect}: {done:?}");
        }
        // What was text is looked at, too; and a variant that is new stands in the way back.
        let plain = null(varchar("status", 80));
        let said = changed(dialect, plain, alter(status(Storage::Text)), &["'draft'", "'dratf'"]).await;
        assert!(said.unwrap_err().ends_with("another value than `draft`, `live`, `old`: dratf"), "{dialect}");
    }
}
