use modelshift::{ForeignKey, Model};

#[derive(Model)]
struct Author {
    id: i64,
}

#[derive(Model)]
#[model(index(fields(author_id)))]
struct Post {
    id: i64,
    #[field(on_delete = "CASCADE")]
    author: ForeignKey<Author>,
    #[field(on_delete = casade)]
    editor: ForeignKey<Author>,
    #[field(on_delete = explode)]
    reader: ForeignKey<Author>,
    #[field(on_delete)]
    critic: ForeignKey<Author>,
}

fn main() {}
