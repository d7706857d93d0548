//! Adds `Post.rating` and adds constraint `blog_post_rating_range` to `Post`.

modelshift::migration! {
    depends_on = ["blog.0003_rename_name_author_full_name"];

    AddField(Post) {
        #[field(default = 0)]
        rating: i16
    }
    AddConstraint(Post) { check(name = "blog_post_rating_range", rating >= 0 && rating <= 5) }
}
// modelshift 1 256d975967ef5843
