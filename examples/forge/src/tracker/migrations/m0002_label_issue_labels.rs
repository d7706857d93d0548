//! Starts `Label` and adds `Issue.labels`.

modelshift::migration! {
    depends_on = ["tracker.0001_initial", "code.0003_repository_default_branch"];

    CreateModel {
        #[model(unique(name = "tracker_label_repository_id_name_key", fields(repository, name)))]
        struct Label {
            id: i64,
            #[field(on_delete = cascade, related_name = "labels")]
            repository: ForeignKey<code::Repository>,
            #[field(max_length = 50)]
            name: String,
            #[field(max_length = 7, default = "#888888")]
            colour: String,
        }
    }
    AddField(Issue) {
        #[field(related_name = "issues")]
        labels: ManyToMany<Label>
    }
}
// modelshift 1 1d9e41cbe5a0db56
