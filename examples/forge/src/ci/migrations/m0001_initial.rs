//! Starts `Pipeline`, `Runner`, and `Job`.

modelshift::migration! {
    app = "ci";
    depends_on = ["code.0005_rename_gittag_tag"];

    CreateModel {
        #[model(
            index(
                name = "ci_pipeline_repository_id_created_at_09bf42_idx",
                fields(repository, -created_at),
            ),
        )]
        struct Pipeline {
            id: i64,
            #[field(on_delete = cascade, related_name = "pipelines")]
            repository: ForeignKey<code::Repository>,
            #[field(max_length = 200)]
            branch: String,
            #[field(max_length = 40)]
            commit: String,
            #[field(max_length = 20, default = "pending")]
            status: String,
            #[field(default = now())]
            created_at: DateTime<Utc>,
        }
    }
    CreateModel {
        struct Runner {
            id: i32,
            #[field(max_length = 100)]
            name: String,
            #[field(unique, max_length = 64)]
            token: String,
            #[field(default = false)]
            is_online: bool,
        }
    }
    CreateModel {
        struct Job {
            id: i32,
            #[field(on_delete = cascade, related_name = "jobs")]
            pipeline: ForeignKey<Pipeline>,
            #[field(max_length = 60)]
            stage: String,
            #[field(max_length = 100)]
            name: String,
            #[field(max_length = 20, default = "pending")]
            status: String,
            #[field(on_delete = set_null, related_name = "jobs")]
            runner: Option<ForeignKey<Runner>>,
        }
    }
}
// modelshift 1 7807a0ca7ec25087
