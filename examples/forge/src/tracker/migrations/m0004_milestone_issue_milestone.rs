//! Starts `Milestone` and adds `Issue.milestone`.

modelshift::migration! {
    depends_on = ["tracker.0003_comment", "code.0003_repository_default_branch"];

    CreateModel {
        #[model(
            unique(name = "tracker_milestone_repository_id_title_key", fields(repository, title)),
        )]
        struct Milestone {
            id: i64,
            #[field(on_delete = cascade, related_name = "milestones")]
            repository: ForeignKey<code::Repository>,
            #[field(max_length = 100)]
            title: String,
            due_on: Option<Date>,
            #[field(default = false)]
            is_closed: bool,
        }
    }
    AddField(Issue) {
        #[field(on_delete = set_null, related_name = "issues")]
        milestone: Option<ForeignKey<Milestone>>
    }
}
// modelshift 1 8094b9ea7d53eb0c
