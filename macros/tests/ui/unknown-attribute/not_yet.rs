use modelshift::Model;

#[derive(Model)]
struct Post {
    id: i64,
    title: String,
    #[field(generated = lower(title))]
    search: String,
}

fn main() {}
