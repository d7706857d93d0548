//! Creates model `Title` with its first rows, and adds field `title` to `Person`.

modelshift::migration! {
    depends_on = ["people.0004_remove_person_first_name_remove_person_last_name"];

    CreateModel {
        #[model(natural_key(name))]
        struct Title {
            id: i64,
            #[field(unique, max_length = 20)]
            name: String,
        }
    }
    LoadData { file = "titles.json" }
    AddField(Person) {
        #[field(on_delete = set_null)]
        title: Option<ForeignKey<Title>>
    }
}
