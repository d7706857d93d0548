//! Starts `Session`.

modelshift::migration! {
    depends_on = ["accounts.0017_user_following"];

    CreateModel {
        struct Session {
            id: Uuid,
            #[field(on_delete = cascade, related_name = "sessions")]
            user: ForeignKey<User>,
            #[field(max_length = 300, default = "")]
            agent: String,
            #[field(index)]
            expires_at: DateTime<Utc>,
            #[field(default = now())]
            created_at: DateTime<Utc>,
        }
    }
}
// modelshift 1 df272eae17f072e7
