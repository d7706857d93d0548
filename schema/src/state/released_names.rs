//! Which apps have ever given up which names in the database.
//!
//! What takes such a name must do so after all that once had it, or a history that is taken in another order makes a second
//! table or index of one name.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::constraint::Constraint;
use crate::model::naming::begins_with;
use crate::name::{AppLabel, ModelKey};
use crate::state::ProjectState;

/// For each name, the apps that released it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ReleasedNames(BTreeMap<String, BTreeSet<AppLabel>>);

impl ReleasedNames {
    pub(crate) fn note(&mut self, app: &AppLabel, name: String) {
        self.0.entry(name).or_default().insert(app.clone());
    }

    /// Returns the other apps that released a name, or a derived name that begins with it.
    pub(crate) fn by_others<'a>(
        &'a self,
        app: &'a AppLabel,
        name: &'a str,
    ) -> impl Iterator<Item = &'a AppLabel> {
        let meets = move |other: &str| begins_with(other, name) || begins_with(name, other);
        let apps = self.0.iter().filter(move |(other, _)| meets(other)).flat_map(|(_, apps)| apps);
        apps.filter(move |other| *other != app)
    }
}

impl ProjectState {
    /// Returns the names of the tables, the indexes and the constraints of a model; none if it does not exist.
    pub(crate) fn database_names(&self, key: Option<&ModelKey>) -> BTreeSet<String> {
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
