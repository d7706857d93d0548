//! Creates model `Person`.

modelshift::migration! {
    app = "people";

    CreateModel {
        struct Person {
            id: i64,
            #[field(max_length = 80)]
            first_name: String,
            #[field(max_length = 80)]
            last_name: String,
        }
    }
}
// modelshift 1 a86d8fe0b7f4e153
