//! What only attributes name is used as well.

#![deny(warnings)]
#![allow(dead_code)]

mod order {
    #[derive(modelshift::Model)]
    #[model(primary_key(number, order))]
    pub struct OrderLine {
        pub order: i64,
        pub number: i32,
    }

    #[derive(modelshift::Model)]
    pub struct Packing {
        pub id: i64,
        pub parcel: modelshift::ForeignKey<super::Parcel>,
        pub label: modelshift::ForeignKey<super::Label>,
    }
}

use modelshift::{ManyToMany, Model};
use order::{OrderLine, Packing};

#[derive(Model)]
pub struct Label {
    pub id: i64,
}

#[derive(Model)]
#[model(foreign_key(fields(order, line), references = OrderLine(order, number)))]
#[model(foreign_key(fields(parent, id), references = Self(id, parent)), unique(fields(id, parent)))]
pub struct Parcel {
    pub id: i64,
    pub parent: i64,
    pub order: i64,
    pub line: i32,
    #[field(through = Packing)]
    pub labels: ManyToMany<Label>,
}

fn main() {
    assert_eq!(Parcel::COLUMNS.line, "line");
}
