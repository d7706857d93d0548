//! Starts `Comment`.

modelshift::migration! {
    depends_on = [
        "tracker.0002_label_issue_labels",
        "accounts.0005_user_display_name_user_is_staff",
    ];

    CreateModel {
        #[model(index(name = "tracker_comment_issue_id_created_at_idx", fields(issue, created_at)))]
        struct Comment {
            id: i64,
            #[field(on_delete = cascade, related_name = "comments")]
            issue: ForeignKey<Issue>,
            #[field(on_delete = restrict, related_name = "comments")]
            author: ForeignKey<accounts::User>,
            text: String,
            #[field(default = now())]
            created_at: DateTime<Utc>,
        }
    }
}
// modelshift 1 458f8fa3dbc0bb71
