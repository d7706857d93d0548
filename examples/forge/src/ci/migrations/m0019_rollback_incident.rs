//! Adds `Rollback.incident`.

modelshift::migration! {
    depends_on = ["ci.0018_rollback", "tracker.0021_incident"];

    AddField(Rollback) {
        #[field(on_delete = set_null, related_name = "rollbacks")]
        incident: Option<ForeignKey<tracker::Incident>>
    }
}
// modelshift 1 a9205b787c53fc91 continues 0018_rollback
