use super::*;
use crate::model::column_type::ColumnType;
use crate::model::field::FieldKind;
use crate::model::index::Index;
use crate::notation;

fn key(text: &str) -> ModelKey {
    text.parse().unwrap_or_else(|_| ModelKey::new("blog", text))
}

/// Returns who refers to a model: `Comment.user Post.users`.
fn referrers(state: &ProjectState, model: &str) -> String {
    let told: Vec<String> = state
        .referrers(&key(model))
        .iter()
        .map(|(key, field)| format!("{}.{}", key.name, field.name()))
        .collect();
    told.join(" ")
}

/// Reads the one field of a model without others: `user >User`.
fn field(text: &str) -> Field {
    let (_, source) = notation::models(&format!("Bare: {text}")).pop_first().unwrap();
    source.model.fields[0].clone()
}

fn names(model: &Model) -> String {
    model.fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join(" ")
}

/// Three models: a comment refers to a user and to itself, a post to users.
fn users() -> ProjectState {
    notation::state("User: id\nComment: id, text, user >User, replies *Comment\nPost: id, users *User")
}

#[test]
fn st_001_a_state_holds_what_the_models_say_and_names_what_they_do_not() {
    let state = notation::state(
        "Author: id, name short, bio ?, age i32 ?
         SubAuthor: author >Author key, width f64
         Book table=my_books: id, title short, author >Author | index(title) | unique(title,author)",
    );
    assert_eq!(names(state.model(&key("Author")).unwrap()), "id name bio age");
    assert_eq!(names(state.model(&key("SubAuthor")).unwrap()), "author width");
    let book = state.model(&key("Book")).unwrap();
    assert_eq!(
        (names(book).as_str(), book.table.as_ref().unwrap().as_str()),
        ("id title author", "my_books")
    );
    assert!(book.field(&"title".into()).is_some_and(|title| !title.null && title.default.is_none()));
    assert_eq!(book.indexes[0].name.as_ref().unwrap().as_str(), "my_books_title_idx");
    assert_eq!(book.constraints[0].name().unwrap().as_str(), "my_books_title_author_id_key");
    let author = state.model(&key("Author")).unwrap();
    assert!(author.table.is_none() && author.indexes.is_empty() && author.constraints.is_empty());
}

#[test]
fn st_004_a_state_gives_the_image_of_each_table() {
    let state = notation::state("Tag: id, name\nSubTag: tag >Tag key, title\nFood: id, tags *Tag");
    let columns = |model: &str| -> Vec<String> {
        let tables = state.tables(&key(model)).unwrap();
        tables.iter().flat_map(|it| &it.columns).map(|column| column.name.to_string()).collect()
    };
    assert_eq!(columns("Tag"), ["id", "name"]);
    assert_eq!(columns("SubTag"), ["tag_id", "title"]);
    assert_eq!(columns("Food"), ["id", "id", "food_id", "tag_id"]);
}

#[test]
fn st_006_st_010_models_of_one_name_in_two_apps_do_not_meet() {
    let mut state =
        notation::state("blog.Tag: id\nMyShop.Tag: id\nPost: id, tag >MyShop.Tag, other >blog.Tag");
    assert_eq!(referrers(&state, "MyShop.Tag"), "Post.tag");
    state.rename_model(&key("MyShop.Tag"), &"Label".into()).unwrap();
    assert_eq!(
        (referrers(&state, "blog.Tag"), referrers(&state, "MyShop.Label")),
        ("Post.other".into(), "Post.tag".into())
    );
    assert_eq!(state.table(&key("MyShop.Label")).unwrap().name, "MyShop_label");
}

#[test]
fn st_007_a_snapshot_stays_and_the_next_state_follows() {
    let before =
        notation::state("Author: id\nBook: id, author >Author\nFan: id, loves *Author, self_made *Fan");
    let mut after = before.clone();
    let holds = |state: &ProjectState| {
        let columns = |model: &str| state.tables(&key(model)).unwrap();
        let book = columns("Book")[0].columns[1].column_type.clone();
        (book, columns("Fan")[1].columns[2].column_type.clone())
    };
    after
        .alter_field(&key("Author"), Field { primary_key: true, ..Field::new("id", ColumnType::I32) })
        .unwrap();
    after.add_field(&key("Book"), field("editor >Author ?")).unwrap();
    assert_eq!(holds(&before), (ColumnType::I64, ColumnType::I64));
    assert_eq!(holds(&after), (ColumnType::I32, ColumnType::I32));
    assert_eq!(referrers(&before, "Author"), "Book.author Fan.loves");
    assert_eq!(referrers(&after, "Author"), "Book.author Book.editor Fan.loves");
    after.remove_field(&key("Fan"), &"loves".into()).unwrap();
    after.alter_field(&key("Fan"), Field { unique: false, ..field("self_made *Book") }).unwrap();
    assert_eq!(
        (referrers(&after, "Author"), referrers(&after, "Book")),
        ("Book.author Book.editor".into(), "Fan.self_made".into())
    );
    assert_eq!(before.len(), 3);
}

#[test]
fn st_011_what_another_app_made_must_be_there() {
    let book = || notation::models("Book: id, author >people.Author").pop_first().unwrap();
    let (own, source) = book();
    let mut state = ProjectState::default();
    let error = state.add_model(&own, source.model).unwrap_err();
    assert_eq!(error, StateError::NoModel { model: key("people.Author") });
    let mut state = notation::state("people.Author: id");
    state.add_model(&own, book().1.model).unwrap();
    assert_eq!(referrers(&state, "people.Author"), "Book.author");
}

#[test]
fn st_015_a_key_of_two_fields_is_no_field_of_its_own() {
    let state = notation::state("Entry: account_id i64 key, id i64 key");
    let model = state.model(&key("Entry")).unwrap();
    assert_eq!((names(model).as_str(), model.primary_key().count()), ("account_id id", 2));
    assert!(model.automatic_key().is_none() && model.indexes.is_empty() && model.constraints.is_empty());
    let table = state.table(&key("Entry")).unwrap();
    assert_eq!((table.columns.len(), table.primary_key.unwrap().columns.len()), (2, 2));
}

#[test]
fn st_017_a_new_model_is_among_those_that_refer() {
    let mut state = users();
    assert_eq!(referrers(&state, "User"), "Comment.user Post.users");
    assert_eq!(referrers(&state, "Post"), "");
    // References of a model to itself are not checked here.
    assert_eq!(referrers(&state, "Comment"), "");
    assert!(state.field(&key("Comment"), &"replies".into()).unwrap().refers_to(&key("Comment")));
    let (other, source) = notation::models("zoo.Log: id, user >User").pop_first().unwrap();
    state.add_model(&other, source.model).unwrap();
    assert_eq!(referrers(&state, "User"), "Comment.user Post.users Log.user");
}

#[test]
fn st_019_references_follow_the_names_of_models() {
    let mut state = users();
    state.rename_model(&key("Comment"), &"Opinion".into()).unwrap();
    state.rename_model(&key("User"), &"Author".into()).unwrap();
    state.rename_model(&key("Post"), &"Blog".into()).unwrap();
    assert_eq!(referrers(&state, "Author"), "Blog.users Opinion.user");
    let replies = state.field(&key("Opinion"), &"replies".into()).unwrap();
    assert!(replies.refers_to(&key("Opinion")) && replies.targets().count() == 1);
    let expect = notation::state(
        "Author: id\nOpinion: id, text, user >Author, replies *Opinion\nBlog: id, users *Author",
    );
    assert_eq!(state, expect);
}

#[test]
fn st_020_st_021_a_reference_comes_and_goes_alone() {
    let mut state = users();
    state.add_field(&key("Post"), field("next >Post ?")).unwrap();
    state.add_field(&key("Post"), field("comment >Comment ?")).unwrap();
    assert_eq!(referrers(&state, "Comment"), "Post.comment");
    let (like, source) = notation::models("Like: id, user >User, post >Post").pop_first().unwrap();
    state.add_model(&like, source.model).unwrap();
    state.add_field(&key("Post"), field("liked_by *User/Like")).unwrap();
    assert_eq!(referrers(&state, "User"), "Comment.user Like.user Post.users Post.liked_by");
    assert_eq!(referrers(&state, "Like"), "Post.liked_by");
    for (model, field) in [("Post", "users"), ("Post", "liked_by"), ("Comment", "user"), ("Comment", "text")]
    {
        state.remove_field(&key(model), &field.into()).unwrap();
    }
    assert_eq!((referrers(&state, "User"), referrers(&state, "Like")), ("Like.user".into(), String::new()));
    assert_eq!(referrers(&state, "Comment"), "Post.comment");
}

#[test]
fn st_022_st_024_one_of_two_references_changes_alone() {
    let mut state = users();
    state.add_field(&key("Comment"), field("reviewer >User ?")).unwrap();
    state.rename_field(&key("Comment"), &"reviewer".into(), &"supervisor".into()).unwrap();
    assert_eq!(referrers(&state, "User"), "Comment.user Comment.supervisor Post.users");
    state.rename_field(&key("Comment"), &"text".into(), &"body".into()).unwrap();
    state.remove_field(&key("Comment"), &"user".into()).unwrap();
    assert_eq!(referrers(&state, "User"), "Comment.supervisor Post.users");
}

#[test]
fn st_016_relations_are_those_of_the_models_at_every_moment() {
    let mut state = users();
    let verbs: [fn(&mut ProjectState); 5] = [
        |state| state.add_field(&key("Post"), field("user >User ?")).unwrap(),
        |state| state.rename_field(&key("Post"), &"user".into(), &"owner".into()).unwrap(),
        |state| state.alter_field(&key("Post"), field("owner >Comment ?")).unwrap(),
        |state| state.rename_model(&key("Comment"), &"Remark".into()).unwrap(),
        |state| state.remove_field(&key("Post"), &"owner".into()).map(|_| ()).unwrap(),
    ];
    for verb in verbs {
        verb(&mut state);
        for (target, _) in state.models() {
            let refers = |(owner, field): &(&ModelKey, &Field)| *owner != target && field.refers_to(target);
            let fields =
                state.models().flat_map(|(owner, model)| model.fields.iter().map(move |it| (owner, it)));
            let found =
                state.referrers(target).into_iter().filter_map(|(by, link)| Some((by, link.field()?)));
            assert_eq!(found.collect::<Vec<_>>(), fields.filter(refers).collect::<Vec<_>>());
        }
    }
}

#[test]
fn st_027_every_index_in_a_state_bears_a_name() {
    let mut state = notation::state("Post: id, title | index(title)");
    let index = Index { name: None, ..state.model(&key("Post")).unwrap().indexes[0].clone() };
    state.remove_index(&key("Post"), &"blog_post_title_idx".into()).unwrap();
    state.add_index(&key("Post"), index.clone()).unwrap();
    assert_eq!(state.model(&key("Post")).unwrap().indexes[0].name, Some("blog_post_title_idx".into()));
    let error = state.add_index(&key("Post"), index).unwrap_err();
    assert!(matches!(error, StateError::ObjectExists { .. }), "{error}");
}

#[test]
fn st_029_the_order_of_fields_makes_no_other_model() {
    let (one, other) =
        (notation::state("Tag: id, name, hidden bool"), notation::state("Tag: hidden bool, name, id"));
    assert!(one.is_equivalent_to(&other) && other.is_equivalent_to(&one));
    assert!(!one.is_equivalent_to(&notation::state("Tag: id, name, hidden bool ?")));
}

#[test]
fn st_032_an_index_that_models_share_is_named_after_each_and_changes_alone() {
    let mut state = notation::state("Child1: id, name | index(name)\nChild2: id, name | index(name)");
    let name = |state: &ProjectState, model: &str| {
        state
            .model(&key(model))
            .unwrap()
            .indexes
            .iter()
            .map(|it| it.name.clone().unwrap().to_string())
            .collect::<String>()
    };
    assert_eq!(
        (name(&state, "Child1"), name(&state, "Child2")),
        ("blog_child1_name_idx".into(), "blog_child2_name_idx".into())
    );
    let before = state.clone();
    state.rename_index(&key("Child1"), &"blog_child1_name_idx".into(), &"other".into()).unwrap();
    assert_eq!(
        (name(&before, "Child1"), name(&state, "Child1")),
        ("blog_child1_name_idx".into(), "other".into())
    );
    assert_eq!(name(&state, "Child2"), "blog_child2_name_idx");
}

#[test]
fn st_034_a_rule_taken_out_of_one_state_stays_in_another() {
    let before = notation::state("Post: id, size i32 | check(size) name=big");
    let mut after = before.clone();
    let taken = after.remove_constraint(&key("Post"), &"big".into()).unwrap();
    assert_eq!(before.model(&key("Post")).unwrap().constraints, [taken]);
    assert!(after.model(&key("Post")).unwrap().constraints.is_empty());
    assert!(matches!(
        before.field(&key("Post"), &"size".into()).unwrap().kind,
        FieldKind::Column(ColumnType::I32)
    ));
}

#[test]
fn op_020_op_096_what_is_renamed_in_one_state_is_not_in_another() {
    let before = notation::state("Foo: id, size i32 | index(size) name=one");
    let mut after = before.clone();
    after.rename_index(&key("Foo"), &"one".into(), &"two".into()).unwrap();
    after.rename_model(&key("Foo"), &"Bar".into()).unwrap();
    assert!(before.contains(&key("Foo")) && !before.contains(&key("Bar")));
    assert!(after.contains(&key("Bar")) && !after.contains(&key("Foo")));
    assert_eq!(after, notation::state("Bar: id, size i32 | index(size) name=two"));
}

#[test]
fn what_a_state_remembers_is_in_its_text() {
    let mut state = users();
    state.rename_model(&key("User"), &"Person".into()).unwrap();
    state.rename_field(&key("Comment"), &"text".into(), &"body".into()).unwrap();
    state.remove_model(&key("Post")).unwrap();
    let there = Model::new("Note", vec![field("id"), field("user >User")]);
    state.add_model(&ModelKey::new("other", "Note"), there).unwrap();
    state.released_names.note(&"blog".into(), "blog_post".to_owned());
    let again = ProjectState::from_text(&state.to_text().unwrap()).unwrap();
    assert_eq!(format!("{again:?}"), format!("{state:?}"));
    for wrong in ["", "{}", "{\"models\":{}}"] {
        assert!(ProjectState::from_text(wrong).is_err(), "{wrong}");
    }
}
