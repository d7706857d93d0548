//! Starts `ReleaseAsset`.

modelshift::migration! {
    depends_on = ["code.0017_watch"];

    CreateModel {
        #[model(
            unique(name = "code_release_asset_release_id_name_key", fields(release, name)),
            check(name = "code_release_asset_counts", size >= 0 && downloads >= 0),
        )]
        struct ReleaseAsset {
            id: i64,
            #[field(on_delete = cascade, related_name = "assets")]
            release: ForeignKey<Release>,
            #[field(max_length = 200)]
            name: String,
            #[field(max_length = 100, default = "application/octet-stream")]
            content_type: String,
            size: i64,
            #[field(default = 0)]
            downloads: i32,
        }
    }
}
// modelshift 1 0c2d3c5f0f047c78
