//! Where Django is known to be weak: what we find instead.

use super::{check, check_asks};
use crate::model::expr::{Expr, Function};
use crate::model::generated::Generated;
use crate::model::hints::SourceModel;
use crate::name::ModelKey;
use crate::notation;

#[test]
fn w_024_a_rename_with_another_change_is_asked_about_and_keeps_the_values() {
    // Django offers a rename only where nothing else changes, and drops the values otherwise.
    check_asks(
        "Author: id, name short",
        "Author: id, full_name text ?",
        &["`Author.full_name` is new and `name` is gone: renamed, or another field?"],
    );
    check(
        "Author: id, name short",
        "Author: id, full_name text ? <name",
        &["renames field `name` on `Author` to `full_name`", "alters field `full_name` on `Author`"],
    );
    check_asks(
        "Author: id, name, age i32, code i32",
        "Writer: id, name ?, age i64, rank i32 ?",
        &["`Writer` is new and `Author` is gone: renamed, or another model?"],
    );
    check(
        "Author: id, name, age i32",
        "Writer <Author table=writers: id, full_name <name ?, age i64",
        &[
            "renames model `Author` to `Writer`",
            "renames the table of `Writer` to `writers`",
            "renames field `name` on `Writer` to `full_name`",
            "alters field `age` on `Writer`",
            "alters field `full_name` on `Writer`",
        ],
    );
}

#[test]
fn w_024_a_reference_under_another_name_to_a_model_under_another_name_is_asked_about_at_once() {
    let before = "Customer: id, email\nOrder: id, customer >Customer";
    let after =
        |model: &str, field: &str| format!("Buyer {model}: id, email\nOrder: id, buyer >Buyer {field}");
    let of_model = "`Buyer` is new and `Customer` is gone: renamed, or another model?";
    let of_field = "`Order.buyer` is new and `customer` is gone: renamed, or another field?";
    check_asks(before, &after("", ""), &[of_model, of_field]);
    check_asks(before, &after("<Customer", ""), &[of_field]);
    check_asks(before, &after("", "<customer"), &[of_model]);
    let renames = ["renames model `Customer` to `Buyer`", "renames field `customer` on `Order` to `buyer`"];
    check(before, &after("<Customer", "<customer"), &renames);
}

#[test]
fn w_025_what_says_nothing_to_a_database_makes_no_migration() {
    check("Author: id, a, b, c", "Author: id, c, a, b", &[]);
    check("Author: id, name", "Author: id, name col=name", &[]);
    check("Author: id", "Author table=blog_author: id", &[]);
    check("Author: id, name | index(name)", "Author: id, name | index(name) name=blog_author_name_idx", &[]);
    check("Author: id, name", "Author: id, name new", &[]);
    check("Author: id, name", "Author: id, name backfill=1 <old", &[]);
}

#[test]
fn w_027_a_table_that_something_else_made_is_made_from_now_on() {
    check("Author unmanaged: id, name", "Author: id, name", &["creates the table of `Author`"]);
}

#[test]
fn w_028_what_is_kept_elsewhere_from_now_on_is_asked_about() {
    let asked = "`Book.authors` is now stored in another way, and its values are not kept";
    let with = |book: &str| format!("Author: id\n{book}");
    // A column becomes a join table, a join table a column, a join table a model of its own.
    for (before, after) in [
        ("Book: id, authors >Author", "Book: id, authors *Author"),
        ("Book: id, authors *Author", "Book: id, authors >Author ?"),
    ] {
        check_asks(&with(before), &with(after), &[asked]);
    }
    check(
        &with("Book: id, authors >Author"),
        &with("Book: id, authors *Author new was=ForeignKey<Author>"),
        &["removes field `authors` from `Book`", "adds field `authors` to `Book`"],
    );
    // Both may be there until the values are carried over.
    check(
        &with("Book: id, author >Author"),
        &with("Book: id, author >Author, authors *Author"),
        &["adds field `authors` to `Book`"],
    );
}

/// Returns the model with a field that is computed from another by a function.
fn computed(model: &str, field: &str, function: Function, from: &str) -> (ModelKey, SourceModel) {
    let (key, mut source) = notation::models(model).pop_first().unwrap();
    let arguments = vec![Expr::name(from)];
    let generated = Generated::stored(Expr::Call { function, arguments });
    let field = source.model.fields.iter_mut().find(|it| it.name == *field).unwrap();
    field.generated = Some(generated);
    (key, source)
}

#[test]
fn w_029_a_generated_field_is_altered_and_comes_after_what_it_is_computed_from() {
    let described = |before: (ModelKey, SourceModel), after: (ModelKey, SourceModel)| -> Vec<String> {
        let mut state = crate::state::ProjectState::default();
        state.insert(&before.0, before.1.model).unwrap();
        let found = super::detect(&state, &[after].into(), &"blog".into()).unwrap();
        assert_eq!(found.questions, []);
        found.operations.iter().map(|it| it.behaviour().describe()).collect()
    };
    let model = "Author: id, a_slug, name";
    assert_eq!(
        described(
            computed(model, "a_slug", Function::Lower, "name"),
            computed(model, "a_slug", Function::Upper, "name")
        ),
        ["alters field `a_slug` on `Author`"]
    );
    // Both come at once, in whatever order the struct has them, and another one goes whose name sorts between.
    assert_eq!(
        described(
            notation::models("Author: id, b i32").pop_first().unwrap(),
            computed("Author: id, a_slug, name backfill='1'", "a_slug", Function::Lower, "name")
        ),
        [
            "removes field `b` from `Author`",
            "adds field `name` to `Author`",
            "adds field `a_slug` to `Author`"
        ]
    );
}

const JOINED: &str = "Author: id\nBook: id, authors *Author";

fn through(words: &str, model: &str) -> String {
    format!("Author: id\nBook: id, authors *Author/Authorship {words}\nAuthorship {model}")
}

#[test]
fn w_028_a_join_table_becomes_the_table_of_a_new_model_with_its_rows() {
    let fields = "new: id, book >Book, author >Author";
    let asked = "`Book.authors` now goes through `Authorship`: are the rows of its join table kept?";
    check_asks(JOINED, &through("", fields), &[asked]);
    let kept = "removes field `authors` from `Book`, creates model `Authorship`, adds field `authors` to `Book` (in the models only)";
    check(
        JOINED,
        &through("keep_rows", fields),
        &[
            kept,
            "renames the table of `Authorship` to its default name",
            "removes constraint `blog_authorship_book_id_author_id_key` from `Authorship`",
            "alters field `author` on `Authorship`",
            "alters field `book` on `Authorship`",
        ],
    );
    // What the model has beside a join table comes as to any model, and rows must have a value for it.
    let more = "new table=blog_book_authors: id, book >Book, writer >Author, since i32 | unique(book,writer)";
    let missing = "`Authorship.since` is a new NOT NULL field, and existing rows have no value for it";
    check_asks(JOINED, &through("keep_rows", more), &[missing]);
    // Once it is recorded, the answer says nothing more.
    let recorded = through("", "table=blog_authorship: id, book >Book, author >Author");
    check(&recorded, &through("keep_rows", fields), &[]);
}

#[test]
fn w_028_a_model_that_cannot_have_the_join_table_says_why() {
    let lost = "`Book.authors` is now stored in another way, and its values are not kept: ";
    for (model, why) in [
        (
            "new: id, book >Book, author >Author, other >Author",
            "`blog.Authorship` needs one reference to the key of each side, and no more",
        ),
        (
            "new unmanaged: id, book >Book, author >Author",
            "something else creates the table of `blog.Authorship`",
        ),
        (
            "new: id text key, book >Book, author >Author",
            "the key of `blog.Authorship` is not one that the database counts, as that of a join table is",
        ),
    ] {
        check_asks(JOINED, &through("keep_rows", model), &[&format!("{lost}{why}")]);
    }
    let there = format!("{JOINED}\nAuthorship: id, book >Book, author >Author");
    let why = format!("{lost}`blog.Authorship` is there already, with rows of its own");
    check_asks(&there, &through("keep_rows", ": id, book >Book, author >Author"), &[&why]);
}

#[test]
fn w_028_both_sides_of_a_join_table_may_be_one_model() {
    check(
        "Author: id, likes *Author",
        "Author: id, likes *Author/Like keep_rows\nLike new table=blog_author_likes: id, who >Author, whom >Author | unique(who,whom) name=one_like",
        &[
            "removes field `likes` from `Author`, creates model `Like`, adds field `likes` to `Author` (in the models only)",
            "renames constraint `blog_author_likes_from_author_id_to_author_id_key` on `Like` to `one_like`",
            "alters field `who` on `Like`",
            "alters field `whom` on `Like`",
        ],
    );
}
