//! Starts `Environment`, `Variable`, and `Deployment`.

modelshift::migration! {
    depends_on = [
        "ci.0010_remove_runner_is_online",
        "accounts.0021_alter_organisation_options",
        "code.0025_languageshare_mirror",
    ];

    CreateModel {
        #[model(unique(name = "ci_environment_repository_id_name_key", fields(repository, name)))]
        struct Environment {
            id: i64,
            #[field(on_delete = cascade, related_name = "environments")]
            repository: ForeignKey<code::Repository>,
            #[field(max_length = 60)]
            name: String,
            #[field(max_length = 300)]
            url: Option<String>,
        }
    }
    CreateModel {
        #[model(unique(name = "ci_variable_repository_id_name_key", fields(repository, name)))]
        struct Variable {
            id: i64,
            #[field(on_delete = cascade, related_name = "variables")]
            repository: ForeignKey<code::Repository>,
            #[field(max_length = 100)]
            name: String,
            value: String,
        }
    }
    CreateModel {
        #[model(
            index(name = "ci_deployment_environment_id_at_42babe_idx", fields(environment, -at)),
        )]
        struct Deployment {
            id: i64,
            #[field(on_delete = cascade, related_name = "deployments")]
            environment: ForeignKey<Environment>,
            #[field(on_delete = set_null, related_name = "deployments")]
            pipeline: Option<ForeignKey<Pipeline>>,
            #[field(max_length = 40)]
            commit: String,
            #[field(on_delete = set_null, related_name = "deployments")]
            creator: Option<ForeignKey<accounts::User>>,
            #[field(default = now())]
            at: DateTime<Utc>,
        }
    }
}
// modelshift 1 f336f664f553eb38
