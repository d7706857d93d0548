//! Adds `Label.description`.

modelshift::migration! {
    depends_on = ["tracker.0011_reaction"];

    AddField(Label) {
        #[field(max_length = 200, default = "")]
        description: String
    }
}
// modelshift 1 c5c92c0932f3f977
