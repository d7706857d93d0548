//! Starts `SshKey`.

modelshift::migration! {
    depends_on = ["accounts.0001_initial"];

    CreateModel {
        struct SshKey {
            id: i64,
            #[field(on_delete = cascade, related_name = "ssh_keys")]
            user: ForeignKey<User>,
            #[field(max_length = 100)]
            title: String,
            public_key: String,
            #[field(unique, max_length = 64)]
            fingerprint: String,
            #[field(default = now())]
            created_at: DateTime<Utc>,
        }
    }
}
// modelshift 1 78ab08dcbc97645f
