//! Starts `CommitStatus`.

modelshift::migration! {
    depends_on = ["code.0023_rename_kilobytes_repository_size_and_more"];

    CreateModel {
        #[model(
            unique(
                name = "code_commit_status_repository_id_commit_context_key",
                fields(repository, commit, context),
            ),
        )]
        struct CommitStatus {
            id: i64,
            #[field(on_delete = cascade, related_name = "commit_statuses")]
            repository: ForeignKey<Repository>,
            #[field(max_length = 40)]
            commit: String,
            #[field(max_length = 100)]
            context: String,
            #[field(max_length = 10, default = "pending")]
            state: String,
            #[field(max_length = 500)]
            url: Option<String>,
            #[field(default = now())]
            at: DateTime<Utc>,
        }
    }
}
// modelshift 1 c5df5a460ec8c0f7
