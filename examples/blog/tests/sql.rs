//! The SQL of every migration in every dialect, as snapshots: a review shows unintended changes.

use modelshift::{Dialect, testing};

#[test]
fn the_sql_of_every_migration_is_what_was_reviewed() {
    for dialect in [Dialect::Sqlite, Dialect::Postgres, Dialect::Mysql] {
        let sql = testing::sql(&blog::migrations::all(), dialect).expect("every migration can be shown");
        insta::assert_snapshot!(dialect.to_string(), sql);
    }
}
