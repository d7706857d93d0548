//! Removes `Job.pipeline` and `Job.stage`.

modelshift::migration! {
    depends_on = ["ci.0005_stages_of_jobs"];

    RemoveField(Job: pipeline);
    RemoveField(Job: stage);
}
// modelshift 1 9f939df85558738f
