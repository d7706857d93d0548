//! Starts `IssueVisit` and `Mention`.

modelshift::migration! {
    depends_on = ["tracker.0019_alter_subscription_table", "accounts.0025_loginattempt"];

    CreateModel {
        struct IssueVisit {
            #[field(primary_key, on_delete = cascade, related_name = "issue_visits")]
            user: ForeignKey<accounts::User>,
            #[field(primary_key, on_delete = cascade, related_name = "visits")]
            issue: ForeignKey<Issue>,
            #[field(default = now())]
            at: DateTime<Utc>,
        }
    }
    CreateModel {
        #[model(unique(name = "tracker_mention_comment_id_login_id_key", fields(comment, login)))]
        struct Mention {
            id: i64,
            #[field(on_delete = cascade, related_name = "mentions")]
            comment: ForeignKey<Comment>,
            #[field(
                to_field = "login",
                on_delete = cascade,
                on_update = cascade,
                related_name = "mentions",
            )]
            login: ForeignKey<accounts::User>,
        }
    }
}
// modelshift 1 fb0a0cfa2609182a
