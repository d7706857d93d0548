//! Starts `Review` and `ReviewComment`.

modelshift::migration! {
    depends_on = ["tracker.0006_pullrequest", "accounts.0009_remove_user_email"];

    CreateModel {
        struct Review {
            id: i64,
            #[field(on_delete = cascade, related_name = "reviews")]
            pull_request: ForeignKey<PullRequest>,
            #[field(on_delete = restrict, related_name = "reviews")]
            reviewer: ForeignKey<accounts::User>,
            #[field(max_length = 20, default = "comment")]
            verdict: String,
            #[field(default = "")]
            text: String,
            #[field(default = now())]
            submitted_at: DateTime<Utc>,
        }
    }
    CreateModel {
        struct ReviewComment {
            id: i64,
            #[field(on_delete = cascade, related_name = "comments")]
            review: ForeignKey<Review>,
            #[field(max_length = 400)]
            path: String,
            line: i32,
            text: String,
        }
    }
}
// modelshift 1 1b84fa86834af9eb
