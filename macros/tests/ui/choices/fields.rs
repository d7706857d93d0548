use modelshift::Model;

struct Mood;

#[derive(Model)]
struct Post {
    id: i64,
    #[field(choices(Draft = "draft"))]
    title: String,
    #[field(choices)]
    one: Mood,
    #[field(choices(native))]
    other: Mood,
    #[field(choices(i16, Low = "low"))]
    level: Mood,
    #[field(type = "i64")]
    former: Mood,
}

fn main() {}
