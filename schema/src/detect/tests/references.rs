//! References over several fields, and by other fields than the key.

use std::collections::BTreeMap;

use super::*;
use crate::model::constraint::{Constraint, ReferenceRule};
use crate::model::field::FieldKind;
use crate::model::relation::Deferrable;

type Sources = BTreeMap<ModelKey, SourceModel>;

fn key(model: &str) -> ModelKey {
    ModelKey::new("blog", model)
}

/// Reads models, of which `Parcel` refers to a line by two fields of its own.
fn with_rule(models: &str, change: impl FnOnce(&mut ReferenceRule)) -> Sources {
    let mut sources = notation::models(models);
    let names = |names: [&str; 2]| names.map(FieldName::new).to_vec();
    let mut rule = ReferenceRule::new(names(["bill", "line"]), key("Line"), names(["bill", "number"]));
    change(&mut rule);
    let parcel = &mut sources.get_mut(&key("Parcel")).unwrap().model;
    parcel.constraints.push(Constraint::Reference(rule));
    sources
}

fn state(sources: &Sources) -> ProjectState {
    let mut state = ProjectState::default();
    for (key, source) in sources {
        state.insert(key, source.model.clone()).unwrap();
    }
    state
}

fn check(before: &Sources, after: &Sources, expect: &[&str]) {
    let found = detect(&state(before), after, &"blog".into()).unwrap();
    let described: Vec<String> = found.operations.iter().map(|it| it.behaviour().describe()).collect();
    assert_eq!(described, expect);
}

const LINES: &str = "Line: id, bill i32, number i32 | unique(bill,number)\nParcel: id, bill i32, line i32";

fn as_it_is(_: &mut ReferenceRule) {}

#[test]
fn new_models_are_made_before_what_refers_to_them() {
    let added = "adds constraint `blog_parcel_bill_line_fk` to `Parcel`";
    check(&notation::models(LINES), &with_rule(LINES, as_it_is), &[added]);
    check(&Sources::new(), &with_rule(LINES, as_it_is), &["creates model `Line`", "creates model `Parcel`"]);
    let gone = ["removes constraint `blog_parcel_bill_line_fk` from `Parcel`", "deletes model `Line`"];
    check(&with_rule(LINES, as_it_is), &notation::models("Parcel: id, bill i32, line i32"), &gone);
}

#[test]
fn what_the_database_changes_in_place_is_altered() {
    let late = |rule: &mut ReferenceRule| rule.deferrable = Some(Deferrable::Deferred);
    let altered = "alters constraint `blog_parcel_bill_line_fk` on `Parcel`";
    check(&with_rule(LINES, as_it_is), &with_rule(LINES, late), &[altered]);
}

#[test]
fn a_reference_goes_while_both_of_its_sides_change_their_types() {
    let long = LINES.replace("number i32", "number i64").replace("line i32", "line i64");
    check(
        &with_rule(LINES, as_it_is),
        &with_rule(&long, as_it_is),
        &[
            "removes constraint `blog_parcel_bill_line_fk` from `Parcel`",
            "alters field `number` on `Line`",
            "alters field `line` on `Parcel`",
            "adds constraint `blog_parcel_bill_line_fk` to `Parcel`",
        ],
    );
    let one = with_rule(&LINES.replace("number i32", "number i64"), as_it_is);
    let error = detect(&state(&with_rule(LINES, as_it_is)), &one, &"blog".into()).unwrap_err().to_string();
    assert!(error.starts_with("field `line` of `blog.Parcel` refers to `blog.Line.number`"), "{error}");
}

#[test]
fn what_is_referred_to_stays_unique() {
    let bare = with_rule(&LINES.replace(" | unique(bill,number)", ""), as_it_is);
    let error = detect(&state(&with_rule(LINES, as_it_is)), &bare, &"blog".into()).unwrap_err().to_string();
    assert!(error.contains("refers to `blog.Line` by `bill, number`, which is not unique"), "{error}");
}

#[test]
fn a_key_of_several_fields_is_referred_to_by_a_rule() {
    let mut sources = notation::models("Line: id, number i32\nParcel: id, line >Line");
    let line = &mut sources.get_mut(&key("Line")).unwrap().model;
    line.fields[1].primary_key = true;
    assert!(matches!(line.fields[1].kind, FieldKind::Column(_)));
    let error = detect(&ProjectState::default(), &sources, &"blog".into()).unwrap_err().to_string();
    assert!(error.contains("`#[model(foreign_key(fields(…), references = Line(…)))]`"), "{error}");
}

#[test]
fn a_part_of_a_key_holds_nothing_apart_by_itself() {
    super::check(
        "Draft: kind i32 key, code uuid key",
        "Draft: kind i32 key, code uuid key, base >Draft to=code ? | unique(code)",
        &["adds constraint `blog_draft_code_key` to `Draft`", "adds field `base` to `Draft`"],
    );
}

#[test]
fn a_rule_of_a_model_that_goes_is_let_go_before_what_it_leads_to() {
    super::check(
        "Author: owner >Order key, day i32 key\nOrder: id, author i64 ?, day i32 ? | refer(author,day) Author(owner,day)",
        "Author: day i32 key",
        &[
            "removes constraint `blog_order_author_day_fk` from `Order`",
            "removes field `owner` from `Author`",
            "deletes model `Order`",
        ],
    );
}

#[test]
fn new_models_refer_to_each_other_by_fields_that_are_made_later() {
    super::check(
        "",
        "Author: id, day >Order unique ?\nOrder: id, author >Author to=day ?",
        &["creates model `Order`", "creates model `Author`", "adds field `author` to `Order`"],
    );
    super::check(
        "",
        "Book: id, body >Order unique ?\nLog: id, age i32, kind >Book to=body ? | index(kind,age)\nOrder: id",
        &["creates model `Order`", "creates model `Book`", "creates model `Log`"],
    );
}

#[test]
fn a_new_model_refers_to_fields_that_become_unique_while_another_model_goes() {
    let before = "Author: id\nLine: id, bill i32, number i32";
    super::check(
        before,
        "Line: id, bill i32, number i32 | unique(bill,number)\nParcel: id, bill i32, line i32 | refer(bill,line) Line(bill,number)",
        &[
            "deletes model `Author`",
            "adds constraint `blog_line_bill_number_key` to `Line`",
            "creates model `Parcel`",
        ],
    );
    super::check(
        before,
        "Line: id, bill i32, number i32 | unique(bill)\nParcel: id, line >Line to=bill ?",
        &[
            "deletes model `Author`",
            "adds constraint `blog_line_bill_key` to `Line`",
            "creates model `Parcel`",
        ],
    );
}
