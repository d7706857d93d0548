//! The order of a key of several fields.

use modelshift::Model;

#[derive(Model)]
#[model(primary_key(number, nummer, title, number, tags))]
struct Named {
    #[field(primary_key)]
    number: i32,
    #[field(primary_key)]
    bill: i64,
    title: Option<String>,
    #[field(skip)]
    tags: Vec<String>,
}

#[derive(Model)]
#[model(primary_key(number))]
struct Alone {
    id: i64,
    number: i32,
}

#[derive(Model)]
#[model(primary_key)]
struct Bare {
    id: i64,
}

#[derive(Model)]
#[model(primary_key(), primary_key(id, number), primary_key(lower(name)))]
struct Wrong {
    id: i64,
    number: i32,
}

fn main() {
    // The type of the key has the order too.
    let _: <Named as Model>::Key;
}
