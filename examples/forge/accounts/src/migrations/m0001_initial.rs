//! Starts `User`.

modelshift::migration! {
    app = "accounts";

    CreateModel {
        struct User {
            id: i64,
            #[field(unique, max_length = 40)]
            name: String,
            #[field(unique, max_length = 254)]
            email: String,
            #[field(max_length = 200)]
            password: String,
            #[field(default = now())]
            created_at: DateTime<Utc>,
        }
    }
}
// modelshift 1 67519565f977e1c5
