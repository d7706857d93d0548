//! Moves `code.CommitStatus` to `ci.CommitStatus`.

modelshift::migration! {
    depends_on = [
        "code.0035_collaborator_created_at_topic_created_at",
        "ci.0022_move_commitstatus_to_ci",
    ];

    MoveModel(code.CommitStatus -> ci.CommitStatus);
}
// modelshift 1 1c2a5f96772426c2
