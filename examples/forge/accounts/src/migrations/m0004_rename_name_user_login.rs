//! Renames `User.name` to `login`.

modelshift::migration! {
    depends_on = ["accounts.0003_organisation_membership"];

    RenameField(User: name -> login);
}
// modelshift 1 246a254b28012190
