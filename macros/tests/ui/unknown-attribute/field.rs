use modelshift::Model;

#[derive(Model)]
struct Post {
    #[field(primarykey)]
    id: i64,
    #[field(max_len = 5, nullable)]
    title: String,
    #[field(table = "x")]
    slug: String,
    #[field(frobnicate(a, b), unique)]
    body: String,
    #[field]
    note: String,
    #[field = "x"]
    word: String,
    #[field("text")]
    text: String,
}

fn main() {}
