use std::collections::HashMap;

use modelshift::Model;

struct UserId(i64);
struct Slug<const N: usize>;

#[derive(Model)]
struct Post {
    id: i64,
    author: Slug<4>,
    count: usize,
    letter: char,
    word: &'static str,
    tags: Vec<Vec<String>>,
    map: HashMap<String, String>,
    pair: (i32, i32),
    hash: [u8; 32],
    text: Box<str>,
    title: Strin<u8>,
    nested: Option<Option<i64>>,
    at: std::time::SystemTime,
    function: fn(i32) -> i32,
    #[field(as = "Foo")]
    other: UserId,
}

fn main() {}
