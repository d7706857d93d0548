//! Structs that others flatten, and those that flatten them.

use modelshift::Model;

#[derive(Model)]
#[model(abstract, table = "times", primary_key(made), new, index(fields(made), name = "by_made"), check(mad >= 0))]
struct Times {
    made: i64,
}

#[derive(Model)]
#[model(abstract)]
struct Names {
    name: String,
}

#[derive(Model)]
struct Wrong {
    id: i64,
    #[field(flatten, unique, default = 0)]
    times: Names,
    #[field(flatten)]
    maybe: Option<Names>,
    #[field(prefix = "a_")]
    name: String,
}

#[derive(Model)]
struct Keyless {
    #[field(flatten)]
    one: Names,
    #[field(flatten, prefix = "other_")]
    other: Names,
}

fn main() {}
