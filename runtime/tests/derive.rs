//! The derive beside others, the constants it gives, and the macros for migrations.

#![allow(dead_code, reason = "the structs are there to be derived")]

use modelshift::{ForeignKey, Model};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Model)]
struct Author {
    id: i64,
    #[field(max_length = 100, unique)]
    name: String,
}

/// A post.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Model)]
#[model(
    table = "posts",
    index(fields(author, -rating)),
    check(name = "rating_range", rating >= 0 && rating <= 5),
)]
struct Post {
    #[field(primary_key)]
    slug: String,
    #[field(on_delete = cascade, related_name = "posts")]
    author: ForeignKey<Author>,
    parent: Option<ForeignKey<Self>>,
    #[field(default = 0)]
    rating: i16,
    #[field(column = "kind")]
    r#type: Option<String>,
    #[serde(skip)]
    #[field(skip)]
    cached: Vec<usize>,
}

#[derive(Model)]
struct Membership {
    #[field(primary_key)]
    author: ForeignKey<Author>,
    #[field(primary_key)]
    group: i32,
}

/// Shared by others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Model)]
#[model(abstract, index(fields(created_at)))]
struct Times {
    created_at: i64,
    #[field(column = "touched")]
    changed_at: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Model)]
#[model(abstract)]
struct Base {
    #[field(primary_key)]
    key: String,
    #[serde(flatten)]
    #[field(flatten, prefix = "row_")]
    times: Times,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Model)]
#[model(check(row_created_at >= 0))]
struct Event {
    #[serde(flatten)]
    #[field(flatten)]
    base: Base,
    name: String,
}

#[derive(Model)]
#[model(unique(fields(new_row_created_at, name)))]
struct Meeting {
    id: i64,
    #[field(flatten, prefix = "new_")]
    base: Base,
    name: String,
}

mod history {
    modelshift::migration! {
        depends_on = ["accounts.0001_initial"];

        CreateModel {
            struct Post {
                id: i64,
                author: ForeignKey<Author>,
                owner: ForeignKey<accounts::User>,
            }
        }
        AddIndex(Post) { index(name = "post_author_idx", fields(author)) }
    }
}

mod migrations {
    modelshift::migrations!(blog);
}

#[test]
fn the_constants_name_table_and_columns() {
    assert_eq!((Author::TABLE, Post::TABLE), ("modelshift_author", "posts"));
    assert_eq!(Post::COLUMNS.author, "author_id");
    assert_eq!(Post::COLUMNS.r#type, "kind");
    let schema: serde_json::Value = serde_json::from_str(Post::SCHEMA).unwrap();
    assert_eq!(schema["model"]["name"], "Post");
    assert_eq!(schema["model"]["fields"][2]["kind"]["ForeignKey"]["to"], "_.Post");
}

#[test]
fn a_key_has_the_type_of_its_field() {
    let slug: <Post as Model>::Key = String::from("a");
    let (author, group): <Membership as Model>::Key = (ForeignKey::new(1), 2);
    assert_eq!((slug.as_str(), author.key(), group), ("a", &1, 2));
}

#[test]
fn the_columns_of_a_flattened_struct_are_named_as_they_are_in_the_table() {
    assert_eq!((Times::COLUMNS.created_at, Times::COLUMNS.changed_at), ("created_at", "touched"));
    assert_eq!(Event::COLUMNS.base.times.changed_at, "row_touched");
    assert_eq!((Meeting::COLUMNS.base.key, Meeting::COLUMNS.name), ("new_key", "name"));
    assert_eq!(Meeting::COLUMNS.base.times.created_at, "new_row_created_at");
    let key: <Event as Model>::Key = String::from("a");
    let own: <Meeting as Model>::Key = 1_i64;
    assert_eq!((key.as_str(), own), ("a", 1));
    let written: serde_json::Value = serde_json::from_str(Event::SCHEMA).unwrap();
    assert_eq!(written["flattened"][0]["shared"], "Base");
}

#[test]
fn a_flattened_struct_is_flat_to_serde() {
    let times = Times { created_at: 1, changed_at: None };
    let event = Event { base: Base { key: "a".into(), times }, name: "b".into() };
    let json = serde_json::to_string(&event).unwrap();
    assert_eq!(json, r#"{"key":"a","created_at":1,"changed_at":null,"name":"b"}"#);
    assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event);
}

#[test]
fn a_reference_is_its_key_to_serde() {
    let author = ForeignKey::<Author>::new(7);
    let parent = Some(ForeignKey::new("root".to_owned()));
    let post = Post { slug: "a".into(), author, parent, rating: 3, r#type: None, cached: Vec::new() };
    let json = serde_json::to_string(&post).unwrap();
    assert_eq!(json, r#"{"slug":"a","author":7,"parent":"root","rating":3,"type":null}"#);
    assert_eq!(serde_json::from_str::<Post>(&json).unwrap(), post);
}

#[test]
fn a_relation_in_a_table_of_its_own_holds_nothing() {
    #[derive(Debug, Default, PartialEq, serde::Serialize, serde::Deserialize, modelshift::Model)]
    struct Group {
        id: i64,
        members: modelshift::ManyToMany<Author>,
    }
    assert_eq!(Group::COLUMNS.id, "id");
    assert_eq!(serde_json::to_string(&Group::default()).unwrap(), r#"{"id":0,"members":null}"#);
    for text in [r#"{"id":0}"#, r#"{"id":0,"members":null}"#, r#"{"id":0,"members":[1,2]}"#] {
        assert_eq!(serde_json::from_str::<Group>(text).unwrap(), Group::default(), "{text}");
    }
}

#[test]
fn a_stored_migration_belongs_to_the_app_that_lists_it() {
    let migrations = modelshift::Migrations::new("blog", &[("0001_initial", history::MIGRATION)]);
    let loaded = migrations.load().unwrap();
    let operations = format!("{:?}", loaded[0].operations);
    assert!(operations.contains(r#"AppLabel("blog"), name: ModelName("Author")"#), "{operations}");
    assert!(operations.contains(r#"AppLabel("accounts"), name: ModelName("User")"#), "{operations}");
    assert_eq!(loaded[0].depends_on[0].to_string(), "accounts.0001_initial");
}

#[test]
fn a_folder_that_is_not_there_has_no_migrations() {
    assert_eq!(migrations::all().load(), Ok(Vec::new()));
    assert_eq!(migrations::all().apps()[0].as_str(), "blog");
}
