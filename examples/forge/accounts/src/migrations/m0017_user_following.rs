//! Adds `User.following`.

modelshift::migration! {
    depends_on = ["accounts.0016_rename_accesstoken_apitoken_apitoken_last_used_at"];

    AddField(User) {
        #[field(related_name = "followers")]
        following: ManyToMany<User>
    }
}
// modelshift 1 41791566eebc8979
