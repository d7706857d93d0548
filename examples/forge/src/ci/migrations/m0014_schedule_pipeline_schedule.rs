//! Starts `Schedule` and adds `Pipeline.schedule`.

modelshift::migration! {
    depends_on = [
        "ci.0013_delete_variable",
        "accounts.0021_alter_organisation_options",
        "code.0025_languageshare_mirror",
    ];

    CreateModel {
        struct Schedule {
            id: i64,
            #[field(on_delete = cascade, related_name = "schedules")]
            branch: ForeignKey<code::Branch>,
            #[field(max_length = 60)]
            cron: String,
            #[field(on_delete = cascade, related_name = "schedules")]
            owner: ForeignKey<accounts::User>,
            #[field(default = true)]
            is_active: bool,
            #[field(index)]
            next_run_at: Option<DateTime<Utc>>,
        }
    }
    AddField(Pipeline) {
        #[field(on_delete = set_null, related_name = "pipelines")]
        schedule: Option<ForeignKey<Schedule>>
    }
}
// modelshift 1 6e7f4b41c778a87c
