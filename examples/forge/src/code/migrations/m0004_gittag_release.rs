//! Starts `GitTag` and `Release`.

modelshift::migration! {
    depends_on = ["code.0003_repository_default_branch"];

    CreateModel {
        #[model(unique(name = "code_git_tag_repository_id_name_key", fields(repository, name)))]
        struct GitTag {
            id: i64,
            #[field(on_delete = cascade, related_name = "tags")]
            repository: ForeignKey<Repository>,
            #[field(max_length = 200)]
            name: String,
            #[field(max_length = 40)]
            commit: String,
        }
    }
    CreateModel {
        struct Release {
            id: i64,
            #[field(on_delete = cascade, related_name = "release")]
            tag: OneToOne<GitTag>,
            #[field(max_length = 200)]
            title: String,
            #[field(default = "")]
            notes: String,
            #[field(default = true)]
            is_draft: bool,
            published_at: Option<DateTime<Utc>>,
        }
    }
}
// modelshift 1 1d8695efcf661ef2
