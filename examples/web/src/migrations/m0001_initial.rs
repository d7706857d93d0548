//! Creates models `Author` and `Post`.

modelshift::migration! {
    app = "web";

    CreateModel {
        struct Author {
            id: i64,
            #[field(unique, max_length = 100)]
            name: String,
        }
    }
    CreateModel {
        struct Post {
            id: i64,
            #[field(max_length = 200)]
            title: String,
            #[field(on_delete = cascade)]
            author: ForeignKey<Author>,
        }
    }
}
// modelshift 1 e301c49591df1a62
