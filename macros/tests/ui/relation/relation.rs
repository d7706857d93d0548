use modelshift::{ForeignKey, ManyToMany, Model, OneToOne};

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
    #[field(unique)]
    first: OneToOne<Author>,
    #[field(db_constraint = false, on_delete = cascade)]
    loose: ForeignKey<Author>,
    #[field(deferrable = defered)]
    late: ForeignKey<Author>,
    #[field(unique, through = Author, table = "a")]
    readers: Option<ManyToMany<Author>>,
    #[field(through)]
    fans: ManyToMany<Author>,
    #[field(table = "a")]
    fan: ForeignKey<Author>,
}

fn main() {}
