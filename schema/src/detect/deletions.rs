//! Models that went: each goes after all that refers to it.
//!
//! What would let models wait for each other is taken out of them before: references in a circle, references that
//! another app waits for, and all that refers to a field that is taken out itself.

use std::collections::{BTreeMap, BTreeSet};

use super::cycles::cuts;
use super::models::{object_names, tables};
use super::order::{Fact, Planned};
use super::{Found, Sight};
use crate::constraint::Constraint;
use crate::field::Field;
use crate::model::Model;
use crate::name::{FieldName, ModelKey, ObjectName};
use crate::operation::{DeleteModel, Operation, RemoveConstraint, RemoveField, RemoveIndex};
use crate::references::Link;
use crate::state::ProjectState;

/// Finds models that are in the state and not wanted.
pub(super) fn deleted(sight: &Sight<'_>, state: &ProjectState, found: &mut Found) {
    let models: BTreeMap<&ModelKey, &Model> = state
        .models()
        .filter(|(key, _)| key.app == *sight.app && !sight.target.contains(key))
        .map(|(key, model)| (key, model.as_ref()))
        .collect();
    if models.is_empty() {
        return;
    }
    let mut cut = cuts(&models);
    cut.extend(references_to_moving_keys(sight, state, &models));
    cut.extend(references_to_other_apps(sight, &models));
    let mut going = Going { sight, state, models, cut, objects: BTreeSet::new() };
    going.cut_what_leans_on_the_cut();
    let models = going.models.clone();
    for (key, model) in &models {
        going.cut_rules(key, model, found);
    }
    for (key, model) in &models {
        for name in object_names(model).filter(|name| is_taken(sight, name)) {
            going.cut_object(key, model, name, found);
        }
    }
    for (key, field) in &going.cut.clone() {
        if let Some(model) = models.get(key) {
            going.cut_field(key, model, field, found);
        }
    }
    for (key, model) in &models {
        let delete = Operation::DeleteModel(DeleteModel { model: key.name.clone() });
        let mut planned = Planned::new(delete).gives(Fact::ModelGone((*key).clone()));
        planned.gives.extend(tables(key, model).map(|table| Fact::TableFree(key.app.clone(), table)));
        let names = object_names(model).filter(|name| !is_taken(sight, name));
        planned.gives.extend(names.map(|name| Fact::NameFree(key.app.clone(), name.clone())));
        let own = going.cut.iter().filter(|(by, _)| by == *key);
        planned = planned.needs(own.map(|(by, field)| Fact::FieldGone(by.clone(), field.clone())));
        found.planned.push(planned.needs(going.let_go(key, |_| true)));
    }
}

/// Tells whether a wanted model of the app has an index or a constraint of that name: it need not wait for all that a
/// model waits for that goes and has the name.
fn is_taken(sight: &Sight<'_>, name: &ObjectName) -> bool {
    sight.models().any(|(_, model)| object_names(model).any(|it| it == name))
}

/// The models that go, and what is taken out of them before.
struct Going<'a> {
    sight: &'a Sight<'a>,
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
                model.constraints.iter().filter(|it| it.name().is_some_and(|it| is_taken(self.sight, it)));
            let fields = freed.flat_map(Constraint::held_apart);
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

    /// Removes the references over several fields from a model to others that go.
    fn cut_rules(&mut self, key: &ModelKey, model: &Model, found: &mut Found) {
        let goes = |to: &ModelKey| to != key && !self.sight.target.contains(to);
        let rules: Vec<&Constraint> =
            model.constraints.iter().filter(|it| it.target().is_some_and(goes)).collect();
        for name in rules.into_iter().filter_map(Constraint::name) {
            self.cut_object(key, model, name, found);
        }
    }

    /// Removes an index or a constraint, unless that is done already.
    fn cut_object(&mut self, key: &ModelKey, model: &Model, name: &ObjectName, found: &mut Found) {
        if !self.objects.insert((key.clone(), name.clone())) {
            return;
        }
        let free = Fact::NameFree(key.app.clone(), name.clone());
        let (of_model, of_name) = (key.name.clone(), name.clone());
        let constraint = model.constraints.iter().find(|it| it.name() == Some(name));
        let Some(constraint) = constraint else {
            let remove = Operation::RemoveIndex(RemoveIndex { model: of_model, name: of_name });
            found.planned.push(Planned::new(remove).gives(free));
            return;
        };
        let remove = Operation::RemoveConstraint(RemoveConstraint { model: of_model, name: of_name });
        let held = constraint.held_apart();
        let leaning = self.let_go(key, |link| held.iter().any(|field| link.named().contains(field)));
        let gives = Fact::ConstraintGone(key.clone(), name.clone());
        found.planned.push(Planned::new(remove).gives(gives).gives(free).needs(leaning));
    }

    /// Removes a field, and before it what uses the field.
    fn cut_field(&mut self, key: &ModelKey, model: &Model, field: &FieldName, found: &mut Found) {
        let uses = |names: Vec<&str>| names.iter().any(|name| *field == *name);
        let leans = |it: &Constraint| {
            it.reference().is_some_and(|rule| rule.to == *key && rule.to_fields.contains(field))
        };
        let constraints = model.constraints.iter().filter(|it| uses(it.field_names()) || leans(it));
        let indexes = model.indexes.iter().filter(|it| uses(it.field_names()));
        for name in constraints.filter_map(Constraint::name).chain(indexes.filter_map(|it| it.name.as_ref()))
        {
            self.cut_object(key, model, name, found);
        }
        let remove = RemoveField { model: key.name.clone(), field: field.clone() };
        let planned = Planned::new(Operation::RemoveField(remove))
            .gives(Fact::FieldGone(key.clone(), field.clone()))
            .needs(self.let_go(key, |link| link.named().contains(field)));
        found.planned.push(planned);
    }

    /// Says that what refers to a model in this way does so no longer.
    fn let_go(&self, key: &ModelKey, is_about: impl Fn(Link<'_>) -> bool) -> Vec<Fact> {
        let own = self.state.models().filter(|(by, _)| by.app == *self.sight.app);
        // What other apps let go of is not in the state, which has their models as they are to be.
        let foreign = self.sight.named.models().filter(|(by, _)| by.app != *self.sight.app);
        let mut facts = Vec::new();
        for (by, model) in own.chain(foreign) {
            for link in model.links().filter(|link| link.leads_to(key) && is_about(*link)) {
                facts.extend(self.link_let_go(key, by, link));
            }
        }
        facts
    }

    fn link_let_go(&self, key: &ModelKey, by: &ModelKey, link: Link<'_>) -> Vec<Fact> {
        let field = match link {
            // A rule of a model that goes as well is taken out, so that neither waits for the other.
            Link::Rule(rule) => {
                let name = rule.name.iter().cloned();
                return name.map(|name| Fact::ConstraintGone(by.clone(), name)).collect();
            }
            Link::Field(field) => field,
        };
        let name = || field.name.clone();
        let is_cut = self.cut.contains(&(by.clone(), name()));
        let goes_with_model = field.primary_key || (by.app == key.app && !is_cut);
        let mut facts = vec![Fact::FieldAltered(by.clone(), name()), Fact::FieldGone(by.clone(), name())];
        facts.extend((goes_with_model && by != key).then(|| Fact::ModelGone(by.clone())));
        facts
    }
}

/// Gives the references of models that go to models, or fields, of other apps that go too: neither app need wait for the
/// other.
fn references_to_other_apps(
    sight: &Sight<'_>,
    gone: &BTreeMap<&ModelKey, &Model>,
) -> BTreeSet<(ModelKey, FieldName)> {
    let goes = |to: &ModelKey| to.app != *sight.app && !sight.target.contains(to);
    let loses = |field: &Field| {
        let relation = field.relation().filter(|relation| relation.to.app != *sight.app);
        let named = relation.and_then(|it| Some((&it.to, it.to_field.as_ref()?)));
        let is_held = |to, name: &FieldName| {
            sight.target.model(to).is_ok_and(|model| model.holds_apart(std::slice::from_ref(name)))
        };
        named.is_some_and(|(to, name)| !is_held(to, name))
    };
    let of_model = |(key, model): (&&ModelKey, &&Model)| {
        let fields = model.fields.iter().filter(|field| !field.primary_key);
        let fields = fields.filter(|field| field.targets().any(goes) || loses(field));
        fields.map(|field| ((*key).clone(), field.name.clone())).collect::<Vec<_>>()
    };
    gone.iter().flat_map(of_model).collect()
}

/// Gives the references of models that go to models that stay and get another primary key: the key can move only when
/// they are gone, and the models perhaps only after that.
fn references_to_moving_keys(
    sight: &Sight<'_>,
    state: &ProjectState,
    gone: &BTreeMap<&ModelKey, &Model>,
) -> BTreeSet<(ModelKey, FieldName)> {
    let moving: BTreeSet<&ModelKey> =
        sight.pairs(state).filter(|pair| pair.joined_key().next().is_some()).map(|pair| pair.key).collect();
    let mut found = BTreeSet::new();
    for (key, model) in gone {
        for field in model.fields.iter().filter(|field| !field.primary_key) {
            if field.targets().any(|to| moving.contains(to) && field.holds_keys_of(key, to)) {
                found.insert(((*key).clone(), field.name.clone()));
            }
        }
    }
    found
}
