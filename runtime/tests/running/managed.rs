//! Tables that something else makes: never touched, referred to all the same, and taken over or left without a loss.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::field::Field;
use modelshift_schema::model::Model;
use modelshift_schema::operation::alter_model_options::Management;
use modelshift_schema::operation::{AlterModelOptions, CreateModel, Operation};

use crate::support::{
    Entry, Place, add_field, alter_field, author_reference, create, id, remove_field, varchar,
};

const PARENT: &str = "blog.0001_initial";

/// Authors that another program keeps, and posts of ours that refer to them.
fn initial() -> Entry {
    let author = Model { managed: false, ..Model::new("Author", vec![id(), varchar("name")]) };
    let author = Operation::CreateModel(CreateModel { model: author });
    let post = create("Post", vec![id(), varchar("title"), author_reference()]);
    ("0001_initial", vec![], vec![author, post])
}

fn options(managed: Management) -> Operation {
    Operation::AlterModelOptions(AlterModelOptions {
        model: "Author".into(),
        comment: None,
        managed,
        sqlite: None,
    })
}

async fn theirs() -> Place {
    let place = Place::new();
    std::fs::write(place.file(), "").unwrap();
    place.run("CREATE TABLE blog_author (id integer PRIMARY KEY, name text); INSERT INTO blog_author VALUES (7, 'Ann')").await;
    place
}

#[tokio::test]
async fn op_009_a_table_that_something_else_makes_is_referred_to_and_never_touched() {
    let place = theirs().await;
    let second: Entry = (
        "0002_more",
        vec![PARENT],
        vec![
            add_field("Author", varchar("nickname")),
            alter_field("Post", Field::new("title", ColumnType::Text)),
            remove_field("Author", "name"),
        ],
    );
    let mut migrator = place.migrator(&[initial(), second]).await;
    migrator.migrate_to("0001").await.unwrap();
    place.run("INSERT INTO blog_post (title, author_id) VALUES ('one', 7)").await;
    migrator.migrate().await.unwrap();
    assert!(migrator.check().await.unwrap().is_empty());
    assert_eq!(
        place.texts("SELECT name FROM blog_author a JOIN blog_post p ON p.author_id = a.id").await,
        "Ann"
    );
    migrator.migrate_to("zero").await.unwrap();
    assert_eq!(place.texts("SELECT name FROM blog_author").await, "Ann");
}

#[tokio::test]
async fn w_027_a_table_is_made_where_it_becomes_ours_and_taken_over_where_it_is_there() {
    let made: Entry = ("0002_made", vec![PARENT], vec![options(Management::Made)]);
    let place = Place::new();
    let mut migrator = place.migrator(&[initial(), made]).await;
    migrator.migrate().await.unwrap();
    assert!(migrator.check().await.unwrap().is_empty());
    place.run("INSERT INTO blog_author (name) VALUES ('Ann')").await;
    migrator.migrate_to("0001").await.unwrap();
    assert_eq!(place.number("SELECT count(*) FROM sqlite_schema WHERE name = 'blog_author'").await, 0);

    let adopted: Entry = (
        "0002_adopted",
        vec![PARENT],
        vec![options(Management::Adopted), add_field("Author", Field { null: true, ..varchar("nickname") })],
    );
    let left: Entry = ("0003_left", vec!["blog.0002_adopted"], vec![options(Management::Left)]);
    let place = theirs().await;
    let mut migrator = place.migrator(&[initial(), adopted, left]).await;
    migrator.migrate_to("0002").await.unwrap();
    place.run("UPDATE blog_author SET nickname = 'A' WHERE id = 7").await;
    for target in ["0003", "0002", "0003"] {
        migrator.migrate_to(target).await.unwrap();
        assert_eq!(place.texts("SELECT name || nickname FROM blog_author").await, "AnnA", "{target}");
    }
    migrator.migrate_to("zero").await.unwrap();
    assert_eq!(place.texts("SELECT name FROM blog_author").await, "Ann");
}
