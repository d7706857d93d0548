//! Starts `Package`, `PackageVersion`, and `PackageFile`.

modelshift::migration! {
    depends_on = [
        "ci.0014_schedule_pipeline_schedule",
        "accounts.0021_alter_organisation_options",
        "code.0025_languageshare_mirror",
    ];

    CreateModel {
        #[model(unique(name = "ci_package_kind_name_key", fields(kind, name)))]
        struct Package {
            id: i64,
            #[field(on_delete = set_null, related_name = "packages")]
            repository: Option<ForeignKey<code::Repository>>,
            #[field(max_length = 20)]
            kind: String,
            #[field(max_length = 200)]
            name: String,
        }
    }
    CreateModel {
        #[model(
            unique(name = "ci_package_version_package_id_version_key", fields(package, version)),
        )]
        struct PackageVersion {
            id: i64,
            #[field(on_delete = cascade, related_name = "versions")]
            package: ForeignKey<Package>,
            #[field(max_length = 60)]
            version: String,
            metadata: Option<JsonValue>,
            #[field(on_delete = set_null, related_name = "published_versions")]
            publisher: Option<ForeignKey<accounts::User>>,
            #[field(default = false)]
            is_yanked: bool,
            #[field(default = now())]
            published_at: DateTime<Utc>,
        }
    }
    CreateModel {
        #[model(unique(name = "ci_package_file_version_id_name_key", fields(version, name)))]
        struct PackageFile {
            id: i64,
            #[field(on_delete = cascade, related_name = "files")]
            version: ForeignKey<PackageVersion>,
            #[field(max_length = 200)]
            name: String,
            size: i64,
            #[field(index, max_length = 64)]
            sha256: String,
        }
    }
}
// modelshift 1 51152bc209158c2c
