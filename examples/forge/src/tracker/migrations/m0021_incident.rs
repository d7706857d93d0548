//! Starts `Incident`.

modelshift::migration! {
    depends_on = ["tracker.0020_issuevisit_mention", "ci.0018_rollback"];

    CreateModel {
        struct Incident {
            #[field(primary_key, on_delete = cascade, related_name = "incident")]
            issue: OneToOne<Issue>,
            #[field(on_delete = set_null, related_name = "incidents")]
            deployment: Option<ForeignKey<ci::Deployment>>,
            #[field(on_delete = set_null, related_name = "ended_incidents")]
            rollback: Option<ForeignKey<ci::Rollback>>,
        }
    }
}
// modelshift 1 9c8a83c70a50fbbe
