use modelshift::Model;

#[derive(Model)]
struct NoKey {
    title: String,
}

#[derive(Model)]
struct Optional {
    id: Option<i64>,
}

#[derive(Model)]
struct Skipped {
    #[field(skip)]
    id: i64,
    title: String,
}

#[derive(Model)]
struct Empty {}

fn main() {
    // Columns and key are there in spite of the errors.
    let _ = NoKey::COLUMNS.title;
    let _: <Optional as Model>::Key = Some(5);
}
