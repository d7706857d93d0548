//! Which apps have ever given up which names in the database.
//!
//! What takes such a name must do so after all that once had it, or a history that is taken in another order makes a second
//! table or index of one name.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::StateError;
use crate::model::constraint::Constraint;
use crate::name::{AppLabel, ModelKey};
use crate::operation::Operation;
use crate::operation::footprint::begins_with;
use crate::state::ProjectState;

/// For each name, the apps that released it.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReleasedNames(BTreeMap<String, BTreeSet<AppLabel>>);

impl ReleasedNames {
    fn note(&mut self, app: &AppLabel, name: String) {
        self.0.entry(name).or_default().insert(app.clone());
    }

    /// Returns the other apps that gave up a name, or one that begins with it as those do that nobody chose.
    fn by_others<'a>(&'a self, app: &'a AppLabel, name: &'a str) -> impl Iterator<Item = &'a AppLabel> {
        let meets = move |other: &str| begins_with(other, name) || begins_with(name, other);
        let apps = self.0.iter().filter(move |(other, _)| meets(other)).flat_map(|(_, apps)| apps);
        apps.filter(move |other| *other != app)
    }
}

impl ProjectState {
    /// Moves the state on by an operation; gives the other apps all of whose migrations so far must come before it, since
    /// they gave up a name that it takes.
    ///
    /// # Errors
    /// Where the operation does not fit.
    pub(crate) fn move_on(
        &mut self,
        app: &AppLabel,
        operation: &Operation,
    ) -> Result<BTreeSet<AppLabel>, StateError> {
        let (before, after) = operation.behaviour().keys(app);
        let had = self.names(before.as_ref());
        operation.behaviour().apply(app, self)?;
        if before.is_some() && had.is_empty() {
            // A move that another app has made already.
            return Ok(BTreeSet::new());
        }
        let has = self.names(after.as_ref());
        let taken = has.difference(&had).flat_map(|name| self.given_up().by_others(app, name));
        let others = taken.cloned().collect();
        for name in had.difference(&has) {
            self.given_up_mut().note(app, name.clone());
        }
        Ok(others)
    }

    /// Returns the names of the tables, the indexes and the constraints of a model; none where it is not there.
    fn names(&self, key: Option<&ModelKey>) -> BTreeSet<String> {
        let Some((key, model)) = key.and_then(|key| Some((key, self.model(key).ok()?))) else {
            return BTreeSet::new();
        };
        let joins = model.join_table_names(key).map(|(_, table)| table.as_str().to_owned());
        let indexes = model.indexes.iter().filter_map(|index| index.name.as_ref());
        let objects = indexes.chain(model.constraints.iter().filter_map(Constraint::name));
        let objects = objects.map(|name| name.as_str().to_owned());
        [model.table_name(&key.app).as_str().to_owned()].into_iter().chain(joins).chain(objects).collect()
    }
}
