//! Adds `PullRequest.merged_at`, `PullRequest.merged_by`, and `PullRequest.merge_commit`.

modelshift::migration! {
    depends_on = ["tracker.0007_review_reviewcomment", "accounts.0011_auditevent"];

    AddField(PullRequest) {
        merged_at: Option<DateTime<Utc>>
    }
    AddField(PullRequest) {
        #[field(on_delete = set_null, related_name = "merges")]
        merged_by: Option<ForeignKey<accounts::User>>
    }
    AddField(PullRequest) {
        #[field(max_length = 40)]
        merge_commit: Option<String>
    }
}
// modelshift 1 72999d35ffe89f1a
