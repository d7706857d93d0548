//! Starts `Star` and adds `Repository.stargazers`.

modelshift::migration! {
    depends_on = ["code.0005_rename_gittag_tag", "accounts.0009_remove_user_email"];

    CreateModel {
        #[model(unique(name = "code_star_user_id_repository_id_key", fields(user, repository)))]
        struct Star {
            id: i64,
            #[field(on_delete = cascade, related_name = "stars")]
            user: ForeignKey<accounts::User>,
            #[field(on_delete = cascade, related_name = "stars")]
            repository: ForeignKey<Repository>,
            #[field(default = now())]
            created_at: DateTime<Utc>,
        }
    }
    AddField(Repository) {
        #[field(through = Star, related_name = "starred_repositories")]
        stargazers: ManyToMany<accounts::User>
    }
}
// modelshift 1 17d3c4ecf2f471bb
