//! Starts `WikiPage`.

modelshift::migration! {
    depends_on = ["code.0011_deploykey_webhook_webhookdelivery"];

    CreateModel {
        #[model(unique(name = "code_wiki_page_repository_id_slug_key", fields(repository, slug)))]
        struct WikiPage {
            id: i64,
            #[field(on_delete = cascade, related_name = "wiki_pages")]
            repository: ForeignKey<Repository>,
            #[field(max_length = 100)]
            slug: String,
            #[field(max_length = 200)]
            title: String,
            body: String,
            #[field(default = now())]
            updated_at: DateTime<Utc>,
        }
    }
}
// modelshift 1 90542d76ce8aa2a1
