//! Adds `Repository.default_branch`.

modelshift::migration! {
    depends_on = ["code.0002_branch"];

    AddField(Repository) {
        #[field(on_delete = set_null, related_name = "default_of")]
        default_branch: Option<ForeignKey<Branch>>
    }
}
// modelshift 1 825a0122124c6413
