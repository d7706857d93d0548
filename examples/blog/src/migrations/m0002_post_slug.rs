//! Adds `Post.slug`.

modelshift::migration! {
    depends_on = ["blog.0001_initial"];

    AddField(Post) {
        #[field(max_length = 80, backfill = lower(title))]
        slug: String
    }
}
// modelshift 1 137f142aa25d88eb
