//! Renames of models and fields, and names that follow them.

use super::*;

#[test]
fn a_rename_loses_nothing_even_with_other_changes() {
    check(
        "Author: id, name",
        "Author: id, full_name <name",
        &["renames field `name` on `Author` to `full_name`"],
    );
    check(
        "Author: id, name short",
        "Author: id, full_name text ? <name",
        &["renames field `name` on `Author` to `full_name`", "alters field `full_name` on `Author`"],
    );
    check(
        "Author: id, name\nBook: id, author >Author",
        "Writer <Author: id, name ?, age i32 ?\nBook: id, author >Writer",
        &[
            "renames model `Author` to `Writer`",
            "adds field `age` to `Writer`",
            "alters field `name` on `Writer`",
        ],
    );
}

#[test]
fn a_renamed_reference_may_change_its_target_too() {
    check(
        "Author: id, age i32\nBook: id, author >Author",
        "Book: id, writer >Writer <author keep_values\nWriter new: id, x text",
        &[
            "creates model `Writer`",
            "renames field `author` on `Book` to `writer`",
            "alters field `writer` on `Book`",
            "deletes model `Author`",
        ],
    );
}

#[test]
fn a_rename_that_keeps_its_column_moves_nothing() {
    check(
        "Author: id, name",
        "Author: id, full_name <name col=name",
        &["alters field `name` on `Author`", "renames field `name` on `Author` to `full_name`"],
    );
}

#[test]
fn a_table_may_keep_or_change_its_name() {
    check(
        "Author: id, name | index(name)",
        "Author table=people: id, name | index(name)",
        &["renames the table of `Author` to `people`"],
    );
    check("Author table=people: id", "Author: id", &["renames the table of `Author` to its default name"]);
    check("Author: id", "Author table=blog_author: id", &[]);
    check(
        "Author: id",
        "Writer <Author table=blog_author: id",
        &["renames the table of `Author` to `blog_author`", "renames model `Author` to `Writer`"],
    );
    check(
        "Author table=author: id",
        "Writer <Author table=writer: id",
        &["renames model `Author` to `Writer`", "renames the table of `Writer` to `writer`"],
    );
}

#[test]
fn names_that_nobody_chose_follow_a_rename() {
    check(
        "Author: id, name, age i32 | index(name) | unique(name,age) | check(age)",
        "Writer <Author: id, full_name <name, age i32 | index(full_name) | unique(full_name,age) | check(age)",
        &["renames model `Author` to `Writer`", "renames field `name` on `Writer` to `full_name`"],
    );
}

#[test]
fn names_that_nobody_chose_follow_a_column() {
    check(
        "Author: id, name, age i32 | index(name,age) | unique(name,age) | check(age)",
        "Author: id, name col=n, age i32 col=a | index(name,age) | unique(name,age) | check(age)",
        &["alters field `age` on `Author`", "alters field `name` on `Author`"],
    );
    check(
        "Author: id, name | index(name) | unique(name)",
        "Author: id, name col=n | index(name) name=x",
        &[
            "renames index `blog_author_name_idx` on `Author` to `x`",
            "removes constraint `blog_author_name_key` from `Author`",
            "alters field `name` on `Author`",
        ],
    );
    check(
        "Author: id, name | index(name) name=blog_author_name_idx",
        "Author: id, name col=n | index(name) name=blog_author_name_idx",
        &[
            "alters field `name` on `Author`",
            "renames index `blog_author_n_idx` on `Author` to `blog_author_name_idx`",
        ],
    );
}

#[test]
fn a_chain_of_renames_starts_at_the_free_name() {
    check(
        "Author: id, a, b",
        "Author: id, b <a, c <b",
        &["renames field `b` on `Author` to `c`", "renames field `a` on `Author` to `b`"],
    );
    check(
        "A: id, x\nB: id, y",
        "B <A: id, x\nC <B: id, y",
        &["renames model `B` to `C`", "renames model `A` to `B`"],
    );
}

#[test]
fn what_may_be_a_rename_is_asked() {
    check_asks(
        "Author: id, name",
        "Author: id, full_name",
        &["`Author.full_name` is new and `name` is gone: renamed, or another field?"],
    );
    check_asks(
        "Author: id, name short, title",
        "Author: id, full_name",
        &["`Author.full_name` is new and `name`, `title` are gone: renamed, or another field?"],
    );
    check_asks(
        "Author: id, name",
        "Writer: id, name",
        &["`Writer` is new and `Author` is gone: renamed, or another model?"],
    );
    check_asks(
        "Author: id, city >City\nCity: id",
        "Author: id, home >City ?\nCity: id",
        &["`Author.home` is new and `city` is gone: renamed, or another field?"],
    );
    check_asks(
        "Author: id, city >City\nCity: id",
        "Author: id, city_id i64\nCity: id",
        &["`Author.city_id` is new and `city` is gone: renamed, or another field?"],
    );
}

#[test]
fn what_cannot_be_a_rename_is_not_asked() {
    check(
        "Author: id, age i32",
        "Author: id, name ?",
        &["removes field `age` from `Author`", "adds field `name` to `Author`"],
    );
    check("Author: id, age i32", "Tag: id, label", &["creates model `Tag`", "deletes model `Author`"]);
    check(
        "Author: id, name",
        "Author: id, full_name new default=1",
        &["removes field `name` from `Author`", "adds field `full_name` to `Author`"],
    );
    check("Author: id, name", "Writer new: id, name", &["creates model `Writer`", "deletes model `Author`"]);
}

#[test]
fn one_answer_may_answer_two_questions() {
    check(
        "Author: id, name",
        "Author: id, full_name <name, nick ?",
        &["renames field `name` on `Author` to `full_name`", "adds field `nick` to `Author`"],
    );
}

#[test]
fn wrong_origins_are_asked_about() {
    check_asks(
        "Author: id, name",
        "Author: id, full_name <nmae",
        &[
            "`Author.full_name` says `renamed_from = \"nmae\"`, but the migrations know no such field of this model",
        ],
    );
    check_asks(
        "Author: id, name",
        "Author: id, name, full_name <name",
        &["`Author.full_name` says `renamed_from = \"name\"`, but `name` is still there"],
    );
    check_asks(
        "Author: id",
        "Poet <Author: id\nWriter <Author: id",
        &["`Writer` and `Poet` both say `renamed_from = \"Author\"`"],
    );
}
