//! Changes the comment of `Repository`.

modelshift::migration! {
    depends_on = ["code.0015_remove_wikipage_body_remove_wikipage_updated_at"];

    AlterModelOptions(Repository: comment = "One for each repository on disk");
}
// modelshift 1 249a7ec1a0dbbbdc
