//! Starts `WikiRevision` and alters `WikiPage.body`.

modelshift::migration! {
    depends_on = ["code.0012_wikipage", "accounts.0013_membership_accounts_membership_role_known"];

    CreateModel {
        #[model(
            index(
                name = "code_wiki_revision_page_id_written_at_5b0519_idx",
                fields(page, -written_at),
            ),
        )]
        struct WikiRevision {
            id: i64,
            #[field(on_delete = cascade, related_name = "revisions")]
            page: ForeignKey<WikiPage>,
            #[field(on_delete = set_null, related_name = "wiki_revisions")]
            author: Option<ForeignKey<accounts::User>>,
            body: String,
            #[field(default = now())]
            written_at: DateTime<Utc>,
        }
    }
    AlterField(WikiPage) {
        body: Option<String>
    }
}
// modelshift 1 24743dd829180ce9
