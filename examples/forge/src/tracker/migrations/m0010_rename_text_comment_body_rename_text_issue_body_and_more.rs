//! Renames `Comment.text` to `body`, renames `Issue.text` to `body`, and adds `Comment.edited_at`.

modelshift::migration! {
    depends_on = ["tracker.0009_issue_closed_at_issue_tracker_issue_state_known"];

    RenameField(Comment: text -> body);
    RenameField(Issue: text -> body);
    AddField(Comment) {
        edited_at: Option<DateTime<Utc>>
    }
}
// modelshift 1 283a13122bc50e7d
