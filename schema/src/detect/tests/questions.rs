//! What is asked, and what is not: each row of Django's behaviour that counts prompts.

use super::{check, check_asks, run};
use crate::model::expr::Expr;
use crate::operation::{AlterField, Operation};

const LACKS: &str = "is a new NOT NULL field, and existing rows have no value for it";

#[test]
fn ad_009_ad_010_a_moment_with_a_default_asks_nothing() {
    check(
        "Author: id",
        "Author: id, made moment default=1, seen moment ?",
        &["adds field `made` to `Author`", "adds field `seen` to `Author`"],
    );
}

#[test]
fn ad_011_ad_144_each_new_field_without_a_value_is_asked_about_once() {
    let asked = ["made", "named", "seen"].map(|field| format!("`Author.{field}` {LACKS}"));
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    check_asks(
        "Author: id",
        "Author: id, named short, made moment, seen moment, note ?, size i32 default=0",
        &asked,
    );
}

#[test]
fn ad_017_ad_097_ad_106_what_has_a_value_or_no_column_asks_nothing() {
    check("Author: id, name ?", "Author: id, name default=1", &["alters field `name` on `Author`"]);
    check("Author: id", "Author: id, name default=1", &["adds field `name` to `Author`"]);
    check("Author: id\nTag: id", "Author: id, tags *Tag\nTag: id", &["adds field `tags` to `Author`"]);
}

#[test]
fn ad_019_ad_149_a_key_that_the_database_gives_out_asks_nothing() {
    check(
        "Model: pkfield i32 key",
        "Model: id i64 key, pkfield i32",
        &["adds field `id` to `Model`", "alters field `pkfield` on `Model`"],
    );
    check("Foo: id, bar i32", "Foo: id, bar i32 key", &["alters field `bar` on `Foo`"]);
}

#[test]
fn ad_020_ad_021_null_that_is_no_longer_allowed_is_asked_about_once_and_the_answer_is_no_default() {
    let lacks = "`Author.name` is NOT NULL from now on, and rows that hold NULL have no value for it";
    check_asks("Author: id, name ?", "Author: id, name", &[lacks]);
    let found = run("Author: id, name i32 ?", "Author: id, name i32 backfill=7").unwrap();
    assert_eq!(found.questions, []);
    let [Operation::AlterField(AlterField { field, backfill, .. })] = &found.operations[..] else {
        panic!("{:?}", found.operations)
    };
    assert_eq!((field.default.clone(), backfill.clone()), (None, Some(Expr::int(7))));
}

#[test]
fn what_a_backfill_names_must_be_there() {
    check_asks(
        "Order: id, body i64",
        "Order: id, body i64, code i64 backfill=number",
        &[
            "`Order.code` takes its `backfill` from `number`, which is not another field of the model with a column",
        ],
    );
    super::check(
        "Order: id, body i64",
        "Order: id, code i64 new backfill=body",
        &["adds field `code` to `Order`", "removes field `body` from `Order`"],
    );
}

#[test]
fn a_model_is_asked_about_though_its_references_lead_to_what_may_be_renamed_as_well() {
    let asked = |after: &str, before: &str| {
        format!("`{after}` is new and `{before}` is gone: renamed, or another model?")
    };
    check_asks("Node: id, parent >Node ?", "Knot: id, parent >Knot ?", &[&asked("Knot", "Node")]);
    check_asks(
        "Cat: id, owner >Owner ?\nOwner: id, cats *Cat",
        "Feline: id, owner >Person ?\nPerson: id, cats *Feline",
        &[&asked("Feline", "Cat"), &asked("Person", "Owner")],
    );
    check(
        "Cat: id, owner >Owner ?\nOwner: id, cats *Cat",
        "Feline <Cat: id, owner >Person ?\nPerson <Owner: id, cats *Feline",
        &["renames model `Cat` to `Feline`", "renames model `Owner` to `Person`"],
    );
}

#[test]
fn a_type_to_which_no_database_converts_is_asked_about() {
    let lost = "is now stored in another way, and its values are not kept";
    for (before, after, from, to) in [
        ("body ?", "body bool ?", "text", "booleans"),
        ("body bool ?", "body short ?", "booleans", "text"),
        ("body moment ?", "body uuid ?", "timestamps", "UUIDs"),
        ("body f64 ?", "body bool ?", "floating-point numbers", "booleans"),
        ("body ?", "body bytes ?", "text", "bytes"),
        ("body bytes ?", "body text ?", "bytes", "text"),
    ] {
        let asked = format!("`Doc.body` {lost}: no database converts {from} to {to}");
        check_asks(&format!("Doc: id, {before}"), &format!("Doc: id, {after}"), &[&asked]);
        let done = ["removes field `body` from `Doc`", "adds field `body` to `Doc`"];
        check(
            &format!("Doc: id, {before}"),
            &format!("Doc: id, {after} new was={}", from.replace(' ', "_")),
            &done,
        );
    }
    check("Doc: id, body ?", "Doc: id, body uuid ?", &["alters field `body` on `Doc`"]);
}
