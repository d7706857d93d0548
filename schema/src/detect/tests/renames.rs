//! Renames of models and fields, and names that follow them.

use super::*;
use crate::model::relation::ManyToMany;

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
        "Book: id, writer >Writer <author keep_values was=ForeignKey<Author>\nWriter new: id, x text",
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
        &["renames field `name` on `Author` to `full_name`, in the column `name`"],
    );
    check(
        "Author: id\nBook: id, author >Author ?",
        "Author: id\nBook: id, writer >Author ? <author col=author_id",
        &["renames field `author` on `Book` to `writer`, in the column `author_id`"],
    );
    check(
        "Author: id, name col=n",
        "Author: id, full_name <name col=n",
        &["renames field `name` on `Author` to `full_name`"],
    );
    check(
        "Author: id, a, b",
        "Author: id, a <b col=b, b <a col=a",
        &[
            "renames field `a` on `Author` to `a_aside`, in the column `a`",
            "renames field `b` on `Author` to `a`, in the column `b`",
            "renames field `a_aside` on `Author` to `b`",
        ],
    );
    check(
        "Author: id, name",
        "Author: id, name new col=short ?, full_name <name col=name",
        &[
            "renames field `name` on `Author` to `full_name`, in the column `name`",
            "adds field `name` to `Author`",
        ],
    );
}

fn relation(name: &str, table: Option<&str>) -> Field {
    let to = ManyToMany::new(ModelKey::new("blog", "Tag"));
    Field::many_to_many(name, ManyToMany { table: table.map(Into::into), ..to })
}

#[test]
fn a_renamed_relation_that_keeps_its_table_moves_nothing() {
    let mut recorded = notation::state("Tag: id\nPost: id");
    let post = ModelKey::new("blog", "Post");
    recorded.add_field(&post, relation("tags", None)).unwrap();
    let mut wanted = notation::models("Tag: id\nPost: id");
    let post = wanted.get_mut(&post).unwrap();
    post.model.fields.push(relation("labels", Some("blog_post_tags")));
    let hints = FieldHints { renamed_from: Some("tags".into()), ..FieldHints::default() };
    post.hints.fields.insert("labels".into(), hints);
    let found = detect(&recorded, &wanted, &"blog".into()).unwrap();
    let described: Vec<String> = found.operations.iter().map(|it| it.behaviour().describe()).collect();
    assert_eq!(described, ["renames field `tags` on `Post` to `labels`, in the table `blog_post_tags`"]);
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
        &["renames model `Author` to `Writer`, in the table `blog_author`"],
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

#[test]
fn a_table_moves_to_another_schema_as_one_change() {
    let puts = "puts the table of `Post` into the schema `audit`";
    check("Post: id, tags *Tag\nTag: id", "Post schema=audit: id, tags *Tag\nTag: id", &[puts]);
    check("Post schema=audit: id", "Post schema=audit: id", &[]);
    check("Post schema=audit: id", "Post: id", &["renames the table of `Post` to its default name"]);
    check(
        "Post: id, title",
        "Note schema=audit <Post: id, name <title",
        &[
            "renames model `Post` to `Note`",
            "puts the table of `Note` into the schema `audit`",
            "renames field `title` on `Note` to `name`",
        ],
    );
}

#[test]
fn tables_of_two_schemas_may_have_one_name() {
    check("Post table=p: id", "Post table=p: id\nOld schema=audit table=p: id", &["creates model `Old`"]);
    check(
        "Post table=p: id",
        "Post schema=audit table=p: id\nNew table=p: id",
        &["puts the table of `Post` into the schema `audit`, as `p`", "creates model `New`"],
    );
}
