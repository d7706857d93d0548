//! Starts `SavedReply` and `TimelineEvent`.

modelshift::migration! {
    depends_on = [
        "tracker.0017_issue_estimate_alter_label_colour",
        "accounts.0021_alter_organisation_options",
    ];

    CreateModel {
        struct SavedReply {
            id: i64,
            #[field(on_delete = cascade, related_name = "saved_replies")]
            user: ForeignKey<accounts::User>,
            #[field(max_length = 100)]
            title: String,
            body: String,
        }
    }
    CreateModel {
        #[model(index(name = "tracker_timeline_event_issue_id_at_idx", fields(issue, at)))]
        struct TimelineEvent {
            id: i64,
            #[field(on_delete = cascade, related_name = "timeline")]
            issue: ForeignKey<Issue>,
            #[field(on_delete = set_null, related_name = "timeline_events")]
            actor: Option<ForeignKey<accounts::User>>,
            #[field(max_length = 30)]
            kind: String,
            details: Option<JsonValue>,
            #[field(default = now())]
            at: DateTime<Utc>,
        }
    }
}
// modelshift 1 cff526290b37876c
