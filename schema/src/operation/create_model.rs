//! Creates a model with its table.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{AddConstraint, AlterConstraint, Behaviour, DeleteModel, Operation};
use crate::error::StateError;
use crate::model::Model;
use crate::model::column_type::ColumnType;
use crate::model::constraint::{Constraint, UniqueRule};
use crate::model::expr::Expr;
use crate::model::field::Field;
use crate::model::index::Index;
use crate::name::{AppLabel, ModelKey, ModelName, SchemaName};
use crate::operation::footprint::{
    Footprint, Resource, chosen, chosen_join, rule_targets, target_field, targets,
};
use crate::state::ProjectState;

/// Creates a model with its table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateModel {
    /// The model to be.
    pub model: Model,
}

impl CreateModel {
    /// Returns a state with the model, and bare models for what it and the next operation refer to.
    fn alone(&self, app: &AppLabel, next: &Operation) -> ProjectState {
        let mut state = ProjectState::default();
        let mut bare: BTreeMap<&ModelKey, Model> = BTreeMap::new();
        for field in self.model.fields.iter().chain(next.behaviour().fields()) {
            for target in field.targets() {
                let to_field = field.relation().and_then(|relation| relation.to_field.clone());
                let named = to_field.map(|name| Field { unique: true, ..Field::new(name, ColumnType::I64) });
                let model = bare.entry(target).or_insert_with(|| Model::new(target.name.clone(), Vec::new()));
                model.fields.extend(named);
            }
        }
        let added = if let Operation::AddConstraint(AddConstraint { constraint, .. })
        | Operation::AlterConstraint(AlterConstraint { constraint, .. }) = next
        {
            Some(constraint)
        } else {
            None
        };
        for rule in self.model.constraints.iter().chain(added).filter_map(Constraint::reference) {
            let model = bare.entry(&rule.to).or_insert_with(|| Model::new(rule.to.name.clone(), Vec::new()));
            let fields = rule.to_fields.iter();
            model.fields.extend(fields.map(|name| Field::new(name.clone(), ColumnType::I64)));
            model.constraints.push(Constraint::Unique(UniqueRule::over(rule.to_fields.clone())));
        }
        for (target, model) in bare {
            state.put(target, &Arc::new(model));
        }
        let model = self.model.clone().with_names(app);
        state.put(&ModelKey::new(app, &self.model.name), &Arc::new(model));
        state
    }
}

impl Behaviour for CreateModel {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        state.add_model(&ModelKey::new(app, &self.model.name), self.model.clone())
    }

    fn invert(&self, _app: &AppLabel, _before: &ProjectState) -> Result<Operation, StateError> {
        Ok(Operation::DeleteModel(DeleteModel { model: self.model.name.clone() }))
    }

    fn fields(&self) -> &[Field] {
        &self.model.fields
    }

    fn models(&self) -> (Option<&ModelName>, Option<&ModelName>) {
        (None, Some(&self.model.name))
    }

    fn expressions(&self) -> Vec<&Expr> {
        let model = &self.model;
        let fields = model.fields.iter().flat_map(Field::expressions);
        let indexes = model.indexes.iter().flat_map(Index::expressions);
        fields.chain(indexes).chain(model.constraints.iter().flat_map(Constraint::expressions)).collect()
    }

    fn targets_mut(&mut self) -> Vec<&mut ModelKey> {
        self.model.targets_mut().collect()
    }

    fn schemas(&self) -> Vec<&SchemaName> {
        self.model.schema.iter().collect()
    }

    fn footprint(&self, app: &AppLabel) -> Footprint {
        let fields = self.model.fields.iter();
        let named = fields.clone().filter_map(|field| target_field(app, field));
        let targets = fields.flat_map(|field| targets(app, field)).map(Resource::Presence);
        let rules = self.model.constraints.iter().filter_map(Constraint::reference);
        let named = named.chain(rules.flat_map(|rule| rule_targets(app, rule)));
        // What it names of itself, it brings along.
        let named = named.filter(|part| !part.overlaps(&Resource::Model(self.model.name.clone())));
        let indexes = self.model.indexes.iter().filter_map(|index| index.name.as_ref());
        let objects = indexes.chain(self.model.constraints.iter().filter_map(Constraint::name));
        let objects = objects.filter_map(|name| chosen(app, &self.model.name, name));
        let table = self.model.table.iter().map(|table| Resource::Name(table.as_str().to_owned()));
        let tables = table.chain(self.model.fields.iter().filter_map(chosen_join));
        let own = [Resource::Model(self.model.name.clone())].into_iter();
        Footprint::writes(own.chain(objects).chain(tables)).reads(targets).reads(named)
    }

    /// The model is made as what follows leaves it; rows that a backfill could be for there are none.
    fn merge(&self, app: &AppLabel, next: &Operation) -> Option<Vec<Operation>> {
        let mut name = &self.model.name;
        if let Operation::DeleteModel(next) = next
            && next.model == *name
        {
            return Some(Vec::new());
        }
        if let Operation::RenameModel(next) = next
            && next.before == *name
        {
            name = &next.after;
        } else if next.behaviour().model() != Some(name) {
            return None;
        }
        let mut state = self.alone(app, next);
        next.behaviour().apply(app, &mut state).ok()?;
        let model = Model::clone(state.model(&ModelKey::new(app, name)).ok()?);
        Some(vec![Operation::CreateModel(Self { model })])
    }

    fn describe(&self) -> String {
        format!("creates model `{}`", self.model.name)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(self.model.name.as_str().to_lowercase())
    }
}
