//! Adds `Repository.organisation`, alters `Repository.owner`, and makes 2 more changes.

modelshift::migration! {
    depends_on = [
        "code.0006_star_repository_stargazers",
        "accounts.0013_membership_accounts_membership_role_known",
    ];

    AddField(Repository) {
        #[field(on_delete = cascade, related_name = "repositories")]
        organisation: Option<ForeignKey<accounts::Organisation>>
    }
    AlterField(Repository) {
        #[field(on_delete = cascade, related_name = "repositories")]
        owner: Option<ForeignKey<accounts::User>>
    }
    AddConstraint(Repository) {
        unique(name = "code_repository_organisation_id_name_key", fields(organisation, name))
    }
    AddConstraint(Repository) {
        check(name = "code_repository_one_owner", owner.is_none() != organisation.is_none())
    }
}
// modelshift 1 0845fb6501a85a0a
