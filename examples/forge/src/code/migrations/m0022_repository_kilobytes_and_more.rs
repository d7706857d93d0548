//! Adds `Repository.kilobytes` and makes one more change.

modelshift::migration! {
    depends_on = ["code.0021_remove_branch_is_protected"];

    AddField(Repository) {
        #[field(default = 0)]
        kilobytes: i32
    }
    AddIndex(Repository) {
        index(
            name = "code_repository_is_private_created_at_f33573_idx",
            fields(is_private, -created_at),
        )
    }
}
// modelshift 1 838f8d4af9f107c3
