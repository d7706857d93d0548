//! Adds `Collaborator.created_at` and `Topic.created_at`.

modelshift::migration! {
    depends_on = ["code.0034_alter_repository_visibility"];

    AddField(Collaborator) {
        #[field(default = now())]
        created_at: DateTime<Utc>
    }
    AddField(Topic) {
        #[field(default = now())]
        created_at: DateTime<Utc>
    }
}
// modelshift 1 9e8e47ab754397ed
