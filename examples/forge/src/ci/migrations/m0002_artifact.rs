//! Starts `Artifact`.

modelshift::migration! {
    depends_on = ["ci.0001_initial"];

    CreateModel {
        struct Artifact {
            id: i64,
            #[field(on_delete = cascade, related_name = "artifacts")]
            job: ForeignKey<Job>,
            #[field(max_length = 400)]
            path: String,
            #[field(default = 0)]
            size: i32,
            expires_on: Option<Date>,
        }
    }
}
// modelshift 1 e367a9bde99f4580
