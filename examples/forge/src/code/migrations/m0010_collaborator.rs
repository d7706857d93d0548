//! Starts `Collaborator`.

modelshift::migration! {
    depends_on = [
        "code.0009_repository_parent",
        "accounts.0013_membership_accounts_membership_role_known",
    ];

    CreateModel {
        #[model(
            unique(name = "code_collaborator_repository_id_user_id_key", fields(repository, user)),
        )]
        struct Collaborator {
            id: i64,
            #[field(on_delete = cascade, related_name = "collaborators")]
            repository: ForeignKey<Repository>,
            #[field(on_delete = cascade, related_name = "collaborations")]
            user: ForeignKey<accounts::User>,
            #[field(max_length = 10, default = "read")]
            permission: String,
        }
    }
}
// modelshift 1 ce47e9dd4b204699
