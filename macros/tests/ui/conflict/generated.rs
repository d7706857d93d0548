//! Values that the database gives, and others that would be in their way.

use modelshift::{ForeignKey, Model};

#[derive(Model)]
struct Author {
    id: i64,
}

#[derive(Model)]
struct Item {
    id: i64,
    price: i32,
    discount: Option<i32>,
    name: String,
    author: ForeignKey<Author>,
    #[field(generated = price * 2, default = 1)]
    double: i32,
    #[field(generated = price - discount)]
    due: i32,
    #[field(generated = lower(name))]
    number: i32,
    #[field(generated = double + id + author)]
    more: i32,
    #[field(generated = itself + prise)]
    itself: i32,
    #[field(generated = sql("1"), virtual)]
    #[field(identity = always)]
    counted: i32,
    #[field(identity = by_default, default = 1)]
    rank: Option<i32>,
    #[field(identity = sometimes)]
    other: i32,
    #[field(identity = always)]
    word: String,
    #[field(virtual)]
    plain: i32,
    #[field(sql_type(oracle = "number"))]
    wrong: i32,
    #[field(sql_type = "int")]
    writer: ForeignKey<Author>,
    #[field(generated = current_date())]
    today: String,
}

fn main() {}
