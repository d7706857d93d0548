mod leaning;
mod names;

use super::*;
use crate::notation;

/// Returns a line for each piece: its app, what it does, and what it comes after.
fn pieces(before: &str, after: &str) -> Vec<String> {
    let wanted = notation::models(after);
    let recorded = notation::state(before);
    let keys = wanted.keys().cloned().chain(recorded.models().map(|(key, _)| key.clone()));
    let found = detect_project(&recorded, &wanted, &keys.map(|key| key.app).collect());
    assert_eq!((&found.questions, &found.errors), (&BTreeMap::new(), &BTreeMap::new()));
    leads_to(recorded.clone(), &wanted, found.pieces.iter());
    leads_to(recorded, &wanted, late(&found.pieces).into_iter());
    found.pieces.iter().map(|piece| line(piece, &found.pieces)).collect()
}

/// Returns what is wrong, app by app.
fn errors(before: &str, after: &str) -> Vec<String> {
    let (recorded, wanted) = (notation::state(before), notation::models(after));
    let keys = wanted.keys().cloned().chain(recorded.models().map(|(key, _)| key.clone()));
    let found = detect_project(&recorded, &wanted, &keys.map(|key| key.app).collect());
    found.errors.values().map(ToString::to_string).collect()
}

#[test]
fn tables_that_two_apps_take_over_from_each_other_need_one_that_gives_up_its_name_first() {
    let circle = "the changes of app `blog`, app `shop` need each other in a circle, so that none can come first; make \
                  them in two steps: revert them, say `#[model(table = \"blog_post_going\")]` at `blog.Post`, and \
                  build; then make them, and build again";
    let after = "Post table=shop_item: id\nshop.Item table=blog_post: id";
    assert_eq!(errors("Post: id\nshop.Item: id", after), [circle, circle]);
    // It is as the error says.
    let aside = "Post table=blog_post_going: id\nshop.Item: id";
    assert_eq!(
        pieces("Post: id\nshop.Item: id", aside),
        ["blog: renames the table of `Post` to `blog_post_going` []"]
    );
    assert_eq!(
        pieces(aside, after),
        [
            "shop: renames the table of `Item` to `blog_post` []",
            "blog: renames the table of `Post` to `shop_item` [shop 1]",
        ]
    );
}

#[test]
fn what_two_apps_take_over_from_each_other_may_be_a_join_table_or_an_index() {
    let post = "Post: id, tags *Post\nshop.Item: id";
    let after = "Post table=shop_item: id, tags *Post\nshop.Item table=blog_post_tags: id";
    let wrong = errors(post, after);
    assert!(
        wrong[0].contains("say `#[field(table = \"blog_post_tags_going\")]` at `blog.Post.tags`, "),
        "{wrong:?}"
    );
    let before = "Draft: id, rating i32 | index(rating) name=by_rating\nshop.Item: id, draft >Draft ?";
    let after = "shop.Draft new: id, rating i32 | index(rating) name=by_rating\nshop.Item: id, draft >shop.Draft ? keep_values was=ForeignKey<blog.Draft>";
    let wrong = errors(before, after);
    assert!(
        wrong[0].contains("give the index or constraint `by_rating` of `blog.Draft` another `name`, "),
        "{wrong:?}"
    );
}

fn leads_to<'a>(
    mut state: ProjectState,
    wanted: &BTreeMap<ModelKey, SourceModel>,
    pieces: impl Iterator<Item = &'a MigrationDraft>,
) {
    for piece in pieces {
        for operation in &piece.operations {
            operation.behaviour().apply(&piece.app, &mut state).unwrap();
        }
    }
    for (key, source) in wanted {
        assert!(
            state.model(key).unwrap().is_equivalent_to(&source.model.clone().with_names(&key.app), &key.app)
        );
    }
    assert_eq!(state.len(), wanted.len());
}

/// Puts the pieces in the order that is least like the one that they were found in, as far as they depend on each other.
fn late(pieces: &[MigrationDraft]) -> Vec<&MigrationDraft> {
    let mut open: Vec<usize> = (0..pieces.len()).collect();
    let mut sorted = Vec::new();
    while let Some(place) = open.iter().rposition(|position| {
        let piece = &pieces[*position];
        let is_open =
            |it: &Dependency| matches!(it, Dependency::MigrationDraft(other) if open.contains(other));
        let comes_later = open.iter().any(|other| other < position && pieces[*other].app == piece.app);
        !comes_later && !piece.depends_on.iter().any(is_open)
    }) {
        sorted.push(&pieces[open.remove(place)]);
    }
    assert_eq!(sorted.len(), pieces.len());
    sorted
}

fn line(piece: &MigrationDraft, pieces: &[MigrationDraft]) -> String {
    let done: Vec<String> = piece.operations.iter().map(|it| it.behaviour().describe()).collect();
    let name = |dependency: &Dependency| match dependency {
        Dependency::Recorded(app) => format!("{app} as it was"),
        Dependency::MigrationDraft(position) => {
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
        ["people: creates model `Author` []", "blog: creates model `Post` [people 1]"]
    );
    assert_eq!(
        pieces("people.Author: id", "Post: id, author >people.Author\npeople.Author: id"),
        ["blog: creates model `Post` [people as it was]"]
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
            "blog: creates model `Book` []",
            "shop: creates model `Author`, creates model `Seller` [blog 1]",
            "blog: adds field `author` to `Book` [shop 1]",
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
            "blog: creates model `Book` []",
            "shop: creates model `Author` [blog 1]",
            "blog: adds field `author` to `Book`, adds index `blog_book_author_id_title_idx` to `Book`, adds constraint \
             `blog_book_author_id_title_key` to `Book` [shop 1]",
        ]
    );
}

#[test]
fn a_reference_that_goes_goes_before_what_it_refers_to() {
    assert_eq!(
        pieces("Post: id, author >people.Author\npeople.Author: id", "Post: id"),
        ["blog: removes field `author` from `Post` []", "people: deletes model `Author` [blog 1]"]
    );
    assert_eq!(
        pieces("Post: id, author >people.Author\npeople.Author: id, post >blog.Post", ""),
        [
            "blog: removes field `author` from `Post` []",
            "people: deletes model `Author` [blog 1]",
            "blog: deletes model `Post` [people 1]"
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
        ["people: renames model `Author` to `Writer` [blog as it was]"]
    );
    assert_eq!(
        pieces(
            "Post: id, author >people.Author\npeople.Author: id",
            "Post: id, author >people.Writer, editor >people.Writer ?\npeople.Writer <Author: id"
        ),
        [
            "people: renames model `Author` to `Writer` [blog as it was]",
            "blog: adds field `editor` to `Post` [people 1]"
        ]
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

#[test]
fn a_model_that_goes_to_another_app_keeps_its_table_and_takes_references_along() {
    assert_eq!(
        pieces(
            "Post: id, title, author >Author | index(title)\nAuthor: id\nComment: id, post >Post\nshop.Item: id, post >blog.Post",
            "news.Post <blog.Post: id, title, author >blog.Author | index(title)\nAuthor: id\n\
             Comment: id, post >news.Post\nshop.Item: id, post >news.Post"
        ),
        [
            "news: moves model `blog.Post` to `news.Post` [blog as it was, shop as it was]",
            "blog: moves model `blog.Post` to `news.Post` [news 1]",
        ]
    );
}

#[test]
fn a_model_may_change_on_its_way() {
    assert_eq!(
        pieces(
            "Post: id, title\nTag: id, post >Post",
            "news.Article <blog.Post: id, headline <title, body ?\nTag: id, post >news.Article, other >news.Article ?"
        ),
        [
            "news: moves model `blog.Post` to `news.Article`, renames field `title` on `Article` to `headline`, adds field `body` to `Article` \
             [blog as it was]",
            "blog: moves model `blog.Post` to `news.Article`, adds field `other` to `Tag` [news 1]",
        ]
    );
}

#[test]
fn a_table_that_keeps_its_name_is_not_renamed_on_the_way() {
    for (table, is_renamed) in [("blog_post", false), ("posts", true)] {
        let wanted = format!("news.Post <blog.Post table={table}: id, title | index(title)");
        let recorded = notation::state("Post: id, title | index(title)");
        let apps = ["blog", "news"].map(AppLabel::new).into();
        let found = detect_project(&recorded, &notation::models(&wanted), &apps);
        assert_eq!(found.pieces.len(), 2);
        let [operation] = &found.pieces[0].operations[..] else { panic!("{found:#?}") };
        let mut after = recorded.clone();
        operation.behaviour().apply(&"news".into(), &mut after).unwrap();
        let steps = operation.behaviour().steps(&"news".into(), &recorded, &after).unwrap();
        assert_eq!(steps.is_empty(), !is_renamed, "{steps:#?}");
    }
}

#[test]
fn what_becomes_of_a_moved_model_waits_for_the_table_that_it_takes() {
    assert_eq!(
        pieces("Draft: id\nshop.Match: id, kind f64", "Match <shop.Match table=blog_draft: id"),
        [
            "blog: deletes model `Draft`, moves model `shop.Match` to `blog.Match`, removes field `kind` from `Match` [shop as it was]",
            "shop: moves model `shop.Match` to `blog.Match` [blog 1]",
        ]
    );
}

#[test]
fn two_apps_may_swap_models() {
    assert_eq!(
        pieces(
            "Post: id, x i32\nnews.Item: id, y i32",
            "news.Post <blog.Post: id, x i32\nItem <news.Item: id, y i32"
        ),
        [
            "blog: moves model `news.Item` to `blog.Item` [news as it was]",
            "news: moves model `news.Item` to `blog.Item`, moves model `blog.Post` to `news.Post` [blog 1]",
            "blog: moves model `blog.Post` to `news.Post` [news 1]",
        ]
    );
}

#[test]
fn what_may_have_gone_to_another_app_is_asked_and_nothing_is_removed_meanwhile() {
    let found = |after: &str| {
        let recorded = notation::state("Post: id, title\nAuthor: id");
        detect_project(&recorded, &notation::models(after), &["blog", "news"].map(AppLabel::new).into())
    };
    let asked = found("news.Post: id, title\nAuthor: id");
    assert_eq!(asked.pieces, []);
    assert_eq!(asked.waiting, BTreeSet::from(["blog".into()]));
    let question = &asked.questions[&AppLabel::new("news")][0];
    assert_eq!(
        question.message(),
        "`Post` is new and `blog.Post` is gone: renamed, or another model?\n\
         pick one:\n  \
           #[model(renamed_from = \"blog.Post\")]    renamed: the rows stay\n  \
           #[model(new)]                           a new model: the removed model is dropped with its rows"
    );
    assert_eq!(found("news.Post new: id, title\nAuthor: id").pieces.len(), 2);
    let matter = |after: &str| found(after).questions[&AppLabel::new("news")][0].summary();
    assert_eq!(
        matter("news.Post <blog.Pots: id, title\nAuthor: id"),
        "`Post` says `renamed_from = \"blog.Pots\"`, but the migrations know no such model of this app"
    );
    assert_eq!(
        matter("news.Post <blog.Post: id, title\nAuthor: id\nPost: id, title"),
        "`Post` says `renamed_from = \"blog.Post\"`, but `blog.Post` is still there"
    );
}

#[test]
fn a_move_can_be_undone() {
    a_move_is_undone(None);
    a_move_is_undone(Some("blog_post"));
    a_move_is_undone(Some("posts"));
}

fn a_move_is_undone(table: Option<&str>) {
    let recorded = notation::state("Post: id, title | index(title)\nComment: id, post >Post");
    let key = |text: &str| text.parse().unwrap();
    let keeps_table = table == Some("blog_post");
    let table = table.map(Into::into);
    let moved = crate::operation::MoveModel { before: key("blog.Post"), after: key("news.Post"), table };
    let moved = Operation::MoveModel(moved);
    let mut states = vec![recorded];
    let mut back = Vec::new();
    for app in ["news", "blog"].map(AppLabel::new) {
        let before = states.last().unwrap().clone();
        let mut after = before.clone();
        moved.behaviour().apply(&app, &mut after).unwrap();
        back.push((app.clone(), moved.behaviour().invert(&app, &before).unwrap()));
        let steps = moved.behaviour().steps(&app, &before, &after).unwrap();
        let is_done = app == *"blog" || keeps_table;
        assert_eq!(steps.is_empty(), is_done, "the second finds it done: {steps:?}");
        states.push(after);
    }
    assert_eq!(states[1], states[2]);
    let mut state = states[2].clone();
    for (app, operation) in back.iter().rev() {
        operation.behaviour().apply(app, &mut state).unwrap();
    }
    assert!(state.is_equivalent_to(&states[0]));
}

#[test]
fn what_becomes_of_a_moved_model_comes_after_the_app_that_had_it() {
    let mut recorded = notation::state("Post: id\nnews.Item: id, post >blog.Post");
    recorded.move_model(&"blog.Post".parse().unwrap(), &"news.Post".parse().unwrap()).unwrap();
    let apps = ["blog", "news"].map(AppLabel::new).into();
    let lines = |after: &str| -> Vec<String> {
        let found = detect_project(&recorded, &notation::models(after), &apps);
        found.pieces.iter().map(|piece| line(piece, &found.pieces)).collect()
    };
    assert_eq!(lines(""), ["news: deletes model `Item`, deletes model `Post` [blog as it was]"]);
    assert_eq!(
        lines("news.Item: id, post >news.Article\nnews.Article <Post: id"),
        ["news: renames model `Post` to `Article` [blog as it was]"]
    );
}

#[test]
fn a_table_is_let_go_of_before_another_app_takes_it() {
    let taking = |before: &str, after: &str| {
        let mut wanted = notation::models(after);
        let key: ModelKey = "blog.Post".parse().unwrap();
        wanted.get_mut(&key).unwrap().model.table = Some("news_item".into());
        let apps = ["blog", "news"].map(AppLabel::new).into();
        let found = detect_project(&notation::state(before), &wanted, &apps);
        let lines: Vec<String> = found.pieces.iter().map(|piece| line(piece, &found.pieces)).collect();
        (lines, found.errors.into_keys().collect::<Vec<_>>())
    };
    let (lines, errors) = taking("Post: id\nnews.Item: id", "Post: id");
    assert_eq!(
        lines,
        ["news: deletes model `Item` []", "blog: renames the table of `Post` to `news_item` [news 1]"]
    );
    assert!(errors.is_empty());
    let (lines, _) = taking("news.Item: id", "Post new: id");
    assert_eq!(lines, ["news: deletes model `Item` []", "blog: creates model `Post` [news 1]"]);
    // What waits for each other is refused.
    let (_, errors) = taking("Post: id, item >news.Item\nnews.Item: id", "Post: id");
    assert_eq!(errors, ["blog", "news"].map(AppLabel::new));
}
