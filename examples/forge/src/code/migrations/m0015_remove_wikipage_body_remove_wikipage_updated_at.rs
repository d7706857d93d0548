//! Removes `WikiPage.body` and `WikiPage.updated_at`.

modelshift::migration! {
    depends_on = ["code.0014_first_revisions"];

    RemoveField(WikiPage: body);
    RemoveField(WikiPage: updated_at);
}
// modelshift 1 a80dcf1391984ca8
