//! Starts `JobStep`.

modelshift::migration! {
    depends_on = ["ci.0007_rename_part_of_job_stage_job_started_at_and_more"];

    CreateModel {
        #[model(unique(name = "ci_job_step_job_id_position_key", fields(job, position)))]
        struct JobStep {
            id: i64,
            #[field(on_delete = cascade, related_name = "steps")]
            job: ForeignKey<Job>,
            position: i16,
            #[field(max_length = 200)]
            name: String,
            exit_code: Option<i16>,
            #[field(default = "")]
            log: String,
        }
    }
}
// modelshift 1 e23112d9a978b247
