//! Removes index `code_repository_newest` from `Repository` and makes 2 more changes.

modelshift::migration! {
    depends_on = ["code.0032_private_repositories"];

    RemoveIndex(Repository: "code_repository_newest");
    RemoveField(Repository: is_private);
    AddIndex(Repository) { index(name = "code_repository_newest", fields(visibility, -created_at)) }
}
// modelshift 1 fa3f6726f95afc5c
