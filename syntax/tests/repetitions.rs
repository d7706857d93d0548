//! What a struct says twice: without a name it is one object, with a name it is another one.

use modelshift_schema::constraint::Constraint;
use modelshift_syntax::{AsWritten, parse_struct};

/// Reads a struct with these attributes, and returns the names of its indexes and constraints.
fn objects(attributes: &str) -> String {
    let source = format!(
        "{attributes} struct Post {{ id: i64, #[field(index)] kind: i32, age: i32, #[field(unique)] code: i32 }}"
    );
    let item = syn::parse_str(&source).expect("it is a struct");
    let model = parse_struct(&item, &AsWritten).expect("it is a model").source.model;
    let indexes = model.indexes.iter().map(|it| it.name.as_ref());
    let names = indexes.chain(model.constraints.iter().map(Constraint::name));
    names.map(|it| it.map_or("-", |name| name.as_str()).to_owned()).collect::<Vec<_>>().join(" ")
}

#[test]
fn an_object_without_a_name_that_is_said_again_is_one() {
    assert_eq!(objects("#[model(index(fields(kind)), unique(fields(code)))]"), "");
    assert_eq!(objects("#[model(index(fields(age)), index(fields(age)))]"), "-");
    assert_eq!(objects("#[model(unique(fields(age, code)), unique(fields(age, code)))]"), "-");
    assert_eq!(objects("#[model(check(age > 0), check(age > 0))]"), "-");
}

#[test]
fn what_differs_is_no_repetition() {
    assert_eq!(objects("#[model(index(fields(-kind)), index(fields(kind), when = age > 0))]"), "- -");
    assert_eq!(objects("#[model(unique(fields(code, age)), unique(fields(age, code)))]"), "- -");
}

#[test]
fn an_object_with_a_name_of_its_own_is_another_one() {
    let named = r#"#[model(index(name = "a", fields(kind)), index(name = "b", fields(kind)))]"#;
    assert_eq!(objects(named), "a b");
    let named =
        r#"#[model(unique(name = "a", fields(code)), unique(fields(age)), unique(name = "b", fields(age)))]"#;
    assert_eq!(objects(named), "a - b");
    assert_eq!(objects(r#"#[model(check(age > 0), check(name = "c", age > 0))]"#), "- c");
}
