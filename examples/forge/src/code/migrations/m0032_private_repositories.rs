//! Lets members alone see what was private. Written by hand: only a person knows that they are the same.

modelshift::migration! {
    depends_on = ["code.0031_repository_visibility"];

    RunSql {
        forward = "UPDATE code_repository SET visibility = 'private' WHERE is_private",
        reverse = "UPDATE code_repository SET is_private = (visibility = 'private')"
    }
}
