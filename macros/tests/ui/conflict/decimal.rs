use modelshift::Model;

struct Decimal;

#[derive(Model)]
struct Item {
    id: i64,
    price: Decimal,
    #[field(precision = 4)]
    tax: Option<Decimal>,
    #[field(precision = 2, scale = 4)]
    rate: Decimal,
    #[field(precision = 0, scale = 0)]
    share: Decimal,
}

fn main() {}
