//! Adds `Issue.closed_at` and adds constraint `tracker_issue_state_known` to `Issue`.

modelshift::migration! {
    depends_on = ["tracker.0008_pullrequest_merged_at_pullrequest_merged_by_and_more"];

    AddField(Issue) {
        closed_at: Option<DateTime<Utc>>
    }
    AddConstraint(Issue) {
        check(name = "tracker_issue_state_known", state.is_in(["open", "closed"]))
    }
}
// modelshift 1 bc6eaa633aeff7b7
