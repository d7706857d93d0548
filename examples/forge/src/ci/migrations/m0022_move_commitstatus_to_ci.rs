//! Moves `code.CommitStatus` to `ci.CommitStatus`.

modelshift::migration! {
    depends_on = [
        "ci.0021_alter_job_status_alter_pipeline_status",
        "code.0035_collaborator_created_at_topic_created_at",
    ];

    MoveModel(code.CommitStatus -> ci.CommitStatus);
}
// modelshift 1 7332d208782497f7
