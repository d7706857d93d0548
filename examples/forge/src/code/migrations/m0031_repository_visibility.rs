//! Adds `Repository.visibility`.

modelshift::migration! {
    depends_on = ["code.0030_alter_collaborator_permission"];

    AddField(Repository) {
        #[field(choices(Public = "public", Private = "private"), default = "public")]
        visibility: Visibility
    }
}
// modelshift 1 0656a1ee73d36c50
