//! Changes the comment of `Organisation`.

modelshift::migration! {
    depends_on = ["accounts.0020_block"];

    AlterModelOptions(Organisation: comment = "Owns repositories, as a person does");
}
// modelshift 1 a7156462f287fdb8
