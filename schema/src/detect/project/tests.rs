use super::*;
use crate::notation;

/// Gives a line for each piece: its app, what it does, and what it comes after.
fn pieces(before: &str, after: &str) -> Vec<String> {
    let wanted = notation::models(after);
    let recorded = notation::state(before);
    let keys = wanted.keys().cloned().chain(recorded.models().map(|(key, _)| key.clone()));
    let found = detect_project(&recorded, &wanted, &keys.map(|key| key.app).collect());
    assert_eq!((&found.questions, &found.errors), (&BTreeMap::new(), &BTreeMap::new()));
    let mut state = recorded;
    for piece in &found.pieces {
        for operation in &piece.operations {
            operation.behaviour().apply(&piece.app, &mut state).unwrap();
        }
    }
    for (key, source) in &wanted {
        assert!(state.model(key).unwrap().agrees_with(&source.model.clone().with_names(&key.app), &key.app));
    }
    found.pieces.iter().map(|piece| line(piece, &found.pieces)).collect()
}

fn line(piece: &Piece, pieces: &[Piece]) -> String {
    let done: Vec<String> = piece.operations.iter().map(|it| it.behaviour().describe()).collect();
    let name = |dependency: &Dependency| match dependency {
        Dependency::Recorded(app) => format!("{app} as it was"),
        Dependency::Piece(position) => {
            let of_app = pieces[..=*position].iter().filter(|it| it.app == pieces[*position].app);
            format!("{} {}", pieces[*position].app, of_app.count())
        }
    };
    let after: Vec<String> = piece.depends_on.iter().map(name).collect();
    format!("{}: {} [{}]", piece.app, done.join(", "), after.join(", "))
}

#[test]
fn an_app_comes_after_the_app_that_it_refers_to() {
    assert_eq!(
        pieces("", "Post: id, author >people.Author\npeople.Author: id"),
        ["people: starts `Author` []", "blog: starts `Post` [people 1]"]
    );
    assert_eq!(
        pieces("people.Author: id", "Post: id, author >people.Author\npeople.Author: id"),
        ["blog: starts `Post` [people as it was]"]
    );
}

#[test]
fn ad_041_a_circle_of_new_apps_is_cut_once() {
    assert_eq!(
        pieces(
            "",
            "shop.Author: id, book >blog.Book\nBook: id, author >shop.Author, title\nshop.Seller: id, book >blog.Book"
        ),
        [
            "blog: starts `Book` []",
            "shop: starts `Author`, starts `Seller` [blog 1]",
            "blog: adds `Book.author` [shop 1]",
        ]
    );
}

#[test]
fn indexes_and_rules_come_with_the_references_that_they_are_about() {
    assert_eq!(
        pieces(
            "",
            "Book: id, author >shop.Author, title | index(author,title) | unique(title) | unique(author,title)\n\
             shop.Author: id, book >blog.Book"
        ),
        [
            "blog: starts `Book` []",
            "shop: starts `Author` [blog 1]",
            "blog: adds `Book.author`, adds index `blog_book_author_id_title_idx` to `Book`, adds constraint \
             `blog_book_author_id_title_key` to `Book` [shop 1]",
        ]
    );
}

#[test]
fn a_reference_that_goes_goes_before_what_it_refers_to() {
    assert_eq!(
        pieces("Post: id, author >people.Author\npeople.Author: id", "Post: id"),
        ["blog: removes `Post.author` []", "people: deletes `Author` [blog 1]"]
    );
    assert_eq!(
        pieces("Post: id, author >people.Author\npeople.Author: id, post >blog.Post", ""),
        [
            "blog: removes `Post.author` []",
            "people: deletes `Author` [blog 1]",
            "blog: deletes `Post` [people 1]"
        ]
    );
}

#[test]
fn a_renamed_model_takes_the_references_of_other_apps_along() {
    assert_eq!(
        pieces(
            "Post: id, author >people.Author\npeople.Author: id",
            "Post: id, author >people.Writer\npeople.Writer <Author: id"
        ),
        ["people: renames `Author` to `Writer` [blog as it was]"]
    );
    assert_eq!(
        pieces(
            "Post: id, author >people.Author\npeople.Author: id",
            "Post: id, author >people.Writer, editor >people.Writer ?\npeople.Writer <Author: id"
        ),
        ["people: renames `Author` to `Writer` [blog as it was]", "blog: adds `Post.editor` [people 1]"]
    );
}

#[test]
fn an_app_that_asks_has_no_pieces() {
    let wanted = notation::models("Post: id, title short\npeople.Author: id, name");
    let recorded = notation::state("Post: id\npeople.Author: id, name ?\npeople.Fan: id, x i32 ?");
    let found = detect_project(&recorded, &wanted, &["blog", "people"].map(AppLabel::new).into());
    assert_eq!(found.pieces, []);
    assert_eq!(found.questions.len(), 2);
}
