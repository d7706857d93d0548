//! Django's operations -> ours, one after the other, in the state that they lead through.
//!
//! An operation of theirs may be none of ours, where it says nothing to a database, or several.

use std::collections::{BTreeMap, BTreeSet};

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::Constraint;
use modelshift_schema::error::StateError;
use modelshift_schema::expr::Expr;
use modelshift_schema::field::Field;
use modelshift_schema::index::{Index, IndexPart};
use modelshift_schema::model::Model;
use modelshift_schema::name::{AppLabel, FieldName, ModelKey, ObjectName};
use modelshift_schema::operation::alter_model_options::Management;
use modelshift_schema::operation::{
    AddConstraint, AddField, AddIndex, AlterField, AlterModelOptions, AlterModelTable, CreateModel,
    DeleteModel, Operation, RemoveConstraint, RemoveField, RemoveIndex, RenameField, RenameIndex,
    RenameModel, RunSql, SeparateDatabaseAndState,
};
use modelshift_schema::state::ProjectState;
use serde_json::Value;

use crate::comparison::object;
use crate::fields::{field, is_virtual};
use crate::models::{
    Names, Untranslatable, bare, comment, composite_key, constraint, has_key_name, has_table, index, model,
    order_column, plain_index, sets, unique,
};

/// The key of a model whose own goes before another comes.
const MADE_UP_KEY: &str = "made_up_key";

/// Fields that models are made without, and that others name.
pub(crate) type Missing = BTreeMap<ModelKey, BTreeSet<FieldName>>;

/// Translates the operations of a project.
#[derive(Clone, Default)]
pub(crate) struct Translator {
    /// What the translated operations have led to.
    pub(crate) state: ProjectState,
    pub(crate) names: Names,
    /// The sets of `unique_together` and `index_together`, which Django tells as a whole each time.
    unique_together: BTreeMap<ModelKey, Vec<Vec<String>>>,
    index_together: BTreeMap<ModelKey, Vec<Vec<String>>>,
    order: BTreeMap<ModelKey, String>,
    composite: BTreeMap<ModelKey, Vec<String>>,
    /// Fields that are to leave a key as soon as the model has another one.
    leaving: BTreeMap<ModelKey, Vec<String>>,
    /// A change that only writes the name of a column down, for a rename that may follow.
    written_down: Option<(ModelKey, Operation)>,
    /// The names of what is a constraint or an index here, and a set of `unique_together` or `index_together` there.
    pub(crate) sets: BTreeSet<ObjectName>,
    /// The models that were made.
    created: BTreeSet<ModelKey>,
    /// The migration that made each of them, as a dependency tells it.
    places: BTreeMap<ModelKey, String>,
    pub(crate) missing: Missing,
    /// True where models and fields are there that nobody told of.
    pub(crate) is_open: bool,
}

impl Translator {
    /// Takes the models that are there before.
    pub(crate) fn new(list: &Value, names: Names) -> Result<Self, Untranslatable> {
        let mut translator = Self { names, ..Self::default() };
        for told in list.as_array().into_iter().flatten().filter(|told| has_table(told)) {
            let key =
                translator.names.of_app(told["app"].as_str().unwrap(), told["name"].as_str().unwrap())?;
            let model = model(told, &key, &mut translator.names)?;
            translator.remember(&key, told);
            translator.state.insert(&key, model).map_err(|error| error.to_string())?;
        }
        Ok(translator)
    }

    /// Says that what was made since is made by this migration.
    pub(crate) fn remember_places(&mut self, migration: &str) {
        for key in &self.created {
            self.places.entry(key.clone()).or_insert_with(|| migration.to_owned());
        }
    }

    /// Returns the migration that makes a model, as a dependency tells it.
    pub(crate) fn place(&self, key: &ModelKey) -> String {
        self.places.get(key).cloned().unwrap_or_else(|| format!("{}/recorded", key.app))
    }

    fn remember(&mut self, key: &ModelKey, told: &Value) {
        let options = &told["options"];
        self.unique_together.insert(key.clone(), sets(&options["unique_together"]));
        self.index_together.insert(key.clone(), sets(&options["index_together"]));
        if let Some(order) = options["order_with_respect_to"].as_str() {
            self.order.insert(key.clone(), order.to_owned());
        }
        for pair in told["fields"].as_array().into_iter().flatten() {
            let fields = composite_key(&pair[1]);
            if !fields.is_empty() {
                self.composite.insert(key.clone(), fields);
            }
        }
    }

    /// Translates one operation of an app, and moves the state on.
    pub(crate) fn translate(
        &mut self,
        app: &AppLabel,
        told: &Value,
    ) -> Result<Vec<Operation>, Untranslatable> {
        let mut all = Vec::new();
        if told["op"] == "SeparateDatabaseAndState" {
            let lists = [&told["database_operations"], &told["state_operations"]];
            let mut aside = self.clone();
            let mut sides = [Vec::new(), Vec::new()];
            for ((list, side), translator) in lists.into_iter().zip(&mut sides).zip([&mut aside, self]) {
                for told in list.as_array().into_iter().flatten() {
                    side.extend(translator.translate(app, told)?);
                }
            }
            let [database, state] = sides;
            let both = SeparateDatabaseAndState { database, state };
            return Ok(vec![Operation::SeparateDatabaseAndState(both)]);
        }
        for operation in self.operations(app, told)? {
            self.apply(app, &operation)?;
            all.push(operation);
        }
        Ok(all)
    }

    fn apply(&mut self, app: &AppLabel, operation: &Operation) -> Result<(), Untranslatable> {
        for to in operation.behaviour().fields().iter().flat_map(Field::targets) {
            if !self.state.contains(to) && (self.is_open || self.names.untold.contains(to)) {
                self.state.insert(to, bare(to)).map_err(|error| error.to_string())?;
            }
        }
        let mut tries = 0;
        loop {
            let mut state = self.state.clone();
            match operation.behaviour().apply(app, &mut state) {
                Ok(()) => {
                    self.state = state;
                    self.drop_made_up_key(app, operation);
                    return Ok(());
                }
                // A key may go before another comes, and a base before what stands on it.
                Err(StateError::NoKey { model }) if tries < 20 => {
                    let key = Field { primary_key: true, ..Field::new(MADE_UP_KEY, ColumnType::I32) };
                    self.state.add_field(&model, key).map_err(|error| error.to_string())?;
                }
                Err(StateError::PastReferences { field, by, .. })
                    if tries < 20 && field.as_str().ends_with("_ptr") =>
                {
                    let link = self.state.remove_field(&by, &field);
                    if link.is_err() {
                        let key = Field { primary_key: true, ..Field::new(MADE_UP_KEY, ColumnType::I32) };
                        self.state.add_field(&by, key).map_err(|error| error.to_string())?;
                    }
                }
                Err(error) if self.is_open && tries < 20 => {
                    if let StateError::NoField { model, field } = &error
                        && self.created.contains(model)
                        && object(operation).is_some()
                    {
                        self.missing.entry(model.clone()).or_default().insert(field.clone());
                    }
                    // What no history can hold is no matter here: the operations alone are looked at.
                    if make_up(&mut self.state, &error, operation).is_err() {
                        return Ok(());
                    }
                }
                Err(error) => return Err(format!("{}: {error}", operation.behaviour().describe())),
            }
            tries += 1;
        }
    }

    /// Takes the key away that stood for one to come, when that is there.
    fn drop_made_up_key(&mut self, app: &AppLabel, operation: &Operation) {
        let is_key = operation.behaviour().fields().iter().any(|field| field.primary_key);
        if let Some(model) = operation.behaviour().model().filter(|_| is_key) {
            // Where there is none, nothing goes.
            self.state.remove_field(&ModelKey::new(app, model), &FieldName::new(MADE_UP_KEY)).ok();
        }
    }

    fn operations(&mut self, app: &AppLabel, told: &Value) -> Result<Vec<Operation>, Untranslatable> {
        let text = |name: &str| told[name].as_str().unwrap_or_default();
        let name = if told["model_name"].is_string() { text("model_name") } else { text("name") };
        if text("op") != "CreateModel" && self.names.is_proxy(&format!("{app}.{name}")) {
            return Ok(Vec::new());
        }
        let is_about_one = !name.is_empty() && text("op") != "CreateModel";
        let key = if is_about_one { self.names.of_app(app.as_str(), name)? } else { ModelKey::new(app, "") };
        let model = || key.name.clone();
        match text("op") {
            "CreateModel" => self.create(app, told),
            "DeleteModel" => Ok(vec![Operation::DeleteModel(DeleteModel { model: model() })]),
            "RenameModel" => self.rename(app, text("old_name"), text("new_name")),
            "AddField" => self.add_field(&key, text("name"), &told["field"]),
            "RemoveField" => Ok(self.remove_field(&key, &self.spelled(&key, text("name")))),
            "AlterField" => self.alter_field(&key, &self.spelled(&key, text("name")), &told["field"]),
            "RenameField" => {
                Ok(self.rename_field(&key, &self.spelled(&key, text("old_name")), text("new_name")))
            }
            "AddIndex" | "AddIndexConcurrently" => {
                let index = index(&told["index"]);
                Ok(vec![Operation::AddIndex(AddIndex { model: model(), index })])
            }
            "RemoveIndex" | "RemoveIndexConcurrently" => {
                Ok(vec![Operation::RemoveIndex(RemoveIndex { model: model(), name: text("name").into() })])
            }
            "RenameIndex" => Ok(self.rename_index(&key, told)),
            "AddConstraint" | "AddConstraintNotValid" => {
                let constraint = constraint(&told["constraint"]);
                Ok(vec![Operation::AddConstraint(AddConstraint { model: model(), constraint })])
            }
            "RemoveConstraint" => Ok(vec![Operation::RemoveConstraint(RemoveConstraint {
                model: model(),
                name: text("name").into(),
            })]),
            "AlterUniqueTogether" => {
                let altered = self.alter_unique(&key, &told["unique_together"]);
                Ok(self.or_idle(altered, &key))
            }
            "AlterIndexTogether" => {
                let altered = self.alter_indexes(&key, &told["index_together"]);
                Ok(self.or_idle(altered, &key))
            }
            "AlterOrderWithRespectTo" => {
                let altered = self.alter_order(&key, &told["order_with_respect_to"]);
                Ok(self.or_idle(altered, &key))
            }
            "AlterModelTable" => {
                let table = told["table"].as_str().map(Into::into);
                Ok(vec![Operation::AlterModelTable(AlterModelTable { model: model(), table, schema: None })])
            }
            "AlterModelTableComment" => {
                let comment = comment(&told["table_comment"]);
                Ok(vec![Operation::AlterModelOptions(AlterModelOptions {
                    model: model(),
                    comment,
                    managed: Management::Managed,
                    sqlite: None,
                })])
            }
            "AlterModelOptions" => Ok(self.alter_options(&key, &told["options"])),
            "AlterModelManagers" => Ok(self.idle(&key)),
            // Messages.
            "AlterConstraint" | "ValidateConstraint" => Ok(Vec::new()),
            // What nobody can look into: SQL, code, and operations of somebody's own.
            _ => {
                let elidable = told["elidable"] == true;
                Ok(vec![Operation::RunSql(RunSql { elidable, ..RunSql::new(told.to_string(), None) })])
            }
        }
    }

    /// Returns the name of a field as the model spells it, in whatever case it is told.
    fn spelled(&self, key: &ModelKey, name: &str) -> String {
        let fields = self.state.model(key).into_iter().flat_map(|model| &model.fields);
        let mut alike = fields.map(|field| field.name.as_str()).filter(|it| it.eq_ignore_ascii_case(name));
        let first = alike.next();
        let is_there = first == Some(name) || alike.any(|it| it == name);
        first.filter(|_| !is_there).unwrap_or(name).to_owned()
    }

    /// Labels and what else is of the program is left out.
    fn alter_options(&self, key: &ModelKey, told: &Value) -> Vec<Operation> {
        let is_managed = told["managed"] != false;
        let before = self.state.model(key).map_or_else(|_| bare(key), |model| Model::clone(model));
        if before.managed == is_managed {
            return self.idle(key);
        }
        let managed = if is_managed { Management::Made } else { Management::Left };
        let (model, comment) = (key.name.clone(), before.comment.clone());
        vec![Operation::AlterModelOptions(AlterModelOptions { model, comment, managed, sqlite: None })]
    }

    /// Returns the replacement of an operation that does nothing in a database, where its place is looked at.
    fn idle(&self, key: &ModelKey) -> Vec<Operation> {
        // Nothing but the model that is made takes it in.
        if !self.is_open || !self.created.contains(key) {
            return Vec::new();
        }
        let comment = self.state.model(key).ok().and_then(|model| model.comment.clone());
        let (model, managed) = (key.name.clone(), Management::Managed);
        vec![Operation::AlterModelOptions(AlterModelOptions { model, comment, managed, sqlite: None })]
    }

    fn or_idle(&self, operations: Vec<Operation>, key: &ModelKey) -> Vec<Operation> {
        if operations.is_empty() { self.idle(key) } else { operations }
    }

    fn create(&mut self, app: &AppLabel, told: &Value) -> Result<Vec<Operation>, Untranslatable> {
        if !has_table(told) {
            self.names.insert_proxy(app, told);
            return Ok(Vec::new());
        }
        let key = ModelKey::new(app, told["name"].as_str().unwrap());
        self.names.insert(key.clone());
        self.created.insert(key.clone());
        let mut model = model(told, &key, &mut self.names)?;
        let missing = self.missing.get(&key).into_iter().flatten();
        model.fields.extend(missing.map(|name| Field::new(name.clone(), ColumnType::I32)));
        let model = model.with_names(app);
        self.remember(&key, told);
        Ok(vec![Operation::CreateModel(CreateModel { model })])
    }

    fn rename(
        &mut self,
        app: &AppLabel,
        before: &str,
        after: &str,
    ) -> Result<Vec<Operation>, Untranslatable> {
        let before = self.names.of_app(app.as_str(), before)?;
        let after = ModelKey::new(app, after);
        self.names.insert(after.clone());
        if before == after {
            return Ok(Vec::new());
        }
        if self.created.remove(&before) {
            self.created.insert(after.clone());
        }
        for sets in [&mut self.unique_together, &mut self.index_together] {
            let moved = sets.remove(&before).unwrap_or_default();
            sets.insert(after.clone(), moved);
        }
        Ok(vec![Operation::RenameModel(RenameModel::new(before.name, after.name))])
    }

    fn add_field(
        &mut self,
        key: &ModelKey,
        name: &str,
        told: &Value,
    ) -> Result<Vec<Operation>, Untranslatable> {
        let composite = composite_key(told);
        if !composite.is_empty() {
            self.composite.insert(key.clone(), composite.clone());
            return composite.iter().map(|name| self.set_key(key, name, true)).collect();
        }
        let Some(field) = field(name, told, key, &mut self.names)? else { return Ok(Vec::new()) };
        Ok(vec![Operation::AddField(AddField { model: key.name.clone(), field, backfill: None })])
    }

    /// Makes a field part of the primary key, or takes it out.
    fn set_key(&self, key: &ModelKey, name: &str, primary_key: bool) -> Result<Operation, Untranslatable> {
        let model = self.state.model(key).map_err(|error| error.to_string())?;
        let field = model.fields.iter().find(|field| has_key_name(field.name.as_str(), name));
        let field = field.ok_or_else(|| format!("a key over `{name}`"))?;
        let field = Field { primary_key, ..field.clone() };
        Ok(Operation::AlterField(AlterField::new(key.name.clone(), field)))
    }

    fn remove_field(&mut self, key: &ModelKey, name: &str) -> Vec<Operation> {
        let field = FieldName::new(name);
        let is_there = self.state.field(key, &field).is_ok();
        if !is_there && let Some(composite) = self.composite.remove(key) {
            self.leaving.insert(key.clone(), composite);
            return Vec::new();
        }
        if !is_there && !self.is_open {
            return Vec::new();
        }
        // Django lets the sets that hold the field shrink, and says nothing.
        let without = |sets: &[Vec<String>]| -> Vec<Vec<String>> {
            let shrunk = sets.iter().map(|set| set.iter().filter(|it| *it != name).cloned().collect());
            shrunk.filter(|set: &Vec<String>| !set.is_empty()).collect()
        };
        let unique = without(self.unique_together.get(key).map_or(&[], Vec::as_slice));
        let mut operations = self.alter_unique(key, &serde_json::json!(unique));
        let indexes = without(self.index_together.get(key).map_or(&[], Vec::as_slice));
        operations.extend(self.alter_indexes(key, &serde_json::json!(indexes)));
        if self.order.get(key).is_some_and(|order| order == name) {
            operations.extend(self.alter_order(key, &Value::Null));
        }
        operations.push(Operation::RemoveField(RemoveField { model: key.name.clone(), field }));
        operations
    }

    fn alter_field(
        &mut self,
        key: &ModelKey,
        name: &str,
        told: &Value,
    ) -> Result<Vec<Operation>, Untranslatable> {
        if is_virtual(told) {
            return Ok(Vec::new());
        }
        let Some(field) = field(name, told, key, &mut self.names)? else { return Ok(Vec::new()) };
        let mut operations = Vec::new();
        match self.state.field(key, &field.name) {
            // What changes is of the program alone, or is the name of a column, which stays.
            Ok(before) if before.is_equivalent_to(&field) => {
                let is_written_down = before.column != field.column;
                let alter = AlterField::new(key.name.clone(), field);
                self.written_down = is_written_down.then(|| (key.clone(), Operation::AlterField(alter)));
            }
            Ok(before) if !before.is_stored_like(&field) => {
                operations.extend(self.remove_field(key, name));
                let add = AddField { model: key.name.clone(), field, backfill: None };
                operations.push(Operation::AddField(add));
            }
            Ok(_) | Err(_) => {
                let alter = AlterField::new(key.name.clone(), field);
                operations.push(Operation::AlterField(alter));
            }
        }
        for name in self.leaving.remove(key).unwrap_or_default() {
            operations.push(self.set_key(key, &name, false)?);
        }
        Ok(operations)
    }

    fn rename_field(&mut self, key: &ModelKey, before: &str, after: &str) -> Vec<Operation> {
        let sets = [&mut self.unique_together, &mut self.index_together];
        let sets = sets.into_iter().filter_map(|sets| sets.get_mut(key)).flatten();
        for set in sets.chain(self.composite.get_mut(key)) {
            set.iter_mut().filter(|it| *it == before).for_each(|it| after.clone_into(it));
        }
        if let Some(order) = self.order.get_mut(key).filter(|order| *order == before) {
            after.clone_into(order);
        }
        let (before, after): (FieldName, FieldName) = (before.into(), after.into());
        let first = self.written_down.take().filter(|(model, it)| {
            model == key && it.behaviour().fields().iter().any(|field| field.name == before)
        });
        let rename = RenameField::new(key.name.clone(), before, after);
        first.map(|(_, alter)| alter).into_iter().chain([Operation::RenameField(rename)]).collect()
    }

    fn rename_index(&mut self, key: &ModelKey, told: &Value) -> Vec<Operation> {
        let after = told["new_name"].as_str().unwrap().into();
        let before = if let Some(name) = told["old_name"].as_str() {
            name.into()
        } else {
            let set = sets(&told["old_fields"]).concat();
            let name = self.named_index(key, &set).name.unwrap();
            if let Some(sets) = self.index_together.get_mut(key) {
                sets.retain(|it| *it != set);
            }
            name
        };
        vec![Operation::RenameIndex(RenameIndex { model: key.name.clone(), before, after })]
    }

    fn alter_unique(&mut self, key: &ModelKey, told: &Value) -> Vec<Operation> {
        let after = sets(told);
        let before = self.unique_together.insert(key.clone(), after.clone()).unwrap_or_default();
        let named = |set: &Vec<String>| {
            let model = self.state.model(key).map_or_else(|_| bare(key), |model| Model::clone(model));
            let bare = Model { indexes: Vec::new(), constraints: vec![unique(set)], ..model };
            bare.with_names(&key.app).constraints.remove(0)
        };
        let model = || key.name.clone();
        let removed = before.iter().filter(|set| !after.contains(set)).map(|set| {
            let name = named(set).name().cloned().unwrap();
            Operation::RemoveConstraint(RemoveConstraint { model: model(), name })
        });
        let added = after
            .iter()
            .filter(|set| !before.contains(set))
            .map(|set| Operation::AddConstraint(AddConstraint { model: model(), constraint: named(set) }));
        let operations: Vec<Operation> = removed.chain(added).collect();
        self.remember_sets(&operations);
        operations
    }

    fn remember_sets(&mut self, operations: &[Operation]) {
        for operation in operations {
            self.sets.extend(object(operation).map(|it| it.name));
        }
    }

    /// Returns the index that a set of `index_together` is, with its name.
    fn named_index(&self, key: &ModelKey, set: &[String]) -> Index {
        let model = self.state.model(key).map_or_else(|_| bare(key), |model| Model::clone(model));
        let bare = Model { constraints: Vec::new(), indexes: vec![plain_index(set.to_vec())], ..model };
        bare.with_names(&key.app).indexes.remove(0)
    }

    fn alter_indexes(&mut self, key: &ModelKey, told: &Value) -> Vec<Operation> {
        let after = sets(told);
        let before = self.index_together.insert(key.clone(), after.clone()).unwrap_or_default();
        let model = || key.name.clone();
        let removed = before.iter().filter(|set| !after.contains(set)).map(|set| {
            let name = self.named_index(key, set).name.unwrap();
            Operation::RemoveIndex(RemoveIndex { model: model(), name })
        });
        let added = after
            .iter()
            .filter(|set| !before.contains(set))
            .map(|set| Operation::AddIndex(AddIndex { model: model(), index: self.named_index(key, set) }));
        let operations: Vec<Operation> = removed.chain(added).collect();
        self.remember_sets(&operations);
        operations
    }

    fn alter_order(&mut self, key: &ModelKey, told: &Value) -> Vec<Operation> {
        let model = || key.name.clone();
        let before = match told.as_str() {
            Some(order) => self.order.insert(key.clone(), order.to_owned()),
            None => self.order.remove(key),
        };
        match (before, told.as_str()) {
            (None, Some(_)) => {
                let add = AddField { model: model(), field: order_column(), backfill: None };
                vec![Operation::AddField(add)]
            }
            (Some(_), None) => {
                vec![Operation::RemoveField(RemoveField { model: model(), field: order_column().name })]
            }
            (None, None) | (Some(_), Some(_)) => Vec::new(),
        }
    }
}

/// Makes up what an operation finds missing, in a list that tells only a part of a history.
pub(crate) fn make_up(
    state: &mut ProjectState,
    error: &StateError,
    operation: &Operation,
) -> Result<(), Untranslatable> {
    let made = match error {
        StateError::NoModel { model } => state.insert(model, bare(model)),
        StateError::NoField { model, field } => {
            // Whatever it is altered to is something else.
            let field = Field::new(field.clone(), ColumnType::Bytes);
            state.add_field(model, field)
        }
        StateError::NoObject { model, name } => {
            let (name, id) = (Some(name.clone()), Expr::name("id"));
            if matches!(operation, Operation::RemoveConstraint(_)) {
                state.add_constraint(model, Constraint::Check { name, condition: id })
            } else {
                state.add_index(model, Index { name, ..Index::new(vec![IndexPart::ascending(id)]) })
            }
        }
        other => return Err(other.to_string()),
    };
    made.map_err(|error| error.to_string())
}
