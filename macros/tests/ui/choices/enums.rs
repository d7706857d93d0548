use modelshift::Choices;

#[derive(Choices)]
#[choices(native, integr)]
enum Status<T> {
    Draft,
    Data(T),
    #[choice(value = "DRAFT")]
    Sketch,
    #[choice(valu = "x")]
    Other,
}

#[derive(Choices)]
#[choices(integer)]
enum Level {
    Low = 1,
    High = 1,
}

#[derive(Choices)]
#[choices(removed(Draft -> Gone, Old))]
enum Stage {
    Draft,
    #[choice(renamed_from = "Old")]
    Live,
}

#[derive(Choices)]
struct Named {
    name: String,
}

#[derive(Choices)]
enum Nothing {}

fn main() {}
