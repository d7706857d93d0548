//! The derive takes no names from the place it stands in.

#![deny(warnings)]
#![allow(dead_code)]

#[allow(non_camel_case_types)]
struct Columns;

mod modelshift_like {
    #[derive(modelshift::Model)]
    pub struct One {
        pub id: i64,
    }
}

fn main() {
    #[derive(modelshift::Model)]
    struct Columns {
        id: i64,
    }
    assert_eq!(Columns::COLUMNS.id, modelshift_like::One::COLUMNS.id);
}
