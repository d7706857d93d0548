//! What a field says already cannot be said again by the struct.

use modelshift::Model;

#[derive(Model)]
#[model(index(fields(name)), unique(fields(code)))]
struct Author {
    id: i64,
    #[field(index)]
    name: String,
    #[field(unique)]
    code: i32,
}

fn main() {}
