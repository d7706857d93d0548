//! Names and values that come to mean something else: each is asked about, and each answer is followed.

use super::{asked, check, check_asks, check_error, run};
use crate::detect::{Detection, Question, detect};
use crate::notation;

#[test]
fn a_reference_to_another_model_asks_what_its_values_mean() {
    let before = "Cat: id\nDog: id\nOwner: id, pet >Cat";
    check_asks(
        before,
        "Cat: id\nDog: id\nOwner: id, pet >Dog",
        &["`Owner.pet` refers to `Dog` instead of `Cat`: what becomes of its values?"],
    );
    for was in ["ForeignKey<Cat>", "ForeignKey<blog.Cat>"] {
        let kept = format!("Cat: id\nDog: id\nOwner: id, pet >Dog keep_values was={was}");
        check(before, &kept, &["alters field `pet` on `Owner`"]);
    }
    check(
        before,
        "Cat: id\nDog: id\nOwner: id, pet >Dog new was=ForeignKey<Cat> backfill=1",
        &["removes field `pet` from `Owner`", "adds field `pet` to `Owner`"],
    );
    check(
        "Cat: id\nOwner: id, pet >Cat",
        "Dog <Cat: id\nOwner: id, pet >Dog",
        &["renames model `Cat` to `Dog`"],
    );
    check_asks(
        "Cat: id\nDog: id\nOwner: id, pets *Cat",
        "Cat: id\nDog: id\nOwner: id, pets *Dog",
        &["`Owner.pets` refers to `Dog` instead of `Cat`: what becomes of its values?"],
    );
}

#[test]
fn keys_of_another_kind_are_not_kept() {
    let before = "Cat: id\nDog: id uuid key\nOwner: id, pet >Cat ?";
    for said in ["", " keep_values was=ForeignKey<Cat>"] {
        let text =
            asked(before, &format!("Cat: id\nDog: id uuid key\nOwner: id, pet >Dog ?{said}")).join("\n");
        assert!(text.contains("`Owner.pet` refers to `Dog` instead of `Cat`"), "{text}");
        assert!(
            text.contains("#[field(new, was = \"ForeignKey<Cat>\")]") && !text.contains("keep_values"),
            "{text}"
        );
    }
}

#[test]
fn a_reference_over_fields_asks_as_well() {
    let models = "Cat: id, a i32, b i32 | unique(a,b)\nDog: id, a i32, b i32 | unique(a,b)\n";
    check_asks(
        &format!("{models}Owner: id, x i32, y i32 | refer(x,y) Cat(a,b)"),
        &format!("{models}Owner: id, x i32, y i32 | refer(x,y) Dog(a,b)"),
        &[
            "`Owner.x` refers to `Dog` instead of `Cat`, by `foreign_key(fields(x, y), …)`: what becomes of its values?",
        ],
    );
    check(
        &format!("{models}Owner: id, x i32, y i32 | refer(x,y) Cat(a,b)"),
        &format!("{models}Owner: id, x i32 keep_values was=Cat(a+_b), y i32 | refer(x,y) Dog(a,b)"),
        &[
            "removes constraint `blog_owner_x_y_fk` from `Owner`",
            "adds constraint `blog_owner_x_y_fk` to `Owner`",
        ],
    );
}

#[test]
fn a_name_that_is_given_up_may_be_taken_again() {
    let before = "User: id, country";
    check(
        before,
        "User: id, country_old <country, country i32 new backfill=1",
        &["renames field `country` on `User` to `country_old`", "adds field `country` to `User`"],
    );
    // What is of another kind is another field.
    check(
        before,
        "User: id, country_old <country, country i32 ?",
        &["renames field `country` on `User` to `country_old`", "adds field `country` to `User`"],
    );
    check_asks(
        before,
        "User: id, country_old <country, country ?",
        &["`User.country_old` says `renamed_from = \"country\"`, but `country` is still there"],
    );
    check_asks(
        before,
        "User: id, country_old ?, country i32",
        &["`User.country_old` is new and `country` is gone: renamed, or another field?"],
    );
    check(
        before,
        "User: id, country_old ? new, country i32",
        &["adds field `country_old` to `User`", "alters field `country` on `User`"],
    );
}

#[test]
fn a_field_that_cannot_keep_its_values_is_asked_about_once() {
    // No database converts UUIDs to integers, so that `keep_values` and then `new` would lead back to the first question.
    let before = "User: id, country uuid, code i32";
    for after in ["User: id, country i32", "User: id, country i32 keep_values"] {
        let questions = run(before, after).unwrap().questions;
        let asks = "`User.country` is of another kind than the recorded `country`, and `code` is gone: is it one of these?";
        assert_eq!(questions.iter().map(Question::summary).collect::<Vec<_>>(), [asks], "{after}");
        let suggestions: Vec<String> = questions[0].suggestions().into_iter().map(|it| it.text).collect();
        let remedies =
            ["#[field(new, renamed_from = \"code\")]", "a migration of its own that removes `code`"];
        assert_eq!(suggestions, remedies, "{after}");
    }
    let new = "User: id, country i32 new <code";
    check(
        before,
        new,
        &["removes field `country` from `User`", "renames field `code` on `User` to `country`"],
    );
}

#[test]
fn a_used_field_without_a_conversion_is_told_before_anything_is_written() {
    let asks = "`User.country` is now stored in another way, and its values are not kept: no database converts UUIDs to integers";
    for (before, after) in [
        ("country uuid unique", "country i32 unique"),
        ("country uuid | index(country)", "country i32 | index(country)"),
        ("country uuid, name text | unique(country,name)", "country i32, name text | unique(country,name)"),
    ] {
        check_asks(&format!("User: id, {before}"), &format!("User: id, {after}"), &[asks]);
        let message = asked(&format!("User: id, {before}"), &format!("User: id, {after}")).concat();
        assert!(!message.contains("field(new)"), "{message}");
    }
}

#[test]
fn new_beside_a_rename_that_cannot_be_drops_nothing() {
    let asks = "`User.country` is now stored in another way, and its values are not kept: no database converts UUIDs to integers";
    check_asks("User: id, country uuid, code moment", "User: id, country i32 new <code", &[asks]);
}

#[test]
fn a_field_may_replace_another_under_its_name() {
    let before = "User: id, country, code i32";
    check_asks(
        before,
        "User: id, country i32",
        &[
            "`User.country` is of another kind than the recorded `country`, and `code` is gone: is it one of these?",
        ],
    );
    check_asks(
        before,
        "User: id, country i32 <code",
        &[
            "`User.country` says `renamed_from = \"code\"`, but the migrations know `country` as well: which of the two is it?",
        ],
    );
    check(
        before,
        "User: id, country i32 new <code",
        &["removes field `country` from `User`", "renames field `code` on `User` to `country`"],
    );
    check(
        before,
        "User: id, country i32 keep_values",
        &["removes field `code` from `User`", "alters field `country` on `User`"],
    );
}

#[test]
fn fields_and_models_exchange_their_names() {
    check(
        "User: id, first, last",
        "User: id, first <last, last <first",
        &[
            "renames field `first` on `User` to `first_aside`",
            "renames field `last` on `User` to `first`",
            "renames field `first_aside` on `User` to `last`",
        ],
    );
    check(
        "Cat: id, claws i32\nDog: id, bones i32\nOwner: id, pet >Cat",
        "Cat <Dog: id, bones i32\nDog <Cat: id, claws i32\nOwner: id, pet >Dog",
        &[
            "renames model `Cat` to `CatAside`",
            "renames model `Dog` to `Cat`",
            "renames model `CatAside` to `Dog`",
        ],
    );
}

/// The values of `b` cannot become those of `a`; once both are recorded, `a` could be renamed from the new `b`.
#[test]
fn an_exchange_that_would_be_one_in_the_next_build_only_is_asked_about() {
    check_asks(
        "Match: id\nDraft: id, a >Match ?, b uuid ?",
        "Match: id\nDraft: id, a i32 <b ?, b >Match <a ?",
        &["`Draft.a` says `renamed_from = \"b\"`, but `b` is still there"],
    );
}

/// Which model it is was said, so that a reference to its key counts as without the new names.
#[test]
fn a_key_that_moves_under_a_reference_is_refused_where_models_exchange_their_names_too() {
    let before = "Draft: id, day i64\nOrder: code uuid key, draft >Draft ?";
    let error = |model: &str, by: &str| {
        format!(
            "the primary key of `blog.{model}` cannot move from `id` to `day` while `blog.{by}.draft` refers to it; if it is \
             the same key by another name, say `renamed_from = \"id\"`, else remove the reference in a migration of its own \
             first"
        )
    };
    let plain = "Draft: id i64, day i64 key\nOrder: code uuid key, draft >Draft ?";
    check_error(before, plain, &error("Draft", "Order"));
    let exchanged = "Order <Draft: id i64, day i64 key\nDraft <Order: code uuid key, draft >Order ?";
    check_error(before, exchanged, &error("Order", "Draft"));
}

#[test]
fn an_exchange_that_is_not_recorded_anywhere_is_asked_about() {
    check_asks(
        "",
        "User: id, first <last, last <first",
        &[
            "`User.first` says `renamed_from = \"last\"`, but the migrations know no such field of this model",
            "`User.last` says `renamed_from = \"first\"`, but the migrations know no such field of this model",
        ],
    );
}

#[test]
fn a_model_name_that_is_given_up_may_be_taken_again() {
    check(
        "Token: id, key",
        "OldToken <Token: id, key\nToken new: digest key, made i64",
        &["renames model `Token` to `OldToken`", "creates model `Token`"],
    );
    check_asks(
        "Token: id, key",
        "OldToken <Token: id, key\nToken: id, key",
        &["`OldToken` says `renamed_from = \"Token\"`, but `Token` is still there"],
    );
}

#[test]
fn a_model_may_be_made_anew_under_its_own_name() {
    let before = "Token: key key, user i64, made i64";
    let after = "digest key, salt, user i64, made i64";
    let text = asked(before, &format!("Token: {after}")).join("\n");
    let way =
        "#[model(new)] on `Token`          another model: the recorded `Token` is dropped with its rows";
    assert!(text.contains(way), "{text}");
    check(before, &format!("Token new: {after}"), &["deletes model `Token`", "creates model `Token`"]);
    // With a key to which nothing converts.
    let text = asked("Token: id, a", "Token: id uuid key, a").join("\n");
    assert!(
        text.contains("`Token.id` is now stored in another way") && text.contains("#[model(new)]"),
        "{text}"
    );
    let before = "Tag: id\nToken table=t: id, a, p >Token ?, tags *Tag | index(a)";
    check(
        before,
        "Tag: id\nToken table=t new: code uuid key, a, p >Token ?, tags *Tag | index(a)",
        &["deletes model `Token`", "creates model `Token`"],
    );
    // What can have the rows as they are is the same model.
    check("Token: id, a", "Token new: id, a, b ?", &["adds field `b` to `Token`"]);
}

#[test]
fn what_refers_to_a_model_that_is_made_anew_is_asked_about() {
    let before = "Token: id, a\nOwner: id, t >Token ?";
    let text = asked(before, "Token: code uuid key, a\nOwner: id, t >Token ?").join("\n");
    assert!(text.contains("#[model(new)] on `Token`"), "{text}");
    check_asks(
        before,
        "Token new: code uuid key, a\nOwner: id, t >Token ?",
        &["`Owner.t` refers to `Token` instead of the former `Token`: what becomes of its values?"],
    );
    check(
        before,
        "Token new: code uuid key, a\nOwner: id, t >Token new was=ForeignKey<Token> ?",
        &[
            "renames model `Token` to `TokenAside`",
            "removes field `t` from `Owner`",
            "creates model `Token`",
            "deletes model `TokenAside`",
            "adds field `t` to `Owner`",
        ],
    );
    check(
        "Token: id, a\nOwner: id, t *Token",
        "Token new: id uuid key, a\nOwner: id, t *Token new was=ManyToMany<Token>",
        &[
            "renames model `Token` to `TokenAside`",
            "removes field `t` from `Owner`",
            "creates model `Token`",
            "deletes model `TokenAside`",
            "adds field `t` to `Owner`",
        ],
    );
}

#[test]
fn a_model_is_made_anew_once() {
    let app = "blog".into();
    let mut state = notation::state("Token: id, a\nOwner: id, t >Token ?");
    let wanted =
        notation::models("Token new: code uuid key, a\nOwner: id, t >Token new was=ForeignKey<Token> ?");
    for operation in detect(&state, &wanted, &app).unwrap().operations {
        operation.behaviour().apply(&app, &mut state).unwrap();
    }
    assert_eq!(detect(&state, &wanted, &app).unwrap(), Detection::default());
    // The `new` that stays in the source answers no later question.
    let later = notation::models("Token new: digest key, a\nOwner: id");
    let found = detect(&state, &later, &app).unwrap();
    assert_eq!(found.operations, []);
    let text: Vec<String> = found.questions.iter().map(crate::detect::question::Question::message).collect();
    assert!(
        text.join("\n").contains("`Token.digest` is a new NOT NULL field")
            && !text.join("\n").contains("model(new)"),
        "{text:?}"
    );
}

#[test]
fn a_reference_by_other_fields_of_its_model_is_asked_about() {
    let models = "Cat: id, a i32, b i32, c i32, d i32 | unique(a,b) | unique(c,d)\n";
    let before = format!("{models}Owner: id, x i32, y i32 | refer(x,y) Cat(a,b)");
    for (fields, after) in [("x, y", "refer(x,y) Cat(c,d)"), ("y, x", "refer(y,x) Cat(a,b)")] {
        let first = &fields[..1];
        check_asks(
            &before,
            &format!("{models}Owner: id, x i32, y i32 | {after}"),
            &[&format!(
                "`Owner.{first}` refers to `Cat` by other fields, by `foreign_key(fields({fields}), …)`: what becomes of its values?"
            )],
        );
    }
    check(
        &before,
        &format!("{models}Owner: id, x i32 keep_values was=Cat(a+_b), y i32 | refer(x,y) Cat(c,d)"),
        &[
            "removes constraint `blog_owner_x_y_fk` from `Owner`",
            "adds constraint `blog_owner_x_y_fk` to `Owner`",
        ],
    );
    check(
        "Cat: id, a i32, b i32 | unique(a,b)\nOwner: id, x i32, y i32 | refer(x,y) Cat(a,b)",
        "Cat: id, n <a i32, b i32 | unique(n,b)\nOwner: id, x i32, y i32 | refer(x,y) Cat(n,b)",
        &["renames field `a` on `Cat` to `n`"],
    );
}

#[test]
fn a_translated_reference_to_which_others_refer_is_refused_at_build() {
    check_error(
        "Cat: id, slug unique\nOwner: id, c >Cat unique\nPet: id, o >Owner to=c",
        "Cat: id, slug unique\nOwner: id, c >Cat to=slug unique\nPet: id, o >Owner to=c",
        "`c` of `blog.Owner` cannot refer by another field while `blog.Pet` refers to it by its value; remove that reference first, in a migration of its own, and add it again afterwards",
    );
}

#[test]
fn a_field_that_moves_is_asked_about_and_takes_its_values_along() {
    let before = "Author: id, bio\nPost: id, author >Author";
    check_asks(
        before,
        "Author: id\nPost: id, author >Author, bio ?",
        &["`Post.bio` is new and `Author.bio` is gone: does it move with its values?"],
    );
    let raw = "Author: id\nPost: id, author >Author, bio backfill=sql";
    check(before, raw, &["adds field `bio` to `Post`", "removes field `bio` from `Author`"]);
    check(
        before,
        "Post: id, author i64, bio backfill=sql",
        &["adds field `bio` to `Post`", "alters field `author` on `Post`", "deletes model `Author`"],
    );
    check(
        before,
        "Author: id\nPost: id, author >Author, bio ? new",
        &["removes field `bio` from `Author`", "adds field `bio` to `Post`"],
    );
    check_asks(
        "Author: id, bio\nPost: id, author >Author, text",
        "Author: id\nPost: id, author >Author, bio ?",
        &["`Post.bio` is new and `Author.bio` is gone: does it move with its values?"],
    );
    check_asks(
        "User: id, street",
        "User: id\nAddress new: id, user >User, street",
        &["`Address.street` is new and `User.street` is gone: does it move with its values?"],
    );
}

#[test]
fn what_reads_the_values_of_a_field_that_moves_is_offered() {
    let asked = |before: &str, after: &str| asked(before, after).join("\n");
    let text =
        asked("Author: id, bio\nPost: id, author >Author", "Author: id\nPost: id, author >Author, bio");
    let value = "sql(\"(SELECT moved.bio FROM blog_author moved WHERE moved.id = blog_post.author_id)\")";
    assert!(text.contains(&format!("#[field(new, backfill = {value})]")), "{text}");
    let text = asked(
        "User: id\nProfile: id, user >User unique, phone",
        "User: id, phone\nProfile: id, user >User unique",
    );
    let value = "coalesce(sql(\"(SELECT moved.phone FROM blog_profile moved WHERE moved.user_id = blog_user.id)\"), \"\")";
    assert!(text.contains(&format!("#[field(new, backfill = {value})]")), "{text}");
    // More than one row may belong to it.
    let text = asked("User: id\nCall: id, user >User, phone", "User: id, phone\nCall: id, user >User");
    assert!(!text.contains("sql(") && text.contains("keep `Call.phone` for now"), "{text}");
}

#[test]
fn the_values_of_a_native_enum_are_not_read_by_one_text_for_all_databases() {
    let before = |choices: &str| format!("Author: id, mood {choices}\nPost: id, author >Author");
    let after = |choices: &str| format!("Author: id\nPost: id, author >Author, mood {choices}");
    for (choices, is_offered) in [("@Draft+Live", true), ("#Draft+Live", false)] {
        let message = asked(&before(choices), &after(choices)).concat();
        assert!(message.contains("does it move with its values?"), "{message}");
        assert_eq!(message.contains("SELECT"), is_offered, "{message}");
    }
}
