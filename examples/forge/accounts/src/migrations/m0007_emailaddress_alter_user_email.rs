//! Starts `EmailAddress` and alters `User.email`.

modelshift::migration! {
    depends_on = ["accounts.0006_team"];

    CreateModel {
        struct EmailAddress {
            id: i64,
            #[field(on_delete = cascade, related_name = "email_addresses")]
            user: ForeignKey<User>,
            #[field(unique, max_length = 254)]
            address: String,
            #[field(default = false)]
            is_verified: bool,
            #[field(default = false)]
            is_primary: bool,
        }
    }
    AlterField(User) {
        #[field(unique, max_length = 254)]
        email: Option<String>
    }
}
// modelshift 1 feb7d22a52d0a4e7
