//! Django's models -> ours: every kind of field, option and base that says something to a database.
//!
//! What is of the program alone (managers, labels, validators, defaults that Python computes) is left out. A proxy has
//! no table, and is the model behind it; a base is a one-to-one key; an order with respect to something is a column.

use std::collections::{BTreeMap, BTreeSet};

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::{Constraint, UniqueRule};
use modelshift_schema::expr::Expr;
use modelshift_schema::field::Field;
use modelshift_schema::index::{Index, IndexMethod, IndexPart};
use modelshift_schema::model::Model;
use modelshift_schema::name::{AppLabel, FieldName, ModelKey};
use modelshift_schema::relation::{Deferrable, ForeignKey, ReferentialAction};
use serde_json::{Value, json};

use crate::expressions::{condition, expression};
use crate::fields::field;

/// What cannot be said in our language, and why.
pub(crate) type Untranslatable = String;

/// How models are called, whatever case they are called in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    keys: BTreeMap<String, ModelKey>,
    /// Models that are referred to and not told; they are there, with a key.
    pub(crate) untold: BTreeSet<ModelKey>,
}

impl Names {
    /// Takes the names of a list of models.
    pub(crate) fn of(list: &Value) -> Self {
        let mut names = Self::default();
        let list = list.as_array().into_iter().flatten();
        let (proxies, concrete) = list.partition::<Vec<_>, _>(|it| it["options"]["proxy"] == true);
        for it in concrete {
            names.insert(ModelKey::new(it["app"].as_str().unwrap(), it["name"].as_str().unwrap()));
        }
        // A proxy of a proxy may come before what it is a proxy of.
        for _ in 0..proxies.len() {
            for it in &proxies {
                names.insert_proxy(&AppLabel::new(it["app"].as_str().unwrap()), it);
            }
        }
        names
    }

    /// Makes the name of a proxy stand for what it is a proxy of.
    pub(crate) fn insert_proxy(&mut self, app: &AppLabel, told: &Value) {
        let base = bases(told).into_iter().find_map(|base| self.keys.get(&base.to_lowercase()).cloned());
        let own = format!("{app}.{}", told["name"].as_str().unwrap()).to_lowercase();
        self.keys.extend(base.map(|base| (own, base)));
    }

    /// Returns whether `app.model` is a proxy.
    pub(crate) fn is_proxy(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.keys.get(&text).is_some_and(|key| key.to_string().to_lowercase() != text)
    }

    /// Returns what the proxies of an app stand for, of all proxies that these references lead to.
    pub(crate) fn behind_proxies(&self, app: &str, references: &[&str]) -> Vec<ModelKey> {
        let of_app = references.iter().filter(|it| it.split('.').next() == Some(app) && self.is_proxy(it));
        of_app.filter_map(|it| self.keys.get(&it.to_lowercase())).cloned().collect()
    }

    /// Returns the models that these references lead to in other apps than these.
    pub(crate) fn outside(&self, apps: &BTreeSet<&str>, references: &[&str]) -> Vec<ModelKey> {
        let keys = references.iter().filter_map(|it| self.keys.get(&it.to_lowercase()));
        keys.filter(|key| !apps.contains(key.app.as_str())).cloned().collect()
    }

    pub(crate) fn insert(&mut self, key: ModelKey) {
        self.keys.insert(key.to_string().to_lowercase(), key);
    }

    /// Remembers how a model is spelled, without saying that it is there.
    pub(crate) fn spell(&mut self, text: &str) {
        if let Ok(key) = text.parse::<ModelKey>() {
            self.keys.entry(text.to_lowercase()).or_insert(key);
        }
    }

    /// Finds a model by `app.model`, in whatever case; one that nobody told of is there all the same.
    pub(crate) fn find(&mut self, text: &str) -> Result<ModelKey, Untranslatable> {
        if let Some(key) = self.keys.get(&text.to_lowercase()) {
            return Ok(key.clone());
        }
        let key: ModelKey = text.parse().map_err(|_| format!("reference to {text:?}"))?;
        self.insert(key.clone());
        self.untold.insert(key.clone());
        Ok(key)
    }

    /// Finds a model of an app.
    pub(crate) fn of_app(&mut self, app: &str, name: &str) -> Result<ModelKey, Untranslatable> {
        self.find(&format!("{app}.{name}"))
    }
}

/// Returns a model of which nothing is known but that it is there.
pub(crate) fn bare(key: &ModelKey) -> Model {
    Model::new(key.name.clone(), vec![automatic_key()])
}

fn automatic_key() -> Field {
    Field { primary_key: true, ..Field::new("id", ColumnType::I32) }
}

/// Returns whether the model has a table of its own.
pub(crate) fn has_table(model: &Value) -> bool {
    model["options"]["proxy"] != true
}

fn bases(model: &Value) -> Vec<String> {
    let bases = model["bases"].as_array().into_iter().flatten();
    bases.filter_map(Value::as_str).filter(|base| base.contains('.')).map(str::to_owned).collect()
}

/// Reads a model.
pub(crate) fn model(value: &Value, key: &ModelKey, names: &mut Names) -> Result<Model, Untranslatable> {
    let mut model = Model::new(key.name.clone(), Vec::new());
    let mut composite: Vec<String> = Vec::new();
    for pair in value["fields"].as_array().into_iter().flatten() {
        let (name, told) = (pair[0].as_str().unwrap(), &pair[1]);
        composite.extend(composite_key(told));
        model.fields.extend(field(name, told, key, names)?);
    }
    for (position, base) in bases(value).into_iter().enumerate() {
        let to = names.find(&base)?;
        let told = format!("{}_ptr", to.name.as_str().to_lowercase());
        if model.fields.iter().any(|field| field.name == told.as_str()) {
            continue;
        }
        // It has no name there that a renamed base would leave behind.
        let name = format!("base_{position}_ptr");
        let primary_key = model.primary_key().next().is_none();
        let relation = ForeignKey { on_delete: ReferentialAction::Cascade, ..ForeignKey::new(to) };
        let link = Field { unique: true, index: false, primary_key, ..Field::foreign_key(name, relation) };
        model.fields.insert(0, link);
    }
    for name in composite {
        if let Some(field) = model.fields.iter_mut().find(|field| has_key_name(field.name.as_str(), &name)) {
            field.primary_key = true;
        } else {
            // The tests of Django do not tell of the columns that the key names.
            let key = Field { primary_key: true, ..Field::new(name.as_str(), ColumnType::I32) };
            model.fields.push(key);
        }
    }
    if model.primary_key().next().is_none() {
        model.fields.insert(0, automatic_key());
    }
    options(&mut model, &value["options"]);
    Ok(model)
}

/// Returns the fields that a composite key names; none where the field is no such key.
pub(crate) fn composite_key(field: &Value) -> Vec<String> {
    if field["type"] != "CompositePrimaryKey" {
        return Vec::new();
    }
    let args = field["args"].as_array().into_iter().flatten();
    let mut names: Vec<String> = args.filter_map(Value::as_str).map(str::to_owned).collect();
    names.sort();
    names
}

/// Returns whether a composite key means the field, which it may call as the column of a reference.
pub(crate) fn has_key_name(field: &str, name: &str) -> bool {
    field == name || name.strip_suffix("_id") == Some(field)
}

/// Returns the column that keeps the order of rows.
pub(crate) fn order_column() -> Field {
    Field::new("_order", ColumnType::I32)
}

fn options(model: &mut Model, told: &Value) {
    if told["order_with_respect_to"].is_string() {
        model.fields.push(order_column());
    }
    for (option, value) in told.as_object().into_iter().flatten() {
        let items = || value.as_array().into_iter().flatten();
        match option.as_str() {
            "db_table" => model.table = value.as_str().map(Into::into),
            "managed" => model.managed = *value != false,
            "db_table_comment" => model.comment = comment(value),
            "unique_together" => model.constraints.extend(sets(value).iter().map(|set| unique(set))),
            "index_together" => model.indexes.extend(sets(value).into_iter().map(plain_index)),
            "indexes" => {
                for it in items() {
                    model.indexes.push(index(it));
                }
            }
            "constraints" => {
                for it in items() {
                    model.constraints.push(constraint(it));
                }
            }
            // All others are of the program: labels, orderings, permissions, managers.
            _ => {}
        }
    }
}

/// Reads a comment; an empty one is none.
pub(crate) fn comment(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Reads the sets of `unique_together` and `index_together`, where one set may stand alone.
pub(crate) fn sets(value: &Value) -> Vec<Vec<String>> {
    let Some(list) = value.as_array() else { return Vec::new() };
    let names =
        |list: &[Value]| list.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<String>>();
    if list.iter().any(Value::is_string) {
        return vec![names(list)];
    }
    list.iter().filter_map(Value::as_array).map(|list| names(list)).filter(|set| !set.is_empty()).collect()
}

/// Returns the constraint that a set of `unique_together` is.
pub(crate) fn unique(set: &[String]) -> Constraint {
    serde_json::from_value(json!({ "Unique": { "fields": set } })).unwrap()
}

fn unique_constraint(value: &Value) -> Constraint {
    let fields = value["fields"].as_array().into_iter().flatten();
    let parts = fields.chain(value["args"].as_array().into_iter().flatten());
    let rule = UniqueRule::over_parts(parts.map(part).collect());
    Constraint::Unique(UniqueRule {
        when: value.get("condition").filter(|it| !it.is_null()).map(condition),
        include: names(&value["include"]),
        nulls_not_distinct: value["nulls_distinct"] == false,
        deferrable: deferrable(&value["deferrable"]),
        ..rule
    })
}

fn exclusion_constraint(value: &Value) -> Constraint {
    let pairs = value["expressions"].as_array().into_iter().flatten();
    let compared =
        pairs.map(|pair| json!({ "part": part(&pair[0]), "operator": pair[1].as_str().unwrap_or("&&") }));
    let rule = json!({
        "parts": compared.collect::<Vec<_>>(),
        "method": value["index_type"].as_str().unwrap_or("gist").to_lowercase(),
        "when": value.get("condition").filter(|it| !it.is_null()).map(condition),
        "deferrable": deferrable(&value["deferrable"]),
    });
    serde_json::from_value(json!({ "Exclude": rule })).unwrap()
}

/// Reads a part of an index or a rule: a field, or an expression in an order.
fn part(told: &Value) -> IndexPart {
    let descending = told["type"] == "OrderBy" && told["descending"] == true;
    IndexPart { descending, ..IndexPart::ascending(expression(told)) }
}

/// Returns the moment at which a deferrable rule is checked, however it is told.
fn deferrable(told: &Value) -> Option<Deferrable> {
    let text = told.to_string().to_lowercase();
    let moments = [("deferred", Deferrable::Deferred), ("immediate", Deferrable::Immediate)];
    moments.into_iter().find(|(word, _)| text.contains(word)).map(|(_, moment)| moment)
}

/// Returns the index that a set of `index_together` is.
pub(crate) fn plain_index(set: Vec<String>) -> Index {
    Index::new(set.into_iter().map(|name| IndexPart::ascending(Expr::name(name))).collect())
}

/// Reads an index.
pub(crate) fn index(value: &Value) -> Index {
    let mut parts = Vec::new();
    for name in value["fields"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        parts.push(match name.strip_prefix('-') {
            Some(name) => IndexPart::descending(expression(&name.into())),
            None => IndexPart::ascending(expression(&name.into())),
        });
    }
    for it in value["args"].as_array().into_iter().flatten() {
        parts.push(part(it));
    }
    let classes = value["opclasses"].as_array().into_iter().flatten();
    for (part, class) in parts.iter_mut().zip(classes) {
        part.operator_class = class.as_str().map(str::to_owned);
    }
    let method = match value["type"].as_str().unwrap_or_default() {
        "Index" | "BTreeIndex" => None,
        "BrinIndex" => Some(IndexMethod::Brin),
        "GinIndex" => Some(IndexMethod::Gin),
        "GistIndex" => Some(IndexMethod::Gist),
        "HashIndex" => Some(IndexMethod::Hash),
        "SpGistIndex" => Some(IndexMethod::Spgist),
        // An index of somebody's own is told apart by what it is over.
        other => {
            parts.push(IndexPart::ascending(Expr::Raw(other.to_owned())));
            None
        }
    };
    let when = value.get("condition").filter(|it| !it.is_null()).map(condition);
    let name = value["name"].as_str().map(Into::into);
    Index { name, when, method, include: names(&value["include"]), ..Index::new(parts) }
}

fn names(value: &Value) -> Vec<FieldName> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(FieldName::new).collect()
}

/// Reads a constraint.
pub(crate) fn constraint(value: &Value) -> Constraint {
    let mut constraint = match value["type"].as_str().unwrap_or_default() {
        "CheckConstraint" => {
            let told = value.get("condition").or_else(|| value.get("check"));
            Constraint::Check { name: None, condition: condition(told.unwrap_or(&Value::Null)) }
        }
        "UniqueConstraint" => unique_constraint(value),
        "ExclusionConstraint" => exclusion_constraint(value),
        // A constraint of somebody's own is told apart by all that is said of it.
        _ => Constraint::Check { name: None, condition: Expr::Raw(value.to_string()) },
    };
    if let Some(name) = value["name"].as_str() {
        constraint.set_name(name.into());
    }
    constraint
}
