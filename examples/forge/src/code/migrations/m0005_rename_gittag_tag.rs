//! Renames `GitTag` to `Tag`.

modelshift::migration! {
    depends_on = ["code.0004_gittag_release"];

    RenameModel(GitTag -> Tag);
}
// modelshift 1 658ab18f9484c01b
