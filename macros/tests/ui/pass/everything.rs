//! Whatever the grammar allows, beside other derives.

#![deny(warnings, missing_docs, unreachable_pub, missing_debug_implementations)]
#![allow(dead_code)]

use modelshift::{ForeignKey, ManyToMany, Model, OneToOne};
use serde::{Deserialize, Serialize};

/// Types of other crates go by their names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Uuid(String);

/// A span of time.
#[derive(Debug)]
pub struct PgInterval;

/// A range.
#[derive(Debug)]
pub struct PgRange<T>(T);

/// An alias.
pub type UserId = i64;

/// An author.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Model)]
#[serde(rename_all = "camelCase")]
#[model(renamed_from = "Writer", check(name == "a"), check(name = "named", name != ""))]
pub struct Author {
    /// The key.
    pub id: i64,
    /// The name.
    #[serde(default)]
    #[field(max_length = 100, unique, renamed_from = "title")]
    pub name: String,
    /// A token.
    #[field(default = random_uuid(), new)]
    pub token: Uuid,
    /// An alias.
    #[field(as = "i64", backfill = 0)]
    pub owner: UserId,
    /// An alias that may be missing.
    #[field(as = "i64")]
    pub editor: Option<UserId>,
}

#[derive(modelshift::Model)]
#[model(
    table = "posts",
    index(fields(author, -published_at), name = "by_author"),
    index(on(desc(lower(title)), author), when = deleted.is_none() && !hidden),
    unique(fields(author, r#type), when = published_at.is_some()),
    check(rating >= 0 && rating <= 5 || rating == -1),
    check(r#type.is_in(["a", "b"]) && title.like("%a") && coalesce(abs(rating), 0) % 2 == 0),
    check(sql("length(title) > 3")),
    unique(on(lower(title), desc(rating)), nulls_not_distinct),
    unique(fields(rating, title), include(hidden), deferrable = deferred),
    foreign_key(fields(first_group, second), references = Membership(author, group), on_delete = set_null),
    exclude(on(with(ops(rating, "gist_int2_ops"), "="), with(title, "<>")), when = deleted.is_none()),
    index(on(nulls_last(desc(published_at)))),
)]
struct Post {
    #[field(primary_key, default = sql("gen_random_uuid()"))]
    key: Uuid,
    #[field(on_delete = cascade, on_update = restrict, related_name = "posts")]
    author: ForeignKey<Author>,
    #[field(on_delete = set_null, index = false)]
    parent: Option<ForeignKey<Self>>,
    #[field(db_constraint = false)]
    critic: ForeignKey<Author>,
    #[field(deferrable = deferred)]
    draft: Option<OneToOne<Self>>,
    #[field(table = "readers", related_name = "read")]
    readers: ManyToMany<Author>,
    related: ManyToMany<Self>,
    #[field(on_delete = set_default, default = 1)]
    reader: ForeignKey<self::Author>,
    #[field(to_field = "name")]
    namesake: Option<ForeignKey<Author, String>>,
    title: String,
    r#type: String,
    #[field(index, column = "stars", default = -1)]
    rating: i16,
    published_at: Option<String>,
    deleted: Option<Vec<u8>>,
    #[field(default = false)]
    hidden: bool,
    #[field(generated = rating * 2 + length(title), virtual, index)]
    worth: i64,
    #[field(generated = coalesce(published_at, "none"), column = "day")]
    shown: String,
    #[field(identity = by_default)]
    number: i32,
    #[field(sql_type(postgres = "citext", mysql = "varchar(80) character set ascii"), max_length = 80)]
    mail: String,
    first_group: Option<i64>,
    second: Option<i64>,
    #[field(max_length = 20, default = "{}")]
    tags: Vec<String>,
    counts: Option<Vec<Option<i64>>>,
    spans: Vec<PgInterval>,
    address: std::net::IpAddr,
    pages: PgRange<i32>,
    #[field(skip)]
    cached: std::cell::Cell<usize>,
}

#[derive(Debug, Model)]
struct Membership {
    #[field(primary_key)]
    author: ForeignKey<Author>,
    #[field(primary_key, index)]
    group: ForeignKey<Author>,
    id: i64,
}

#[derive(Debug, Model)]
#[model(primary_key(number, bill))]
struct Line {
    bill: i64,
    number: i32,
}

macro_rules! model {
    ($name:ident, $type:ty) => {
        #[derive(Debug, modelshift::Model)]
        struct $name {
            id: $type,
            size: Option<$type>,
        }
    };
}

model!(Small, i16);

fn main() {
    let (_, _): <Membership as Model>::Key = (ForeignKey::new(1), ForeignKey::new(2));
    let (_, _): <Line as Model>::Key = (1_i32, 2_i64);
    assert_eq!((Author::COLUMNS.name, Post::COLUMNS.r#type), ("name", "type"));
    assert_eq!((Post::TABLE, Small::COLUMNS.size), ("posts", "size"));
}
