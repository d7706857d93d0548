//! Alters `Job.status` and `Pipeline.status`.

modelshift::migration! {
    depends_on = ["ci.0019_rollback_incident"];

    AlterField(Job) {
        #[field(
            choices(Pending = "pending", Running = "running", Passed = "passed", Failed = "failed", Skipped = "skipped"),
            default = "pending",
        )]
        status: JobStatus
    }
    AlterField(Pipeline) {
        #[field(
            choices(Pending = "pending", Running = "running", Passed = "passed", Failed = "failed", Skipped = "skipped"),
            default = "pending",
        )]
        status: JobStatus
    }
}
// modelshift 1 d8e64dfa4365e0de
