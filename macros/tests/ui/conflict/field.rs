use modelshift::{ForeignKey, Model};

#[derive(Model)]
struct Post {
    #[field(primary_key, unique, index, backfill = 1)]
    id: i64,
    #[field(unique, index)]
    slug: String,
    #[field(skip, index)]
    cached: std::cell::Cell<i64>,
    #[field(new, renamed_from = "subject")]
    title: String,
    #[field(renamed_from = "body")]
    body: String,
    #[field(renamed_from = "body")]
    text: String,
    #[field(max_length = 5, scale = 2, on_delete = cascade)]
    rating: i64,
    #[field(index = false)]
    stars: i64,
    #[field(on_delete = set_null, on_update = set_default)]
    parent: ForeignKey<Post>,
}

fn main() {}
