//! Starts `PullRequest`.

modelshift::migration! {
    depends_on = ["tracker.0005_issue_assignees", "code.0005_rename_gittag_tag"];

    CreateModel {
        struct PullRequest {
            #[field(primary_key, on_delete = cascade, related_name = "pull_request")]
            issue: OneToOne<Issue>,
            #[field(on_delete = set_null, related_name = "proposals")]
            source: Option<ForeignKey<code::Branch>>,
            #[field(on_delete = set_null, related_name = "pull_requests")]
            target: Option<ForeignKey<code::Branch>>,
            #[field(default = false)]
            is_draft: bool,
        }
    }
}
// modelshift 1 f1ccf1d41c74991f
