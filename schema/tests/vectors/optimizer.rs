//! A vector of the optimizer: operations that come to fewer.

use std::collections::{BTreeMap, BTreeSet};

use modelshift_schema::name::{AppLabel, ModelName, ObjectName};
use modelshift_schema::operation::Operation;
use modelshift_schema::operation::alter_model_options::Management;
use modelshift_schema::optimize::optimize;
use modelshift_schema::state::ProjectState;
use serde_json::Value;

use crate::Outcome;
use crate::comparison::{Made, Sides, agree, canonical};
use crate::models::{Names, Untranslatable};
use crate::operations::Translator;

pub(crate) fn outcome(vector: &Value) -> Outcome {
    let app = AppLabel::new(vector["app"].as_str().unwrap());
    let both = translated(vector, "in").and_then(|given| Ok((given, translated(vector, "out")?)));
    let ((given, sets), (expected, _)) = match both {
        Ok(both) => both,
        Err(reason) => return Outcome::NotTranslatable(reason),
    };
    let theirs = vec![made(&app, &expected)];
    let ours = vec![made(&app, &optimize(&app, given))];
    let sides = Sides { theirs: theirs.clone(), ours: ours.clone(), before: &ProjectState::default(), sets };
    match agree(&sides) {
        Some(rules) if rules.is_empty() => Outcome::Agrees,
        Some(rules) => Outcome::OnPurpose(rules),
        None => Outcome::Differs { theirs, ours: Ok(ours) },
    }
}

fn translated(vector: &Value, list: &str) -> Result<(Vec<Operation>, BTreeSet<ObjectName>), Untranslatable> {
    let app = AppLabel::new(vector["app"].as_str().unwrap());
    let mut translator = Translator::default();
    translator.is_open = true;
    // Models that nobody made are called as they are somewhere with great letters.
    spell(vector, &app, &mut translator.names);
    let mut operations = Vec::new();
    for told in vector[list].as_array().into_iter().flatten() {
        operations.extend(translator.translate(&app, told)?);
    }
    Ok((operations, translator.sets))
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

/// Gives the operations as they are compared, without those that changed nothing: what they stood for is of the program
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
