//! What the questioner of a vector says to our questions.
//!
//! Django asks about what is the same but for its name, in all that its source says of it, and takes the first.

use std::collections::BTreeMap;

use modelshift_schema::expr::Expr;
use modelshift_schema::field::Field;
use modelshift_schema::name::{AppLabel, FieldName, ModelKey, ModelName};
use modelshift_schema::question::{Question, QuestionKind};
use serde_json::Value;

use crate::detector::Sources;

/// Answers a question as the questioner of the vector does.
pub(crate) fn answer(sources: &mut Sources, question: &Question, vector: &Value) {
    let answers = &vector["answers"];
    let app = &question.model.app;
    let renamed_model = match &question.kind {
        QuestionKind::RenamedModel { candidates } => {
            let is_case = |it: &&ModelName| it.as_str().eq_ignore_ascii_case(question.model.name.as_str());
            let after = contents(told(&vector["after"], &question.model));
            // A candidate of another app is none of theirs.
            let is_alike =
                |it: &ModelName| contents(told(&vector["before"], &ModelKey::new(app, it))) == after;
            let is_same = |it: &&ModelName| answers["ask_rename_model"] == true && is_alike(it);
            candidates.iter().find(|it| is_case(it) || is_same(it)).cloned()
        }
        _ => None,
    };
    let renames = renames(sources);
    let source = sources.get_mut(&question.model).unwrap();
    let Some(name) = &question.field else {
        source.hints.new = renamed_model.is_none();
        source.hints.renamed_from = renamed_model;
        return;
    };
    let origin = source.hints.renamed_from.clone().unwrap_or_else(|| question.model.name.clone());
    // A reference holds whole numbers in all of them.
    let value = source.model.field(name).and_then(Field::neutral_value).unwrap_or(Expr::int(1));
    let hints = source.hints.fields.entry(name.clone()).or_default();
    match &question.kind {
        QuestionKind::NewNotNull(_) | QuestionKind::NullToNotNull(_) => hints.backfill = Some(value),
        QuestionKind::RenamedField { candidates, .. } if answers["ask_rename"] == true => {
            let before = told(&vector["before"], &ModelKey::new(app, &origin));
            let after = field(told(&vector["after"], &question.model), name.as_str());
            let is_same = |it: &&FieldName| {
                let old = field(before, it.as_str());
                old.zip(after).is_some_and(|(old, new)| is_renamed(it.as_str(), old, new, &renames))
            };
            let mut candidates = candidates.clone();
            candidates.sort();
            hints.renamed_from = candidates.iter().find(is_same).cloned();
            hints.new = hints.renamed_from.is_none();
        }
        // Django asks neither, and changes the field.
        QuestionKind::OtherTarget(it) => {
            hints.keep_values = true;
            hints.was = Some(it.was.clone());
        }
        QuestionKind::TakenName(_) => hints.keep_values = true,
        QuestionKind::ReplacedField { was, .. } => {
            hints.new = true;
            hints.was = Some(was.clone());
        }
        _ => hints.new = true,
    }
}

/// Returns a model as the list tells of it, in whatever case.
fn told<'a>(list: &'a Value, key: &ModelKey) -> Option<&'a Value> {
    let is_it = |it: &&Value| {
        let name = it["name"].as_str().unwrap();
        AppLabel::new(it["app"].as_str().unwrap()) == key.app && name.eq_ignore_ascii_case(key.name.as_str())
    };
    list.as_array().into_iter().flatten().find(is_it)
}

fn field<'a>(model: Option<&'a Value>, name: &str) -> Option<&'a Value> {
    let pairs = model?["fields"].as_array().into_iter().flatten();
    pairs.filter(|pair| pair[0] == name).map(|pair| &pair[1]).next()
}

/// Returns the fields of a model in the order of their names, without these, and without what references lead to.
fn contents(model: Option<&Value>) -> Option<Vec<Value>> {
    let mut pairs: Vec<&Value> = model?["fields"].as_array().into_iter().flatten().collect();
    pairs.sort_by_key(|pair| pair[0].as_str());
    let bare = |pair: &Value| {
        let mut field = pair[1].clone();
        field.as_object_mut().unwrap().remove("to");
        field
    };
    Some(pairs.into_iter().map(bare).collect())
}

/// Returns the models that are renamed so far, in small letters.
fn renames(sources: &Sources) -> BTreeMap<String, String> {
    let renamed = |(key, source): (&ModelKey, &modelshift_schema::hints::SourceModel)| {
        let before = ModelKey::new(&key.app, source.hints.renamed_from.as_ref()?);
        Some((before.to_string().to_lowercase(), key.to_string().to_lowercase()))
    };
    sources.iter().filter_map(renamed).collect()
}

/// Returns whether a field is the other under a new name; its column may be held on to by name.
fn is_renamed(name: &str, before: &Value, after: &Value, renames: &BTreeMap<String, String>) -> bool {
    let small = |field: &Value| {
        let mut field = field.clone();
        if let Some(to) = field["to"].as_str().map(str::to_lowercase) {
            field["to"] = Value::String(to);
        }
        field
    };
    let (mut before, after) = (small(before), small(after));
    if let Some(to) = before["to"].as_str().and_then(|to| renames.get(to)) {
        before["to"] = Value::String(to.clone());
    }
    if before == after {
        return true;
    }
    let is_reference = before["to"].is_string();
    let column = if is_reference { format!("{name}_id") } else { name.to_owned() };
    let column = before["db_column"].as_str().map_or(column, str::to_owned);
    before["db_column"] = Value::String(column);
    before == after
}
