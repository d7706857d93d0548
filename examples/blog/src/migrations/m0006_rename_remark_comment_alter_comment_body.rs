//! Renames `Remark` to `Comment` and alters `Comment.body`.

modelshift::migration! {
    depends_on = ["blog.0005_post_blog_post_author_id_published_at_56871b_idx_and_more"];

    RenameModel(Remark -> Comment);
    AlterField(Comment) {
        body: String
    }
}
// modelshift 1 b4df418f2f6b0af3
