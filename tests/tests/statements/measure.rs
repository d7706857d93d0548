//! Runs a plan, and finds out what it blocked and whether a table was rewritten.

use std::collections::BTreeSet;

use modelshift::Dialect;
use modelshift::plan::{Action, MigrationPlan};
use modelshift_tests::database::Database;

/// What other connections cannot do with a table meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Blocks {
    /// They read and write.
    Nothing,
    /// They read.
    Writes,
    /// They wait.
    Everything,
}

/// What a plan did.
pub(crate) struct Measured {
    /// `None` where it is not measured.
    pub(crate) blocks: Option<Blocks>,
    /// Whether the files of a table are others.
    pub(crate) rewrites: bool,
}

/// The strongest lock on a table that was there before; see
/// <https://www.postgresql.org/docs/current/explicit-locking.html>.
const LOCKS: &str = "SELECT DISTINCT mode FROM pg_locks JOIN pg_class ON pg_class.oid = relation \
    WHERE pid = pg_backend_pid() AND relkind = 'r' AND relnamespace = 'modelshift_statements'::regnamespace \
    AND pg_class.oid <= $NEWEST";

pub(crate) async fn run(database: &mut Database, plan: &MigrationPlan, dialect: Dialect) -> Measured {
    let before = files(database, dialect).await;
    let blocks = match dialect {
        Dialect::Postgres if plan.stages.is_empty() => Some(in_transaction(database, plan).await),
        Dialect::Sqlite | Dialect::Postgres | Dialect::Mysql => {
            database.run(plan).await.unwrap();
            None
        }
    };
    let rewrites = match dialect {
        Dialect::Sqlite => plan.actions.iter().any(|action| matches!(action, Action::CopyTable(_))),
        Dialect::Postgres | Dialect::Mysql => {
            let after = files(database, dialect).await;
            // As many tables as before, and other files.
            before.len() == after.len() && before != after
        }
    };
    Measured { blocks, rewrites }
}

async fn in_transaction(database: &mut Database, plan: &MigrationPlan) -> Blocks {
    let newest = database.rows("SELECT coalesce(max(oid), 0)::text FROM pg_class").await.unwrap();
    database.execute("BEGIN").await.unwrap();
    for statement in plan.actions.iter().flat_map(Action::statements) {
        database.execute(&statement.sql).await.unwrap();
    }
    let query = LOCKS.replace("$NEWEST", &newest[0]);
    let modes = database.rows(&query).await.unwrap();
    database.execute("COMMIT").await.unwrap();
    modes.iter().map(|mode| blocks(mode)).max().unwrap_or(Blocks::Nothing)
}

fn blocks(mode: &str) -> Blocks {
    match mode {
        "AccessShareLock" | "RowShareLock" | "RowExclusiveLock" | "ShareUpdateExclusiveLock" => {
            Blocks::Nothing
        }
        "ShareLock" | "ShareRowExclusiveLock" | "ExclusiveLock" => Blocks::Writes,
        "AccessExclusiveLock" => Blocks::Everything,
        other => panic!("unknown lock `{other}`"),
    }
}

/// Returns what changes when a table is rewritten: the number of its file.
async fn files(database: &mut Database, dialect: Dialect) -> BTreeSet<String> {
    let query = match dialect {
        Dialect::Sqlite => return BTreeSet::new(),
        Dialect::Postgres => {
            "SELECT relfilenode::text FROM pg_class WHERE relkind = 'r' \
             AND relnamespace = 'modelshift_statements'::regnamespace"
        }
        Dialect::Mysql => {
            "SELECT CAST(table_id AS char) FROM information_schema.innodb_sys_tables \
             WHERE name LIKE 'modelshift@005fstatements/%' OR name LIKE 'modelshift_statements/%'"
        }
    };
    database.rows(query).await.unwrap().into_iter().collect()
}
