mod better;
mod creation;
mod hints;
mod hints_that_stay;
mod identity;
mod keys;
mod questions;
mod raw_text;
mod references;
mod renames;

use super::*;
use crate::model::expr::Expr;
use crate::notation;

fn run(before: &str, after: &str) -> Result<Detection, DetectError> {
    detect(&notation::state(before), &notation::models(after), &"blog".into())
}

/// Compares the operations, as they describe themselves, and sees that detecting again finds nothing.
fn check(before: &str, after: &str, expect: &[&str]) {
    let found = run(before, after).unwrap();
    let asked: Vec<String> = found.questions.iter().map(Question::message).collect();
    assert_eq!(asked, Vec::<String>::new());
    let described: Vec<String> = found.operations.iter().map(|it| it.behaviour().describe()).collect();
    assert_eq!(described, expect);

    let mut state = notation::state(before);
    for operation in &found.operations {
        operation.behaviour().apply(&"blog".into(), &mut state).unwrap();
    }
    let again = detect(&state, &notation::models(after), &"blog".into()).unwrap();
    assert_eq!(again, Detection::default(), "detecting again finds something");
}

/// Compares the questions by their first lines; nothing else may be found.
fn check_asks(before: &str, after: &str, expect: &[&str]) {
    let found = run(before, after).unwrap();
    assert_eq!(found.operations, []);
    let summaries: Vec<String> = found.questions.iter().map(Question::summary).collect();
    assert_eq!(summaries, expect);
}

/// Returns the questions with their ways out.
fn asked(before: &str, after: &str) -> Vec<String> {
    run(before, after).unwrap().questions.iter().map(Question::message).collect()
}

fn check_error(before: &str, after: &str, expect: &str) {
    assert_eq!(run(before, after).unwrap_err().to_string(), expect);
}

#[test]
fn what_is_the_same_makes_nothing() {
    let models = "Author: id, name | index(name)\nPost: id, author >Author, title | unique(author,title)";
    check(models, models, &[]);
    check("Author: id, name, age i32", "Author: id, age i32, name", &[]);
    check("Author: id, name col=name", "Author: id, name", &[]);
}

#[test]
fn models_go_after_what_refers_to_them() {
    check("Author: id\nBook: id, author >Author", "", &["deletes model `Book`", "deletes model `Author`"]);
    check(
        "Author: id\nBook: id, author >Author",
        "Book: id",
        &["removes field `author` from `Book`", "deletes model `Author`"],
    );
    check(
        "Author: id, book >Book | unique(book) name=one_book\nBook: id, author >Author",
        "",
        &["removes field `author` from `Book`", "deletes model `Author`", "deletes model `Book`"],
    );
}

#[test]
fn fields_come_go_and_change() {
    check("Author: id", "Author: id, name default=1", &["adds field `name` to `Author`"]);
    check("Author: id, name", "Author: id", &["removes field `name` from `Author`"]);
    check("Author: id, name", "Author: id, name ?", &["alters field `name` on `Author`"]);
    check("Author: id, age i32", "Author: id, age i64", &["alters field `age` on `Author`"]);
    check("Author: id, age i32", "Author: id, age", &["alters field `age` on `Author`"]);
    check("Author: id", "Author: id i32 key", &["alters field `id` on `Author`"]);
    check("Author: id, name", "Author: id, name col=n", &["alters field `name` on `Author`"]);
}

#[test]
fn a_new_reference_comes_after_its_model() {
    check(
        "Author: id, age i32",
        "Author: id, age i64, book >Book ?\nBook: id",
        &["creates model `Book`", "alters field `age` on `Author`", "adds field `book` to `Author`"],
    );
    check(
        "Author: id\nBook: id, author >Author",
        "Book: id, author >Writer keep_values was=ForeignKey<Author>\nWriter new: id, pen_name",
        &["creates model `Writer`", "alters field `author` on `Book`", "deletes model `Author`"],
    );
}

#[test]
fn missing_values_are_asked_for() {
    let new = "`Author.age` is a new NOT NULL field, and existing rows have no value for it";
    check_asks("Author: id", "Author: id, age i32", &[new]);
    check("Author: id", "Author: id, age i32 backfill=1", &["adds field `age` to `Author`"]);
    check("Author: id", "Author: id, age i32 ?", &["adds field `age` to `Author`"]);
    let null = "`Author.age` is NOT NULL from now on, and rows that hold NULL have no value for it";
    check_asks("Author: id, age i32 ?", "Author: id, age i32", &[null]);
    check("Author: id, age i32 ?", "Author: id, age i32 default=1", &["alters field `age` on `Author`"]);
    check_asks(
        "Author: id\nBook: id",
        "Author: id\nBook: id, author >Author",
        &["`Book.author` is a new NOT NULL field, and existing rows have no value for it"],
    );
}

#[test]
fn a_backfill_is_taken_only_where_it_is_needed() {
    let backfill = |before: &str, after: &str| {
        let operation = run(before, after).unwrap().operations.remove(0);
        operation.behaviour().lineage(&"blog".into()).fill.map(|(_, _, value)| value)
    };
    assert_eq!(backfill("A: id", "A: id, x i32 backfill=7"), Some(Expr::int(7)));
    assert_eq!(backfill("A: id, x i32 ?", "A: id, x i32 backfill=7"), Some(Expr::int(7)));
    assert_eq!(backfill("A: id, x i32", "A: id, x i64 backfill=7"), None);
}

#[test]
fn a_value_taken_from_a_field_that_goes_is_taken_first() {
    check(
        "Author: id, age i32",
        "Author: id, born text backfill=age",
        &["adds field `born` to `Author`", "removes field `age` from `Author`"],
    );
}

#[test]
fn the_primary_key_moves_before_the_old_one_goes() {
    check(
        "Author: id, name",
        "Author: code uuid key backfill='00000000-0000-0000-0000-000000000000', name",
        &["adds field `code` to `Author`", "removes field `id` from `Author`"],
    );
    check(
        "Author: code i32 key",
        "Author: id, code i32",
        &["adds field `id` to `Author`", "alters field `code` on `Author`"],
    );
    check(
        "Author: id\nBook: id, author >Author",
        "Author: code uuid key backfill='00000000-0000-0000-0000-000000000000'\nBook: id\nCity: id, author >Author",
        &[
            "removes field `author` from `Book`",
            "adds field `code` to `Author`",
            "removes field `id` from `Author`",
            "creates model `City`",
        ],
    );
    check_error(
        "Author: id, up >Author ?",
        "Author: code uuid key backfill='00000000-0000-0000-0000-000000000000', up >Author ?",
        "the primary key of `blog.Author` cannot move from `id` to `code` while `blog.Author.up` refers to it; \
         if it is the same key by another name, say `renamed_from = \"id\"`, else remove the reference in a \
         migration of its own first",
    );
    check_error(
        "Author: id\nBook: id, author >Author",
        "Author: code uuid key backfill='00000000-0000-0000-0000-000000000000'\nBook: id, author >Author",
        "the primary key of `blog.Author` cannot move from `id` to `code` while `blog.Book.author` refers to it; \
         if it is the same key by another name, say `renamed_from = \"id\"`, else remove the reference in a \
         migration of its own first",
    );
}

#[test]
fn a_key_moves_though_models_go_that_refer_to_each_other() {
    check(
        "Author: id, email, day >Book\nBook: id, body >Author",
        "Author: email, day i64 key keep_values",
        &[
            "removes field `body` from `Book`",
            "alters field `day` on `Author`",
            "deletes model `Book`",
            "removes field `id` from `Author`",
        ],
    );
}

#[test]
fn a_key_that_may_be_renamed_is_asked_about() {
    check_asks(
        "Author: id\nBook: id, author >Author",
        "Author: number i64 key\nBook: id, author >Author",
        &["`Author.number` is new and `id` is gone: renamed, or another field?"],
    );
    check(
        "Author: id\nBook: id, author >Author",
        "Author: number i64 key <id\nBook: id, author >Author",
        &["renames field `id` on `Author` to `number`"],
    );
}

#[test]
fn indexes_and_constraints_go_first_and_come_last() {
    check(
        "Author: id, name | index(name) | unique(name)",
        "Author: id, age i32 ? | index(age) | unique(age) | check(age) name=positive",
        &[
            "removes index `blog_author_name_idx` from `Author`",
            "removes constraint `blog_author_name_key` from `Author`",
            "removes field `name` from `Author`",
            "adds field `age` to `Author`",
            "adds constraint `blog_author_age_key` to `Author`",
            "adds index `blog_author_age_idx` to `Author`",
            "adds constraint `positive` to `Author`",
        ],
    );
}

#[test]
fn a_constraint_under_another_name_is_renamed() {
    check(
        "Author: id, name, age | unique(name) name=one | unique(age) name=kept",
        "Author: id, name, age | unique(name) name=other | unique(age) name=kept",
        &["renames constraint `one` on `Author` to `other`"],
    );
    // What changes in more than its name goes and comes.
    check(
        "Author: id, name, age | unique(name) name=one",
        "Author: id, name, age | unique(age) name=other",
        &["removes constraint `one` from `Author`", "adds constraint `other` to `Author`"],
    );
}

#[test]
fn a_rule_goes_before_a_field_of_it_whatever_else_is_referred_to() {
    check(
        "Match: id, type moment ? | unique(id,type)\nBook: id, match >Match ?",
        "Match: id | unique(id)\nBook: id, match >Match ?",
        &[
            "removes constraint `blog_match_id_type_key` from `Match`",
            "removes field `type` from `Match`",
            "adds constraint `blog_match_id_key` to `Match`",
        ],
    );
}

#[test]
fn an_index_and_a_constraint_change_names() {
    check(
        "Fair: id, age i32 | index(age) name=first | unique(id,age) name=second",
        "Fair: id, age i32 | index(age) name=second | unique(id,age) name=first",
        &[
            "removes constraint `second` from `Fair`",
            "removes index `first` from `Fair`",
            "adds index `second` to `Fair`",
            "adds constraint `first` to `Fair`",
        ],
    );
}

#[test]
fn a_new_model_takes_the_name_of_a_rule_that_goes_though_its_model_waits_for_it() {
    check(
        "City: id, draft >Draft | unique(draft) name=rule\nDraft: id, city >City ?",
        "Draft: id, city >Match ? keep_values was=ForeignKey<City>\nMatch new: id, draft >Draft | unique(draft) name=rule",
        &[
            "removes constraint `rule` from `City`",
            "creates model `Match`",
            "alters field `city` on `Draft`",
            "deletes model `City`",
        ],
    );
}

#[test]
fn an_index_under_another_name_is_renamed() {
    check(
        "Author: id, name | index(name) name=a",
        "Author: id, name | index(name) name=b",
        &["renames index `a` on `Author` to `b`"],
    );
    check(
        "Author: id, name, age i32 | index(name) name=a | index(age) name=b",
        "Author: id, name, age i32 | index(name) name=b | index(age) name=a",
        &[
            "removes index `a` from `Author`",
            "removes index `b` from `Author`",
            "adds index `a` to `Author`",
            "adds index `b` to `Author`",
        ],
    );
}

#[test]
fn a_column_given_up_may_be_taken() {
    check(
        "Author: id, b text col=x",
        "Author: id, a i32 ? col=x, b text",
        &["alters field `b` on `Author`", "adds field `a` to `Author`"],
    );
}

#[test]
fn what_stands_in_its_own_way_is_an_error() {
    check_error(
        "Author: id, a col=x, b col=y",
        "Author: id, a col=y, b col=x",
        "on the way to what `blog.Author` is to be, its table or one of its columns would have a name that another \
         still has; make them in two steps: revert them, say `#[field(column = \"y_going\")]` at \
         `blog.Author.b`, and build; then make them, and build again",
    );
    check(
        "Author: id, a col=x, b col=y",
        "Author: id, a col=x, b col=y_going",
        &["alters field `b` on `Author`"],
    );
    check(
        "Author: id, a col=x, b col=y_going",
        "Author: id, a col=y, b col=x",
        &["alters field `a` on `Author`", "alters field `b` on `Author`"],
    );
    check_error(
        "Author table=a: id\nBook table=b: id",
        "Author table=b: id\nBook table=a: id",
        "on the way to what `blog.Author` is to be, its table or one of its columns would have a name that another \
         still has; make them in two steps: revert them, say `#[model(table = \"b_going\")]` at `blog.Book`, and \
         build; then make them, and build again",
    );
    check(
        "Author table=a: id\nBook table=b_going: id",
        "Author table=b: id\nBook table=a: id",
        &["renames the table of `Author` to `b`", "renames the table of `Book` to `a`"],
    );
    check(
        "Author: id, name\nBook table=b: id, age i32",
        "Author table=b: id, name",
        &["deletes model `Book`", "renames the table of `Author` to `b`"],
    );
}

#[test]
fn a_name_given_up_by_a_rename_may_be_taken() {
    check(
        "Author: id, name, age i32 | index(name) name=a",
        "Author: id, name short, age i32 | index(name) name=b | unique(age) name=a",
        &[
            "renames index `a` on `Author` to `b`",
            "alters field `name` on `Author`",
            "adds constraint `a` to `Author`",
        ],
    );
    check(
        "Author: id, name | index(name)",
        "Author: id, name index | index(name) name=b",
        &["renames index `blog_author_name_idx` on `Author` to `b`", "alters field `name` on `Author`"],
    );
    check(
        "Author: id, name index | index(name) name=b",
        "Author: id, name | index(name)",
        &["alters field `name` on `Author`", "renames index `b` on `Author` to `blog_author_name_idx`"],
    );
}

#[test]
fn models_that_do_not_hold_together_are_errors() {
    check_error(
        "",
        "Author: name",
        "model `blog.Author` would have no primary key; keep a field `id` or one with `primary_key`",
    );
    check_error(
        "",
        "Book: id, author >Author",
        "`author` of `blog.Book` refers to `blog.Author`, which is not a model; give that struct `#[derive(Model)]`, \
         or name another one",
    );
    check_error(
        "",
        "Author table=x: id\nBook table=X: id",
        "models `blog.Book` and `blog.Author` would both have the table `X`; give one of them another `table`",
    );
    check_error(
        "",
        "Author: id, a, b col=a",
        "fields `b` and `a` of `blog.Author` would both have the column `a`; give one of them another `column`",
    );
    check_error(
        "",
        "Author: id, a index | index(a)",
        "`blog.Author` and `blog.Author` would both have an index or constraint `blog_author_a_idx`; give one of \
         them another `name`",
    );
    check_error(
        "",
        "Author: id, a index\nBook table=Blog_Author_a_idx: id",
        "the table of `blog.Book` would have the name `blog_author_a_idx`, which an index, a key, a sequence or a type \
         of `blog.Author` has in some databases; give one of them another",
    );
    for name in ["blog_author_pkey", "Blog_Author_id_seq"] {
        let wrong = run("", &format!("Author: id\nBook table={name}: id")).unwrap_err().to_string();
        assert!(wrong.contains("which an index, a key, a sequence"), "{wrong}");
        let index = format!("Author: id\nBook: id, a | index(a) name={}", name.to_lowercase());
        let wrong = run("", &index).unwrap_err().to_string();
        assert!(wrong.contains("would both have an index or constraint"), "{wrong}");
    }
    check_error(
        "",
        "Author table=Modelshift_History: id",
        "model `blog.Author` would have the table `Modelshift_History`, in which modelshift keeps its own rows; give \
         it another `table`",
    );
    for name in ["modelshift_history", "modelshift_stage_pkey", "modelshift_history_position_seq"] {
        let wrong = run("", &format!("Author: id, a | index(a) name={name}")).unwrap_err().to_string();
        assert!(wrong.contains(&format!("the name `{name}`, which modelshift's own tables have")), "{wrong}");
    }
    // A table whose name merely begins so is a table like others.
    assert!(run("", "Author table=modelshift_history_of_books: id").is_ok());
}

#[test]
fn other_apps_are_left_alone() {
    let found = run("", "shop.Item: id\nPost: id, item >shop.Item").unwrap();
    assert_eq!(found.operations.len(), 1);
    check("shop.Item: id\nPost: id, item >shop.Item", "shop.Ware <Item: id\nPost: id, item >shop.Ware", &[]);
}

#[test]
fn ad_089_ad_090_ad_091_ad_092_models_whose_table_something_else_makes() {
    let leaves = ["stops managing the table of `Author`"];
    check("Author: id, name", "Author unmanaged: id, name", &leaves);
    // It is let go of as it is: no column of it goes.
    let others = ["removes field `name` from `Author`", "adds field `age` to `Author`"];
    check("Author: id, name", "Author unmanaged: id, age i32 ?", &[leaves[0], others[0], others[1]]);
    check("Author unmanaged: id, name", "Author: id, name", &["creates the table of `Author`"]);
    check("Author: id\nOld unmanaged: id", "Author: id", &["deletes model `Old`"]);
    // No row of ours lacks a value, and none is lost.
    check(
        "Author unmanaged: id, name",
        "Author unmanaged: id, age i32",
        &["removes field `name` from `Author`", "adds field `age` to `Author`"],
    );
    check(
        "Author unmanaged: id, name",
        "Writer unmanaged: id, name",
        &["creates model `Writer`", "deletes model `Author`"],
    );
    let expect = ["creates model `Author`", "creates model `Book`"];
    check("", "Author unmanaged: id\nBook: id, author >Author", &expect);
    check("", "Author unmanaged: pkey uuid key\nBook: id, author >Author", &expect);
    let wrong = run("", "Author unmanaged: id, code i32 key, up >Author ?").unwrap_err().to_string();
    assert!(wrong.contains("whose primary key has more than one field"), "{wrong}");
}

#[test]
fn st_009_all_references_to_what_is_no_model_are_told_at_once() {
    check_error(
        "",
        "Magazine: id, authors *Author\nBook: id, author >Author, publisher >press.Publisher ?, editor >Book ?",
        "`author` of `blog.Book` refers to `blog.Author`, which is not a model; give that struct \
         `#[derive(Model)]`, or name another one; so do `blog.Book.publisher` to `press.Publisher`, \
         `blog.Magazine.authors` to `blog.Author`",
    );
}
