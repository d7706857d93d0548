use modelshift::Model;

#[derive(Model)]
#[model(check(rating), check(rating + 1), check(5 > 3), check("text"))]
#[model(check(rating = 5), check(rating in [1, 2]), check(rating between 1 and 5))]
#[model(check(title == None), check(created > now()), check(self.rating > 0))]
#[model(check(title.len() > 3), check((0..=5).contains(&rating)), check(0 <= rating <= 5))]
#[model(check(title like "a%"), check(title is null), check(rating > 0 and rating < 5))]
#[model(check(lenght(title) > 3), check(abs(rating, 1) > 3), check(name = "only_a_name"), check())]
#[model(check(ratng > 0), check(hidden > 0))]
struct Post {
    id: i64,
    rating: i32,
    title: Option<String>,
    created: String,
    #[field(skip)]
    hidden: i32,
}

fn main() {}
