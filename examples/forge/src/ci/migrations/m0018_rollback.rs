//! Starts `Rollback`.

modelshift::migration! {
    depends_on = ["ci.0017_deployment_started_at_deployment_finished_at_and_more"];

    CreateModel {
        struct Rollback {
            id: i64,
            #[field(on_delete = cascade, related_name = "rollback")]
            deployment: OneToOne<Deployment>,
            #[field(default = now())]
            at: DateTime<Utc>,
        }
    }
}
// modelshift 1 fac1aacb2028cef2
