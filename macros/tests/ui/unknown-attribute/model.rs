use modelshift::Model;

#[derive(Model)]
#[model(tabel = "posts", unique_together(a, b), max_length = 5)]
#[model(index(fields(id), nam = "x"), unique(onn(id)), foreign_key(fields(id), references = Post), exclude(on(id)))]
struct Post {
    id: i64,
}

fn main() {}
