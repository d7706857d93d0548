//! Adds `Deployment.started_at`, `Deployment.finished_at`, and makes 2 more changes.

modelshift::migration! {
    depends_on = ["ci.0016_usagerecord"];

    AddField(Deployment) {
        started_at: Option<DateTime<Utc>>
    }
    AddField(Deployment) {
        finished_at: Option<DateTime<Utc>>
    }
    AddField(Pipeline) {
        started_at: Option<DateTime<Utc>>
    }
    AddField(Pipeline) {
        finished_at: Option<DateTime<Utc>>
    }
}
// modelshift 1 b11c47f3f9c560c6
