use modelshift::Model;

#[derive(Model)]
#[model(index(fields(titel)), index(fields(lower(title))), index(fields(title), on(lower(title))))]
#[model(index(), index, index(fields()), index(on(now())), index(on(desc(title, id))))]
#[model(index(fields(title), when = title == "a", name = ""), unique(fields(lower(title))), unique(fields = title))]
#[model(index(fields(title), name = "a_name_that_is_longer_than_the_sixty_three_bytes_of_postgresql_names"))]
#[model(renamed_from = "Post", new)]
struct Post {
    id: i64,
    title: String,
}

fn main() {}
