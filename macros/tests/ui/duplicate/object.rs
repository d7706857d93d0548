use modelshift::Model;

#[derive(Model)]
#[model(index(fields(a)), index(fields(a)), index(fields(a, -a)))]
#[model(unique(fields(a, b)), unique(fields(a, b)), unique(fields(b, b)))]
#[model(index(fields(b), name = "x"), check(name = "X", a > 0), check(a > 0))]
#[model(check(a > 0, b > 0))]
struct Post {
    id: i64,
    a: i64,
    b: i64,
}

fn main() {}
