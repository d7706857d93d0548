//! Structs that are made of rows, and what no row has a value for.

use modelshift::{ForeignKey, ManyToMany, Model};

struct Cache;
struct Hyphenated;

#[derive(Model)]
#[model(abstract)]
struct Times {
    made: i64,
}

#[derive(Model)]
#[model(abstract, from_row)]
struct Names {
    name: String,
}

#[derive(Model)]
#[model(from_row)]
struct Author {
    id: i64,
    #[field(flatten, prefix = "pen_")]
    names: Names,
    books: ManyToMany<Author>,
    parent: Option<ForeignKey<Author>>,
}

#[derive(Model)]
#[model(from_row, from_row, from_row = true)]
struct Twice {
    id: i64,
}

#[derive(Model)]
#[model(from_row)]
struct Uncached {
    id: i64,
    #[field(skip)]
    cache: Cache,
}

#[derive(Model)]
#[model(from_row)]
struct Event {
    id: i64,
    #[field(flatten)]
    times: Times,
}

#[derive(Model)]
#[model(from_row)]
struct Token {
    id: Hyphenated,
    other: Option<Hyphenated>,
}

#[derive(Model)]
#[model(from_row)]
struct Field {
    #[field(from_row)]
    id: i64,
}

fn main() {}
