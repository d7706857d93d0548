//! Alters `Job.status` and `Pipeline.status`.

modelshift::migration! {
    depends_on = ["ci.0020_alter_job_status_alter_pipeline_status"];

    AlterField(Job) {
        #[field(
            choices(Pending = "pending", Running = "running", Succeeded = "succeeded", Failed = "failed"),
            renamed(Passed -> Succeeded),
            removed(Skipped -> Failed),
            default = "pending",
        )]
        status: JobStatus
    }
    AlterField(Pipeline) {
        #[field(
            choices(Pending = "pending", Running = "running", Succeeded = "succeeded", Failed = "failed"),
            renamed(Passed -> Succeeded),
            removed(Skipped -> Failed),
            default = "pending",
        )]
        status: JobStatus
    }
}
// modelshift 1 799dd5dbb5b8d331
