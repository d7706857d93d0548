//! Alters `Artifact.size`, `Job.id`, and `Runner.id`.

modelshift::migration! {
    depends_on = ["ci.0002_artifact"];

    AlterField(Artifact) {
        #[field(default = 0)]
        size: i64
    }
    AlterField(Job) {
        #[field(primary_key)]
        id: i64
    }
    AlterField(Runner) {
        #[field(primary_key)]
        id: i64
    }
}
// modelshift 1 c94ed76567e5f868
