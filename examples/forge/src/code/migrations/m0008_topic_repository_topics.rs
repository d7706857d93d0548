//! Starts `Topic` and adds `Repository.topics`.

modelshift::migration! {
    depends_on = ["code.0007_repository_organisation_alter_repository_owner_and_more"];

    CreateModel {
        struct Topic {
            id: i64,
            #[field(unique, max_length = 50)]
            name: String,
        }
    }
    AddField(Repository) {
        #[field(related_name = "repositories")]
        topics: ManyToMany<Topic>
    }
}
// modelshift 1 99e951551fc5b9a2
