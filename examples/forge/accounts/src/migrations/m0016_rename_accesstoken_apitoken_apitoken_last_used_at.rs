//! Renames `AccessToken` to `ApiToken` and adds `ApiToken.last_used_at`.

modelshift::migration! {
    depends_on = ["accounts.0015_invitation"];

    RenameModel(AccessToken -> ApiToken);
    AddField(ApiToken) {
        last_used_at: Option<DateTime<Utc>>
    }
}
// modelshift 1 4e762c3244cefcf0
