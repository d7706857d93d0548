use modelshift::Model;

struct ManyToMany<T>(T);
struct OneToOne<T>(T);

#[derive(Model)]
struct Tag {
    id: i64,
}

#[derive(Model)]
struct Post {
    id: i64,
    tags: ManyToMany<Tag>,
    first: OneToOne<Tag>,
}

fn main() {}
