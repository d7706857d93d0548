//! Adds `ReleaseAsset.traffic`.

modelshift::migration! {
    depends_on = ["code.0026_watch_code_watch_level_known"];

    AddField(ReleaseAsset) {
        #[field(generated = size * downloads)]
        traffic: i64
    }
}
// modelshift 1 c9dd5648f926a035
