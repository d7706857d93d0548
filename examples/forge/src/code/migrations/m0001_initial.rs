//! Starts `Repository`.

modelshift::migration! {
    app = "code";
    depends_on = ["accounts.0003_organisation_membership"];

    CreateModel {
        #[model(unique(name = "code_repository_owner_id_name_key", fields(owner, name)))]
        struct Repository {
            id: i64,
            #[field(on_delete = cascade, related_name = "repositories")]
            owner: ForeignKey<accounts::User>,
            #[field(max_length = 100)]
            name: String,
            #[field(max_length = 500, default = "")]
            description: String,
            #[field(default = false)]
            is_private: bool,
            #[field(default = now())]
            created_at: DateTime<Utc>,
        }
    }
}
// modelshift 1 eae409c5257a954d
