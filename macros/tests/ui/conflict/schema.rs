use modelshift::Model;

#[derive(Model)]
#[model(table = "sales.orders")]
struct Order {
    id: i64,
}

fn main() {}
