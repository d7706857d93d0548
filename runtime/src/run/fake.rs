//! Migrations that are recorded in the history and not run, since the database has what they make.

use std::collections::BTreeSet;

use modelshift_schema::name::TableName;
use modelshift_schema::operation::Operation;
use modelshift_schema::replay::advance;
use modelshift_schema::state::ProjectState;
use modelshift_schema::step::Step;
use modelshift_schema::steps::{Lineage, steps};

use crate::error::{Error, ErrorKind};
use crate::plan::Direction;
use crate::planner::route::PendingMigration;
use crate::run::drift::drift;
use crate::run::fresh;
use crate::session::live_schema::LiveSchema;

/// Which migrations of a run are recorded instead of run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Faking {
    /// None.
    #[default]
    Nothing,
    /// All, whatever the database holds.
    All,
    /// The initial migrations of apps, where the database has their tables.
    Initial,
    /// All, if the database is as they make it.
    Compared,
}

/// What migrations make that are recorded and not run.
#[derive(Debug)]
pub(crate) struct Adopted {
    /// The state after them.
    pub(crate) state: ProjectState,
    /// The tables that they create or change.
    tables: BTreeSet<TableName>,
}

impl Adopted {
    /// Returns what an initial migration creates; `None` if it is not the first of its app, or creates no table.
    ///
    /// # Errors
    /// If its operations do not fit the state.
    pub(crate) fn by_initial(pending: &PendingMigration) -> Result<Option<Self>, Error> {
        let id = &pending.migration.id;
        let is_first = pending.migration.depends_on.iter().all(|parent| parent.app != id.app);
        if pending.direction != Direction::Forward || !is_first || pending.partial.is_some() {
            return Ok(None);
        }
        let mut state = pending.before.clone();
        advance(&mut state, &pending.migration).map_err(ErrorKind::Replay)?;
        let made = steps(&pending.before, &state, &Lineage::default())
            .map_err(|error| ErrorKind::Unrenderable { what: error.to_string() })?;
        let mut tables = BTreeSet::new();
        for step in made {
            if let Step::CreateTable { after } = step {
                tables.insert(after.name.clone());
            }
        }
        Ok((!tables.is_empty()).then_some(Self { state, tables }))
    }

    /// Returns what all of these migrations make, which are in the order in which they are applied.
    ///
    /// # Errors
    /// If their operations do not fit the state.
    pub(crate) fn by_all(all_pending: &[PendingMigration]) -> Result<Self, Error> {
        let before = all_pending.first().map(|pending| pending.before.clone()).unwrap_or_default();
        let mut state = before.clone();
        for pending in all_pending {
            advance(&mut state, &pending.migration).map_err(ErrorKind::Replay)?;
        }
        let (before, after) = (fresh::tables(&before)?, fresh::tables(&state)?);
        let changed = after.into_iter().filter(|table| !before.contains(table));
        Ok(Self { tables: changed.map(|table| table.name.clone()).collect(), state })
    }

    /// Returns whether the database has at least one of the tables.
    pub(crate) fn has_tables(&self, live: &LiveSchema) -> bool {
        self.tables.iter().any(|table| live.tables.contains_key(&table.to_string()))
    }

    /// Returns the differences between the tables of a new database and those of the live one.
    pub(crate) fn differences(&self, mut fresh: LiveSchema, live: &LiveSchema) -> Vec<String> {
        let own: BTreeSet<String> = self.tables.iter().map(TableName::to_string).collect();
        fresh.tables.retain(|name, _| own.contains(name));
        drift(&fresh, live)
    }
}

/// Returns the warning about operations of a migration that a comparison of tables does not see; `None` if there are none.
pub(crate) fn unseen_operations(pending: &PendingMigration) -> Option<String> {
    let is_sql = |operation: &&Operation| matches!(operation, Operation::RunSql(_));
    let sql = pending.migration.operations.iter().filter(is_sql).map(|it| it.behaviour().describe());
    let sql: Vec<String> = sql.collect();
    (!sql.is_empty()).then(|| {
        format!(
            "`{}` is recorded as applied by its tables alone; what else it does was neither run nor compared: {}",
            pending.migration.id,
            sql.join(", ")
        )
    })
}
