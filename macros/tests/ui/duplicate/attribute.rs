use modelshift::Model;

#[derive(Model)]
#[model(table = "a", table = "b")]
struct Post {
    id: i64,
    #[field(unique, unique)]
    slug: String,
    #[field(max_length = 5)]
    #[field(max_length = 6)]
    title: String,
}

fn main() {}
