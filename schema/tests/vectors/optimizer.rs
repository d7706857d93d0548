//! A vector of the optimizer: operations that come to fewer.

use std::collections::{BTreeMap, BTreeSet};

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::error::StateError;
use modelshift_schema::field::Field;
use modelshift_schema::name::{AppLabel, FieldName, ModelName, ObjectName};
use modelshift_schema::operation::Operation;
use modelshift_schema::operation::alter_model_options::Management;
use modelshift_schema::optimize::optimize;
use modelshift_schema::state::ProjectState;
use serde_json::Value;

use crate::Outcome;
use crate::comparison::{Made, Sides, agree, canonical, stations};
use crate::models::{Names, Untranslatable};
use crate::operations::{Missing, Translator, make_up};

pub(crate) fn outcome(vector: &Value) -> Outcome {
    let vector = &with_elidable(vector);
    let app = AppLabel::new(vector["app"].as_str().unwrap());
    let mut missing = Missing::new();
    let given = translated(vector, "in", &mut missing);
    let both = given.and_then(|given| Ok((given, translated(vector, "out", &mut missing)?)));
    let ((given, sets), (expected, _)) = match both {
        Ok(both) => both,
        Err(reason) => return Outcome::NotTranslatable(reason),
    };
    let (before, goal) = goal(&app, &given).unzip();
    let before = before.unwrap_or_default();
    let theirs = vec![made(&app, &expected)];
    let ours = vec![made(&app, &optimize(&app, given))];
    let sides = Sides { theirs: theirs.clone(), ours: ours.clone(), before: &before, sets, goal };
    match agree(&sides) {
        Some(rules) if rules.is_empty() => Outcome::Agrees,
        Some(rules) => Outcome::OnPurpose(rules),
        None => Outcome::Differs { theirs, ours: Ok(ours) },
    }
}

/// Says of SQL and code that is left out that it may be: Django does not record that.
fn with_elidable(vector: &Value) -> Value {
    let mut vector = vector.clone();
    let mut kept = vector["out"].as_array().cloned().unwrap_or_default();
    for told in vector["in"].as_array_mut().into_iter().flatten() {
        if !["RunSQL", "RunPython", "Operation"].iter().any(|it| told["op"] == *it) {
            continue;
        }
        match kept.iter().position(|it| it == told) {
            Some(position) => drop(kept.remove(position)),
            None => told["elidable"] = Value::Bool(true),
        }
    }
    vector
}

/// Returns a state in which the operations can be done, and what they lead to; none where there is no such state.
fn goal(app: &AppLabel, given: &[Operation]) -> Option<(ProjectState, Vec<ProjectState>)> {
    let mut made = made(app, given);
    // What may be left out is not there, for what stands around it as well.
    made.operations.retain(|it| !it.behaviour().is_elidable());
    let made = [made];
    let mut before = ProjectState::default();
    for _ in 0..50 {
        match stations(&before, &made) {
            Ok(stations) => return Some((before, stations)),
            Err((position, error)) => {
                let [Made { operations, .. }] = &made;
                let error = at_first(error, &operations[..position]);
                make_up(&mut before, &error, &operations[position]).ok()?;
                if let StateError::NoModel { model } = &error {
                    // One is not another, whatever they are called later.
                    let mark = Field::new(format!("from_{}", model.name), ColumnType::I32);
                    before.add_field(model, mark).ok()?;
                }
            }
        }
    }
    None
}

/// Returns an error as it would be told before these operations: by the names of that time.
fn at_first(mut error: StateError, earlier: &[Operation]) -> StateError {
    for operation in earlier.iter().rev() {
        match (operation, &mut error) {
            (
                Operation::RenameModel(it),
                StateError::NoModel { model }
                | StateError::NoField { model, .. }
                | StateError::NoObject { model, .. },
            ) if it.after == model.name => model.name.clone_from(&it.before),
            (Operation::RenameField(it), StateError::NoField { model, field })
                if it.model == model.name && it.after == *field =>
            {
                field.clone_from(&it.before);
            }
            (Operation::RenameIndex(it), StateError::NoObject { model, name })
                if it.model == model.name && it.after == *name =>
            {
                name.clone_from(&it.before);
            }
            _ => {}
        }
    }
    error
}

/// Translates a list, with the fields that models are told without, and others name.
fn translated(
    vector: &Value,
    list: &str,
    missing: &mut Missing,
) -> Result<(Vec<Operation>, BTreeSet<ObjectName>), Untranslatable> {
    let app = AppLabel::new(vector["app"].as_str().unwrap());
    loop {
        let mut translator = Translator::default();
        translator.is_open = true;
        translator.missing.clone_from(missing);
        // Models that nobody made are called as they are somewhere with great letters.
        spell(vector, &app, &mut translator.names);
        let mut operations = Vec::new();
        for told in vector[list].as_array().into_iter().flatten() {
            operations.extend(translator.translate(&app, told)?);
        }
        let mut found = translator.missing;
        for names in found.values_mut() {
            names.retain(|name| !comes(vector, name));
        }
        found.retain(|_, names| !names.is_empty());
        if found == *missing {
            return Ok((operations, translator.sets));
        }
        *missing = found;
    }
}

/// Returns whether a field of this name comes somewhere in the list.
fn comes(vector: &Value, name: &FieldName) -> bool {
    let mut all = vector["in"].as_array().into_iter().flatten();
    all.any(|told| {
        let mut fields = told["fields"].as_array().into_iter().flatten();
        told["new_name"] == name.as_str()
            || told["op"] == "AddField" && told["name"] == name.as_str()
            || fields.any(|pair| pair[0] == name.as_str())
    })
}

/// Remembers how models are spelled, wherever that is.
fn spell(value: &Value, app: &AppLabel, names: &mut Names) {
    for (member, value) in value.as_object().into_iter().flatten() {
        if let Some(text) = value.as_str()
            && ["name", "model_name", "old_name", "new_name", "to", "through"].contains(&member.as_str())
            && text.contains(char::is_uppercase)
        {
            let text = if text.contains('.') { text.to_owned() } else { format!("{app}.{text}") };
            names.spell(&text);
        }
        spell(value, app, names);
    }
    for value in value.as_array().into_iter().flatten() {
        spell(value, app, names);
    }
}

/// Returns the operations as they are compared, without those that changed nothing: what they stood for is of the program
/// alone, and they only had a place.
fn made(app: &AppLabel, operations: &[Operation]) -> Made {
    let mut comments: BTreeMap<ModelName, Option<String>> = BTreeMap::new();
    let mut kept = Vec::new();
    for operation in operations {
        match operation {
            Operation::CreateModel(it) => {
                comments.insert(it.model.name.clone(), it.model.comment.clone());
            }
            Operation::RenameModel(it) => {
                let comment = comments.remove(&it.before).unwrap_or_default();
                comments.insert(it.after.clone(), comment);
            }
            Operation::AlterModelOptions(it) => {
                let before = comments.insert(it.model.clone(), it.comment.clone()).unwrap_or_default();
                if before == it.comment && it.managed == Management::Managed {
                    continue;
                }
            }
            _ => {}
        }
        kept.push(canonical(app, operation));
    }
    Made { app: app.clone(), initial: false, after: BTreeSet::new(), operations: kept, name: None }
}
