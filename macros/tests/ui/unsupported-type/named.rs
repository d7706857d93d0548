use modelshift::Model;

struct UserId(i64);

#[derive(Model)]
struct Post {
    id: i64,
    author: Option<UserId>,
    #[field(as = "i64")]
    owner: UserId,
}

fn main() {}
