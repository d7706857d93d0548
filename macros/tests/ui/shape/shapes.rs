use modelshift::Model;

#[derive(Model)]
struct Pair(i64, String);

#[derive(Model)]
struct Nothing;

#[derive(Model)]
enum Status {
    Draft,
}

#[derive(Model)]
union Bits {
    id: i64,
    other: f64,
}

fn main() {
    let _ = Status::Draft;
}
