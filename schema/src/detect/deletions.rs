//! Models that went: each goes after all that refers to it.
//!
//! What would let models wait for each other is taken out of them before: references in a circle, references that
//! another app waits for, and all that refers to a field that is taken out itself.

use std::collections::{BTreeMap, BTreeSet};

use super::cycles::cuts;
use super::fields::gone;
use super::models::{join_table, object_names, tables};
use super::moved_fields::values_taken;
use super::order::{Fact, PlannedOperation};
use super::raw_sql::taken_elsewhere;
use super::{Context, Findings};
use crate::model::Model;
use crate::model::constraint::Constraint;
use crate::model::expr::Expr;
use crate::model::field::Field;
use crate::model::naming;
use crate::model::references::Link;
use crate::name::{FieldName, ModelKey, ObjectName, TableName};
use crate::operation::{AlterModelTable, DeleteModel, Operation, RemoveConstraint, RemoveField, RemoveIndex};
use crate::state::ProjectState;

/// Finds models that are in the state and not wanted.
pub(super) fn deleted(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    let models: BTreeMap<&ModelKey, &Model> = state
        .models()
        .filter(|(key, _)| key.app == *context.app && !context.target.contains(key))
        .map(|(key, model)| (key, model.as_ref()))
        .collect();
    if models.is_empty() {
        return;
    }
    let mut cut = cuts(&models, &|one, other| other.cmp(one));
    cut.extend(references_let_go(context, &models));
    let mut going = Going { context, state, models, cut, objects: BTreeSet::new() };
    going.cut_joins();
    going.cut_what_leans_on_the_cut();
    let models = going.models.clone();
    for (key, model) in &models {
        going.cut_rules(key, model, found);
    }
    for (key, model) in &models {
        for name in object_names(model).filter(|name| is_taken(context, name)) {
            going.cut_object(key, model, name, found);
        }
    }
    for (key, field) in &going.cut.clone() {
        if let Some(model) = models.get(key) {
            going.cut_field(key, model, field, found);
        }
    }
    for (key, model) in &models {
        let taken = going.taken(key, model);
        let delete = Operation::DeleteModel(DeleteModel { model: key.name.clone() });
        let mut planned = PlannedOperation::new(delete).gives(Fact::ModelGone((*key).clone()));
        // Django takes its references out of it before; here they go along, at the same time.
        planned.lets_pass = model.fields.iter().any(|field| field.targets().next().is_some());
        let names = object_names(model).filter(|name| !is_taken(context, name));
        planned.gives.extend(names.map(|name| Fact::NameFree(key.app.clone(), name.clone())));
        let kept = tables(key, model).filter(|table| !taken.contains(table));
        planned.gives.extend(kept.map(|table| Fact::TableFree(key.app.clone(), table)));
        if taken.contains(&model.table_name(&key.app)) {
            found.planned.push(going.set_aside(key, model));
        }
        let takers = going.takers(key, model).into_iter();
        planned = planned.needs(takers.map(|to| Fact::ModelMade(to.clone())));
        let own = going.cut.iter().filter(|(by, _)| by == *key);
        planned = planned.needs(own.map(|(by, field)| Fact::FieldGone(by.clone(), field.clone())));
        let taken = model.fields.iter().flat_map(|field| values_taken(context, key, field));
        planned = planned.needs(taken);
        planned = planned.needs(taken_elsewhere(context, key, model, None));
        found.planned.push(planned.needs(going.references_removed(key, |_| true)));
    }
}

/// Returns whether a wanted model of the app has an index or a constraint of that name: it need not wait for all that a
/// model waits for that goes and has the name.
fn is_taken(context: &Context<'_>, name: &ObjectName) -> bool {
    context.models().any(|(_, model)| object_names(model).any(|it| it == name))
}

/// The models that go, and what is taken out of them before.
struct Going<'a> {
    context: &'a Context<'a>,
    state: &'a ProjectState,
    models: BTreeMap<&'a ModelKey, &'a Model>,
    cut: BTreeSet<(ModelKey, FieldName)>,
    objects: BTreeSet<(ModelKey, ObjectName)>,
}

impl Going<'_> {
    /// Takes out what refers to a field that is taken out, or to one that a rule holds apart which gives its name away.
    fn cut_what_leans_on_the_cut(&mut self) {
        let mut open: Vec<(ModelKey, FieldName)> = self.cut.iter().cloned().collect();
        for (key, model) in &self.models {
            let freed =
                model.constraints.iter().filter(|it| it.name().is_some_and(|it| is_taken(self.context, it)));
            let fields = freed.flat_map(Constraint::unique_fields);
            open.extend(fields.map(|field| ((*key).clone(), field.clone())));
        }
        while let Some((key, name)) = open.pop() {
            for (by, model) in &self.models {
                let fields = model.links().filter(|link| link.leads_to(&key) && link.named().contains(&name));
                for field in fields.filter_map(Link::field).filter(|field| !field.primary_key) {
                    let field = ((*by).clone(), field.name.clone());
                    if self.cut.insert(field.clone()) {
                        open.push(field);
                    }
                }
            }
        }
    }

    /// Removes the references over several fields from a model to others that go or change.
    fn cut_rules(&mut self, key: &ModelKey, model: &Model, found: &mut Findings) {
        let is_kept = |to: &ModelKey| {
            let sides = [&self.context.named, &self.context.target].map(|state| state.model(to).ok());
            sides[0] == sides[1]
        };
        let goes = |to: &ModelKey| to != key && !is_kept(to);
        let rules: Vec<&Constraint> =
            model.constraints.iter().filter(|it| it.target().is_some_and(goes)).collect();
        for name in rules.into_iter().filter_map(Constraint::name) {
            self.cut_object(key, model, name, found);
        }
    }

    /// Removes an index or a constraint, unless that is done already.
    fn cut_object(&mut self, key: &ModelKey, model: &Model, name: &ObjectName, found: &mut Findings) {
        if !self.objects.insert((key.clone(), name.clone())) {
            return;
        }
        let free = Fact::NameFree(key.app.clone(), name.clone());
        let (of_model, of_name) = (key.name.clone(), name.clone());
        let constraint = model.constraints.iter().find(|it| it.name() == Some(name));
        let Some(constraint) = constraint else {
            let remove = Operation::RemoveIndex(RemoveIndex { model: of_model, name: of_name });
            found.planned.push(PlannedOperation::new(remove).gives(free));
            return;
        };
        let remove = Operation::RemoveConstraint(RemoveConstraint { model: of_model, name: of_name });
        let held = constraint.unique_fields();
        let leaning =
            self.references_removed(key, |link| held.iter().any(|field| link.named().contains(field)));
        let gives = Fact::ConstraintGone(key.clone(), name.clone());
        found.planned.push(PlannedOperation::new(remove).gives(gives).gives(free).needs(leaning));
    }

    /// Removes a field, and before it what uses the field.
    fn cut_field(&mut self, key: &ModelKey, model: &Model, field: &FieldName, found: &mut Findings) {
        let uses = |names: Vec<&str>| names.iter().any(|name| *field == *name);
        let leans = |it: &Constraint| {
            it.reference().is_some_and(|rule| rule.to == *key && rule.to_fields.contains(field))
        };
        let reads = |expr: &Expr| model.field(field).is_some_and(|field| expr.may_read(field));
        let uses_text = |it: &Constraint| it.expressions().into_iter().any(reads);
        let constraints =
            model.constraints.iter().filter(|it| uses(it.field_names()) || leans(it) || uses_text(it));
        let indexes = model.indexes.iter().filter(|it| uses(it.field_names()) || it.expressions().any(reads));
        for name in constraints.filter_map(Constraint::name).chain(indexes.filter_map(|it| it.name.as_ref()))
        {
            self.cut_object(key, model, name, found);
        }
        let remove = RemoveField { model: key.name.clone(), field: field.clone() };
        let planned = PlannedOperation::new(Operation::RemoveField(remove))
            .gives(Fact::FieldGone(key.clone(), field.clone()))
            .frees_tables(self.context, &join_table(key, model, field), &[])
            .needs(self.references_removed(key, |link| link.named().contains(field)))
            .needs(model.field(field).into_iter().flat_map(|field| values_taken(self.context, key, field)));
        found.planned.push(planned);
    }

    /// Returns the new models that take the name of a model's table and are to be referred to in its place, so that it can
    /// go only after they are made.
    fn takers(&self, key: &ModelKey, model: &Model) -> BTreeSet<&ModelKey> {
        let own: BTreeSet<TableName> = tables(key, model).collect();
        let takes_name = |to: &ModelKey| {
            let wanted = self.context.target.model(to).ok();
            let taker = wanted.filter(|_| to.app == key.app && !self.state.contains(to));
            taker.is_some_and(|model| tables(to, model).any(|table| own.contains(&table)))
        };
        let mut takers = BTreeSet::new();
        for (by, link) in self.referring().filter(|(by, link)| *by != key && link.leads_to(key)) {
            let wanted = self.context.target.model(by).ok().into_iter().flat_map(|model| model.links());
            let still = wanted.filter(|it| it.name() == link.name());
            let targets = still.filter_map(|it| {
                let mut models = self.context.target.models().map(|(to, _)| to);
                models.find(|to| it.leads_to(to) && takes_name(to))
            });
            takers.extend(targets);
        }
        takers
    }

    /// Takes out the relations of models whose tables give up their names before the models go.
    fn cut_joins(&mut self) {
        for (key, model) in &self.models.clone() {
            let taken = self.taken(key, model);
            let joins = model.join_table_names(key).filter(|(_, table)| taken.contains(table));
            let fields: Vec<FieldName> = joins.map(|(field, _)| field.name.clone()).collect();
            self.cut.extend(fields.into_iter().map(|field| ((*key).clone(), field)));
        }
    }

    /// Returns the names of a model's tables that are taken before it goes.
    fn taken(&self, key: &ModelKey, model: &Model) -> BTreeSet<TableName> {
        let takers = self.takers(key, model).into_iter();
        let takers = takers.filter_map(|to| Some((to, self.context.target.model(to).ok()?)));
        let names: BTreeSet<TableName> = takers.flat_map(|(to, model)| tables(to, model)).collect();
        tables(key, model).filter(|table| names.contains(table)).collect()
    }

    /// Returns the table of a model another name, so that its own is free before it goes.
    fn set_aside(&self, key: &ModelKey, model: &Model) -> PlannedOperation {
        let before = model.table_name(&key.app);
        let alter = AlterModelTable { model: key.name.clone(), table: Some(naming::table_aside(&before)) };
        // What is taken out goes by the name that it has before.
        let taken_out = self.objects.iter().filter(|(of, _)| of == key);
        let needs = taken_out.map(|(_, name)| Fact::NameFree(key.app.clone(), name.clone()));
        PlannedOperation::new(Operation::AlterModelTable(alter))
            .gives(Fact::TableFree(key.app.clone(), before))
            .needs(needs)
    }

    /// Returns what refers to models of the app, that which is let go of included.
    fn referring(&self) -> impl Iterator<Item = (&ModelKey, Link<'_>)> {
        let own = self.state.models().filter(|(by, _)| by.app == *self.context.app);
        // What other apps let go of is not in the state, which has their models as they are to be.
        let foreign = self.context.named.models().filter(|(by, _)| by.app != *self.context.app);
        own.chain(foreign).flat_map(|(by, model)| model.links().map(move |link| (by, link)))
    }

    /// Says that what refers to a model in this way does so no longer.
    fn references_removed(&self, key: &ModelKey, is_about: impl Fn(Link<'_>) -> bool) -> Vec<Fact> {
        let links = self.referring().filter(|(_, link)| link.leads_to(key) && is_about(*link));
        links.flat_map(|(by, link)| self.link_let_go(key, by, link)).collect()
    }

    fn link_let_go(&self, key: &ModelKey, by: &ModelKey, link: Link<'_>) -> Vec<Fact> {
        let mut facts = gone(by, link);
        facts.retain(|fact| by != key || !matches!(fact, Fact::ModelGone(_)));
        let is_cut = |field: &Field| self.cut.contains(&(by.clone(), field.name.clone()));
        let goes_with_model = self.models.contains_key(by) && link.field().is_some_and(|it| !is_cut(it));
        facts.extend((goes_with_model && by != key).then(|| Fact::ModelGone(by.clone())));
        facts
    }
}

/// Returns the references of models that go to what changes or goes itself, and waits for them.
///
/// A model of another app that goes, and a key or a field that does, need not wait for the whole model that refers to it,
/// nor the model for them.
fn references_let_go(
    context: &Context<'_>,
    models: &BTreeMap<&ModelKey, &Model>,
) -> BTreeSet<(ModelKey, FieldName)> {
    let mut found = BTreeSet::new();
    for (key, model) in models {
        let lets_go = |field: &&Field| {
            let is_let_go = |to: &ModelKey| {
                let Ok(after) = context.target.model(to) else { return to.app != key.app };
                let is_by_name = field.relation().is_some_and(|relation| relation.to_field.is_some());
                let before = context.named.model(to);
                before.is_ok_and(|before| {
                    (is_by_name && before != after)
                        || (field.holds_keys_of(key, to) && key_names(before) != key_names(after))
                })
            };
            !field.primary_key && field.targets().any(|to| to != *key && is_let_go(to))
        };
        let fields = model.fields.iter().filter(lets_go);
        found.extend(fields.map(|field| ((*key).clone(), field.name.clone())));
    }
    found
}

fn key_names(model: &Model) -> BTreeSet<&FieldName> {
    model.primary_key().map(|field| &field.name).collect()
}
