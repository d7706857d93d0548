//! Adds `Repository.parent`.

modelshift::migration! {
    depends_on = ["code.0008_topic_repository_topics"];

    AddField(Repository) {
        #[field(on_delete = set_null, related_name = "forks")]
        parent: Option<ForeignKey<Repository>>
    }
}
// modelshift 1 0e09537fe9e5e796
