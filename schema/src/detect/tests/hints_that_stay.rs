//! Hints stay in the source after they are followed, and are followed once.

use super::check_asks;
use crate::detect::{Detection, detect};
use crate::migration::optimize::optimize;
use crate::notation;
use crate::state::ProjectState;
use crate::state::former_names::FormerNames;

/// Checks that each edit leads to no question, and that detecting again after it finds nothing; also after a squash.
fn check_edits(edits: &[&str]) {
    let app = "blog".into();
    let (mut state, mut all) = (ProjectState::default(), Vec::new());
    for edit in edits {
        let wanted = notation::models(edit);
        let found = detect(&state, &wanted, &app).unwrap();
        assert_eq!(found.questions, [], "{edit}");
        for operation in &found.operations {
            operation.behaviour().apply(&app, &mut state).unwrap();
        }
        all.extend(found.operations);
        assert_eq!(detect(&state, &wanted, &app).unwrap(), Detection::default(), "{edit}");
        let mut short = optimize(&app, all.clone());
        short.extend(FormerNames::after(&app, &all).reminder(&app, &FormerNames::after(&app, &short)));
        let mut squashed = ProjectState::default();
        for operation in &short {
            operation.behaviour().apply(&app, &mut squashed).unwrap();
        }
        assert_eq!(detect(&squashed, &wanted, &app).unwrap(), Detection::default(), "squashed: {edit}");
    }
}

#[test]
fn a_model_that_was_renamed_is_made_anew_once() {
    check_edits(&[
        "Match: owner i32 key",
        "Author <Match: owner i32 key",
        "Author new <Match: body uuid key\nMatch new: owner i32 key",
    ]);
    // With a reference, so that the former model gets a temporary name.
    check_edits(&[
        "Match: id\nOwner: id, m >Match ?",
        "Author <Match: id\nOwner: id, m >Author ?",
        "Author new <Match: body uuid key\nMatch new: id\nOwner: id, m >Author new ?",
    ]);
}

#[test]
fn a_name_that_a_renamed_model_gives_up_is_taken_once() {
    check_edits(&[
        "Match: id, a i32",
        "Author <Match: id, a i32",
        "Writer <Author: id, a i32\nAuthor new <Match: id, b i32\nMatch new: id, a i32",
    ]);
}

#[test]
fn a_name_that_a_renamed_field_gives_up_is_taken_once() {
    check_edits(&[
        "Cat: id\nDog: id\nOwner: id, a >Cat ?",
        "Cat: id\nDog: id\nOwner: id, b <a >Cat ?",
        "Cat: id\nDog: id\nOwner: id, b <a >Dog new ?, a >Dog new ?",
    ]);
    check_edits(&[
        "Owner: id, a i32 ?",
        "Owner: id, b <a i32 ?",
        "Owner: id, c <b i32 ?, b <a i32 new ?, a i32 new ?",
    ]);
}

#[test]
fn fields_of_a_new_model_take_no_names_of_each_other() {
    let fields = "b <a i32 new ?, a i32 new ?";
    let asks = "`Cat.b` says `renamed_from = \"a\"`, but the migrations know no such field of this model";
    check_asks("", &format!("Cat: id, {fields}"), &[asks]);
    check_asks("Cat: id, a i32 ?", &format!("Cat new: code uuid key, {fields}"), &[asks]);
}
