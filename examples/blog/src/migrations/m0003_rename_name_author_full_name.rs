//! Renames `Author.name` to `full_name`.

modelshift::migration! {
    depends_on = ["blog.0002_post_slug"];

    RenameField(Author: name -> full_name);
}
// modelshift 1 c676238ae78575f5
