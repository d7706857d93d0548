//! New models, and the order in which they are created.

use super::*;

#[test]
fn new_models_come_after_what_they_refer_to() {
    check("", "Author: id, name", &["creates model `Author`"]);
    check("", "Author: id, book >Book\nBook: id", &["creates model `Book`", "creates model `Author`"]);
    check("", "Node: id, parent >Node ?", &["creates model `Node`"]);
}

#[test]
fn new_models_stand_in_the_order_of_their_references_and_then_of_the_source() {
    // As written: each refers to one that stands behind it, or that an earlier one refers to.
    let text = "Zebra: id, name\nAuthor: id, book >Book, agent >Writer ?\nMiddle: id\nBook: id, shelf >Shelf\nWriter: id\n\
                Shelf: id, label\nLast: id, tags *Author";
    let mut wanted = notation::models(text);
    for (position, line) in text.lines().enumerate() {
        let name = line.split(':').next().unwrap();
        wanted.get_mut(&ModelKey::new("blog", name)).unwrap().hints.position = position;
    }
    let found = detect(&ProjectState::default(), &wanted, &"blog".into()).unwrap();
    let described: Vec<String> = found.operations.iter().map(|it| it.behaviour().describe()).collect();
    let order = ["Zebra", "Middle", "Writer", "Shelf", "Book", "Author", "Last"];
    assert_eq!(described, order.map(|name| format!("creates model `{name}`")));
    for (operation, name) in found.operations.iter().zip(order) {
        let Operation::CreateModel(create) = operation else { panic!("{operation:?}") };
        assert_eq!(create.model.fields, wanted[&ModelKey::new("blog", name)].model.fields, "{name}");
    }
}

#[test]
fn of_a_circle_the_model_that_stands_first_gets_its_reference_later() {
    let mut wanted = notation::models("Author: id, book >Book, name\nBook: id, author >Author, title");
    wanted.get_mut(&"blog.Author".parse().unwrap()).unwrap().hints.position = 1;
    let found = detect(&ProjectState::default(), &wanted, &"blog".into()).unwrap();
    let described: Vec<String> = found.operations.iter().map(|it| it.behaviour().describe()).collect();
    assert_eq!(
        described,
        ["creates model `Book`", "creates model `Author`", "adds field `author` to `Book`"]
    );
}

#[test]
fn new_models_that_refer_to_each_other_are_cut_once() {
    check(
        "",
        "Author: id, book >Book | index(book) name=a | unique(book)\nBook: id, author >Author",
        &[
            "creates model `Author`",
            "creates model `Book`",
            "adds field `book` to `Author`",
            "adds index `a` to `Author`",
            "adds constraint `blog_author_book_id_key` to `Author`",
        ],
    );
}
