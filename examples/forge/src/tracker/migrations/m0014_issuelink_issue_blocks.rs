//! Starts `IssueLink` and adds `Issue.blocks`.

modelshift::migration! {
    depends_on = ["tracker.0013_merge_0012_issue_is_locked_0012_label_description"];

    CreateModel {
        #[model(
            unique(name = "tracker_issue_link_blocker_id_blocked_id_key", fields(blocker, blocked)),
        )]
        struct IssueLink {
            id: i64,
            #[field(on_delete = cascade, related_name = "blocked_links")]
            blocker: ForeignKey<Issue>,
            #[field(on_delete = cascade, related_name = "blocker_links")]
            blocked: ForeignKey<Issue>,
        }
    }
    AddField(Issue) {
        #[field(through = IssueLink, related_name = "blocked_by")]
        blocks: ManyToMany<Issue>
    }
}
// modelshift 1 a6cdda6aaa78b1e6
