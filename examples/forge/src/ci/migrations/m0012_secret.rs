//! Starts `Secret`.

modelshift::migration! {
    depends_on = [
        "ci.0011_environment_variable_deployment",
        "accounts.0021_alter_organisation_options",
        "code.0025_languageshare_mirror",
    ];

    CreateModel {
        #[model(
            unique(name = "ci_secret_repository_id_name_key", fields(repository, name)),
            unique(name = "ci_secret_organisation_id_name_key", fields(organisation, name)),
            check(name = "ci_secret_one_owner", repository.is_none() != organisation.is_none()),
        )]
        struct Secret {
            id: i64,
            #[field(on_delete = cascade, related_name = "secrets")]
            repository: Option<ForeignKey<code::Repository>>,
            #[field(on_delete = cascade, related_name = "secrets")]
            organisation: Option<ForeignKey<accounts::Organisation>>,
            #[field(max_length = 100)]
            name: String,
            value: Vec<u8>,
        }
    }
}
// modelshift 1 69debe2b1c345a45
