//! Starts `Author`, `Post`, and `Remark`.

modelshift::migration! {
    CreateModel {
        struct Author {
            id: i64,
            #[field(max_length = 100)]
            name: String,
            #[field(unique, max_length = 254)]
            email: String,
        }
    }
    CreateModel {
        struct Post {
            id: i64,
            #[field(max_length = 200)]
            title: String,
            body: String,
            #[field(on_delete = cascade, related_name = "posts")]
            author: ForeignKey<Author>,
            published_at: Option<DateTime<Utc>>,
        }
    }
    CreateModel {
        struct Remark {
            id: i64,
            #[field(on_delete = cascade, related_name = "remarks")]
            post: ForeignKey<Post>,
            #[field(max_length = 500)]
            body: String,
            #[field(default = now())]
            created_at: DateTime<Utc>,
        }
    }
}
// modelshift 1 dbee4d26483b4a30
