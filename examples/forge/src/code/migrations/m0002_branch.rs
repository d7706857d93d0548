//! Starts `Branch`.

modelshift::migration! {
    depends_on = ["code.0001_initial"];

    CreateModel {
        #[model(unique(name = "code_branch_repository_id_name_key", fields(repository, name)))]
        struct Branch {
            id: i64,
            #[field(on_delete = cascade, related_name = "branches")]
            repository: ForeignKey<Repository>,
            #[field(max_length = 200)]
            name: String,
            #[field(max_length = 40)]
            head: String,
            #[field(default = false)]
            is_protected: bool,
        }
    }
}
// modelshift 1 8a12a64c4d548854
