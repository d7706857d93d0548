use modelshift::Model;

#[derive(Model)]
#[model(abstract)]
struct Post {
    id: i64,
    title: String,
    #[field(generated = lower(title))]
    search: String,
    #[field(flatten)]
    times: i64,
}

fn main() {}
