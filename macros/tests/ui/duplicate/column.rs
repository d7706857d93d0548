use modelshift::{ForeignKey, Model};

#[derive(Model)]
struct Author {
    id: i64,
    name: String,
    #[field(column = "NAME")]
    title: String,
}

#[derive(Model)]
struct Post {
    id: i64,
    author: ForeignKey<Author>,
    author_id: i64,
}

fn main() {}
