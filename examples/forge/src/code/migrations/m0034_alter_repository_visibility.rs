//! Alters `Repository.visibility`.

modelshift::migration! {
    depends_on = ["code.0033_remove_repository_code_repository_newest_and_more"];

    AlterField(Repository) {
        #[field(
            choices(Public = "public", Internal = "internal", Private = "private"),
            default = "public",
        )]
        visibility: Visibility
    }
}
// modelshift 1 5f8727dee118ab22
