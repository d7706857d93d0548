//! A vector of the optimizer: operations that come to fewer.

use std::collections::BTreeSet;

use modelshift_schema::name::AppLabel;
use modelshift_schema::operation::Operation;
use modelshift_schema::optimize::optimize;
use modelshift_schema::state::ProjectState;
use serde_json::Value;

use crate::Outcome;
use crate::comparison::{Made, Sides, agree, canonical};
use crate::models::Untranslatable;
use crate::operations::Translator;

pub(crate) fn outcome(vector: &Value) -> Outcome {
    let app = AppLabel::new(vector["app"].as_str().unwrap());
    let both =
        translated(&app, &vector["in"]).and_then(|given| Ok((given, translated(&app, &vector["out"])?)));
    let (given, expected) = match both {
        Ok(both) => both,
        Err(reason) => return Outcome::NotTranslatable(reason),
    };
    let theirs = vec![made(&app, &expected)];
    let ours = vec![made(&app, &optimize(&app, given))];
    let sides = Sides { theirs: theirs.clone(), ours: ours.clone(), before: &ProjectState::default() };
    match agree(&sides) {
        Some(rules) if rules.is_empty() => Outcome::Agrees,
        Some(rules) => Outcome::OnPurpose(rules),
        None => Outcome::Differs { theirs, ours: Ok(ours) },
    }
}

fn translated(app: &AppLabel, list: &Value) -> Result<Vec<Operation>, Untranslatable> {
    let mut translator = Translator::default();
    translator.is_open = true;
    let mut operations = Vec::new();
    for told in list.as_array().into_iter().flatten() {
        operations.extend(translator.translate(app, told)?);
    }
    Ok(operations)
}

fn made(app: &AppLabel, operations: &[Operation]) -> Made {
    let operations = operations.iter().map(|it| canonical(app, it)).collect();
    Made { app: app.clone(), initial: false, after: BTreeSet::new(), operations, name: None }
}
