//! Makes the text of every page its first revision. Written by hand: only a person knows that they are the same.

modelshift::migration! {
    depends_on = ["code.0013_wikirevision_alter_wikipage_body"];

    RunSql {
        forward = r#"
            INSERT INTO code_wiki_revision (page_id, body, written_at)
            SELECT id, body, updated_at FROM code_wiki_page WHERE body IS NOT NULL
        "#,
        reverse = r#"
            UPDATE code_wiki_page SET body = (
                SELECT body FROM code_wiki_revision WHERE id = (
                    SELECT max(newest.id) FROM code_wiki_revision newest WHERE newest.page_id = code_wiki_page.id
                )
            )
        "#
    }
}
