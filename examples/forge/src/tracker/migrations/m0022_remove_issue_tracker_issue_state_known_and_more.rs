//! Removes constraint `tracker_issue_state_known` from `Issue` and makes 2 more changes.

modelshift::migration! {
    depends_on = ["tracker.0021_incident"];

    RemoveConstraint(Issue: "tracker_issue_state_known");
    AlterField(Issue) {
        #[field(choices(Open = "open", Closed = "closed"), default = "open")]
        state: IssueState
    }
    AlterField(Review) {
        #[field(
            choices(Approve = "approve", Reject = "reject", Comment = "comment"),
            default = "comment",
        )]
        verdict: Verdict
    }
}
// modelshift 1 fa3545c0b7bec644
