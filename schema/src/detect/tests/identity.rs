//! Names and values that come to mean something else: each is asked about, and each answer is followed.

use super::{asked, check, check_asks};

#[test]
fn a_reference_to_another_model_asks_what_its_values_mean() {
    let before = "Cat: id\nDog: id\nOwner: id, pet >Cat";
    check_asks(
        before,
        "Cat: id\nDog: id\nOwner: id, pet >Dog",
        &["`Owner.pet` refers to `Dog` instead of `Cat`: what becomes of its values?"],
    );
    check(before, "Cat: id\nDog: id\nOwner: id, pet >Dog keep_values", &["alters field `pet` on `Owner`"]);
    check(
        before,
        "Cat: id\nDog: id\nOwner: id, pet >Dog new backfill=1",
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
    for said in ["", " keep_values"] {
        let text =
            asked(before, &format!("Cat: id\nDog: id uuid key\nOwner: id, pet >Dog ?{said}")).join("\n");
        assert!(text.contains("`Owner.pet` refers to `Dog` instead of `Cat`"), "{text}");
        assert!(text.contains("#[field(new)]") && !text.contains("keep_values"), "{text}");
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
        &format!("{models}Owner: id, x i32 keep_values, y i32 | refer(x,y) Dog(a,b)"),
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
