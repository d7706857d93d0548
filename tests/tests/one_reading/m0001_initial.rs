//! A migration that the compiler expands and the test reads as text.

modelshift::migration! {
    CreateModel {
        #[model(table = "odd one")]
        struct Odd {
            id: i64,
            #[field(default = "a \"quoted\" \\ text")]
            r#type: String,
        }
    }
    AddField(Odd) { #[field(backfill = lower(r#type))] slug: String };
    AddIndex(Odd) { index(name = "odd_slug", on(desc(lower(slug))), when = slug != "") }
    RunSql { forward = "SELECT 'it''s'", reverse = () }
}
