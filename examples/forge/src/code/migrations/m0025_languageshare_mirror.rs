//! Starts `LanguageShare` and `Mirror`.

modelshift::migration! {
    depends_on = ["code.0024_commitstatus"];

    CreateModel {
        #[model(
            unique(
                name = "code_language_share_repository_id_language_key",
                fields(repository, language),
            ),
        )]
        struct LanguageShare {
            id: i64,
            #[field(on_delete = cascade, related_name = "languages")]
            repository: ForeignKey<Repository>,
            #[field(max_length = 50)]
            language: String,
            bytes: i64,
        }
    }
    CreateModel {
        struct Mirror {
            #[field(primary_key, on_delete = cascade, related_name = "mirror")]
            repository: OneToOne<Repository>,
            #[field(max_length = 500)]
            url: String,
            #[field(default = 3600, comment = "In seconds")]
            interval: i32,
            fetched_at: Option<DateTime<Utc>>,
        }
    }
}
// modelshift 1 2a3dc64ce0db449a
