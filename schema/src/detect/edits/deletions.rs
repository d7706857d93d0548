//! Models that are removed: each after all references to it.
//!
//! References that would make models wait for each other are removed from the models before: references in a circle,
//! references for which another app waits, and references to a field that is removed itself.

use std::collections::{BTreeMap, BTreeSet};

use super::moved_fields::values_moved;
use crate::detect::names::{join_table, object_names, tables};
use crate::detect::order::cycles::cuts;
use crate::detect::order::{Fact, PlannedOperation};
use crate::detect::requirements::raw_text::read_by_other_apps;
use crate::detect::requirements::references::reference_released;
use crate::detect::{Context, Findings};
use crate::model::Model;
use crate::model::constraint::Constraint;
use crate::model::expr::Expr;
use crate::model::field::Field;
use crate::model::naming;
use crate::model::references::Link;
use crate::name::{FieldName, ModelKey, ObjectName, TableName};
use crate::operation::{AlterModelTable, DeleteModel, Operation, RemoveConstraint, RemoveField, RemoveIndex};
use crate::state::ProjectState;

/// Plans the removal of models that are only in the state.
pub(in crate::detect) fn deleted(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    let models: BTreeMap<&ModelKey, &Model> = state
        .models()
        .filter(|(key, _)| key.app == *context.app && !context.target.contains(key))
        .map(|(key, model)| (key, model.as_ref()))
        .collect();
    if models.is_empty() {
        return;
    }
    let mut cut = cuts(&models, &|one, other| other.cmp(one));
    cut.extend(references_to_changed(context, &models));
    let mut removal = Removal { context, state, models, cut, objects: BTreeSet::new() };
    removal.cut_joins();
    removal.cut_references_to_cut_fields();
    let models = removal.models.clone();
    for (key, model) in &models {
        removal.cut_rules(key, model, found);
    }
    for (key, model) in &models {
        for name in object_names(model).filter(|name| is_taken(context, name)) {
            removal.cut_object(key, model, name, found);
        }
    }
    for (key, field) in &removal.cut.clone() {
        if let Some(model) = models.get(key) {
            removal.cut_field(key, model, field, found);
        }
    }
    for (key, model) in &models {
        if removal.taken_tables(key, model).contains(&model.table_name(&key.app)) {
            found.planned.push(removal.rename_table_aside(key, model));
        }
        found.planned.push(removal.delete(key, model));
    }
}

/// Returns whether a wanted model of the app has an index or a constraint of that name. That object need not wait for
/// everything for which the removal of a model waits.
fn is_taken(context: &Context<'_>, name: &ObjectName) -> bool {
    context.models().any(|(_, model)| object_names(model).any(|it| it == name))
}

/// The models that are removed, and what is removed from them before.
struct Removal<'a> {
    context: &'a Context<'a>,
    state: &'a ProjectState,
    models: BTreeMap<&'a ModelKey, &'a Model>,
    cut: BTreeSet<(ModelKey, FieldName)>,
    objects: BTreeSet<(ModelKey, ObjectName)>,
}

impl Removal<'_> {
    /// Plans the removal of a model itself.
    fn delete(&self, key: &ModelKey, model: &Model) -> PlannedOperation {
        let delete = Operation::DeleteModel(DeleteModel { model: key.name.clone() });
        let mut planned = PlannedOperation::new(delete).provides(Fact::ModelRemoved(key.clone()));
        // Django removes the references of a model before the model; here they are removed with it, in the same place.
        planned.yields = model.fields.iter().any(|field| field.targets().next().is_some());
        let names = object_names(model).filter(|name| !is_taken(self.context, name));
        planned.provides.extend(names.map(|name| Fact::NameFree(key.app.clone(), name.clone())));
        let taken = self.taken_tables(key, model);
        let kept = tables(key, model).filter(|table| !taken.contains(table));
        planned.provides.extend(kept.map(|table| Fact::TableFree(key.app.clone(), table)));
        let takers = self.takers(key, model).into_iter();
        let own = self.cut.iter().filter(|(by, _)| by == key);
        planned
            .requires(takers.map(|to| Fact::ModelExists(to.clone())))
            .requires(own.map(|(by, field)| Fact::FieldRemoved(by.clone(), field.clone())))
            .requires(model.fields.iter().flat_map(|field| values_moved(self.context, key, field)))
            .requires(read_by_other_apps(self.context, key, model, None))
            .requires(self.references_removed(key, |_| true))
    }

    /// Cuts the references to a field that is cut, and to the fields of a unique constraint whose name is taken.
    fn cut_references_to_cut_fields(&mut self) {
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

    /// Removes the foreign key constraints from a model to other models that are removed or changed.
    fn cut_rules(&mut self, key: &ModelKey, model: &Model, found: &mut Findings) {
        for constraint in &model.constraints {
            if let Some(to) = constraint.target()
                && to != key
                && self.context.after_renames.model(to).ok() != self.context.target.model(to).ok()
                && let Some(name) = constraint.name()
            {
                self.cut_object(key, model, name, found);
            }
        }
    }

    /// Removes an index or a constraint, unless it is removed already.
    fn cut_object(&mut self, key: &ModelKey, model: &Model, name: &ObjectName, found: &mut Findings) {
        if !self.objects.insert((key.clone(), name.clone())) {
            return;
        }
        let free = Fact::NameFree(key.app.clone(), name.clone());
        let (of_model, of_name) = (key.name.clone(), name.clone());
        let constraint = model.constraints.iter().find(|it| it.name() == Some(name));
        let Some(constraint) = constraint else {
            let remove = Operation::RemoveIndex(RemoveIndex { model: of_model, name: of_name });
            found.planned.push(PlannedOperation::new(remove).provides(free));
            return;
        };
        let remove = Operation::RemoveConstraint(RemoveConstraint { model: of_model, name: of_name });
        let unique = constraint.unique_fields();
        // A reference of the model to itself goes with the model, unless it leans on what goes before.
        let own_rules = model.constraints.iter().filter(|it| {
            it.reference().is_some_and(|rule| {
                rule.to == *key && rule.to_fields.iter().all(|field| unique.contains(field))
            })
        });
        for rule in own_rules.filter_map(Constraint::name) {
            self.cut_object(key, model, rule, found);
        }
        let references =
            self.references_removed(key, |link| unique.iter().any(|field| link.named().contains(field)));
        let removed = Fact::ConstraintRemoved(key.clone(), name.clone());
        found
            .planned
            .push(PlannedOperation::new(remove).provides(removed).provides(free).requires(references));
    }

    /// Removes a field, and before it the indexes and constraints that use it.
    fn cut_field(&mut self, key: &ModelKey, model: &Model, field: &FieldName, found: &mut Findings) {
        for constraint in &model.constraints {
            let refers =
                constraint.reference().is_some_and(|rule| rule.to == *key && rule.to_fields.contains(field));
            let uses = names_or_reads(model, field, &constraint.field_names(), constraint.expressions());
            if let Some(name) = constraint.name().filter(|_| uses || refers) {
                self.cut_object(key, model, name, found);
            }
        }
        for index in &model.indexes {
            let uses = names_or_reads(model, field, &index.field_names(), index.expressions());
            if let Some(name) = index.name.as_ref().filter(|_| uses) {
                self.cut_object(key, model, name, found);
            }
        }
        let remove = RemoveField { model: key.name.clone(), field: field.clone() };
        let planned = PlannedOperation::new(Operation::RemoveField(remove))
            .provides(Fact::FieldRemoved(key.clone(), field.clone()))
            .frees_tables(self.context, &join_table(key, model, field), &[])
            .requires(self.references_removed(key, |link| link.named().contains(field)))
            .requires(
                model.field(field).into_iter().flat_map(|field| values_moved(self.context, key, field)),
            );
        found.planned.push(planned);
    }

    /// Returns the new models that take the name of a model's table and replace it as the target of references: the model
    /// can be removed only after they exist.
    fn takers(&self, key: &ModelKey, model: &Model) -> BTreeSet<&ModelKey> {
        let own: BTreeSet<TableName> = tables(key, model).collect();
        let mut takers = BTreeSet::new();
        for (by, link) in self.referring().filter(|(by, link)| *by != key && link.leads_to(key)) {
            let wanted = self.context.target.model(by).ok().into_iter().flat_map(|model| model.links());
            for after in wanted.filter(|it| it.name() == link.name()) {
                takers.extend(self.context.target.models().find_map(|(to, model)| {
                    let is_taker = to.app == key.app
                        && !self.state.contains(to)
                        && tables(to, model).any(|table| own.contains(&table));
                    (after.leads_to(to) && is_taker).then_some(to)
                }));
            }
        }
        takers
    }

    /// Cuts the relations whose join tables release their names before the models are removed.
    fn cut_joins(&mut self) {
        for (key, model) in &self.models.clone() {
            let taken = self.taken_tables(key, model);
            let joins = model.join_table_names(key).filter(|(_, table)| taken.contains(table));
            let fields: Vec<FieldName> = joins.map(|(field, _)| field.name.clone()).collect();
            self.cut.extend(fields.into_iter().map(|field| ((*key).clone(), field)));
        }
    }

    /// Returns the names of a model's tables that are taken before it is removed.
    fn taken_tables(&self, key: &ModelKey, model: &Model) -> BTreeSet<TableName> {
        let takers = self.takers(key, model).into_iter();
        let takers = takers.filter_map(|to| Some((to, self.context.target.model(to).ok()?)));
        let names: BTreeSet<TableName> = takers.flat_map(|(to, model)| tables(to, model)).collect();
        tables(key, model).filter(|table| names.contains(table)).collect()
    }

    /// Renames the table of a model, so that its name is free before the model is removed.
    fn rename_table_aside(&self, key: &ModelKey, model: &Model) -> PlannedOperation {
        let before = model.table_name(&key.app);
        let alter = AlterModelTable {
            model: key.name.clone(),
            table: Some(naming::table_aside(&before)),
            schema: model.schema.clone(),
        };
        // Indexes and constraints are removed by the names that they have before.
        let removed = self.objects.iter().filter(|(of, _)| of == key);
        let requires = removed.map(|(_, name)| Fact::NameFree(key.app.clone(), name.clone()));
        PlannedOperation::new(Operation::AlterModelTable(alter))
            .provides(Fact::TableFree(key.app.clone(), before))
            .requires(requires)
    }

    /// Returns the references to models of the app, including those that are removed.
    fn referring(&self) -> impl Iterator<Item = (&ModelKey, Link<'_>)> {
        let own = self.state.models().filter(|(by, _)| by.app == *self.context.app);
        // The state holds other apps in their final form, without references that they remove.
        let foreign = self.context.after_renames.models().filter(|(by, _)| by.app != *self.context.app);
        own.chain(foreign).flat_map(|(by, model)| model.links().map(move |link| (by, link)))
    }

    /// Requires that these references to a model are removed.
    fn references_removed(&self, key: &ModelKey, is_about: impl Fn(Link<'_>) -> bool) -> Vec<Fact> {
        let links = self.referring().filter(|(_, link)| link.leads_to(key) && is_about(*link));
        links.flat_map(|(by, link)| self.reference_removed(key, by, link)).collect()
    }

    fn reference_removed(&self, key: &ModelKey, by: &ModelKey, link: Link<'_>) -> Vec<Fact> {
        let mut facts = reference_released(by, link);
        facts.retain(|fact| by != key || !matches!(fact, Fact::ModelRemoved(_)));
        let is_removed_with_model = self.models.contains_key(by)
            && link.field().is_some_and(|it| !self.cut.contains(&(by.clone(), it.name.clone())));
        facts.extend((is_removed_with_model && by != key).then(|| Fact::ModelRemoved(by.clone())));
        facts
    }
}

/// Returns whether an index or a constraint names the field, or whether one of its expressions may read it.
fn names_or_reads<'e>(
    model: &Model,
    field: &FieldName,
    names: &[&str],
    expressions: impl IntoIterator<Item = &'e Expr>,
) -> bool {
    let mut expressions = expressions.into_iter();
    names.iter().any(|name| *field == **name)
        || model.field(field).is_some_and(|field| expressions.any(|expr| expr.may_read(field)))
}

/// Returns the references of removed models to models that are changed or removed themselves, and wait for the references.
///
/// A removed model of another app, and a changed key or field, need not wait for the whole model that refers to it, nor the
/// model for them.
fn references_to_changed(
    context: &Context<'_>,
    models: &BTreeMap<&ModelKey, &Model>,
) -> BTreeSet<(ModelKey, FieldName)> {
    let mut found = BTreeSet::new();
    for (key, model) in models {
        for field in model.fields.iter().filter(|field| !field.primary_key) {
            if field.targets().any(|to| to != *key && waits_for_reference(context, key, field, to)) {
                found.insert(((*key).clone(), field.name.clone()));
            }
        }
    }
    found
}

/// Returns whether a target of a reference is removed by another app, or changes the key or the field to which the
/// reference refers.
fn waits_for_reference(context: &Context<'_>, key: &ModelKey, field: &Field, to: &ModelKey) -> bool {
    let Ok(after) = context.target.model(to) else { return to.app != key.app };
    let Ok(before) = context.after_renames.model(to) else { return false };
    let is_by_name = field.relation().is_some_and(|relation| relation.to_field.is_some());
    (is_by_name && before != after) || (field.holds_keys_of(key, to) && key_names(before) != key_names(after))
}

fn key_names(model: &Model) -> BTreeSet<&FieldName> {
    model.primary_key().map(|field| &field.name).collect()
}
