//! Raw text in values for existing rows, in generated fields, checks and indexes; values that are taken from other fields.

use super::*;

#[test]
fn a_value_by_raw_text_is_taken_before_what_it_may_read_goes() {
    check(
        "User: id, first, last",
        "User: id, full new backfill=sql(first+last)",
        &[
            "adds field `full` to `User`",
            "removes field `first` from `User`",
            "removes field `last` from `User`",
        ],
    );
    check(
        "User: id, first, full ?",
        "User: id, full backfill=sql(FIRST)",
        &["alters field `full` on `User`", "removes field `first` from `User`"],
    );
    // No word says what the text reads.
    check(
        "User: id, first",
        "User: id, full new backfill=sql(f(id))",
        &["adds field `full` to `User`", "removes field `first` from `User`"],
    );
    check(
        "Author: id, name\nPost: id, author >Author",
        "Author: id\nPost: id, author >Author, by backfill=sql((SELECT/**/name/**/FROM/**/blog_author))",
        &["adds field `by` to `Post`", "removes field `name` from `Author`"],
    );
    check(
        "Draft: id, body\nPost: id",
        "Post: id, body backfill=sql((SELECT/**/body/**/FROM/**/blog_draft))",
        &["adds field `body` to `Post`", "deletes model `Draft`"],
    );
    // What the text reads of a reference is its column.
    check(
        "Author: id\nPost: id, author >Author",
        "Author: id\nPost: id, by new i64 backfill=sql(author_id)",
        &["adds field `by` to `Post`", "removes field `author` from `Post`"],
    );
}

#[test]
fn a_value_waits_for_the_fields_that_it_is_taken_from_as_they_are_to_be() {
    check(
        "User: id, age i32, nick ?",
        "User: id, age text, nick backfill=age, name new backfill=nick",
        &["alters field `age` on `User`", "alters field `nick` on `User`", "adds field `name` to `User`"],
    );
    check(
        "User: id, age i32, nick ?",
        "User: id, age text, nick backfill=sql(age), name new backfill=sql(nick)",
        &["alters field `age` on `User`", "alters field `nick` on `User`", "adds field `name` to `User`"],
    );
    check(
        "User: id, old, nick ?",
        "User: id, nick backfill=old",
        &["alters field `nick` on `User`", "removes field `old` from `User`"],
    );
    // A field that is computed from a new one comes after it, though that takes its values from it.
    check(
        "User: id, name",
        "User: id, name gen=title, title new backfill=name",
        &["adds field `title` to `User`", "alters field `name` on `User`"],
    );
}

#[test]
fn a_field_computed_by_raw_text_comes_after_what_it_reads_and_goes_before_it() {
    check(
        "Post: id",
        "Post: id, total i64 gen=sql(z+1), z i64 default=0",
        &["adds field `z` to `Post`", "adds field `total` to `Post`"],
    );
    check(
        "Post: id, z i64, total i64 gen=sql(z+1)",
        "Post: id, total i64 gen=sql(y+1), y i64 new default=0",
        &["adds field `y` to `Post`", "alters field `total` on `Post`", "removes field `z` from `Post`"],
    );
    check(
        "Post: id, a i64, total i64 gen=sql(a+1)",
        "Post: id",
        &["removes field `total` from `Post`", "removes field `a` from `Post`"],
    );
    check(
        "Post: id, a i32, total i64 gen=sql(a+1)",
        "Post: id, a text",
        &["removes field `total` from `Post`", "alters field `a` on `Post`"],
    );
    check(
        "Post: id, a i32, b i64, total i64 gen=sql(a+1)",
        "Post: id, a text, b i64, total i64 gen=sql(b+1)",
        &["alters field `total` on `Post`", "alters field `a` on `Post`"],
    );
}

#[test]
fn a_field_computed_from_a_reference_comes_after_it() {
    check(
        "Publisher: id\nBook: id",
        "Publisher: id\nBook: id, next i64 gen=sql(publisher_id+1), publisher >Publisher ?",
        &["adds field `publisher` to `Book`", "adds field `next` to `Book`"],
    );
    check(
        "",
        "Author: id, next i64 gen=sql(book_id+1), book >Book ?\nBook: id, next i64 gen=sql(author_id+1), author >Author ?",
        &[
            "creates model `Author`",
            "creates model `Book`",
            "adds field `book` to `Author`",
            "adds field `next` to `Author`",
        ],
    );
}

#[test]
fn a_field_computed_otherwise_goes_before_what_it_reads_becomes_another_type_and_comes_after() {
    check(
        "Post: id, total i64 gen=sql(length(z)), z text",
        "Post: id, total i64 gen=sql(z+1), z i32",
        &["removes field `total` from `Post`", "alters field `z` on `Post`", "adds field `total` to `Post`"],
    );
    check(
        "Post: id, total i64 gen=sql(z+1), z i32",
        "Post: id, total i64 gen=sql(length(z)), z text",
        &["removes field `total` from `Post`", "alters field `z` on `Post`", "adds field `total` to `Post`"],
    );
    check(
        "Post: id, total i64 gen=sql(z+1), z i32",
        "Post: id, total i64 gen=sql(z+1), z i64",
        &["alters field `z` on `Post`"],
    );
}

#[test]
fn raw_text_follows_a_column_that_gets_another_name() {
    check(
        "Post: id, z i64, total i64 gen=sql(z+1) | raw(z>0) name=some",
        "Post: id, y i64 <z, total i64 gen=sql(y+1) | raw(y>0) name=some",
        &["renames field `z` on `Post` to `y`"],
    );
    check(
        "Post: id, z i64, total i64 gen=sql(z+1) | raw(z>0) name=some",
        "Post: id, z i64 col=y, total i64 gen=sql(y+1) | raw(y>0) name=some",
        &["alters field `z` on `Post`"],
    );
    check(
        "Author: id\nPost: id, author >Author, key i64 gen=sql(author_id)",
        "Author: id\nPost: id, writer >Author <author, key i64 gen=sql(writer_id)",
        &["renames field `author` on `Post` to `writer`"],
    );
    check(
        "Post: id, z i64, total i64 gen=sql(z+1)",
        "Post: id, y i64 <z, total i64 gen=sql(y+2)",
        &["renames field `z` on `Post` to `y`", "alters field `total` on `Post`"],
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
        &["`some` of `Post` names the column `z` in `sql(\"…\")`, and the column is dropped"],
    );
    // A unit of time, a type and a text are no columns.
    let other = "Post: id, at moment, day i32 gen=sql(extract(year/**/from/**/at)+'year'+x::year)";
    check(&format!("{other}, year i32"), other, &["removes field `year` from `Post`"]);
}

#[test]
fn values_that_cannot_be_taken_are_asked_about() {
    let null = "`User.name` is NOT NULL, and its `backfill` is NULL in rows that hold NULL in `nick`";
    check_asks("User: id, nick ?", "User: id, nick ?, name new backfill=nick", &[null]);
    check_asks("User: id, nick ?, name ?", "User: id, nick ?, name backfill=nick", &[null]);
    check_asks("User: id, nick ?", "User: id, name new backfill=nick", &[null]);
    check("User: id, nick ?", "User: id, nick ?, name new ? backfill=nick", &["adds field `name` to `User`"]);
    check(
        "User: id, nick",
        "User: id, nick ?, name new backfill=nick",
        &["alters field `nick` on `User`", "adds field `name` to `User`"],
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
        &[
            "`User.name` takes its `backfill` from `nickname`, which is not another field of the model with a column",
        ],
    );
}

#[test]
fn rows_that_are_filled_need_no_value() {
    check("Post: id, slug unique ?", "Post: id, slug unique filled", &["alters field `slug` on `Post`"]);
    check(
        "Post: id, slug unique ?",
        "Post: id, slug unique backfill=sql(id)",
        &["alters field `slug` on `Post`"],
    );
}
