//! Starts `AccessToken`.

modelshift::migration! {
    depends_on = ["accounts.0009_remove_user_email"];

    CreateModel {
        struct AccessToken {
            id: i64,
            #[field(on_delete = cascade, related_name = "access_tokens")]
            user: ForeignKey<User>,
            #[field(max_length = 100)]
            name: String,
            #[field(unique, max_length = 64)]
            digest: String,
            #[field(max_length = 200, default = "")]
            scopes: String,
            expires_at: Option<DateTime<Utc>>,
            #[field(default = now())]
            created_at: DateTime<Utc>,
        }
    }
}
// modelshift 1 7d8ac3fbb2fad32a
