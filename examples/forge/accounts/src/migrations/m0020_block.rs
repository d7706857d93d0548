//! Starts `Block`.

modelshift::migration! {
    depends_on = ["accounts.0019_teammember_team_members"];

    CreateModel {
        #[model(unique(name = "accounts_block_user_id_blocked_id_key", fields(user, blocked)))]
        struct Block {
            id: i64,
            #[field(on_delete = cascade, related_name = "blocks")]
            user: ForeignKey<User>,
            #[field(on_delete = cascade, related_name = "blocked_by")]
            blocked: ForeignKey<User>,
            #[field(default = now())]
            created_at: DateTime<Utc>,
        }
    }
}
// modelshift 1 c8019574408e3df3
