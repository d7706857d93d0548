//! Adds `User.display_name` and `User.is_staff`.

modelshift::migration! {
    depends_on = ["accounts.0004_rename_name_user_login"];

    AddField(User) {
        #[field(max_length = 100)]
        display_name: Option<String>
    }
    AddField(User) {
        #[field(default = false)]
        is_staff: bool
    }
}
// modelshift 1 1435c1856831abfd
