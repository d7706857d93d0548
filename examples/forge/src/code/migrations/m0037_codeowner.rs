//! Starts `CodeOwner`.

modelshift::migration! {
    depends_on = [
        "code.0036_move_commitstatus_to_ci",
        "accounts.0026_remove_membership_accounts_membership_role_known_and_more",
    ];

    CreateModel {
        #[model(
            unique(
                name = "code_code_owner_repository_id_pattern_team_id_user_id_key",
                fields(repository, pattern, team, user),
            ),
            foreign_key(
                name = "code_code_owner_team_id_user_id_fk",
                fields(team, user),
                references = accounts::TeamMember(team, user),
                on_delete = cascade,
            ),
        )]
        struct CodeOwner {
            id: i64,
            #[field(on_delete = cascade, related_name = "code_owners")]
            repository: ForeignKey<Repository>,
            #[field(max_length = 200)]
            pattern: String,
            #[field(on_delete = cascade, related_name = "owned_code")]
            team: ForeignKey<accounts::Team>,
            #[field(on_delete = cascade, related_name = "owned_code")]
            user: ForeignKey<accounts::User>,
        }
    }
}
// modelshift 1 db05a7dfda244563
