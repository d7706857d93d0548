//! Adds index `blog_post_author_id_published_at_56871b_idx` to `Post` and makes one more change.

modelshift::migration! {
    depends_on = ["blog.0004_post_rating_post_blog_post_rating_range"];

    AddIndex(Post) {
        index(name = "blog_post_author_id_published_at_56871b_idx", fields(author, -published_at))
    }
    AddConstraint(Post) { unique(name = "blog_post_author_id_slug_key", fields(author, slug)) }
}
// modelshift 1 c4b4cfc00402b514
