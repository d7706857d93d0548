//! Starts `Watch`.

modelshift::migration! {
    depends_on = ["code.0016_alter_repository_options", "accounts.0021_alter_organisation_options"];

    CreateModel {
        #[model(unique(name = "code_watch_user_id_repository_id_key", fields(user, repository)))]
        struct Watch {
            id: i64,
            #[field(on_delete = cascade, related_name = "watches")]
            user: ForeignKey<accounts::User>,
            #[field(on_delete = cascade, related_name = "watches")]
            repository: ForeignKey<Repository>,
            #[field(max_length = 20, default = "all")]
            level: String,
        }
    }
}
// modelshift 1 ac4a13ad0ae5c7dd
