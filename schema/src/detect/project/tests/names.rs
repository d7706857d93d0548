//! Names of tables, indexes and constraints that another app gave up at an earlier build.

use super::*;

/// Takes a project through builds; gives a line for each piece of the last.
fn last_pieces(builds: &[&str]) -> Vec<String> {
    let mut state = ProjectState::default();
    let mut last = Vec::new();
    let models: Vec<_> = builds.iter().map(|text| notation::models(text)).collect();
    let apps: BTreeSet<AppLabel> = models.iter().flatten().map(|(key, _)| key.app.clone()).collect();
    for wanted in &models {
        let found = detect_project(&state, wanted, &apps);
        assert_eq!((&found.questions, &found.errors), (&BTreeMap::new(), &BTreeMap::new()));
        last = found.pieces.iter().map(|piece| line(piece, &found.pieces)).collect();
        for piece in &found.pieces {
            for operation in &piece.operations {
                state.move_on(&piece.app, operation).unwrap();
            }
        }
    }
    last
}

#[test]
fn a_table_comes_after_the_migrations_of_an_app_that_gave_up_its_name() {
    let taken = "users.Draft table=shop_page: id";
    assert_eq!(last_pieces(&["Post: id", "", taken]), ["users: creates model `Draft` []"]);
    let named = "Post table=shop_page: id";
    assert_eq!(
        last_pieces(&[named, taken]),
        ["blog: deletes model `Post` []", "users: creates model `Draft` [blog 1]"]
    );
    assert_eq!(last_pieces(&[named, "", taken]), ["users: creates model `Draft` [blog as it was]"]);
}

#[test]
fn what_gave_up_a_name_may_have_been_renamed_moved_or_a_relation() {
    let taken = "users.Draft table=blog_post: id";
    let cases = [
        ("Post: id", "Text <Post: id"),
        ("Post: id", "Post table=text: id"),
        ("Post: id", "shop.Post <blog.Post: id"),
        ("Text: id\nText2 table=blog: id, post *Text", "Text: id\nText2 table=blog: id"),
        ("Text: id, a i32 | index(a) name=blog_post", "Text: id, a i32"),
        ("Text: id, a i32 | unique(a) name=blog_post", "Text: id, a i32 | unique(a) name=other"),
    ];
    for (before, after) in cases {
        let builds = [before, after, &format!("{after}\n{taken}")];
        let giver = if before.contains("shop") || after.contains("shop") { "shop" } else { "blog" };
        let line = format!("users: creates model `Draft` [{giver} as it was]");
        assert_eq!(last_pieces(&builds), [line], "{before}");
    }
}

#[test]
fn an_index_comes_after_the_migrations_of_an_app_that_gave_up_its_name() {
    let before = "Post: id, a i32 | index(a)\nusers.Draft: id, a i32";
    let after = "users.Draft: id, a i32";
    let taken = "users.Draft: id, a i32 | index(a) name=blog_post_a_idx";
    assert_eq!(
        last_pieces(&[before, after, taken]),
        ["users: adds index `blog_post_a_idx` to `Draft` [blog as it was]"]
    );
}
