//! The fields of a natural key.

use modelshift::Model;

#[derive(Model)]
#[model(natural_key(slug, slugg, slug))]
struct Named {
    id: i64,
    slug: String,
}

#[derive(Model)]
#[model(natural_key = "slug")]
struct Wrong {
    id: i64,
    slug: String,
}

#[derive(Model)]
#[model(natural_key(tags))]
struct Many {
    id: i64,
    tags: modelshift::ManyToMany<Named>,
}

fn main() {}
