//! Starts `QueuedMerge`.

modelshift::migration! {
    depends_on = [
        "tracker.0022_remove_issue_tracker_issue_state_known_and_more",
        "code.0036_move_commitstatus_to_ci",
    ];

    CreateModel {
        #[model(
            unique(
                name = "tracker_queued_merge_repository_id_branch_position_key",
                fields(repository, branch, position),
            ),
            foreign_key(
                name = "tracker_queued_merge_repository_id_branch_fk",
                fields(repository, branch),
                references = code::Branch(repository, name),
                on_delete = cascade,
            ),
        )]
        struct QueuedMerge {
            id: i64,
            #[field(on_delete = cascade, related_name = "queued")]
            pull_request: OneToOne<PullRequest>,
            #[field(on_delete = cascade, related_name = "queue")]
            repository: ForeignKey<code::Repository>,
            #[field(max_length = 200)]
            branch: String,
            position: i32,
        }
    }
}
// modelshift 1 9ecc6e79e98e84a4
