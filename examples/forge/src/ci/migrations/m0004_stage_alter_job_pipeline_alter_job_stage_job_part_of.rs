//! Starts `Stage`, alters `Job.pipeline`, `Job.stage`, and adds `Job.part_of`.

modelshift::migration! {
    depends_on = ["ci.0003_alter_artifact_size_alter_job_id_alter_runner_id"];

    CreateModel {
        #[model(unique(name = "ci_stage_pipeline_id_name_key", fields(pipeline, name)))]
        struct Stage {
            id: i64,
            #[field(on_delete = cascade, related_name = "stages")]
            pipeline: ForeignKey<Pipeline>,
            #[field(max_length = 60)]
            name: String,
            #[field(default = 0)]
            position: i16,
        }
    }
    AlterField(Job) {
        #[field(on_delete = cascade, related_name = "jobs")]
        pipeline: Option<ForeignKey<Pipeline>>
    }
    AlterField(Job) {
        #[field(max_length = 60)]
        stage: Option<String>
    }
    AddField(Job) {
        #[field(on_delete = cascade, related_name = "jobs")]
        part_of: Option<ForeignKey<Stage>>
    }
}
// modelshift 1 216f829a7f0ab181
