//! Requirements about the names of tables.

use std::collections::BTreeSet;

use crate::detect::Context;
use crate::detect::names::tables;
use crate::detect::order::{Fact, PlannedOperation};
use crate::model::Model;
use crate::name::{AppLabel, ModelKey, TableName};

impl PlannedOperation {
    /// Declares that the operation frees the names of tables that exist only before it.
    pub(in crate::detect) fn frees_tables(
        mut self,
        context: &Context<'_>,
        before: &[TableName],
        after: &[TableName],
    ) -> Self {
        self.provides.extend(own_free(context, before.iter().filter(|table| !after.contains(table))));
        self
    }

    /// Requires that the names of those tables of a model are free that exist only after the operation.
    ///
    /// A name that the app itself releases is not waited for if the model has it only for a while: then the model itself
    /// releases it.
    pub(in crate::detect) fn takes_tables(
        self,
        context: &Context<'_>,
        key: &ModelKey,
        before: &[TableName],
        after: &[TableName],
    ) -> Self {
        let kept: Vec<TableName> =
            context.target.model(key).map(|model| tables(key, model).collect()).unwrap_or_default();
        let own = after.iter().filter(|table| !before.contains(table) && kept.contains(table));
        self.requires(own_free(context, own)).takes_tables_of_others(context, before, after)
    }

    /// Requires the same of names that other apps release: renames in one app have their own order.
    pub(in crate::detect) fn takes_tables_of_others(
        self,
        context: &Context<'_>,
        before: &[TableName],
        after: &[TableName],
    ) -> Self {
        self.requires(others_free(context, after.iter().filter(|table| !before.contains(table))))
    }
}

/// Requires that names of tables of other apps are free.
fn others_free<'a>(context: &Context<'_>, names: impl IntoIterator<Item = &'a TableName>) -> Vec<Fact> {
    let names = names.into_iter().cloned().collect();
    released_elsewhere(context, &names, |key, model| tables(key, model).collect(), Fact::TableFree)
}

/// Requires that names of tables of the app itself are free.
fn own_free<'a>(context: &Context<'_>, names: impl IntoIterator<Item = &'a TableName>) -> Vec<Fact> {
    names.into_iter().map(|table| Fact::TableFree(context.app.clone(), table.clone())).collect()
}

/// Requires that those of the names are free that other apps release. A name that a model keeps when it moves to another
/// app is released there.
pub(in crate::detect) fn released_elsewhere<N: Ord>(
    context: &Context<'_>,
    names: &BTreeSet<N>,
    names_of: impl Fn(&ModelKey, &Model) -> Vec<N>,
    fact: impl Fn(AppLabel, N) -> Fact,
) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (key, model) in context.recorded.models().filter(|_| !names.is_empty()) {
        let moved = context.moves.iter().find(|(before, _)| before == key);
        if moved.is_none() && key.app == *context.app {
            continue;
        }
        let moved = moved.and_then(|(_, after)| Some((after, context.after_moves.model(after).ok()?)));
        let kept = moved.map(|(after, model)| names_of(after, model)).unwrap_or_default();
        for name in names_of(key, model).into_iter().filter(|name| names.contains(name)) {
            let holder = moved.filter(|_| kept.contains(&name)).map_or(&key.app, |(after, _)| &after.app);
            facts.extend((holder != context.app).then(|| fact(holder.clone(), name)));
        }
    }
    facts
}
