//! The order of a primary key of several fields, and natural keys.

use super::*;

fn lines(fields: &str, order: &[&str]) -> std::collections::BTreeMap<ModelKey, SourceModel> {
    let mut sources = notation::models(&format!("Line: {fields}"));
    let line = &mut sources.get_mut(&ModelKey::new("blog", "Line")).unwrap().model;
    line.key_order = order.iter().map(|name| FieldName::new(*name)).collect();
    sources
}

fn check(before: (&str, &[&str]), after: (&str, &[&str]), expect: &[&str]) {
    let mut state = ProjectState::default();
    for (key, source) in lines(before.0, before.1) {
        state.insert(&key, source.model).unwrap();
    }
    let found = detect(&state, &lines(after.0, after.1), &"blog".into()).unwrap();
    assert_eq!(found.questions, []);
    let described: Vec<String> = found.operations.iter().map(|it| it.behaviour().describe()).collect();
    assert_eq!(described, expect, "{before:?} {after:?}");
}

const TWO: &str = "bill i64 key, number i32 key, title";
const TURNED: &str = "number i32 key, bill i64 key, title";

#[test]
fn an_order_that_is_told_is_an_operation_where_it_is_another() {
    let turned = "orders the primary key of `Line` by `number`, `bill`";
    check((TWO, &[]), (TWO, &["number", "bill"]), &[turned]);
    check((TWO, &["bill", "number"]), (TWO, &["number", "bill"]), &[turned]);
    check((TWO, &[]), (TWO, &["bill", "number"]), &[]);
    check(
        (TURNED, &[]),
        (TWO, &["bill", "number"]),
        &["orders the primary key of `Line` by `bill`, `number`"],
    );
    // The order of the fields is that at which the table was made.
    check((TWO, &[]), (TURNED, &[]), &[]);
    check(
        (TWO, &["number", "bill"]),
        (TWO, &[]),
        &["orders the primary key of `Line` by the order of its fields"],
    );
    check((TWO, &["bill", "number"]), (TURNED, &[]), &[]);
}

#[test]
fn an_order_that_comes_of_new_names_and_fields_is_none() {
    let renamed = "bill i64 key, place <number i32 key, title";
    check(
        (TWO, &["number", "bill"]),
        (renamed, &["place", "bill"]),
        &["renames field `number` on `Line` to `place`"],
    );
    let joined = "bill i64 key, number i32 key, title key";
    check(
        (TWO, &["number", "bill"]),
        (joined, &["number", "bill", "title"]),
        &["alters field `title` on `Line`"],
    );
    let first =
        ["alters field `title` on `Line`", "orders the primary key of `Line` by `title`, `number`, `bill`"];
    check((TWO, &["number", "bill"]), (joined, &["title", "number", "bill"]), &first);
    let left = "bill i64, number i32 key, title key";
    check(
        (joined, &["number", "bill", "title"]),
        (left, &["number", "title"]),
        &["alters field `bill` on `Line`"],
    );
    let new = "bill i64 key, number i32 key, title, side i32 key default=0, part i32 key default=0";
    let several = [
        "adds field `side` to `Line`",
        "adds field `part` to `Line`",
        "orders the primary key of `Line` by `number`, `bill`, `side`, `part`",
    ];
    check((TWO, &["number", "bill"]), (new, &["number", "bill", "side", "part"]), &several);
}

#[test]
fn a_new_model_brings_its_order_along() {
    let found = detect(&ProjectState::default(), &lines(TWO, &["number", "bill"]), &"blog".into()).unwrap();
    let [Operation::CreateModel(create)] = found.operations.as_slice() else { panic!("{found:?}") };
    assert_eq!(create.model.key_order, ["number", "bill"].map(FieldName::new));
}

#[test]
fn a_natural_key_is_an_operation_unless_it_comes_of_new_names() {
    let natural = |fields: &str, key: &[&str]| {
        let mut sources = lines(fields, &[]);
        let line = &mut sources.get_mut(&ModelKey::new("blog", "Line")).unwrap().model;
        line.natural_key = key.iter().map(|name| FieldName::new(*name)).collect();
        sources
    };
    let check = |before: (&str, &[&str]), after: (&str, &[&str]), expect: &[&str]| {
        let mut state = ProjectState::default();
        for (key, source) in natural(before.0, before.1) {
            state.insert(&key, source.model).unwrap();
        }
        let found = detect(&state, &natural(after.0, after.1), &"blog".into()).unwrap();
        let described: Vec<String> = found.operations.iter().map(|it| it.behaviour().describe()).collect();
        assert_eq!(described, expect, "{before:?} {after:?}");
    };
    let one = "id i64 key, title";
    check((one, &[]), (one, &["title"]), &["sets the natural key of `Line` to `title`"]);
    check((one, &["title"]), (one, &[]), &["removes the natural key of `Line`"]);
    let renamed = "renames field `title` on `Line` to `name`";
    check((one, &["title"]), ("id i64 key, name <title", &["name"]), &[renamed]);
    check(
        (one, &["title"]),
        ("id i64 key, title, slug ?", &["slug", "title"]),
        &["adds field `slug` to `Line`", "sets the natural key of `Line` to `slug`, `title`"],
    );
    check(
        ("id i64 key, title, slug ?", &["slug"]),
        (one, &["title"]),
        &["sets the natural key of `Line` to `title`", "removes field `slug` from `Line`"],
    );
}
