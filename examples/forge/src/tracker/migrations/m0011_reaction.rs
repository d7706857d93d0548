//! Starts `Reaction`.

modelshift::migration! {
    depends_on = [
        "tracker.0010_rename_text_comment_body_rename_text_issue_body_and_more",
        "accounts.0013_membership_accounts_membership_role_known",
    ];

    CreateModel {
        #[model(
            unique(
                name = "tracker_reaction_comment_id_user_id_emoji_key",
                fields(comment, user, emoji),
            ),
        )]
        struct Reaction {
            id: i64,
            #[field(on_delete = cascade, related_name = "reactions")]
            comment: ForeignKey<Comment>,
            #[field(on_delete = cascade, related_name = "reactions")]
            user: ForeignKey<accounts::User>,
            #[field(max_length = 20)]
            emoji: String,
        }
    }
}
// modelshift 1 645209cf45f88ac9
