//! A rule without a name would have the name of the field's own rule.

use modelshift::Model;

#[derive(Model)]
#[model(unique(fields(code), deferrable = deferred))]
struct Author {
    id: i64,
    #[field(unique)]
    code: i32,
}

fn main() {}
