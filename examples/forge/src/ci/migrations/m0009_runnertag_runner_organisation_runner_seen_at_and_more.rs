//! Starts `RunnerTag`, adds `Runner.organisation`, `Runner.seen_at`, and `Runner.tags`.

modelshift::migration! {
    depends_on = ["ci.0008_jobstep", "accounts.0021_alter_organisation_options"];

    CreateModel {
        struct RunnerTag {
            id: i64,
            #[field(unique, max_length = 50)]
            name: String,
        }
    }
    AddField(Runner) {
        #[field(on_delete = cascade, related_name = "runners")]
        organisation: Option<ForeignKey<accounts::Organisation>>
    }
    AddField(Runner) {
        seen_at: Option<DateTime<Utc>>
    }
    AddField(Runner) {
        #[field(related_name = "runners")]
        tags: ManyToMany<RunnerTag>
    }
}
// modelshift 1 dcf984e98d297656
