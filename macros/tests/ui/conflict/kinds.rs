use modelshift::Model;

#[derive(Model)]
#[model(check(title > 3), check(title + 1 > 2), check(rating.like("1%")), check(title.is_none()))]
#[model(check(rating && title == "a"), check(rating.is_in([1, "a"])), index(on(lower(rating))))]
struct Post {
    id: i64,
    rating: i32,
    title: String,
}

fn main() {}
