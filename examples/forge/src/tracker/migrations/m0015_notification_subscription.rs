//! Starts `Notification` and `Subscription`.

modelshift::migration! {
    depends_on = [
        "tracker.0014_issuelink_issue_blocks",
        "accounts.0021_alter_organisation_options",
    ];

    CreateModel {
        #[model(
            index(
                name = "tracker_notification_user_id_created_at_264fb7_idx",
                fields(user, -created_at),
            ),
        )]
        struct Notification {
            id: i64,
            #[field(on_delete = cascade, related_name = "notifications")]
            user: ForeignKey<accounts::User>,
            #[field(on_delete = cascade, related_name = "notifications")]
            issue: ForeignKey<Issue>,
            #[field(max_length = 20)]
            reason: String,
            read_at: Option<DateTime<Utc>>,
            #[field(default = now())]
            created_at: DateTime<Utc>,
        }
    }
    CreateModel {
        #[model(unique(name = "tracker_subscription_user_id_issue_id_key", fields(user, issue)))]
        struct Subscription {
            id: i64,
            #[field(on_delete = cascade, related_name = "subscriptions")]
            user: ForeignKey<accounts::User>,
            #[field(on_delete = cascade, related_name = "subscriptions")]
            issue: ForeignKey<Issue>,
        }
    }
}
// modelshift 1 aea3333ada7add9a
