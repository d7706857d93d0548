//! Adds `Issue.is_locked`.

modelshift::migration! {
    depends_on = ["tracker.0011_reaction"];

    AddField(Issue) {
        #[field(default = false)]
        is_locked: bool
    }
}
// modelshift 1 20e57ad42b605a3f
