//! Whatever models say about where they come from: once it is recorded, nothing of it is found again, and no model goes
//! that is wanted, unless it says itself that it is another one.

use std::collections::BTreeSet;

use super::*;
use crate::operation::{DeleteModel, RenameModel};

const NAMES: [&str; 3] = ["A", "B", "C"];

/// Returns every way in which the models can be there, each written as one of its `ways`.
fn every(ways: &dyn Fn(&str) -> Vec<String>) -> Vec<String> {
    NAMES.iter().fold(vec![String::new()], |found, name| {
        let with =
            |text: &String| ways(name).into_iter().map(|way| format!("{text}{way}\n")).collect::<Vec<_>>();
        found.iter().flat_map(|text| [vec![text.clone()], with(text)].concat()).collect()
    })
}

/// Returns what is said of a model of that name, in every way, and all that it holds.
fn said(name: &str, fields: &str) -> Vec<String> {
    let hints = ["", "new", "<A", "<B", "<C", "new <A", "new <B", "new <C"];
    hints.iter().map(|hint| format!("{name} {hint}: {fields}")).collect()
}

/// Applies what is found; the names of the models that were there before, as they are called after.
fn applied(before: &str, found: &[Operation]) -> (ProjectState, Vec<(String, String)>) {
    let (mut state, app) = (notation::state(before), "blog".into());
    let mut names: Vec<(String, String)> =
        state.models().map(|(key, _)| (key.name.to_string(), key.name.to_string())).collect();
    for operation in found {
        operation.behaviour().apply(&app, &mut state).unwrap();
        if let Operation::RenameModel(RenameModel { before, after, .. }) = operation {
            names
                .iter_mut()
                .filter(|(_, now)| *before == *now.as_str())
                .for_each(|it| it.1 = after.to_string());
        }
        if let Operation::DeleteModel(DeleteModel { model }) = operation {
            names.retain(|(_, now)| *model != *now.as_str());
        }
    }
    (state, names)
}

/// Says what is wrong with what is found; nothing where it asks.
fn fault(before: &str, after: &str) -> Option<String> {
    let found = match run(before, after) {
        Ok(found) if found.questions.is_empty() => found.operations,
        Ok(_) => return None,
        Err(error) => return Some(error.to_string()),
    };
    let (state, names) = applied(before, &found);
    let again = detect(&state, &notation::models(after), &"blog".into()).unwrap();
    if again != Detection::default() {
        return Some(format!("detecting again finds {again:?}"));
    }
    let wanted = notation::models(after);
    let kept: BTreeSet<&str> = names.iter().map(|(was, _)| was.as_str()).collect();
    for (key, _) in notation::state(before).models().filter(|(key, _)| !kept.contains(key.name.as_str())) {
        let is_other = wanted.get(key).is_none_or(|source| source.hints.new);
        if !is_other {
            return Some(format!("{key} goes: {found:?}"));
        }
    }
    None
}

#[test]
fn invariant_3_what_models_say_of_their_origins_counts_once() {
    let recorded = every(&|name| vec![format!("{name}: id, x text")]);
    let alike = every(&|name| said(name, "id, x text"));
    let other = every(&|name| said(name, &format!("id, {name} i32, {name}2 uuid, {name}3 bool")));
    let wanted: Vec<String> = alike.into_iter().chain(other).collect();
    let faults: Vec<String> = recorded
        .iter()
        .flat_map(|before| wanted.iter().map(move |after| (before, after)))
        .filter_map(|(before, after)| Some(format!("{before}=>\n{after}{}", fault(before, after)?)))
        .collect();
    assert!(faults.is_empty(), "{}:\n{}", faults.len(), faults.join("\n\n"));
}

#[test]
fn invariant_3_what_fields_say_of_their_origins_counts_once() {
    let names = NAMES.map(str::to_lowercase);
    let recorded = ["a", "c", "a b", "b c", "a b c"]
        .map(|names| names.split(' ').fold("M: id".to_owned(), |text, name| format!("{text}, {name} i32 ?")));
    let mut wanted = vec!["M: id".to_owned()];
    for name in &names {
        let with = |texts: &[String], ways: &[String]| {
            let of = |text: &String| ways.iter().map(|way| format!("{text}, {way}")).collect::<Vec<_>>();
            texts.iter().flat_map(|text| [vec![text.clone()], of(text)].concat()).collect::<Vec<_>>()
        };
        let said = ["", "new", "<a", "<b", "<c", "new <a", "new <b", "new <c"];
        let types = ["i32", "uuid"].map(|it| said.map(|said| format!("{name} {it} ? {said}")));
        wanted = with(&wanted, types.as_flattened());
    }
    let mut faults = Vec::new();
    for (before, after) in recorded.iter().flat_map(|before| wanted.iter().map(move |after| (before, after)))
    {
        let found = match run(before, after) {
            Ok(found) if found.questions.is_empty() => found.operations,
            Ok(_) => continue,
            Err(error) => {
                faults.push(format!("{before}\n{after}\n{error}"));
                continue;
            }
        };
        let (state, _) = applied(before, &found);
        let again = detect(&state, &notation::models(after), &"blog".into()).unwrap();
        if again != Detection::default() {
            faults.push(format!("{before}\n{after}\ndetecting again finds {again:?}"));
        }
    }
    assert!(faults.is_empty(), "{}:\n{}", faults.len(), faults.join("\n\n"));
}
