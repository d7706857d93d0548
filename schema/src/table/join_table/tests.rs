use super::*;
use crate::detect::detect;
use crate::notation;
use crate::step::{Change, Step};

/// Compares what the detector finds, and the tables that its steps make, drop or rename.
fn check(before: &str, after: &str, operations: &[&str], steps: &[&str]) {
    let app = "blog".into();
    let mut state = notation::state(before);
    let found = detect(&state, &notation::models(after), &app).unwrap();
    assert_eq!(found.questions, []);
    let described: Vec<String> = found.operations.iter().map(|it| it.behaviour().describe()).collect();
    assert_eq!(described, operations);
    let mut taken = Vec::new();
    for operation in &found.operations {
        let old = state.clone();
        operation.behaviour().apply(&app, &mut state).unwrap();
        taken.extend(operation.behaviour().steps(&app, &old, &state).unwrap().iter().filter_map(spell));
    }
    assert_eq!(taken, steps);
    let again = detect(&state, &notation::models(after), &app).unwrap();
    assert_eq!(again.operations, [], "detecting again finds something");
}

fn spell(step: &Step) -> Option<String> {
    match step {
        Step::CreateTable { after } => Some(format!("create {}", after.name)),
        Step::DropTable { before } => Some(format!("drop {}", before.name)),
        Step::AlterTable { before, after, change } => {
            if let Change::RenameColumn { before: old, after: new } = change {
                Some(format!("{}: {old} to {new}", before.name))
            } else if let Change::AlterColumn { column, .. } = change {
                Some(format!("{}: {column}", before.name))
            } else {
                (*change == Change::RenameTable).then(|| format!("{} to {}", before.name, after.name))
            }
        }
        Step::RunSql(_)
        | Step::RunRust { .. }
        | Step::LoadData { .. }
        | Step::CreateExtension { .. }
        | Step::DropExtension { .. }
        | Step::CreateCollation(_)
        | Step::DropCollation { .. } => None,
    }
}

fn columns(state: &str, model: &str) -> Vec<String> {
    let state = notation::state(state);
    let joins = state.join_tables(&ModelKey::new("blog", model)).unwrap();
    let spell = |table: &Table| {
        let columns = table.columns.iter().map(|it| format!("{} {:?}", it.name, it.column_type));
        format!("{}: {}", table.name, columns.collect::<Vec<_>>().join(", "))
    };
    joins.iter().map(|(_, table)| spell(table)).collect()
}

#[test]
fn a_join_table_refers_to_both_ends_by_their_keys() {
    assert_eq!(
        columns("Post: id, tags *Tag, related *Post\nTag: code uuid key", "Post"),
        [
            "blog_post_tags: id I64, post_id I64, tag_id Uuid",
            "blog_post_related: id I64, from_post_id I64, to_post_id I64"
        ]
    );
    assert_eq!(columns("Tag: id\nWay: id\nPost: id, tags *Tag/Way", "Post"), [""; 0]);
}

#[test]
fn a_join_table_comes_and_goes_with_its_field_and_its_model() {
    check(
        "Post: id\nTag: id",
        "Post: id, tags *Tag\nTag: id",
        &["adds field `tags` to `Post`"],
        &["create blog_post_tags"],
    );
    check(
        "Post: id, tags *Tag\nTag: id",
        "Post: id\nTag: id",
        &["removes field `tags` from `Post`"],
        &["drop blog_post_tags"],
    );
    check(
        "Post: id, tags *Tag\nTag: id",
        "",
        &["deletes model `Post`", "deletes model `Tag`"],
        &["drop blog_post_tags", "drop blog_post", "drop blog_tag"],
    );
    check(
        "",
        "Post: id, tags *Tag\nTag: id, posts *Post",
        &["creates model `Post`", "creates model `Tag`", "adds field `tags` to `Post`"],
        &["create blog_post", "create blog_tag", "create blog_tag_posts", "create blog_post_tags"],
    );
}

#[test]
fn a_join_table_follows_every_name() {
    check(
        "Post: id, tags *Tag\nTag: id",
        "Article <Post: id, labels <tags *Tag\nTag: id",
        &["renames model `Post` to `Article`", "renames field `tags` on `Article` to `labels`"],
        &[
            "blog_post to blog_article",
            "blog_post_tags to blog_article_tags",
            "blog_article_tags: post_id to article_id",
            "blog_article_tags to blog_article_labels",
        ],
    );
    check(
        "Post: id, related *Post",
        "Article <Post: id, related *Article",
        &["renames model `Post` to `Article`"],
        &[
            "blog_post to blog_article",
            "blog_post_related to blog_article_related",
            "blog_article_related: from_post_id to from_article_id",
            "blog_article_related: to_post_id to to_article_id",
        ],
    );
    check(
        "Post: id, tags *Tag\nTag: id",
        "Post: id, tags *Tag\nTag: id i32 key",
        &["alters field `id` on `Tag`"],
        &["blog_post_tags: tag_id", "blog_tag: id"],
    );
}

#[test]
fn what_is_kept_in_another_kind_of_place_goes_and_comes() {
    check(
        "Post: id, tag >Tag ? | index(tag) name=by_tag\nTag: id",
        "Post: id, tag *Tag new was=ForeignKey<Tag>\nTag: id",
        &[
            "removes index `by_tag` from `Post`",
            "removes field `tag` from `Post`",
            "adds field `tag` to `Post`",
        ],
        &["create blog_post_tag"],
    );
    check(
        "Post: id, tag *Tag\nTag: id",
        "Post: id, tag >Tag ? new was=ManyToMany<Tag>\nTag: id",
        &["removes field `tag` from `Post`", "adds field `tag` to `Post`"],
        &["drop blog_post_tag"],
    );
}

#[test]
fn a_relation_may_go_through_a_model_of_the_project() {
    check(
        "",
        "Post: id, tags *Tag/Tagging\nTag: id\nTagging: id, post >Post, tag >Tag",
        &[
            "creates model `Post`",
            "creates model `Tag`",
            "creates model `Tagging`",
            "adds field `tags` to `Post`",
        ],
        &["create blog_post", "create blog_tag", "create blog_tagging"],
    );
    let state = notation::state("");
    let wrong = "Post: id, tags *Tag/Tagging\nTag: id\nTagging: id, tag >Tag";
    let error = detect(&state, &notation::models(wrong), &"blog".into()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "field `tags` of `blog.Post` goes through `blog.Tagging`, which has no reference to `blog.Post`; give it one, \
         such as a field of the type `ForeignKey<Post>`"
    );
}

#[test]
fn a_join_table_has_no_name_of_another_table() {
    let wrong = "Post: id, tags *Tag\nTag: id\nPostTags: id";
    let error = detect(&notation::state(""), &notation::models(wrong), &"blog".into()).unwrap_err();
    assert!(error.to_string().contains("blog_post_tags"), "{error}");
}

#[test]
fn a_key_moves_under_no_relation() {
    let before = "Post: id, code uuid, tags *Tag\nTag: id";
    let after = "Post: code uuid key, tags *Tag\nTag: id";
    let error = detect(&notation::state(before), &notation::models(after), &"blog".into()).unwrap_err();
    assert!(error.to_string().contains("while `blog.Post.tags` refers to it"), "{error}");
}
