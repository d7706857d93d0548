//! Renames `Job.part_of` to `stage`, adds `Job.started_at`, `Job.finished_at`, and alters `Job.stage`.

modelshift::migration! {
    depends_on = ["ci.0006_remove_job_pipeline_remove_job_stage"];

    RenameField(Job: part_of -> stage);
    AddField(Job) {
        started_at: Option<DateTime<Utc>>
    }
    AddField(Job) {
        finished_at: Option<DateTime<Utc>>
    }
    AlterField(Job) {
        #[field(backfill = 0, on_delete = cascade, related_name = "jobs")]
        stage: ForeignKey<Stage>
    }
}
// modelshift 1 33fd7c9f659b380b
