//! Hints stay in the source after they are followed, and are followed once.

use super::{check, check_asks};
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
        "Author new <Match: body uuid key\nMatch new: id\nOwner: id, m >Author new was=ForeignKey<Author> ?",
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
        "Cat: id\nDog: id\nOwner: id, b <a >Dog new was=ForeignKey<Cat> ?, a >Dog new ?",
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

/// `new` answered the question of an earlier build, and stayed. The values that the field has since are not dropped by it.
#[test]
fn an_answer_about_an_earlier_field_drops_no_values() {
    let asks = "`User.code` is now stored in another way, and its values are not kept: no database converts text to booleans";
    check_asks("User: id, code", "User: id, code bool new ?", &[asks]);
    check_asks("User: id, code", "User: id, code bool new was=UUIDs ?", &[asks]);
    let dropped = ["removes field `code` from `User`", "adds field `code` to `User`"];
    check("User: id, code", "User: id, code bool new was=text ?", &dropped);
    // So did this one. What references refer to counts too.
    let models = "Cat: id\nDog: id\nEmu: id\n";
    let wanted = |said: &str| format!("{models}User: id, pet >Emu {said}, pets *Emu {said}");
    for said in ["new", "keep_values", "keep_values was=ForeignKey<Cat>", "new was=ManyToMany<Cat>"] {
        let asked = super::asked(&format!("{models}User: id, pet >Dog, pets *Dog"), &wanted(said)).join("\n");
        for name in ["pet", "pets"] {
            assert!(
                asked.contains(&format!("`User.{name}` refers to `Emu` instead of `Dog`")),
                "{said}: {asked}"
            );
        }
    }
}

/// A plain `new` still says that a name is used again, since then nothing is dropped by it.
#[test]
fn a_name_is_released_and_used_again_without_a_word_of_what_it_was() {
    check(
        "User: id, code",
        "User: id, former <code, code bool new ?",
        &["renames field `code` on `User` to `former`", "adds field `code` to `User`"],
    );
}
