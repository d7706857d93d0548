//! Makes a `Stage` of every text in `Job.stage`, and back. Written by hand: only a person knows that they are the same.

modelshift::migration! {
    depends_on = ["ci.0004_stage_alter_job_pipeline_alter_job_stage_job_part_of"];

    RunSql {
        forward = r#"
            INSERT INTO ci_stage (pipeline_id, name)
            SELECT DISTINCT pipeline_id, stage FROM ci_job;
            UPDATE ci_job SET part_of_id = (
                SELECT id FROM ci_stage WHERE ci_stage.pipeline_id = ci_job.pipeline_id AND ci_stage.name = ci_job.stage
            )
        "#,
        reverse = r#"
            UPDATE ci_job SET
                stage = (SELECT name FROM ci_stage WHERE ci_stage.id = ci_job.part_of_id),
                pipeline_id = (SELECT pipeline_id FROM ci_stage WHERE ci_stage.id = ci_job.part_of_id);
            UPDATE ci_job SET part_of_id = NULL;
            DELETE FROM ci_stage
        "#
    }
}
