//! Adds `Issue.assignees`.

modelshift::migration! {
    depends_on = [
        "tracker.0004_milestone_issue_milestone",
        "accounts.0005_user_display_name_user_is_staff",
    ];

    AddField(Issue) {
        #[field(related_name = "assigned_issues")]
        assignees: ManyToMany<accounts::User>
    }
}
// modelshift 1 4158a3710a010d76
