use modelshift::Model;

#[derive(Model)]
#[model(table, table = posts, table = "")]
struct Post {
    id: i64,
    #[field(max_length = "200")]
    title: String,
    #[field(max_length)]
    slug: String,
    #[field(max_length = 0)]
    word: String,
    #[field(max_length = 4294967296)]
    text: String,
    #[field(unique = true, index = maybe)]
    code: String,
    #[field(default)]
    body: String,
    #[field(renamed_from = old_name, column = 5)]
    note: String,
    #[field(renamed_from = "no name")]
    line: String,
    #[field(as = i64)]
    size: Bytes,
}

fn main() {}
