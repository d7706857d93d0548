//! Starts `Profile`.

modelshift::migration! {
    depends_on = ["accounts.0013_membership_accounts_membership_role_known"];

    CreateModel {
        struct Profile {
            #[field(primary_key, on_delete = cascade, related_name = "profile")]
            user: OneToOne<User>,
            #[field(default = "")]
            about: String,
            #[field(max_length = 100)]
            location: Option<String>,
            #[field(max_length = 300)]
            website: Option<String>,
            birthday: Option<Date>,
        }
    }
}
// modelshift 1 02849f0001de541b
