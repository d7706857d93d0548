use std::collections::HashMap;

use modelshift::Model;

struct UserId(i64);
struct Strin;

#[derive(Model)]
struct Post {
    id: i64,
    author: UserId,
    count: usize,
    letter: char,
    word: &'static str,
    tags: Vec<String>,
    map: HashMap<String, String>,
    pair: (i32, i32),
    hash: [u8; 32],
    text: Box<str>,
    title: Strin,
    nested: Option<Option<i64>>,
    at: std::time::SystemTime,
    function: fn(i32) -> i32,
    #[field(type = "Foo")]
    other: UserId,
}

fn main() {}
