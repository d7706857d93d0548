//! What operations do to the models, and which steps come of it: the cases of the books in `operations/`.
//!
//! A case begins with the rows of Django's behaviour that it covers and a sentence. What follows are keys, with their
//! text behind them or indented below:
//! - `before`: the structs at the start, those of another app in `mod app { … }`; `does`: the operations.
//! - `after`: the structs that come of it, `after same` where none changes; or `refused`: the error that comes of it.
//! - `back never`: the operations cannot be reverted; else taking them back leads to the start, in every case.
//! - `says`, `name`: how the operations describe themselves, and what they give to the name of a migration.
//! - `steps`: what a database must do, `steps none` where it is nothing; `undone`: the same for the way back. That
//!   names of indexes and rules follow a table or a column is left out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is test code, which fails by panicking")]

#[path = "operations/book.rs"]
mod book;
#[path = "operations/steps.rs"]
mod steps;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId, ModelKey};
use modelshift_schema::operation::Operation;
use modelshift_schema::state::ProjectState;
use modelshift_syntax::{print_module, read_module};

use book::Case;

fn app() -> AppLabel {
    AppLabel::new("blog")
}

fn read(app: &str, body: &str) -> Result<Migration, String> {
    let text = format!("migration! {{ {body} }}");
    read_module(&MigrationId::new(app, "0002_case"), &text).map_err(|error| error.message)
}

/// Reads structs into a state; those outside of a `mod` are of app `blog`.
fn state(text: &str) -> ProjectState {
    let mut state = ProjectState::default();
    let mut insert = |app: &str, item: &syn::Item| {
        let body = format!("CreateModel {{ {} }}", quote::quote!(#item));
        let Ok([Operation::CreateModel(it)]) =
            read(app, &body).map(|it| <[Operation; 1]>::try_from(it.operations).unwrap())
        else {
            panic!("{text}\n{:?}", read(app, &body));
        };
        state.insert(&ModelKey::new(app, &it.model.name), it.model).unwrap();
    };
    for item in syn::parse_file(text).unwrap_or_else(|error| panic!("{error}\n{text}")).items {
        if let syn::Item::Mod(other) = item {
            other.content.unwrap().1.iter().for_each(|item| insert(&other.ident.to_string(), item));
        } else {
            insert("blog", &item);
        }
    }
    state
}

/// Runs one case, and gives what is not as it says.
fn run(case: &Case) -> Vec<String> {
    let before = state(case.get("before").unwrap_or_default());
    let migration = match read("blog", case.get("does").unwrap()) {
        Ok(migration) => migration,
        Err(error) => return differ("refused", case.get("refused"), &error),
    };
    let text = print_module(&migration);
    assert_eq!(read_module(&migration.id, &text), Ok(migration.clone()), "{text}");

    let mut states = vec![before.clone()];
    for operation in &migration.operations {
        let mut state = states.last().unwrap().clone();
        if let Err(error) = operation.behaviour().apply(&app(), &mut state) {
            return differ("refused", case.get("refused"), &error.to_string());
        }
        states.push(state);
    }
    let mut faults = differ("refused", case.get("refused"), "");
    if let Some(after) = case.get("after") {
        let (expect, reached) = (if after == "same" { before } else { state(after) }, states.last().unwrap());
        if !reached.is_equivalent_to(&expect) {
            faults.push(format!("after:\n{reached:#?}\nis not\n{expect:#?}"));
        }
    }
    let told = |tell: &dyn Fn(&Operation) -> Option<String>| {
        migration.operations.iter().filter_map(tell).collect::<Vec<_>>().join("\n")
    };
    if let Some(expect) = case.get("says") {
        faults.extend(differ("says", Some(expect), &told(&|it| Some(it.behaviour().describe()))));
    }
    if let Some(expect) = case.get("name") {
        faults.extend(differ("name", Some(expect), &told(&|it| it.behaviour().name_fragment())));
    }
    faults.extend(ways(case, &migration.operations, &states));
    faults
}

/// Takes the way forward and the way back, step by step.
fn ways(case: &Case, operations: &[Operation], states: &[ProjectState]) -> Vec<String> {
    let (mut steps, mut undone) = (Vec::new(), Vec::new());
    let mut back = states.last().unwrap().clone();
    for (operation, state) in operations.iter().zip(states.windows(2)) {
        match operation.behaviour().steps(&app(), &state[0], &state[1]) {
            Ok(found) => steps.extend(steps::spell(&found)),
            Err(error) => return differ("refused", case.get("refused"), &error.to_string()),
        }
    }
    for (operation, state) in operations.iter().zip(states).rev() {
        let inverse = match operation.behaviour().invert(&app(), state) {
            Ok(inverse) => inverse,
            Err(error) => return differ("back", case.get("back"), &format!("never: {error}")),
        };
        let from = back.clone();
        inverse.behaviour().apply(&app(), &mut back).unwrap();
        undone.extend(steps::spell(&inverse.behaviour().steps(&app(), &from, &back).unwrap()));
    }
    let mut faults = differ("back", case.get("back"), "");
    if !back.is_equivalent_to(&states[0]) {
        faults.push(format!("taken back it is\n{back:#?}\nand not\n{:#?}", states[0]));
    }
    for (key, found) in [("steps", steps), ("undone", undone)] {
        let found = if found.is_empty() { "none".to_owned() } else { found.join("\n") };
        if let Some(expect) = case.get(key) {
            faults.extend(differ(key, Some(expect), &found));
        }
    }
    faults
}

fn differ(key: &str, expect: Option<&str>, found: &str) -> Vec<String> {
    let expect = expect.unwrap_or_default();
    if expect == found { Vec::new() } else { vec![format!("{key}:\n{found}\nis not\n{expect}")] }
}

fn check(book: &str) {
    let cases = book::read(book);
    assert!(!cases.is_empty());
    let faults: Vec<String> = cases
        .iter()
        .flat_map(|case| run(case).into_iter().map(|fault| format!("{}\n{fault}", case.title)))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn models() {
    check(include_str!("operations/models.txt"));
}

#[test]
fn fields() {
    check(include_str!("operations/fields.txt"));
}

#[test]
fn keys() {
    check(include_str!("operations/keys.txt"));
}

#[test]
fn managed() {
    check(include_str!("operations/managed.txt"));
}

#[test]
fn objects() {
    check(include_str!("operations/objects.txt"));
}

#[test]
fn rules() {
    check(include_str!("operations/rules.txt"));
}

#[test]
fn generated() {
    check(include_str!("operations/generated.txt"));
}
