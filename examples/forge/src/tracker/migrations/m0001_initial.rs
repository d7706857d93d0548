//! Starts `Issue`.

modelshift::migration! {
    app = "tracker";
    depends_on = ["accounts.0003_organisation_membership", "code.0003_repository_default_branch"];

    CreateModel {
        #[model(
            unique(name = "tracker_issue_repository_id_number_key", fields(repository, number)),
        )]
        struct Issue {
            id: i64,
            #[field(on_delete = cascade, related_name = "issues")]
            repository: ForeignKey<code::Repository>,
            number: i32,
            #[field(max_length = 200)]
            title: String,
            #[field(default = "")]
            text: String,
            #[field(on_delete = restrict, related_name = "issues")]
            author: ForeignKey<accounts::User>,
            #[field(max_length = 10, default = "open")]
            state: String,
            #[field(default = now())]
            created_at: DateTime<Utc>,
        }
    }
}
// modelshift 1 7c162142a3fc62c5
