use modelshift::Model;

#[derive(Model)]
struct Author {
    id: i64,
    #[field(was = "text")]
    born: i32,
    #[field(was)]
    handle: String,
    #[field(new, was = "text")]
    level: i32,
}

fn main() {}
