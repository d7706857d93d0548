//! Structs that the compiler derives and the test reads as text.

use modelshift::{ForeignKey, Model};

#[derive(Model)]
#[model(index(fields(name, -age)), unique(fields(name, age), when = age > 3), renamed_from = "Writer")]
pub struct Author {
    pub id: i64,
    #[field(max_length = 100, unique, renamed_from = "title")]
    pub name: String,
    #[field(backfill = 7)]
    pub age: i32,
    #[field(default = now())]
    pub since: DateTime<Utc>,
    #[field(precision = 12, scale = 2, default = 1.50)]
    pub worth: Option<Decimal>,
}

#[derive(Model)]
#[model(table = "odd one", check(name = "c", !(kind == "x") || lower(kind).like("a%") && rank.is_in([1, 2, -3])))]
pub struct Odd {
    #[field(primary_key)]
    pub code: String,
    pub r#type: Option<Vec<u8>>,
    #[field(column = "what kind")]
    pub kind: String,
    #[field(default = "a \"quoted\" \\ text")]
    pub text: String,
    pub rank: i16,
    #[field(on_delete = set_null, on_update = cascade, index = false)]
    pub author: Option<ForeignKey<Author>>,
    #[field(skip)]
    pub cache: Vec<usize>,
}

/// What a model of this test needs to be called.
pub struct DateTime<T>(std::marker::PhantomData<T>);
/// A zone.
pub struct Utc;
/// A number.
pub struct Decimal;
