//! Raw text in values for existing rows, in generated fields, checks and indexes; values that are taken from other fields.

use super::*;

#[test]
fn a_value_by_raw_text_is_taken_before_what_it_may_read_goes() {
    check(
        "User: id, first, last",
        "User: id, full new backfill=sql(first+last)",
        &["adds `User.full`", "removes `User.first`", "removes `User.last`"],
    );
    check(
        "User: id, first, full ?",
        "User: id, full backfill=sql(FIRST)",
        &["alters `User.full`", "removes `User.first`"],
    );
    // No word says what the text reads.
    check(
        "User: id, first",
        "User: id, full new backfill=sql(f(id))",
        &["adds `User.full`", "removes `User.first`"],
    );
    check(
        "Author: id, name\nPost: id, author >Author",
        "Author: id\nPost: id, author >Author, by backfill=sql((SELECT/**/name/**/FROM/**/blog_author))",
        &["adds `Post.by`", "removes `Author.name`"],
    );
    check(
        "Draft: id, body\nPost: id",
        "Post: id, body backfill=sql((SELECT/**/body/**/FROM/**/blog_draft))",
        &["adds `Post.body`", "deletes `Draft`"],
    );
    // What the text reads of a reference is its column.
    check(
        "Author: id\nPost: id, author >Author",
        "Author: id\nPost: id, by new i64 backfill=sql(author_id)",
        &["adds `Post.by`", "removes `Post.author`"],
    );
}

#[test]
fn a_value_waits_for_the_fields_that_it_is_taken_from_as_they_are_to_be() {
    check(
        "User: id, age i32, nick ?",
        "User: id, age text, nick backfill=age, name new backfill=nick",
        &["alters `User.age`", "alters `User.nick`", "adds `User.name`"],
    );
    check(
        "User: id, age i32, nick ?",
        "User: id, age text, nick backfill=sql(age), name new backfill=sql(nick)",
        &["alters `User.age`", "alters `User.nick`", "adds `User.name`"],
    );
    check(
        "User: id, old, nick ?",
        "User: id, nick backfill=old",
        &["alters `User.nick`", "removes `User.old`"],
    );
    // A field that is computed from a new one comes after it, though that takes its values from it.
    check(
        "User: id, name",
        "User: id, name gen=title, title new backfill=name",
        &["adds `User.title`", "alters `User.name`"],
    );
}

#[test]
fn a_field_computed_by_raw_text_comes_after_what_it_reads_and_goes_before_it() {
    check(
        "Post: id",
        "Post: id, total i64 gen=sql(z+1), z i64 default=0",
        &["adds `Post.z`", "adds `Post.total`"],
    );
    check(
        "Post: id, z i64, total i64 gen=sql(z+1)",
        "Post: id, total i64 gen=sql(y+1), y i64 new default=0",
        &["adds `Post.y`", "alters `Post.total`", "removes `Post.z`"],
    );
    check(
        "Post: id, a i64, total i64 gen=sql(a+1)",
        "Post: id",
        &["removes `Post.total`", "removes `Post.a`"],
    );
    check(
        "Post: id, a i32, total i64 gen=sql(a+1)",
        "Post: id, a text",
        &["removes `Post.total`", "alters `Post.a`"],
    );
    check(
        "Post: id, a i32, b i64, total i64 gen=sql(a+1)",
        "Post: id, a text, b i64, total i64 gen=sql(b+1)",
        &["alters `Post.total`", "alters `Post.a`"],
    );
}

#[test]
fn a_field_computed_otherwise_goes_before_what_it_reads_becomes_another_type_and_comes_after() {
    check(
        "Post: id, total i64 gen=sql(length(z)), z text",
        "Post: id, total i64 gen=sql(z+1), z i32",
        &["removes `Post.total`", "alters `Post.z`", "adds `Post.total`"],
    );
    check(
        "Post: id, total i64 gen=sql(z+1), z i32",
        "Post: id, total i64 gen=sql(length(z)), z text",
        &["removes `Post.total`", "alters `Post.z`", "adds `Post.total`"],
    );
    check(
        "Post: id, total i64 gen=sql(z+1), z i32",
        "Post: id, total i64 gen=sql(z+1), z i64",
        &["alters `Post.z`"],
    );
}

#[test]
fn raw_text_follows_a_column_that_gets_another_name() {
    check(
        "Post: id, z i64, total i64 gen=sql(z+1) | raw(z>0) name=some",
        "Post: id, y i64 <z, total i64 gen=sql(y+1) | raw(y>0) name=some",
        &["renames `Post.z` to `y`"],
    );
    check(
        "Post: id, z i64, total i64 gen=sql(z+1) | raw(z>0) name=some",
        "Post: id, z i64 col=y, total i64 gen=sql(y+1) | raw(y>0) name=some",
        &["alters `Post.z`"],
    );
    check(
        "Author: id\nPost: id, author >Author, key i64 gen=sql(author_id)",
        "Author: id\nPost: id, writer >Author <author, key i64 gen=sql(writer_id)",
        &["renames `Post.author` to `writer`"],
    );
    check(
        "Post: id, z i64, total i64 gen=sql(z+1)",
        "Post: id, y i64 <z, total i64 gen=sql(y+2)",
        &["renames `Post.z` to `y`", "alters `Post.total`"],
    );
}

#[test]
fn raw_text_that_names_what_is_gone_is_asked_about() {
    let renamed =
        "`Post.total` names the column `z` in `sql(\"…\")`, and the column is called `y` from now on";
    check_asks(
        "Post: id, z i64, total i64 gen=sql(z+1)",
        "Post: id, y i64 <z, total i64 gen=sql(z+1)",
        &[renamed],
    );
    check_asks("Post: id, z i64", "Post: id, y i64 <z, total i64 new backfill=sql(z+1)", &[renamed]);
    check_asks(
        "Post: id, z i64 | raw(z>0) name=some",
        "Post: id | raw(z>0) name=some",
        &["`some` of `Post` names the column `z` in `sql(\"…\")`, and the column goes"],
    );
    // A unit of time, a type and a text are no columns.
    let other = "Post: id, at moment, day i32 gen=sql(extract(year/**/from/**/at)+'year'+x::year)";
    check(&format!("{other}, year i32"), other, &["removes `Post.year`"]);
}

#[test]
fn values_that_cannot_be_taken_are_asked_about() {
    let null = "`User.name` is NOT NULL, and its `backfill` is NULL in rows that hold NULL in `nick`";
    check_asks("User: id, nick ?", "User: id, nick ?, name new backfill=nick", &[null]);
    check_asks("User: id, nick ?, name ?", "User: id, nick ?, name backfill=nick", &[null]);
    check_asks("User: id, nick ?", "User: id, name new backfill=nick", &[null]);
    check("User: id, nick ?", "User: id, nick ?, name new ? backfill=nick", &["adds `User.name`"]);
    check(
        "User: id, nick",
        "User: id, nick ?, name new backfill=nick",
        &["alters `User.nick`", "adds `User.name`"],
    );
    check_asks(
        "Author: id uuid key\nPost: id",
        "Author: id uuid key\nPost: id, author >Author backfill=5",
        &[
            "`Post.author` does not take the value of its `backfill`: expected a UUID as text of 36 characters",
        ],
    );
    check_asks(
        "User: id, nick",
        "User: id, nick, name new backfill=nickname",
        &["`User.name` takes its `backfill` from `nickname`, which is no other field of it with a column"],
    );
}

#[test]
fn rows_that_are_filled_need_no_value() {
    check("Post: id, slug unique ?", "Post: id, slug unique filled", &["alters `Post.slug`"]);
    check("Post: id, slug unique ?", "Post: id, slug unique backfill=sql(id)", &["alters `Post.slug`"]);
}
