//! Starts `LoginAttempt`.

modelshift::migration! {
    depends_on = ["accounts.0024_user_login_key"];

    CreateModel {
        struct LoginAttempt {
            id: i64,
            #[field(index, max_length = 40)]
            login: String,
            #[field(max_length = 45)]
            address: String,
            succeeded: bool,
            #[field(default = now())]
            at: DateTime<Utc>,
        }
    }
}
// modelshift 1 6572610f3becc9d5
