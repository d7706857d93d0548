use modelshift::Model;

struct ManyToMany<T>(T);

#[derive(Model)]
struct Tag {
    id: i64,
}

#[derive(Model)]
struct Post {
    id: i64,
    tags: ManyToMany<Tag>,
}

fn main() {}
