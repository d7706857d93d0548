//! Renames `Repository.kilobytes` to `size` and makes 2 more changes.

modelshift::migration! {
    depends_on = ["code.0022_repository_kilobytes_and_more"];

    RenameField(Repository: kilobytes -> size);
    RenameIndex(Repository: "code_repository_is_private_created_at_f33573_idx" -> "code_repository_newest");
    AlterField(Repository) {
        #[field(default = 0)]
        size: i64
    }
}
// modelshift 1 b5c1ca9f812aa9f6
