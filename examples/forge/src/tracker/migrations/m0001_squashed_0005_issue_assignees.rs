//! Starts `Label`, `Issue`, `Comment`, `Milestone`, adds `Issue.milestone`, and `Issue.assignees`.

modelshift::migration! {
    app = "tracker";
    depends_on = [
        "accounts.0003_organisation_membership",
        "code.0003_repository_default_branch",
        "accounts.0005_user_display_name_user_is_staff",
    ];
    replaces = [
        "tracker.0001_initial",
        "tracker.0002_label_issue_labels",
        "tracker.0003_comment",
        "tracker.0004_milestone_issue_milestone",
        "tracker.0005_issue_assignees",
    ];

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
    CreateModel {
        #[model(
            unique(name = "tracker_issue_repository_id_number_key", fields(repository, number)),
        )]
        struct Issue {
            id: i64,
            #[field(on_delete = cascade, related_name = "issues")]
            repository: ForeignKey<code::Repository>,
            number: i32,
            #[field(max_length = 200)]
            title: String,
            #[field(default = "")]
            text: String,
            #[field(on_delete = restrict, related_name = "issues")]
            author: ForeignKey<accounts::User>,
            #[field(max_length = 10, default = "open")]
            state: String,
            #[field(default = now())]
            created_at: DateTime<Utc>,
            #[field(related_name = "issues")]
            labels: ManyToMany<Label>,
        }
    }
    CreateModel {
        #[model(index(name = "tracker_comment_issue_id_created_at_idx", fields(issue, created_at)))]
        struct Comment {
            id: i64,
            #[field(on_delete = cascade, related_name = "comments")]
            issue: ForeignKey<Issue>,
            #[field(on_delete = restrict, related_name = "comments")]
            author: ForeignKey<accounts::User>,
            text: String,
            #[field(default = now())]
            created_at: DateTime<Utc>,
        }
    }
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
    AddField(Issue) {
        #[field(related_name = "assigned_issues")]
        assignees: ManyToMany<accounts::User>
    }
}
