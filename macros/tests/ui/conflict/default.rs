use modelshift::Model;

struct Decimal;
struct Date;
struct Uuid;

#[derive(Model)]
struct Item {
    id: i64,
    #[field(default = 300)]
    stars: u8,
    #[field(default = "5")]
    rating: i32,
    #[field(default = 1)]
    done: bool,
    #[field(max_length = 3, default = "draft")]
    status: String,
    #[field(default = draft)]
    state: String,
    #[field(default = stars)]
    copy: u8,
    #[field(default = None)]
    note: Option<String>,
    #[field(precision = 4, scale = 2, default = 100.5)]
    price: Decimal,
    #[field(default = now())]
    day: Date,
    #[field(default = "2024-02-99")]
    other_day: Date,
    #[field(default = now)]
    third_day: Date,
    #[field(backfill = Uuid::new_v4())]
    token: Uuid,
    #[field(default = 'x')]
    letter: String,
    #[field(default = "a\0b")]
    text: String,
}

fn main() {}
